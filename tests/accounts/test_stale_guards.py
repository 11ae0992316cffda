"""What keeps the comparison of two saves whole: marks, strangers, locks, its cost."""

from threading import Barrier

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization
from accounts.stale import RefusesStaleSaves
from tests.accounts.saving import SEEN, form_of, url_of
from tests.concurrency import at_once
from tests.factories import (
    AnchorFactory,
    CriterionFactory,
    OrganizationFactory,
    PersonFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seen", ["", "nonsense", "a:b:c"])
def test_marks_that_are_not_ours_have_seen_nothing(desk, seen):
    organization = OrganizationFactory(name_en="Agency")
    colleen = desk("Colleen")
    hers = form_of(colleen, organization)

    answer = colleen.post(url_of(organization), hers | {"name_en": "Other", "seen": seen})

    organization.refresh_from_db()
    assert (answer.status_code, organization.name_en) == (409, "Agency")


def test_marks_of_one_record_do_not_serve_for_another(desk):
    one, other = OrganizationFactory.create_batch(2, website="https://same.test")
    colleen = desk("Colleen")
    hers = form_of(colleen, other) | {"seen": form_of(colleen, one)["seen"], "name_fr": "Agence"}

    assert colleen.post(url_of(other), hers).status_code == 409


def test_who_may_not_change_the_record_is_not_shown_it(sign_in, desk):
    organization = OrganizationFactory(website="https://secret.test")
    hers = form_of(desk("Colleen"), organization) | {"website": "https://mine.test"}
    stranger = Client()
    sign_in(stranger, PersonFactory())

    answer = stranger.post(url_of(organization), hers | {"seen": "nonsense"})

    assert answer.status_code == 403
    assert "https://mine.test" in answer.text
    assert "secret" not in answer.text


def test_every_change_page_that_saves_carries_its_marks(desk):
    criterion = AnchorFactory().criterion
    colleen = desk("Colleen")

    for record in (criterion, criterion.cohort, criterion.cohort.convenor, colleen.person):
        assert SEEN.search(colleen.get(url_of(record)).text), record
    for model_admin in admin.site._registry.values():
        assert isinstance(model_admin, RefusesStaleSaves), model_admin


@pytest.mark.parametrize("rows", [1, 3])
def test_a_change_page_costs_the_same_for_few_rows_and_many(desk, rows, django_assert_num_queries):
    colleen = desk("Colleen")
    criterion = CriterionFactory()
    for value in range(1, rows + 1):
        AnchorFactory(criterion=criterion, value=value)
    colleen.get(url_of(criterion))

    with django_assert_num_queries(6):
        colleen.get(url_of(criterion))


def both_save(sign_in, organization):
    """Return how two people are answered who save, at the same time, what both have open."""
    people = []
    for name in ("Colleen", "Ines"):
        client = Client()
        sign_in(client, StaffFactory(name=name))
        people.append((client, form_of(client, organization) | {"website": f"https://{name}.test"}))
    calls = [
        lambda client=client, facts=facts: client.post(url_of(organization), facts).status_code
        for client, facts in people
    ]
    return sorted(at_once(*calls), key=str)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_saved_and_one_is_shown(sign_in):
    organization = OrganizationFactory()

    assert both_save(sign_in, organization) == [302, 409]
    assert Organization.objects.get(pk=organization.pk).website in {
        "https://Colleen.test",
        "https://Ines.test",
    }


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_one_of_two_is_lost_in_silence(sign_in, monkeypatch):
    organization = OrganizationFactory()
    compared = Barrier(2)
    compare = RefusesStaleSaves.compare

    def compare_and_wait(self, request, record):
        compare(self, request, record)
        compared.wait(timeout=10)

    monkeypatch.setattr(RefusesStaleSaves, "lock", lambda self, record_id: None)
    monkeypatch.setattr(RefusesStaleSaves, "compare", compare_and_wait)

    assert both_save(sign_in, organization) == [302, 302]


@pytest.mark.postgres
def test_every_record_at_the_desk_can_be_locked_and_none_that_it_points_to_with_it():
    for model_admin in admin.site._registry.values():
        with CaptureQueriesContext(connection) as asked:
            model_admin.lock("0")

        assert [query["sql"].count(" JOIN ") for query in asked] == [0], model_admin
