"""A digest is about all that caused it, and goes as long as one of them still holds."""

from datetime import UTC, datetime

import pytest
import time_machine

from notifications import calendar, planner, reasons, sender
from notifications.models import Event, Kind, Message, Preference, Rule
from tests.factories import EventFactory, InviteeFactory, PersonFactory, RuleFactory

pytestmark = pytest.mark.django_db

DUE = datetime(2027, 2, 8, 23, 59)
HANDED_OVER = datetime(2027, 2, 7, 1, 1, tzinfo=UTC)  # at 8 in the evening of the 6th


@pytest.fixture(autouse=True)
def clock():
    Rule.objects.all().delete()
    RuleFactory(kind=Kind.REVIEW_DUE, amount=2, unit="d", mail="test-digest")
    with time_machine.travel(datetime(2027, 2, 1, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def person():
    return PersonFactory()


def owed(person, number):
    """``number`` deadlines of ``person``, and the digest that waits to be sent."""
    events = [EventFactory(kind=Kind.REVIEW_DUE, wall=DUE) for _number in range(number)]
    for event in events:
        InviteeFactory(event=event, person=person, role="reviewer")
    with time_machine.travel(HANDED_OVER, tick=False):
        planner.plan()
    return events, Message.objects.get()


def sent_on(clock, moment=HANDED_OVER):
    clock.move_to(moment)
    sender.deliver_due()
    planner.plan()
    sender.deliver_due()
    message = Message.objects.get()  # and no other
    return message.state, message.reason


def test_it_is_about_no_single_event_but_about_each_at_its_version(person):
    events, digest = owed(person, 3)

    assert (digest.event, digest.schedule_version) == (None, None)
    assert sorted(digest.context["events"]) == [[event.pk, 0] for event in events]


@pytest.mark.parametrize("settled", [0, 1])
def test_whichever_is_settled_first_the_other_is_told(clock, person, settled):
    events, _digest = owed(person, 2)

    calendar.settle(events[settled], person)

    assert sent_on(clock) == ("sent", "")


def test_it_ends_when_all_are_settled(clock, person):
    events, _digest = owed(person, 2)

    for event in events:
        calendar.settle(event, person)

    assert sent_on(clock) == ("suppressed", reasons.NOT_INVITED)


@pytest.mark.parametrize("end", ["moved", "cancelled"])
def test_what_moved_or_is_off_keeps_no_digest_alive(clock, person, end):
    (one, other), _digest = owed(person, 2)
    calendar.settle(one, person)

    if end == "moved":
        calendar.move(other, datetime(2027, 3, 8, 23, 59))
    else:
        calendar.cancel(other)

    assert sent_on(clock) == ("suppressed", reasons.NOT_INVITED)


def test_who_wants_no_reminders_any_more_gets_none(clock, person):
    owed(person, 2)

    Preference.objects.create(person=person, wants_reminders=False)

    assert sent_on(clock) == ("suppressed", reasons.OPTED_OUT)


def test_one_is_settled_after_the_claim(clock, person):
    events, _digest = owed(person, 2)
    clock.move_to(HANDED_OVER)
    batch = sender.claim()

    calendar.settle(events[0], person)

    assert sender.untrue(batch) == {}


def test_it_is_of_use_as_long_as_one_of_them_is(person):
    events = [
        EventFactory(kind=Kind.REVIEW_DUE, wall=datetime(2027, 2, 8, hour)) for hour in (20, 21)
    ]
    for event in events:
        InviteeFactory(event=event, person=person, role="reviewer")
    with time_machine.travel(HANDED_OVER.replace(hour=2), tick=False):
        planner.plan()

    longest = max(event.reminders.get().useful_until for event in events)
    assert Message.objects.get().expires_at == longest


def test_batches_of_digests_are_checked_in_one_question(clock, django_assert_num_queries):
    for number in (1, 3):
        Message.objects.all().delete()
        Event.objects.all().delete()
        for _person in range(number):
            owed_by(PersonFactory())
        clock.move_to(HANDED_OVER)
        planner.plan()
        batch = sender.claim()

        with django_assert_num_queries(2):  # who owes what, and whose address takes mail
            assert sender.untrue(batch) == {}
        assert len(batch) == number
        clock.move_to(datetime(2027, 2, 1, tzinfo=UTC))


def owed_by(person):
    for _number in range(2):
        event = EventFactory(kind=Kind.REVIEW_DUE, wall=DUE)
        InviteeFactory(event=event, person=person, role="reviewer")
