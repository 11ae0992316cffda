"""At most one optional email a day: what loses waits for the next day, or ends with its reason."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from notifications import calendar, planner, reasons
from notifications.models import Kind, Message, Reminder, Rule
from tests.factories import (
    EventFactory,
    InviteeFactory,
    PersonFactory,
    RuleFactory,
    SeriesFactory,
)

pytestmark = pytest.mark.django_db

START = datetime(2027, 2, 1, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    Rule.objects.all().delete()
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def person():
    return PersonFactory()


def meeting(person, day, hour=13):
    """A meeting in February, reminded of three days before."""
    Rule.objects.get_or_create(kind=Kind.MEETING, amount=3, unit="d", mail="test-mail")
    event = EventFactory(wall=datetime(2027, 2, day, hour))
    InviteeFactory(event=event, person=person)
    return event


def run(clock, *moment):
    """Plan at ``moment``, a time of February on the clock of Toronto."""
    clock.move_to(datetime(2027, 2, *moment, tzinfo=UTC) + timedelta(hours=5))
    planner.plan()


def line(event):
    row = Reminder.objects.get(event=event)
    return row.state, row.reason


def test_of_two_on_a_day_the_sooner_event_wins_and_the_other_waits_until_morning(clock, person):
    sooner, later = meeting(person, 8, 10), meeting(person, 8, 12)

    run(clock, 5, 12, 30)
    first = line(sooner), line(later)
    run(clock, 5, 23)
    run(clock, 6, 7, 59)
    still = line(later)
    run(clock, 6, 8, 1)

    assert first == (("enqueued", ""), ("planned", reasons.ONE_A_DAY))
    assert still == ("planned", reasons.ONE_A_DAY)
    assert (line(later), Message.objects.count()) == (("enqueued", ""), 2)


def test_what_falls_due_later_that_day_waits_as_well(clock, person):
    first, second = meeting(person, 8, 9), meeting(person, 8, 17)

    run(clock, 5, 9, 1)
    run(clock, 5, 17, 1)

    assert [line(first), line(second)] == [("enqueued", ""), ("planned", reasons.ONE_A_DAY)]


def test_another_person_does_not_wait(clock, person):
    meeting(person, 8, 10)
    hers = meeting(PersonFactory(), 8, 12)

    run(clock, 5, 12, 30)

    assert line(hers) == ("enqueued", "")


def test_what_would_be_too_late_the_next_day_ends_and_says_why(clock, person):
    first = meeting(person, 8, 9)
    RuleFactory(kind=Kind.WEBINAR, amount=36, unit="h", mail="test-mail")
    at_night = EventFactory(kind=Kind.WEBINAR, wall=datetime(2027, 2, 7, 0, 30), minutes=60)
    InviteeFactory(event=at_night, person=person)

    run(clock, 5, 9, 1)
    run(clock, 5, 12, 31)

    assert line(first) == ("enqueued", "")
    assert line(at_night) == ("superseded", reasons.NO_DAY_LEFT)


def test_what_is_about_a_gathering_of_tomorrow_goes_besides(clock, person):
    meeting(person, 8, 10)
    RuleFactory(kind=Kind.WEBINAR, amount=1, unit="d", mail="test-mail")
    tomorrow = EventFactory(kind=Kind.WEBINAR, wall=datetime(2027, 2, 6, 10), minutes=60)
    InviteeFactory(event=tomorrow, person=person)

    run(clock, 5, 10, 1)

    assert list(Reminder.objects.values_list("state", "is_optional").order_by("is_optional")) == [
        ("enqueued", False),
        ("enqueued", True),
    ]


def test_the_last_one_before_a_deadline_goes_besides_and_an_earlier_one_does_not(clock, person):
    gathering = meeting(person, 8, 10)
    RuleFactory(kind=Kind.OFFER_DUE, amount=1, unit="d", mail="test-mail")
    RuleFactory(kind=Kind.OFFER_DUE, amount=3, unit="d", mail="test-mail")
    last, early = (
        EventFactory(kind=Kind.OFFER_DUE, wall=datetime(2027, 2, day, 10)) for day in (6, 8)
    )
    for event in (last, early):
        InviteeFactory(event=event, person=person, role="applicant")

    run(clock, 5, 10, 1)

    due = Reminder.objects.filter(due_at__day=5).values_list("event", "offset_key", "state")
    assert set(due) == {
        (gathering.pk, "3d", "enqueued"),
        (last.pk, "1d", "enqueued"),
        (early.pk, "3d", "planned"),
    }


def test_what_comes_after_a_deadline_may_wait(clock, person):
    meeting(person, 8, 10)
    RuleFactory(kind=Kind.NOTES_DUE, anchor=Rule.Anchor.AFTER, amount=1, unit="d", mail="test-mail")
    notes = EventFactory(kind=Kind.NOTES_DUE, wall=datetime(2027, 2, 4, 10))
    InviteeFactory(event=notes, person=person)

    run(clock, 5, 10, 1)

    waiting = Reminder.objects.get(state="planned")
    assert (waiting.event.kind, waiting.reason) == ("meeting", reasons.ONE_A_DAY)


def test_one_digest_tells_of_all_that_are_due_and_the_others_say_so(clock, person):
    RuleFactory(kind=Kind.REVIEW_DUE, amount=2, unit="d", mail="test-digest")
    events = [
        EventFactory(kind=Kind.REVIEW_DUE, wall=datetime(2027, 2, 8, 23, 59))
        for _number in range(3)
    ]
    for event in events:
        InviteeFactory(event=event, person=person, role="reviewer")

    run(clock, 6, 20, 1)

    assert sorted(line(event) for event in events) == [
        ("enqueued", ""),
        ("superseded", reasons.IN_DIGEST),
        ("superseded", reasons.IN_DIGEST),
    ]
    assert Message.objects.count() == 1


def reviews(person, *days, series=None):
    RuleFactory(kind=Kind.REVIEW_DUE, amount=2, unit="d", mail="test-digest")
    events = [
        EventFactory(kind=Kind.REVIEW_DUE, wall=datetime(2027, 2, day, 23, 59), series=each)
        for day, each in zip(days, series or [None] * len(days), strict=True)
    ]
    for event in events:
        InviteeFactory(event=event, person=person, role="reviewer")
    return events


def test_a_digest_tells_of_one_call_so_what_is_due_in_another_goes_too(clock, person):
    events = reviews(person, 8, 8, series=[SeriesFactory(), SeriesFactory()])

    run(clock, 6, 20, 1)

    assert [line(event) for event in events] == [("enqueued", "")] * 2


def test_while_a_digest_waits_so_does_what_it_would_tell_of(clock, person):
    gathering = meeting(person, 9, 10)
    RuleFactory(kind=Kind.REVIEW_DUE, amount=1, unit="d", mail="test-digest")
    first, second = reviews(person, 8, 8)

    run(clock, 6, 10, 1)
    run(clock, 6, 20, 1)
    waiting = line(gathering), rows(first, second)
    calendar.settle(first, person)
    run(clock, 7, 8, 1)

    assert waiting == (("enqueued", ""), [("planned", reasons.ONE_A_DAY)] * 2)
    assert rows(second) == [("enqueued", "")]


def rows(*events):
    lines = Reminder.objects.filter(event__in=events, offset_key="2d").order_by("event")
    return list(lines.values_list("state", "reason"))
