"""The reminder policy, row by row, on both nights of 2027 on which the clocks of Ontario change.

The rows are those of the house's page on reliability, section 5.4, in its order; each test has
the name of its row. The event is on the Monday after the change at 1 p.m., so that two days
before it lie on the other side, in Toronto, in Kenora (Central Time), and in Atikokan, whose
clock does not change.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
from django.core.exceptions import ValidationError

from notifications import calendar, ics, planner, sender
from notifications.models import Event, Invitee, Message, Reminder, Role
from notifications.rules import due_at
from tests.factories import EventFactory, InviteeFactory, PersonFactory, RuleFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("two_rules")]

ZONES = {
    "Toronto": "America/Toronto",
    "Kenora": "America/Winnipeg",
    "Atikokan": "America/Atikokan",
}
MONDAYS = {"spring": date(2027, 3, 15), "autumn": date(2027, 11, 8)}
AT = time(13)


class Story:
    """One event in one place after one change of the clocks, and the person invited to it."""

    def __init__(self, traveller, place, season):
        self.traveller = traveller
        self.zone, self.day = ZONES[place], MONDAYS[season]
        self.go(days=-20)
        self.event = EventFactory(wall=datetime.combine(self.day, AT), zone=self.zone)
        self.part = InviteeFactory(event=self.event)

    def local(self, days=0, at=AT):
        """The instant at which the place's own clock shows ``at``, ``days`` from the event."""
        on = self.day + timedelta(days=days)
        return datetime.combine(on, at, ZoneInfo(self.zone)).astimezone(UTC)

    def go(self, days=0, at=AT, **more):
        self.traveller.move_to(self.local(days, at) + timedelta(**more))

    def tick(self):
        planner.plan()
        sender.deliver_due()

    def lines(self, **which):
        rows = self.event.reminders.filter(**which).order_by("schedule_version", "due_at")
        return [(row.offset_key, row.schedule_version, row.state) for row in rows]


@pytest.fixture(params=MONDAYS)
def season(request):
    return request.param


@pytest.fixture(params=ZONES)
def place(request):
    return request.param


@pytest.fixture
def story(place, season):
    with time_machine.travel(datetime(2027, 1, 1, tzinfo=UTC), tick=False) as traveller:
        yield Story(traveller, place, season)


def test_row_offsets_and_day_offsets_both_are_sent_once_at_the_same_local_time(story, mailoutbox):
    for days, at in ((-7, AT), (-2, time(13, 1)), (-1, AT), (0, time(11, 1)), (1, AT)):
        story.go(days, at)
        story.tick()
        story.tick()

    due = list(story.event.reminders.order_by("due_at").values_list("due_at", flat=True))
    assert due == [story.local(-2), story.local() - timedelta(hours=2)]
    assert due[0].astimezone(ZoneInfo(story.zone)).time() == AT
    assert [mail.to for mail in mailoutbox] == [[story.part.person.email]] * 2


def test_row_day_offsets_are_clamped_to_the_day(story):
    rule = RuleFactory(amount=1)
    early = EventFactory(wall=datetime.combine(story.day, time(6)), zone=story.zone)
    late = EventFactory(wall=datetime.combine(story.day, time(22)), zone=story.zone)

    assert due_at(early, rule) == story.local(-1, time(8))
    assert due_at(late, rule) == story.local(-1, time(20))


def test_row_hour_offsets_are_elapsed_time_across_the_change(story):
    sunday = story.day - timedelta(days=1)
    event = EventFactory(wall=datetime.combine(sunday, time(4)), zone=story.zone)

    due = due_at(event, RuleFactory(amount=5, unit="h"))

    assert event.starts_at - due == timedelta(hours=5)
    spring, autumn = MONDAYS.values()
    shown = {spring: time(22), autumn: time(0)} if "Atikokan" not in story.zone else {}
    assert due.astimezone(ZoneInfo(story.zone)).time() == shown.get(story.day, time(23))


def test_row_late_by_less_than_half_is_sent_and_says_the_real_time(story, mailoutbox):
    story.go(-7)
    story.tick()
    story.go(-1, time(11, 30))

    story.tick()

    assert story.lines()[0] == ("2d", 0, "enqueued")
    assert len(mailoutbox) == 1
    assert "in 2 days" not in mailoutbox[0].body


def test_row_later_than_that_is_skipped_and_shown_and_never_after_the_start(story, mailoutbox):
    story.go(-7)
    story.tick()
    story.go(0, time(12, 45))

    story.tick()
    story.go(0, time(13, 30))
    story.tick()

    reasons = set(story.event.reminders.values_list("state", "reason"))
    assert reasons == {("skipped-late", "too late to be of use")}
    assert mailoutbox == []


def test_row_of_several_overdue_only_the_newest_useful_one_goes(story, mailoutbox):
    RuleFactory(amount=3, unit="h", mail="test-mail")
    story.go(-7)
    story.tick()
    story.go(0, time(11, 10))

    story.tick()

    assert story.lines() == [
        ("2d", 0, "skipped-late"),
        ("3h", 0, "superseded"),
        ("2h", 0, "enqueued"),
    ]
    assert len(mailoutbox) == 1


def test_row_joined_late_skips_what_was_due_before(story, mailoutbox):
    story.go(-1)
    late = InviteeFactory(event=story.event)

    story.tick()

    assert story.lines(person=late.person) == [
        ("2d", 0, "skipped-joined-late"),
        ("2h", 0, "planned"),
    ]


def test_row_moved_supersedes_tells_at_once_and_plans_anew(story, mailoutbox):
    story.go(-7)
    story.tick()

    calendar.move(story.event, datetime.combine(story.day, time(15)))
    story.tick()

    assert story.event.schedule_version == 1
    assert story.lines() == [
        ("2d", 0, "superseded"),
        ("2h", 0, "superseded"),
        ("2d", 1, "planned"),
        ("2h", 1, "planned"),
    ]
    assert [mail.subject.partition(" to ")[0] for mail in mailoutbox] == ["Moved"]
    lane = Message.objects.get(kind="event-moved").lane
    assert lane < Message.Lane.REMINDER


def test_row_moved_again_within_minutes_is_told_once_more_in_all(story, mailoutbox):
    story.go(-7)
    for minutes, hour in ((0, 14), (1, 15), (2, 16), (3, 17)):
        story.go(-7, minutes=minutes)
        calendar.move(story.event, datetime.combine(story.day, time(hour)))
        story.tick()
    in_between = len(mailoutbox)
    story.go(-7, minutes=9)

    story.tick()

    states = Message.objects.order_by("pk").values_list("state", flat=True)
    assert (in_between, len(mailoutbox)) == (1, 2)
    assert list(states) == ["sent", "suppressed", "suppressed", "sent"]


def test_row_moved_to_within_the_notice_is_told_by_the_change_notice_alone(story, mailoutbox):
    story.go(-7)
    story.tick()

    calendar.move(story.event, datetime.combine(story.day - timedelta(days=6), time(9)))
    story.tick()

    assert story.lines(schedule_version=1) == [("2d", 1, "superseded"), ("2h", 1, "planned")]
    assert [mail.subject.partition(" to ")[0] for mail in mailoutbox] == ["Moved"]


def test_row_cancelled_is_told_to_everyone_who_had_mail_also_who_was_removed(story, mailoutbox):
    removed = InviteeFactory(event=story.event)
    never_told = InviteeFactory(event=story.event, until=story.local(-19))
    story.go(-7)
    story.tick()
    story.go(-2, minutes=1)
    story.tick()
    calendar.settle(story.event, removed.person)
    mailoutbox.clear()

    calendar.cancel(story.event)
    story.go(0, time(11, 1))
    story.tick()

    told = [mail.to[0] for mail in mailoutbox if mail.subject.startswith("Cancelled")]
    assert sorted(told) == sorted([story.part.person.email, removed.person.email])
    assert never_told.person.email not in told
    assert {state for _key, _version, state in story.lines(offset_key="2h")} == {"cancelled"}


def test_row_person_leaves_and_her_unsent_reminders_end(story, mailoutbox):
    story.go(-7)
    story.tick()
    calendar.settle(story.event, story.part.person)
    story.go(0, time(11, 1))

    story.tick()

    assert story.lines() == [("2d", 0, "cancelled"), ("2h", 0, "cancelled")]
    assert [mail for mail in mailoutbox if "Moved to" not in mail.subject] == []


def test_row_person_comes_back_and_gets_what_is_still_ahead(story, mailoutbox):
    story.go(-7)
    story.tick()
    calendar.settle(story.event, story.part.person)
    story.go(-1)
    calendar.owe(story.event, story.part.person, Role.MEMBER)
    story.tick()
    story.go(0, time(11, 1))

    story.tick()

    assert story.lines() == [("2d", 0, "cancelled"), ("2h", 0, "enqueued")]
    assert len(mailoutbox) == 1


def test_row_already_in_sending_when_it_moves_the_last_word_is_right(story, mailoutbox):
    story.go(-7)
    planner.plan()
    story.go(-2, minutes=1)
    planner.plan()
    (claimed,) = sender.claim()

    calendar.move(story.event, datetime.combine(story.day, time(15)))
    story.go(-2, minutes=10)  # its lease has run out
    story.tick()

    claimed.refresh_from_db()
    assert (claimed.state, claimed.reason) == ("suppressed", "the event has changed since")
    assert [mail.subject.partition(" to ")[0] for mail in mailoutbox] == ["Moved"]


def test_row_calendar_file_has_one_uid_a_rising_sequence_and_the_zone(story):
    first = entry(story.event)
    calendar.move(story.event, datetime.combine(story.day, time(15)))
    second = entry(story.event)
    calendar.cancel(story.event)
    last = entry(story.event, "CANCEL")

    assert first["UID"] == second["UID"] == last["UID"]
    assert [each["SEQUENCE"] for each in (first, second, last)] == [0, 1, 2]
    assert first["DTSTART"].params["TZID"] == story.zone
    assert first["DTSTART"].dt.astimezone(UTC) == story.local()
    assert last["STATUS"] == "CANCELLED"


def entry(event, method="PUBLISH"):
    file = icalendar.Calendar.from_ical(ics.for_event(event, method=method))
    assert file["METHOD"] == method
    (found,) = file.events
    return found


def test_row_storage_keeps_the_instant_and_what_people_agreed_on(story):
    stored = Event.objects.get(pk=story.event.pk)

    assert (stored.local_on, stored.local_at, stored.zone) == (story.day, AT, story.zone)
    assert stored.starts_at == story.local()
    assert stored.local_start.time() == AT


def test_row_forms_a_time_that_does_not_exist_or_exists_twice_is_not_taken_silently(story):
    sunday = story.day - timedelta(days=1)
    wall = datetime.combine(sunday, time(2, 30) if story.day.month == 3 else time(1, 30))
    if "Atikokan" in story.zone:
        held = calendar.hold("meeting", wall, zone=story.zone)
        assert held.local_start.replace(tzinfo=None) == wall
        return

    with pytest.raises(ValidationError) as refused:
        calendar.hold("meeting", wall, zone=story.zone)

    assert refused.value.code == ("skipped_time" if story.day.month == 3 else "repeated_time")


def test_a_clock_that_jumps_ahead_and_back_sends_nothing_twice_and_loses_nothing(story, mailoutbox):
    for hours in (0, 2, 1, 72, 0, 1, 2):
        story.go(-2, time(11), hours=hours)
        story.tick()
    story.go(0, time(11, 1))
    story.tick()

    assert story.lines() == [("2d", 0, "enqueued"), ("2h", 0, "enqueued")]
    assert len(mailoutbox) == 2


def test_after_three_hours_of_silence_each_line_is_sent_or_says_why_not(story, mailoutbox):
    story.go(-7)
    story.tick()
    story.go(-2, time(12, 59))
    story.tick()
    story.go(-2, time(16))
    story.tick()
    story.go(0, time(10))
    story.tick()
    story.go(0, time(13))

    story.tick()

    said = story.event.reminders.order_by("due_at").values_list("state", "reason")
    assert list(said) == [("enqueued", ""), ("skipped-late", "too late to be of use")]
    assert len(mailoutbox) == 1


def test_on_a_restored_backup_only_what_it_does_not_know_is_sent_again(story, mailoutbox):
    other = InviteeFactory(event=story.event)
    story.go(-7)
    story.tick()
    story.go(-2, minutes=1)
    story.tick()
    # The backup knows that one of the two was sent, and has the other as it was before.
    Message.objects.filter(recipient=other.person).delete()
    Reminder.objects.filter(person=other.person).update(state="planned", message=None)
    mailoutbox.clear()
    story.go(-2, minutes=30)

    story.tick()
    story.tick()

    assert [mail.to for mail in mailoutbox] == [[other.person.email]]
    assert {state for _key, _version, state in story.lines(offset_key="2d")} == {"enqueued"}


def test_a_ledger_that_was_lost_is_made_anew_and_keys_keep_mail_from_going_twice(story, mailoutbox):
    story.go(-7)
    story.tick()
    story.go(-2, minutes=1)
    story.tick()
    Reminder.objects.all().delete()

    story.tick()

    assert story.lines() == [("2d", 0, "enqueued"), ("2h", 0, "planned")]
    assert len(mailoutbox) == 1
    assert Reminder.objects.get(offset_key="2d").message == Message.objects.get()


def test_running_it_twice_changes_nothing(story):
    story.go(-7)
    planner.plan()
    before = list(Reminder.objects.values())

    planner.plan()

    assert list(Reminder.objects.values()) == before
    assert Invitee.objects.count() == 1
    assert PersonFactory._meta.model.objects.count() == 1
