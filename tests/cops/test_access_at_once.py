"""Two at once at one request, or for one person."""

from time import sleep

import pytest
from django.db import IntegrityError

from accounts.lifecycle import InvalidTransition
from cops import access
from cops.models import AccessRequest
from notifications.models import Invitee
from tests.concurrency import at_once
from tests.cops.asking import Wish, ask, outcomes_of
from tests.factories import (
    PersonFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["take", "answer", "close"])
def test_two_of_staff_at_once_leave_one_of_them_refused(act):
    first, second = StaffFactory(), StaffFactory()
    request = ask()
    copies = [AccessRequest.objects.get(pk=request.pk) for _number in range(2)]
    do = {
        "take": access.take,
        "answer": lambda r, by: access.answer(r, str(by), by=by),
        "close": lambda r, by: access.close(r, str(by), by=by),
    }[act]

    results = at_once(
        lambda: do(copies[0], by=first),
        lambda: do(copies[1], by=second),
    )

    assert outcomes_of(results) == ["done", "refused"]
    assert isinstance(next(filter(None, results)), InvalidTransition)
    assert Invitee.objects.current().count() == (1 if act == "take" else 0)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_guard_both_of_staff_would_have_taken_it(monkeypatch):
    first, second = StaffFactory(), StaffFactory()
    request = ask()

    def take(self, *, by):
        AccessRequest.objects.filter(pk=self.pk).update(owner=by)
        self.refresh_from_db(fields=["owner"])

    monkeypatch.setattr(AccessRequest, "take", take)
    copies = [AccessRequest.objects.get(pk=request.pk) for _number in range(2)]

    results = at_once(
        lambda: access.take(copies[0], by=first), lambda: access.take(copies[1], by=second)
    )

    assert results == [None, None]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_asking_twice_at_once_to_be_erased_is_one_wish():
    person = PersonFactory()

    results = at_once(*[lambda: ask(person, kind=Wish.ERASURE)] * 2)

    assert AccessRequest.objects.count() == 1
    assert [type(r) for r in results if isinstance(r, Exception)] == [InvalidTransition]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_database_still_keeps_it_one_wish(monkeypatch):
    person = PersonFactory()
    monkeypatch.setattr(access, "_waiting", lambda *args, **facts: AccessRequest.objects.none())

    results = at_once(*[lambda: ask(person, kind=Wish.ERASURE)] * 2)

    assert AccessRequest.objects.count() == 1
    assert [type(r) for r in results if isinstance(r, Exception)] == [IntegrityError]


def ask_at_once():
    """Two strangers ask in the same moment."""
    typed = {"name": "Noor", "words": "Captions", "kind": Wish.NEED}
    return at_once(
        lambda: access.ask_from_form("noor@agency.test", **typed),
        lambda: access.ask_from_form("amal@agency.test", **typed),
    )


@pytest.fixture
def last_place(monkeypatch):
    """The last place of the hour; whoever has counted takes a moment before she writes."""
    monkeypatch.setattr(access, "AN_HOUR_MAX", 1)
    ask = access.ask

    def slowly(*args, **facts):
        sleep(0.3)
        return ask(*args, **facts)

    monkeypatch.setattr(access, "ask", slowly)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_last_place_of_an_hour_is_given_to_one_stranger(last_place):
    results = ask_at_once()

    assert AccessRequest.objects.count() == 1
    assert [type(r) for r in results if isinstance(r, Exception)] == [access.Flooded]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_strangers_would_take_the_last_place(last_place, monkeypatch):
    monkeypatch.setattr(access, "_one_at_a_time", lambda: None)

    ask_at_once()

    assert AccessRequest.objects.count() == 2
