"""Two at once, and what would happen without the guards."""

from contextlib import contextmanager
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import QuerySet

from accounts.lifecycle import InvalidTransition
from accounts.models import User
from applications.importing import checking
from applications.models import Application, Import
from applications.services import imports, intake
from tests.applications.importing import line, read
from tests.applications.test_selection_at_once import meet, refused
from tests.concurrency import at_once
from tests.factories import CohortFactory, PersonFactory, StaffFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

LINES = [line("amy@x.test"), line("ben@x.test")]


def file_of_people_who_are_known():
    for email in ("amy@x.test", "ben@x.test"):
        User.objects.person(email)
    return read(CohortFactory(), *LINES)


def press(file):
    """Return what one press does, on a copy of the record as a page of her own has it."""
    staff = StaffFactory()
    return lambda: imports.make(Import.objects.get(pk=file.pk), by=staff)


@pytest.fixture
def no_locks(monkeypatch):
    """Nobody waits for the other, and both have looked before either writes."""
    barrier, look = Barrier(2), checking.standing
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_options: rows.all())

    def standing(cohort, people):
        found = look(cohort, people)
        meet(barrier)
        return found

    monkeypatch.setattr(checking, "standing", standing)


@contextmanager
def without_index(name):
    """Leave one unique index out; the rows that break it are gone before it comes back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
        (definition,) = cursor.fetchone()
        cursor.execute(f"DROP INDEX {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE applications_application CASCADE")
            cursor.execute(definition)


def test_two_presses_make_each_application_once():
    file = read(CohortFactory(), *LINES)

    results = at_once(press(file), press(file))

    assert refused(results) == [InvalidTransition]
    assert [each for each in results if not isinstance(each, Exception)] == [2]
    assert (Application.objects.count(), User.objects.filter(email="amy@x.test").count()) == (2, 1)


def test_two_colleagues_with_the_same_file_make_each_application_once():
    cohort = CohortFactory()
    files = [read(cohort, *LINES), read(cohort, *LINES)]

    results = at_once(*map(press, files))

    assert refused(results) == [InvalidTransition]
    assert Application.objects.count() == 2
    assert sorted(Import.objects.values_list("made", flat=True)) == [0, 2]


def test_without_the_locks_the_index_still_lets_one_through(no_locks):
    file = file_of_people_who_are_known()

    results = at_once(press(file), press(file))

    assert refused(results) == [InvalidTransition]
    assert Application.objects.count() == 2


def test_without_locks_and_index_each_application_is_made_twice(no_locks):
    file = file_of_people_who_are_known()

    with without_index("one_application_per_cohort"):
        results = at_once(press(file), press(file))

        assert refused(results) == []
        assert Application.objects.count() == 4


def test_who_begins_an_application_in_that_moment_has_one():
    cohort, amy = CohortFactory(), PersonFactory(email="amy@x.test")
    file = read(cohort, line("amy@x.test"))

    results = at_once(press(file), lambda: intake.start_own(cohort, amy))

    assert refused(results) in ([], [InvalidTransition])
    assert Application.objects.count() == 1
