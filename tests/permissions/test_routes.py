"""Every route stands in the table, and is as public as the table says."""

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from tests.permissions import fields, table

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.mark.structure
def test_every_route_has_a_row():
    here = {name for name, _view in table.routes()}

    listed = table.routes_with_a_row()
    assert sorted(here - listed) == [], "give it a row in tests/permissions/table.toml"
    assert sorted(listed - here) == [], "in the table, but nowhere on the site"


@pytest.mark.structure
def test_no_cell_is_open():
    assert table.open_cells() == []


@pytest.mark.structure
def test_every_model_at_the_desk_has_a_row():
    registered = {model._meta.label_lower for model in admin.site._registry}

    assert sorted(registered) == sorted(desk.model for desk in table.desks())


@pytest.mark.structure
def test_every_route_requires_sign_in_unless_the_table_opens_it():
    public = {name for name, view in table.routes() if not getattr(view, "login_required", True)}

    assert sorted(public - table.public_routes()) == [], "public, but not in the table"
    assert sorted(table.public_routes() - public) == [], "public in the table only"


@pytest.mark.structure
def test_every_door_that_takes_a_form_has_a_line():
    here, listed = set(fields.doors()), set(fields.lines())

    assert sorted(here - listed) == [], "give it a line in tests/permissions/fields.toml"
    assert sorted(listed - here) == [], "a line, but no door of that name in the table"


WAYS = [], [NOBODY], [NOBODY, "about"], [NOBODY, NOBODY]


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(table.by_link()))
def test_a_page_by_link_shows_a_stranger_nothing(client, name):
    address = next(filter(None, (at(name, args) for args in WAYS)))

    for response in (client.get(address), client.post(address)):
        assert response.status_code in {302, 403, 404, 405}
        if response.status_code == 302:
            assert response.url.startswith("/accounts/login/?next=")


def at(name, args):
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
