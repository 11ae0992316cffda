"""One test for each cell of the table: the real request, by the real client, through it all."""

import pytest
from django.apps import apps
from django.urls import reverse

from tests.permissions import conditions, table
from tests.permissions.asking import Asker, send, undone

pytestmark = pytest.mark.django_db

STAFF = ("Stf", "Sup")
CELLS = [
    pytest.param(row, column, id=f"{row.on}: {row.may}: {column} {row.cells[column]}")
    for row, column in table.cells()
]


@pytest.mark.parametrize(("row", "column"), CELLS)
def test_a_cell(world, row, column):
    asker = Asker(world, column)
    letter = row.cells[column]
    if letter in "pkx":
        assert column in row.condition, "say in conditions.py what this letter asks for"
    else:
        for door in table.ways(row, column):
            with undone():
                through(asker, door, letter, even_own=column in row.even_own)
    if column in row.condition:
        getattr(conditions, row.condition[column])(world, asker, row)


def through(asker, door, letter, *, even_own):
    if letter == "-":
        with undone():
            asker.is_refused(door, asker.aim(door, own=False))
        if even_own:
            with undone():
                asker.is_refused(door, asker.aim(door, own=True), hers=True)
        return
    other = asker.aim(door, own=False) if letter in "oac" else None
    aim = asker.aim(door, own=True)
    client = asker.browser(door, aim, letter)
    if other and other.args != aim.args:
        asker.is_refused(door, other, client)
    asker.is_let_in(door, aim, client)


@pytest.mark.parametrize("column", table.COLUMNS)
@pytest.mark.parametrize("desk", table.desks(), ids=lambda desk: desk.model)
def test_a_desk(world, desk, column):
    """What staff may do with the records of one model; nobody else sees the pages at all."""
    asker = Asker(world, column)
    record = apps.get_model(desk.model).objects.order_by("pk").first()
    assert record, "the world has none of it: add one"
    pages = {
        "changelist": [("GET", [])],
        "add": [("GET", [])],
        "change": [("GET", [record.pk]), ("POST", [record.pk])],
        "delete": [("POST", [record.pk])],
        "history": [("GET", [record.pk])],
        "verb": [("GET", [record.pk, "nothing"]), ("POST", [record.pk, "nothing"])],
    }
    for page, tries in pages.items():
        for method, args in tries:
            address = reverse(desk.route(page), args=args)
            with undone():
                answer = send(asker.client(), method, address, {})
            asker.judge(answer)
            expected = desk.expects(page, method) if column in STAFF else refusal(column, method)
            assert answer.status == expected, f"{method} {desk.route(page)}"
            if expected == 403:
                assert answer.wrote == set()


def refusal(column, method):
    return 302 if column == "Pub" and method == "GET" else 403
