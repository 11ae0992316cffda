"""Two at once, and what would happen without the guard: every pair has its twin."""

from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import OperationalError, connection
from django.db.models import QuerySet

from accounts.lifecycle import InvalidTransition, Moves
from applications.models import Application, Interview, Offer, Panelist, Slot, Status
from applications.services import interviews, selection
from cops.models import Membership
from notifications import calendar, duties
from notifications.models import Event, Kind, Message
from tests.applications.selecting import (
    booked,
    interviewer_of,
    interviewing,
    invited,
    offered,
    slot_of,
)
from tests.concurrency import at_once
from tests.factories import ApplicationFactory, CommunityFactory, MembershipFactory, StaffFactory
from tests.factories import days as days_from_now

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def meet(barrier):
    """Wait for the other thread, if it comes."""
    with suppress(BrokenBarrierError):
        barrier.wait(timeout=2)


@pytest.fixture
def no_locks(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_options: rows.all())


@pytest.fixture
def last_word_wins(monkeypatch):
    """Moves without compare-and-set, made by both threads after both have looked."""
    barrier = Barrier(2)

    def move(record, status, *, by, reason="", **facts):
        old = record.status
        meet(barrier)
        type(record).objects.filter(pk=record.pk).update(status=status, **facts)
        record.changes.create(old=old, new=status, by=by, reason=reason)
        record.refresh_from_db()

    return lambda: monkeypatch.setattr(Moves, "_move_to", move)


@contextmanager
def without(table, name):
    """Leave one constraint out; the rows that break it are gone before it comes back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name]
        )
        (definition,) = cursor.fetchone()
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table} CASCADE")
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def refused(results):
    return [type(one) for one in results if isinstance(one, Exception)]


def book(interview, slot):
    person = interview.application.person
    return lambda: interviews.book(interview, slot, by=person)


# Two applicants, one slot


def two_for_one_slot():
    cohort = interviewing()
    slot = slot_of(cohort)
    return slot, [book(invited(cohort), slot) for _ in range(2)]


def test_two_applicants_never_get_one_slot():
    slot, calls = two_for_one_slot()

    results = at_once(*calls)

    assert refused(results) == [interviews.SlotTaken]
    assert Interview.objects.filter(slot=slot).count() == 1
    assert Event.objects.filter(kind=Kind.INTERVIEW).count() == 1


def test_without_the_look_the_unique_slot_still_lets_one_through(monkeypatch, no_locks):
    _slot, calls = two_for_one_slot()
    monkeypatch.setattr(interviews, "_require_free", lambda slot, application: None)

    results = at_once(*calls)

    assert refused(results) == [interviews.SlotTaken]
    assert Event.objects.filter(kind=Kind.INTERVIEW).count() == 1


def test_without_both_guards_two_applicants_get_one_slot(monkeypatch, no_locks):
    slot, calls = two_for_one_slot()
    monkeypatch.setattr(interviews, "_require_free", lambda slot, application: None)

    with without("applications_interview", "applications_interview_slot_id_key"):
        results = at_once(*calls)

        assert refused(results) == []
        assert Interview.objects.filter(slot=slot).count() == 2


# One applicant, two slots


def one_for_two_slots():
    cohort = interviewing()
    interview = invited(cohort)
    copies = [Interview.objects.get(pk=interview.pk) for _ in range(2)]
    return interview, [book(copy, slot_of(cohort)) for copy in copies]


def test_one_applicant_never_gets_two_slots():
    _interview, calls = one_for_two_slots()

    results = at_once(*calls)

    assert refused(results) == [InvalidTransition]
    assert Event.objects.filter(kind=Kind.INTERVIEW).count() == 1
    assert Message.objects.filter(kind="interview-booked").count() == 2


def test_without_lock_and_comparison_one_applicant_gets_two_slots(no_locks, last_word_wins):
    _interview, calls = one_for_two_slots()
    last_word_wins()

    results = at_once(*calls)

    assert refused(results) == []
    assert Event.objects.filter(kind=Kind.INTERVIEW).count() == 2


# Two who want each other's slot


def swap():
    cohort = interviewing()
    pair = [booked(cohort), booked(cohort)]
    slots = [interview.slot for interview in pair]
    return (
        pair,
        slots,
        [
            lambda one=one, slot=slot: interviews.move(one, slot, by=one.application.person)
            for one, slot in zip(pair, reversed(slots), strict=True)
        ],
    )


def test_two_who_want_each_others_slot_both_keep_their_own():
    pair, slots, calls = swap()

    results = at_once(*calls)

    assert refused(results) == [interviews.SlotTaken] * 2
    for interview in pair:
        interview.refresh_from_db()
    assert [interview.slot for interview in pair] == slots


def test_without_one_order_of_locks_they_block_each_other(monkeypatch):
    _pair, _slots, calls = swap()
    barrier, lock = Barrier(2), interviews._lock

    def own_slot_first(interview, slot=None):
        list(Slot.objects.select_for_update().filter(pk=interview.slot_id))
        meet(barrier)
        return lock(interview, slot)

    monkeypatch.setattr(interviews, "_lock", own_slot_first)

    assert OperationalError in refused(at_once(*calls))


# Two interviewers' times that overlap


def overlapping():
    cohort = interviewing()
    person = interviewer_of(cohort)
    starts = days_from_now(3)
    return [
        lambda start=start: interviews.publish(
            cohort, [person], [start], minutes=45, zone="America/Toronto"
        )
        for start in (starts, starts + timedelta(minutes=20))
    ]


def test_one_interviewer_never_offers_times_that_overlap(monkeypatch):
    calls = overlapping()
    monkeypatch.setattr(interviews, "busy", lambda *_when: [])

    assert refused(at_once(*calls)) == [interviews.PanelBusy]
    assert Slot.objects.count() == 1


def test_without_the_exclusion_an_interviewer_offers_times_that_overlap(monkeypatch):
    calls = overlapping()
    monkeypatch.setattr(interviews, "busy", lambda *_when: [])

    with without("applications_panelist", "no_overlapping_slots"):
        assert refused(at_once(*calls)) == []
        assert Panelist.objects.count() == 2


def in_opposite_order(monkeypatch):
    """Both offer the same two times, and neither goes on to its second before the other."""
    cohort = interviewing()
    person = interviewer_of(cohort)
    times = [days_from_now(3), days_from_now(4)]
    barrier, busy = Barrier(2), interviews.busy

    def busy_once_both_are_here(panel, *when):
        if Panelist.objects.filter(person__in=panel).exists():
            meet(barrier)
        return busy(panel, *when)

    monkeypatch.setattr(interviews, "busy", busy_once_both_are_here)
    return [
        lambda order=order: interviews.publish(
            cohort, [person], order, minutes=45, zone="America/Toronto"
        )
        for order in (times, times[::-1])
    ]


def test_who_offers_times_for_one_interviewer_waits_for_the_other(monkeypatch):
    calls = in_opposite_order(monkeypatch)

    assert refused(at_once(*calls)) == [interviews.PanelBusy]
    assert Slot.objects.count() == 2


def test_without_the_lock_on_the_interviewer_they_block_each_other(monkeypatch, no_locks):
    calls = in_opposite_order(monkeypatch)

    assert OperationalError in refused(at_once(*calls))


# Two staff who release at once


def two_releases():
    cohort, staff = interviewing(), StaffFactory()
    application = ApplicationFactory(cohort=cohort, status=Status.IN_REVIEW)
    application.decide(Status.DECLINED, by=staff)
    return application, [
        lambda: list(selection.release(Application.objects.filter(cohort=cohort), by=staff))
    ] * 2


def test_two_staff_release_a_decision_once():
    application, calls = two_releases()

    results = at_once(*calls)

    assert sorted(len(letters) for letters in results) == [0, 1]
    assert application.changes.count() == 1


def test_without_lock_and_comparison_a_decision_is_released_twice(no_locks, last_word_wins):
    application, calls = two_releases()
    last_word_wins()

    results = at_once(*calls)

    assert refused(results) == []
    assert application.changes.count() == 2


# An offer


def accept(offer):
    return lambda: selection.accept_offer(offer, by=offer.application.person)


def copies_of(offer):
    return [Offer.objects.with_people().get(pk=offer.pk) for _ in range(2)]


def test_accepting_twice_joins_once():
    offer = offered()

    results = at_once(*[accept(copy) for copy in copies_of(offer)])

    assert refused(results) == [InvalidTransition]
    assert offer.changes.count() == 1
    assert offer.community.members.count() == 1


def test_without_comparison_and_seat_an_offer_is_accepted_twice(monkeypatch, last_word_wins):
    offer = offered()
    last_word_wins()
    monkeypatch.setattr(selection.communities, "join", lambda community, person: None)

    at_once(*[accept(copy) for copy in copies_of(offer)])

    assert offer.changes.count() == 2


def last_seat():
    community = CommunityFactory(cohort=interviewing(group_min=1, group_max=2))
    MembershipFactory(community=community)
    return community, [accept(offered(community)) for _ in range(2)]


def test_the_last_seat_goes_to_one():
    community, calls = last_seat()

    results = at_once(*calls)

    assert refused(results) == [InvalidTransition]
    assert community.members.count() == 2
    assert sorted(community.offers.values_list("status", flat=True)) == ["accepted", "open"]


def test_without_the_lock_the_last_seat_goes_to_two(monkeypatch, no_locks):
    community, calls = last_seat()
    barrier, create = Barrier(2), Membership.objects.create

    def both_have_counted(**facts):
        meet(barrier)
        return create(**facts)

    monkeypatch.setattr(Membership.objects, "create", both_have_counted)

    assert refused(at_once(*calls)) == []
    assert community.members.count() == 3


def at_the_last_second():
    """One copy still sees time to answer, the other does not."""
    offer = offered()
    early, late = copies_of(offer)
    late.deadline.starts_at = days_from_now(-1)
    return offer, [accept(early), lambda: selection.lapse_offer(late)]


def test_at_the_last_second_an_offer_is_accepted_or_lapses_never_both():
    offer, calls = at_the_last_second()

    results = at_once(*calls)

    assert refused(results) == [InvalidTransition]
    offer.refresh_from_db()
    assert offer.changes.count() == 1
    assert offer.community.members.count() == int(offer.status == Offer.Status.ACCEPTED)


def test_without_comparison_an_offer_is_accepted_and_lapses(last_word_wins):
    offer, calls = at_the_last_second()
    last_word_wins()

    results = at_once(*calls)

    assert refused(results) == []
    assert {change.new for change in offer.changes.all()} == {"accepted", "lapsed"}


# Withdrawing against what others do at the same time


def test_who_withdraws_while_booking_keeps_no_time():
    cohort = interviewing()
    interview, slot = invited(cohort), slot_of(cohort)
    application = Application.objects.get(pk=interview.application_id)

    at_once(
        book(interview, slot),
        lambda: selection.withdraw_application(application, by=application.person),
    )

    assert list(cohort.slots.free()) == [slot]
    assert not Event.objects.live().filter(kind=Kind.INTERVIEW).exists()


def test_who_withdraws_while_accepting_does_one_of_the_two():
    offer = offered()
    application = Application.objects.get(pk=offer.application_id)

    results = at_once(
        accept(offer),
        lambda: selection.withdraw_application(application, by=application.person),
    )

    assert refused(results) == [InvalidTransition]
    offer.refresh_from_db()
    application.refresh_from_db()
    assert (offer.status, application.status, offer.community.members.count()) in [
        ("accepted", "offered", 1),
        ("withdrawn", "withdrawn", 0),
    ]


# A letter that waits: its days begin anew while the duty ends


def an_offer_withdrawn():
    offer, staff = offered(), StaffFactory()
    return (
        offer.deadline_id,
        lambda: selection.renew_offer(offer),
        lambda: selection.withdraw_offer(offer, by=staff),
    )


def an_interview_booked():
    interview = invited(interviewing())
    return (
        interview.deadline_id,
        lambda: interviews.renew(interview),
        book(interview, slot_of(interview.application.cohort)),
    )


def renewed_as_it_ends(monkeypatch, case):
    """Let one thread move the day on; the other ends the duty once the first has looked."""
    deadline, renew, end = case()
    barrier = Barrier(2)
    Event.objects.filter(pk=deadline).update(local_on=days_from_now(-1).date())
    owe_anew = calendar.owe_anew

    def owe_after_both_have_looked(*facts):
        meet(barrier)
        meet(barrier)  # the other has had the time to be done, if nothing kept it
        owe_anew(*facts)

    def end_meanwhile():
        meet(barrier)
        end()
        meet(barrier)

    monkeypatch.setattr(calendar, "owe_anew", owe_after_both_have_looked)
    return renew, end_meanwhile


@pytest.mark.parametrize("case", [an_offer_withdrawn, an_interview_booked])
def test_what_ends_while_its_day_moves_on_leaves_nobody_invited(monkeypatch, case):
    results = at_once(*renewed_as_it_ends(monkeypatch, case))

    assert results == [None, None]
    assert duties.audit() == []


@pytest.mark.parametrize("case", [an_offer_withdrawn, an_interview_booked])
def test_without_the_lock_what_has_ended_is_still_owed(monkeypatch, no_locks, case):
    at_once(*renewed_as_it_ends(monkeypatch, case))

    assert [each.is_open for each in duties.audit()] == [False]
