from datetime import UTC, datetime
from threading import get_ident

import pytest
import time_machine

from notifications import calendar, planner, sender
from notifications.models import Event, Invitee, Kind, Message, Reminder, Role, Rule
from tests.concurrency import at_once
from tests.factories import (
    EventFactory,
    InviteeFactory,
    PersonFactory,
    RuleFactory,
    SeriesFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("two_rules")]

State = Reminder.State
START = datetime(2027, 2, 4, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def a_meeting(wall=datetime(2027, 2, 10, 13, 0), **facts):
    """A meeting on Wednesday 10 February 2027 at 1 p.m., with one member."""
    event = EventFactory(wall=wall, **facts)
    return InviteeFactory(event=event)


def states(event=None):
    rows = Reminder.objects.order_by("schedule_version", "due_at")
    if event:
        rows = rows.filter(event=event)
    return [(row.offset_key, row.schedule_version, row.state) for row in rows]


def at(*facts):
    return datetime(2027, *facts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "zone", "unit", "amount", "due"),
    [
        # The clocks go forward on 14 March: two days before keeps the wall clock ...
        (datetime(2027, 3, 15, 13), "America/Toronto", "d", 2, at(3, 13, 18)),
        (datetime(2027, 3, 15, 13), "America/Winnipeg", "d", 2, at(3, 13, 19)),
        (datetime(2027, 3, 15, 13), "America/Atikokan", "d", 2, at(3, 13, 18)),
        # ... and hours are elapsed time.
        (datetime(2027, 3, 14, 3), "America/Toronto", "h", 2, at(3, 14, 5)),
        (datetime(2027, 3, 14, 3), "America/Winnipeg", "h", 2, at(3, 14, 6)),
        (datetime(2027, 3, 14, 3), "America/Atikokan", "h", 2, at(3, 14, 6)),
        # The clocks go back on 7 November.
        (datetime(2027, 11, 8, 13), "America/Toronto", "d", 2, at(11, 6, 17)),
        (datetime(2027, 11, 8, 13), "America/Winnipeg", "d", 2, at(11, 6, 18)),
        (datetime(2027, 11, 8, 13), "America/Atikokan", "d", 2, at(11, 6, 18)),
        (datetime(2027, 11, 7, 3), "America/Toronto", "h", 2, at(11, 7, 6)),
        (datetime(2027, 11, 7, 3), "America/Winnipeg", "h", 2, at(11, 7, 7)),
        (datetime(2027, 11, 7, 3), "America/Atikokan", "h", 2, at(11, 7, 6)),
        # Nobody gets a mail at night for an event at night.
        (datetime(2027, 2, 10, 6), "America/Toronto", "d", 1, at(2, 9, 13)),
        (datetime(2027, 2, 10, 23, 30), "America/Toronto", "d", 1, at(2, 10, 1)),
    ],
)
def test_days_keep_the_wall_clock_and_hours_elapse(wall, zone, unit, amount, due):
    event = EventFactory(wall=wall, zone=zone)

    assert planner.due_at(event, Rule(amount=amount, unit=unit)) == due


def test_both_default_reminders_are_planned_then_sent_once_each(clock, mailoutbox):
    part = a_meeting()

    for moment in (START, at(2, 8, 18, 1), at(2, 10, 16, 1), at(2, 10, 17), at(2, 12, 0)):
        clock.move_to(moment)
        planner.plan()
        planner.plan()
        sender.deliver_due()

    assert states() == [("2d", 0, "enqueued"), ("2h", 0, "enqueued")]
    assert [mail.to for mail in mailoutbox] == [[part.person.email]] * 2
    assert set(Message.objects.values_list("state", "lane")) == {("sent", Message.Lane.REMINDER)}


def test_nothing_is_planned_beyond_the_reach(clock):
    a_meeting(wall=datetime(2027, 3, 10, 13, 0))

    planner.plan()

    assert states() == []


def test_after_hours_of_silence_only_the_newest_useful_reminder_goes(clock):
    a_meeting(wall=datetime(2027, 2, 8, 9, 0))
    RuleFactory(amount=3, unit="h", mail="test-mail")
    Invitee.objects.update(since=at(1, 1))
    Event.objects.update(scheduled_at=at(1, 1))
    clock.move_to(at(2, 8, 12, 10))

    planner.plan()

    assert states() == [
        ("2d", 0, "skipped-late"),
        ("3h", 0, "superseded"),
        ("2h", 0, "enqueued"),
    ]


def test_a_reminder_that_is_too_late_to_help_is_skipped_and_never_sent_after_the_start(clock):
    a_meeting()
    planner.plan()
    clock.move_to(at(2, 10, 17, 45))

    planner.plan()

    assert states() == [("2d", 0, "skipped-late"), ("2h", 0, "skipped-late")]
    assert Message.objects.count() == 0


def test_a_late_joiner_gets_only_what_is_still_ahead(clock):
    first = a_meeting()
    clock.move_to(at(2, 9, 12))
    late = InviteeFactory(event=first.event)

    planner.plan()

    rows = Reminder.objects.filter(person=late.person).order_by("due_at")
    assert [row.state for row in rows] == ["skipped-joined-late", "planned"]


def test_a_moved_event_is_planned_anew_and_the_old_lines_are_superseded(clock):
    part = a_meeting()
    planner.plan()

    calendar.move(part.event, datetime(2027, 2, 11, 13, 0))
    planner.plan()

    assert states() == [
        ("2d", 0, "superseded"),
        ("2h", 0, "superseded"),
        ("2d", 1, "planned"),
        ("2h", 1, "planned"),
    ]
    assert list(Message.objects.values_list("kind", "state")) == [("event-moved", "queued")]


def test_an_event_moved_to_within_the_notice_is_told_by_the_change_notice_alone(clock, mailoutbox):
    part = a_meeting()
    planner.plan()

    calendar.move(part.event, datetime(2027, 2, 5, 13, 0))
    planner.plan()
    sender.deliver_due()

    assert states()[2:] == [("2d", 1, "superseded"), ("2h", 1, "planned")]
    assert [mail.subject for mail in mailoutbox] == [
        "Moved to Friday 5\u00a0February 2027, 1:00\u00a0p.m. Eastern Time – Meeting"
    ]


def test_a_reminder_already_in_the_queue_is_suppressed_when_the_event_moves(clock, mailoutbox):
    part = a_meeting()
    planner.plan()
    clock.move_to(at(2, 8, 18, 1))
    planner.plan()

    calendar.move(part.event, place="Room 2")
    planner.plan()
    sender.deliver_due()

    assert sorted(Message.objects.values_list("kind", "state")) == [
        ("event-moved", "sent"),
        ("meeting-reminder", "suppressed"),
    ]
    assert len(mailoutbox) == 1


def test_a_cancelled_event_reminds_nobody_and_says_so_to_everyone_who_heard(clock, mailoutbox):
    part = a_meeting()
    gone = InviteeFactory(event=part.event)
    planner.plan()
    clock.move_to(at(2, 8, 18, 1))
    planner.plan()
    sender.deliver_due()
    calendar.settle(part.event, gone.person)
    mailoutbox.clear()

    calendar.cancel(part.event)
    calendar.cancel(part.event)
    clock.move_to(at(2, 10, 16, 1))
    planner.plan()
    sender.deliver_due()

    assert sorted(mail.to[0] for mail in mailoutbox) == sorted(
        [part.person.email, gone.person.email]
    )
    assert {mail.subject.partition(":")[0] for mail in mailoutbox} == {"Cancelled"}


def test_who_left_is_not_reminded_and_who_came_back_is(clock, mailoutbox):
    part = a_meeting()
    planner.plan()

    calendar.settle(part.event, part.person)
    planner.plan()
    left = states()
    clock.move_to(at(2, 9, 12))
    calendar.owe(part.event, part.person, Role.MEMBER)
    planner.plan()
    clock.move_to(at(2, 10, 16, 1))
    planner.plan()
    sender.deliver_due()

    assert left == [("2d", 0, "cancelled"), ("2h", 0, "cancelled")]
    assert states() == [("2d", 0, "cancelled"), ("2h", 0, "enqueued")]
    assert len(mailoutbox) == 1


def test_who_left_after_the_reminder_was_queued_does_not_get_it(clock, mailoutbox):
    a_meeting()
    planner.plan()
    clock.move_to(at(2, 8, 18, 1))
    planner.plan()

    Invitee.objects.update(until=at(2, 8, 18))
    sender.deliver_due()

    assert mailoutbox == []
    assert Message.objects.get().reason == "no longer invited, or cannot come"


def test_who_cannot_come_is_not_reminded_and_who_can_after_all_is(clock):
    part = a_meeting()
    planner.plan()

    part.say(Invitee.Answer.NO)
    planner.plan()
    said_no = states()
    part.say(Invitee.Answer.YES)
    planner.plan()

    assert said_no == [("2d", 0, "cancelled"), ("2h", 0, "cancelled")]
    assert states() == [("2d", 0, "planned"), ("2h", 0, "planned")]


def test_the_nearest_rule_wins_and_one_that_is_off_switches_a_farther_one_off():
    cohort = SeriesFactory()
    community = SeriesFactory(parent=cohort)
    part = a_meeting(series=community)
    elsewhere = a_meeting(series=SeriesFactory())
    RuleFactory(series=cohort, amount=2, unit="d", mail="test-mail")
    RuleFactory(series=community, amount=2, unit="h", is_on=False)
    RuleFactory(event=part.event, amount=1, unit="h", mail="test-mail")

    planner.plan()

    assert list(Reminder.objects.filter(event=part.event).values_list("offset_key", "mail")) == [
        ("2d", "test-mail"),
        ("1h", "test-mail"),
    ]
    assert states(elsewhere.event) == [("2d", 0, "planned"), ("2h", 0, "planned")]


def test_a_rule_for_one_role_leaves_the_others_alone():
    part = a_meeting()
    guest = InviteeFactory(event=part.event, role=Role.GUEST)
    RuleFactory(amount=1, unit="d", role=Role.GUEST, mail="test-mail")

    planner.plan()

    assert [r.person for r in Reminder.objects.filter(offset_key="1d")] == [guest.person]


def test_a_deadline_reminds_those_who_still_owe_it(clock):
    deadline = EventFactory(kind=Kind.OFFER_DUE, wall=datetime(2027, 2, 5, 23, 59))
    RuleFactory(kind=Kind.OFFER_DUE, amount=1, unit="d", mail="test-mail")
    owing, settled = PersonFactory(), PersonFactory()
    for person in (owing, settled):
        calendar.owe(deadline, person, Role.APPLICANT)
    planner.plan()
    calendar.settle(deadline, settled)
    clock.move_to(at(2, 5, 1, 1))

    planner.plan()

    assert [message.recipient for message in Message.objects.all()] == [owing]
    assert Reminder.objects.get(person=owing).due_at == at(2, 5, 1)


def test_a_rule_switched_off_takes_back_what_was_planned():
    a_meeting()
    planner.plan()

    Rule.objects.filter(kind=Kind.MEETING, unit="h").update(is_on=False)
    planner.plan()

    assert states() == [("2d", 0, "planned"), ("2h", 0, "cancelled")]


@pytest.mark.parametrize("people", [1, 30])
def test_the_number_of_queries_does_not_grow_with_people(
    people, clock, django_assert_max_num_queries
):
    event = EventFactory(wall=datetime(2027, 2, 10, 13, 0))
    InviteeFactory.create_batch(people, event=event)

    with django_assert_max_num_queries(11):
        planner.plan()
    clock.move_to(at(2, 8, 18, 1))
    with django_assert_max_num_queries(16):
        planner.plan()

    assert Message.objects.count() == people


@pytest.fixture
def due_at_once(clock):
    """Five people to whom one reminder is due now."""
    event = EventFactory(wall=datetime(2027, 2, 3, 13, 0))
    InviteeFactory.create_batch(5, event=event, since=at(1, 1))
    Event.objects.update(scheduled_at=at(1, 1))
    clock.move_to(at(2, 1, 18, 1))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_ten_planners_at_once_plan_and_hand_over_each_reminder_once(due_at_once):
    results = at_once(*[planner.plan] * 10)

    assert [result for result in results if isinstance(result, Exception)] == []
    assert Message.objects.count() == 5
    assert Reminder.objects.count() == 10


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_lock_and_key_ten_planners_would_hand_over_more(due_at_once, monkeypatch):
    monkeypatch.setattr(planner, "_key", cache_by_thread())
    monkeypatch.setattr(planner, "_is_alone", lambda: True)
    monkeypatch.setattr(planner, "_locked", lambda rows: rows)

    at_once(*[planner.plan] * 10)

    assert Message.objects.count() > 5


def cache_by_thread():
    """A key that is the same within one planner only."""
    return lambda row: f"{row.event_id}:{row.person_id}:{row.offset_key}:{get_ident()}"
