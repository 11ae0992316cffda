"""The doors to Event and Invitee: what each writes, whom it tells, two at once."""

from contextlib import suppress
from datetime import datetime, time
from threading import Barrier, BrokenBarrierError

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from notifications import calendar
from notifications.models import Event, Invitee, Kind, Message, Reminder, Role, Standing
from tests.concurrency import at_once
from tests.factories import EventFactory, PersonFactory, SeriesFactory, wall

pytestmark = pytest.mark.django_db


def invited(event):
    """Who is invited to ``event`` now, and as what."""
    return {part.person: part.role for part in event.invitees.current()}


def told():
    return [(message.kind, message.recipient) for message in Message.objects.order_by("pk")]


def test_an_event_holds_the_instant_and_the_wall_time_people_agreed_on():
    winter = calendar.hold(Kind.MEETING, datetime(2027, 1, 27, 13), minutes=60)
    summer = calendar.hold(
        Kind.MEETING, datetime(2027, 7, 6, 13), minutes=90, zone="America/Winnipeg"
    )

    assert [
        (e.starts_at.isoformat(), e.length_minutes, e.local_at, e.schedule_version)
        for e in (winter, summer)
    ] == [
        ("2027-01-27T18:00:00+00:00", 60, time(13), 0),
        ("2027-07-06T18:00:00+00:00", 90, time(13), 0),
    ]


@pytest.mark.parametrize(
    ("when", "code"),
    [
        (datetime(2027, 3, 14, 2, 30), "skipped_time"),
        (datetime(2027, 11, 7, 1, 30), "repeated_time"),
    ],
)
def test_a_time_that_does_not_exist_or_exists_twice_is_refused(when, code):
    with pytest.raises(ValidationError) as refused:
        calendar.hold(Kind.MEETING, when, minutes=60)

    assert (refused.value.code, Event.objects.count()) == (code, 0)


def test_moving_raises_the_version_and_tells_those_who_are_invited():
    event = EventFactory()
    coming, gone = PersonFactory(), PersonFactory()
    calendar.owe(event, coming, Role.MEMBER)
    calendar.owe(event, gone, Role.MEMBER)
    calendar.settle(event, gone)

    calendar.move(event, wall(8))

    assert (event.schedule_version, event.local_on) == (1, wall(8).date())
    assert told() == [("event-moved", coming)]


@pytest.mark.parametrize(
    ("change", "kept"),
    [({"wall": wall(8)}, ""), ({"join_link": "https://meet.test/other"}, Invitee.Answer.NO)],
    ids=["another day", "another link"],
)
def test_an_answer_is_about_the_time_it_was_given_for(change, kept):
    event = EventFactory()
    part = calendar.owe(event, PersonFactory(), Role.MEMBER)
    part.say(Invitee.Answer.NO)

    calendar.move(event, **change)

    part.refresh_from_db()
    assert (part.answer, part.answered_at is None) == (kept, not kept)


def test_a_move_to_the_same_time_and_place_changes_nothing_and_tells_nobody():
    event = EventFactory()
    calendar.owe(event, PersonFactory(), Role.MEMBER)

    calendar.move(event, wall(7), place=event.place)

    assert (event.schedule_version, told()) == (0, [])


def test_a_change_of_the_title_is_no_new_version():
    event = EventFactory()

    calendar.move(event, title_en="Meeting with guests")

    assert (event.title_en, event.schedule_version) == ("Meeting with guests", 0)


def test_an_event_that_somebody_else_moved_is_not_moved_over_it():
    event = EventFactory()
    stale = Event.objects.get(pk=event.pk)
    calendar.move(event, wall(8))

    with pytest.raises(calendar.Moved):
        calendar.move(stale, wall(9))

    event.refresh_from_db()
    assert (event.local_on, event.schedule_version) == (wall(8).date(), 1)


def test_a_cancelled_event_can_no_longer_be_moved():
    event = EventFactory()
    calendar.cancel(event)

    with pytest.raises(calendar.Moved):
        calendar.move(event, wall(8))


def test_cancelling_twice_tells_once():
    event = EventFactory()
    person = PersonFactory()
    calendar.owe(event, person, Role.MEMBER)

    calendar.cancel(event)
    calendar.cancel(event)

    assert (event.is_live, event.schedule_version) == (False, 1)
    assert told() == [("event-cancelled", person)]


def test_cancelling_a_deadline_tells_nobody():
    deadline = EventFactory(kind=Kind.OFFER_DUE)
    calendar.owe(deadline, PersonFactory(), Role.APPLICANT)

    calendar.cancel(deadline)

    assert told() == []


def test_settling_ends_the_part_and_the_planned_reminders_of_that_person_alone():
    event = EventFactory()
    people = [PersonFactory(), PersonFactory()]
    for person in people:
        calendar.owe(event, person, Role.MEMBER)
        Reminder.objects.create(
            event=event, schedule_version=0, person=person, offset_key="2d",
            mail="meeting-reminder", due_at=timezone.now(), useful_until=event.starts_at,
        )  # fmt: skip

    calendar.settle(event, people[0])

    assert invited(event) == {people[1]: Role.MEMBER}
    assert list(Reminder.objects.order_by("pk").values_list("state", flat=True)) == [
        Reminder.State.CANCELLED,
        Reminder.State.PLANNED,
    ]


def test_whoever_comes_back_gets_her_row_back_and_no_second_one():
    event = EventFactory()
    person = PersonFactory()
    calendar.owe(event, person, Role.MEMBER).say(Invitee.Answer.NO)
    calendar.settle(event, person)

    again = calendar.owe(event, person, Role.FACILITATOR)

    assert Invitee.objects.count() == 1
    assert (again.until, again.answer, again.role) == (None, "", Role.FACILITATOR)


def test_standing_in_a_series_invites_to_what_lies_ahead_and_to_what_is_added():
    series = SeriesFactory()
    person = PersonFactory()
    past = EventFactory(series=series, wall=wall(-7))
    ahead = EventFactory(series=series)
    off = EventFactory(series=series)
    calendar.cancel(off)

    calendar.invite(series, person, Role.MEMBER)
    added = calendar.add_event(series, Kind.MEETING, wall(21), minutes=120)

    assert [event for event in (past, ahead, off, added) if invited(event)] == [ahead, added]
    assert invited(added) == {person: Role.MEMBER}


def test_standing_in_a_series_does_not_invite_to_somebody_elses_interview():
    series = SeriesFactory()
    interview = EventFactory(series=series, kind=Kind.INTERVIEW)

    calendar.invite(series, PersonFactory(), Role.MEMBER)

    assert invited(interview) == {}


def test_whoever_leaves_owes_nothing_more_and_is_not_invited_to_what_is_added():
    series = SeriesFactory()
    person = PersonFactory()
    calendar.invite(series, person, Role.MEMBER)
    met = calendar.add_event(series, Kind.MEETING, wall(-7), minutes=120)
    ahead = calendar.add_event(series, Kind.MEETING, wall(7), minutes=120)
    overdue = calendar.hold(Kind.ACTION_DUE, wall(-1), series=series)
    calendar.owe(overdue, person, Role.MEMBER)

    calendar.dismiss(series, person)
    added = calendar.add_event(series, Kind.MEETING, wall(21), minutes=120)

    assert [event for event in (met, ahead, overdue, added) if invited(event)] == [met]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_at_once_one_is_told_to_look_again():
    event = EventFactory()
    twins = [Event.objects.get(pk=event.pk) for _ in range(2)]

    results = at_once(
        lambda: calendar.move(twins[0], wall(8)), lambda: calendar.move(twins[1], wall(9))
    )

    event.refresh_from_db()
    assert [type(result) for result in results if result] == [calendar.Moved]
    assert event.schedule_version == 1


def join_while_a_meeting_is_added():
    """Add a meeting and let a person join, each before the other commits; is she invited to it?"""
    series, person = SeriesFactory(), PersonFactory()
    both_done = Barrier(2)

    def inside_a_transaction(act):
        with transaction.atomic():
            act()
            with suppress(BrokenBarrierError):
                both_done.wait(timeout=1)

    at_once(
        lambda: inside_a_transaction(lambda: calendar.invite(series, person, Role.MEMBER)),
        lambda: inside_a_transaction(
            lambda: calendar.add_event(series, Kind.MEETING, wall(7), minutes=60)
        ),
    )
    assert (Standing.objects.count(), Event.objects.count()) == (1, 1)
    return Invitee.objects.filter(person=person).exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_whoever_joins_while_a_meeting_is_added_is_invited_to_it():
    assert join_while_a_meeting_is_added() is True


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_somebody_would_be_missed(monkeypatch):
    monkeypatch.setattr(calendar, "_lock", lambda series: None)

    assert join_while_a_meeting_is_added() is False
