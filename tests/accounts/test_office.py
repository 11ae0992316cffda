"""What the site says of who runs it: staff's words, else the environment's."""

from threading import Barrier

import pytest
from django.db import IntegrityError
from django.urls import reverse

from accounts import office
from accounts.models import Office
from tests.concurrency import at_once
from tests.factories import OrganizationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def read_anew(office_of_the_environment):
    office.forget()


def test_without_a_row_the_environment_speaks(settings):
    settings.ORGANIZATION_NAME, settings.MAILBOX = "First Work", "cops@firstwork.test"
    settings.POSTAL_ADDRESS = "1 Sample Street"

    assert office.current() == office.Facts(
        name="First Work", mailbox="cops@firstwork.test", postal_address="1 Sample Street"
    )


def test_what_staff_wrote_comes_first_and_what_they_left_empty_second(settings):
    settings.POSTAL_ADDRESS = "1 Sample Street"
    convenor = OrganizationFactory()

    office.write(name="First Work Ontario", phone="416 555-0100", convenor=convenor)

    facts = office.current()
    assert (facts.name, facts.phone, facts.convenor, facts.postal_address) == (
        "First Work Ontario", "416 555-0100", convenor.pk, "1 Sample Street",
    )  # fmt: skip


def test_writing_one_thing_leaves_the_others():
    office.write(phone="416 555-0100")
    office.write(postal_address="1 Sample Street")

    assert (office.current().phone, office.current().postal_address) == (
        "416 555-0100", "1 Sample Street",
    )  # fmt: skip


def test_a_process_reads_at_most_once_a_minute(django_assert_num_queries, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(office.time, "monotonic", lambda: now[0])

    with django_assert_num_queries(1):
        office.current()
        now[0] += 59
        office.current()
    with django_assert_num_queries(1):
        now[0] += 1
        office.current()


def test_another_process_that_wrote_is_heard_within_a_minute(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(office.time, "monotonic", lambda: now[0])
    office.current()
    Office.objects.create(pk=1, name="Renamed", mailbox="new@firstwork.test")

    before = office.current().name
    now[0] += 60

    assert (before == "Renamed", office.current().name) == (False, "Renamed")


def test_there_is_one_office():
    with pytest.raises(IntegrityError):
        Office.objects.create(pk=2, name="Another", mailbox="a@firstwork.test")


def test_the_foot_of_every_page_shows_it(client):
    office.write(name="First Work Ontario", postal_address="1 Sample Street\nToronto")

    text = client.get(reverse("accounts:privacy")).text

    assert "1 Sample Street<br>Toronto" in text


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_write_it_first_make_one_row():
    results = at_once(
        lambda: office.write(phone="416 555-0100"),
        lambda: office.write(postal_address="1 Sample Street"),
    )

    assert results == [None, None]
    row = Office.objects.get()
    assert (row.phone, row.postal_address) == ("416 555-0100", "1 Sample Street")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_guard_the_second_would_fail():
    barrier = Barrier(2)

    def write(**facts):
        start = {"name": "First Work", "mailbox": "cops@firstwork.test"}
        if not Office.objects.exists():
            barrier.wait(timeout=5)
            Office.objects.create(pk=1, **start, **facts)

    results = at_once(
        lambda: write(phone="416 555-0100"), lambda: write(postal_address="1 Sample Street")
    )

    assert sorted(type(result).__name__ for result in results) == ["IntegrityError", "NoneType"]
