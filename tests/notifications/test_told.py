"""A notice of a change compares with what its reader was last told."""

from dataclasses import replace
from datetime import datetime

import icalendar
import pytest
import time_machine
from django.core import mail as sent
from django.utils import timezone

from notifications import calendar, outbox, readers, sender, told
from notifications.models import Invitee, Kind, Message, PastSchedule, Role
from notifications.render import NoLongerTrue, render
from tests.factories import EventFactory, InviteeFactory, PersonFactory, SeriesFactory

pytestmark = pytest.mark.django_db

TUESDAY, WEDNESDAY, THURSDAY = (datetime(2027, 4, day, 13) for day in (6, 7, 8))
# The clock stands still in a test, and between what people do some time passes.
NOW = datetime.fromisoformat("2027-03-30T16:00:00Z")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def a_meeting(**facts):
    return InviteeFactory(event=EventFactory(wall=TUESDAY, **facts))


def words(text):
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def said(message):
    mail = render(message)
    return words(mail.subject), words(mail.text.partition("\n-- \n")[0])


def mailbox():
    return [(words(mail.subject), words(mail.body)) for mail in sent.outbox]


def test_the_new_day_and_hour_stand_beside_the_old_ones():
    part = a_meeting(title_en="Meeting 5")

    calendar.move(part.event, THURSDAY.replace(hour=14))

    subject, text = said(Message.objects.get())
    assert subject == "Moved to Thursday 8 April 2027, 2:00 p.m. Eastern Time – Meeting 5"
    assert text.startswith(
        "Meeting 5 is now on Thursday 8 April 2027, 2:00 p.m. Eastern Time "
        "(it was Tuesday 6 April 2027, 1:00 p.m. Eastern Time). - When: "
    )


@pytest.mark.parametrize(
    ("before", "change", "subject", "lines"),
    [
        ({}, {"minutes": 90}, "Now 90 minutes long", "It now lasts 90 minutes (it was 120)."),
        (
            {"join_link": "https://meet.test/a"},
            {"join_link": "https://meet.test/b"},
            "New link to join",
            "The link is new: the earlier one no longer leads there.",
        ),
        (
            {},
            {"join_link": "https://meet.test/b"},
            "New link to join",
            "There is a link to join now.",
        ),
        (
            {"join_link": "https://meet.test/a"},
            {"join_link": ""},
            "Changed",
            "There is no link to join any more.",
        ),
        (
            {"place": "Room 1"},
            {"place": "Room 2"},
            "New place",
            "The place is new: Room 2 (it was Room 1).",
        ),
        ({}, {"place": "Room 2"}, "New place", "There is a place now: Room 2."),
        ({"place": "Room 1"}, {"place": ""}, "Changed", "It no longer takes place at Room 1."),
        (
            {"dial_in": "416 1"},
            {"dial_in": "416 2"},
            "New number to call",
            "The number to call is new: 416 2 (it was 416 1).",
        ),
        (
            {},
            {"dial_in": "416 2"},
            "New number to call",
            "There is a number to call now: 416 2.",
        ),
        (
            {"dial_in": "416 1"},
            {"dial_in": ""},
            "Changed",
            "One can no longer take part by phone.",
        ),
    ],
)
def test_what_else_is_new_is_said_and_nothing_that_is_not(before, change, subject, lines):
    part = a_meeting(**before)

    calendar.move(part.event, **change)

    found, text = said(Message.objects.get())
    assert found == f"{subject} – Meeting"
    assert text.startswith(
        "Something about Meeting has changed, but not the day and the hour. "
        f"{lines} - When: Tuesday 6 April 2027, 1:00 p.m. Eastern Time, until "
    )


def test_two_changes_within_minutes_are_told_against_what_arrived(clock):
    part = a_meeting()
    clock.shift(60)
    calendar.move(part.event, WEDNESDAY)
    sender.deliver_due()
    for later in (THURSDAY, THURSDAY.replace(hour=15)):
        clock.shift(30)
        calendar.move(part.event, later)
        sender.deliver_due()

    clock.shift(301)
    sender.deliver_due()

    first, second = [text for _subject, text in mailbox()]
    assert "now on Wednesday 7 April 2027, 1:00 p.m. Eastern Time (it was Tuesday 6" in first
    assert (
        "now on Thursday 8 April 2027, 3:00 p.m. Eastern Time "
        "(it was Wednesday 7 April 2027, 1:00 p.m. Eastern Time)" in second
    )


def test_a_notice_that_never_went_is_not_what_she_was_told(clock):
    part = a_meeting()
    clock.shift(60)
    calendar.move(part.event, WEDNESDAY)  # and no sender is at work
    clock.shift(60)
    calendar.move(part.event, THURSDAY)

    assert "(it was Tuesday 6 April 2027" in said(Message.objects.latest("pk"))[1]


def test_what_is_moved_back_before_she_heard_of_it_is_told_to_nobody(clock):
    part = a_meeting()
    clock.shift(60)
    calendar.move(part.event, WEDNESDAY)
    clock.shift(60)
    calendar.move(part.event, TUESDAY)
    clock.shift(301)

    sender.deliver_due()

    states = Message.objects.order_by("pk").values_list("state", "reason")
    assert (mailbox(), list(states)) == (
        [],
        [("suppressed", "the event has changed since"), ("suppressed", "no longer true")],
    )


def test_what_is_moved_back_is_told_to_whom_the_first_notice_may_have_reached(clock):
    """Its sender died: nobody knows whether the server had taken it."""
    part = a_meeting()
    clock.shift(60)
    calendar.move(part.event, WEDNESDAY)
    Message.objects.update(state=Message.State.SENDING, attempts_made=1)
    clock.shift(60)
    calendar.move(part.event, TUESDAY)

    subject, text = said(Message.objects.latest("pk"))

    assert subject == "Changed – Meeting"
    assert "This is how it stands now: - When: Tuesday 6 April 2027" in text


def test_who_came_after_a_change_hears_of_the_next_one_against_that(clock):
    part = a_meeting()
    clock.shift(60)
    calendar.move(part.event, WEDNESDAY)
    clock.shift(600)
    late = calendar.owe(part.event, PersonFactory(), Role.MEMBER)
    clock.shift(60)
    calendar.move(part.event, THURSDAY)

    notice = Message.objects.get(recipient=late.person)
    assert "(it was Wednesday 7 April 2027" in said(notice)[1]


def test_who_left_and_came_back_hears_against_what_stood_when_she_did(clock):
    part = a_meeting()
    outbox.write("meeting-reminder", part.person, key="told", event=part.event)
    clock.shift(60)
    calendar.settle(part.event, part.person, tell=False)
    calendar.move(part.event, WEDNESDAY)
    clock.shift(600)
    calendar.owe(part.event, part.person, Role.MEMBER)
    clock.shift(600)
    calendar.move(part.event, THURSDAY)

    notice = Message.objects.get(kind="event-moved")
    assert "(it was Wednesday 7 April 2027" in said(notice)[1]


def test_a_mail_about_the_whole_series_counts_as_told(clock):
    series, person = SeriesFactory(), PersonFactory()
    calendar.invite(series, person, Role.MEMBER)
    event = calendar.add_event(series, Kind.MEETING, TUESDAY, minutes=120)
    welcome = outbox.write("test-mail", person, key="joined", context={"series": series.pk})
    clock.shift(60)
    calendar.move(event, WEDNESDAY)
    clock.shift(60)
    welcome.state, welcome.sent_at = Message.State.SENT, timezone.now()
    welcome.save()

    with pytest.raises(NoLongerTrue):
        render(Message.objects.get(kind="event-moved"))

    calendar.move(event, THURSDAY)
    assert "(it was Wednesday 7 April 2027" in said(Message.objects.latest("pk"))[1]


def test_a_change_from_before_anybody_kept_record_is_told_without_what_was():
    part = a_meeting()
    calendar.move(part.event, WEDNESDAY)
    PastSchedule.objects.all().delete()

    assert said(Message.objects.get())[0] == "Changed – Meeting"


def test_the_end_is_told_of_the_time_that_she_knows(clock):
    part = a_meeting()
    clock.shift(60)
    calendar.move(part.event, WEDNESDAY)
    sender.deliver_due()
    clock.shift(60)
    calendar.move(part.event, THURSDAY)
    clock.shift(60)

    calendar.cancel(part.event)
    sender.deliver_due()

    subjects = [subject for subject, _text in mailbox()]
    assert subjects == [
        "Moved to Wednesday 7 April 2027, 1:00 p.m. Eastern Time – Meeting",
        "Cancelled: Meeting, Wednesday 7 April 2027, 1:00 p.m. Eastern Time",
    ]


def test_the_reason_is_told_and_stays_text():
    part = a_meeting()

    calendar.cancel(part.event, reason="The **room** is flooded.")

    message = Message.objects.get()
    assert "Why: The **room** is flooded." in said(message)[1]
    (entry,) = icalendar.Calendar.from_ical(render(message).calendar).events
    assert "Cancelled: The **room** is flooded." in str(entry["DESCRIPTION"])


def test_no_reason_is_no_line():
    part = a_meeting()

    calendar.cancel(part.event)

    assert "Why" not in said(Message.objects.get())[1]


@pytest.mark.parametrize(
    ("zone", "line"),
    [
        ("America/Winnipeg", "On your clock: Thursday 8 April 2027, 12:00 p.m. Central Time"),
        (
            "America/Atikokan",
            "On your clock: Thursday 8 April 2027, 12:00 p.m. Eastern Standard Time",
        ),
    ],
)
def test_whose_clock_differs_reads_both(zone, line):
    event = EventFactory(wall=TUESDAY)
    for clock_of in (zone, "America/Toronto"):
        InviteeFactory(event=event, person=PersonFactory(time_zone=clock_of))

    calendar.move(event, THURSDAY)

    here, there = [said(message)[1] for message in Message.objects.order_by("pk")]
    assert (line in here, "On your clock" in there) == (True, False)


@pytest.mark.parametrize(
    ("role", "answer", "status"),
    [
        (Role.MEMBER, Invitee.Answer.NONE, "NEEDS-ACTION"),
        (Role.MEMBER, Invitee.Answer.YES, "ACCEPTED"),
        (Role.FACILITATOR, Invitee.Answer.NO, "DECLINED"),
        (Role.GUEST, Invitee.Answer.NONE, "ACCEPTED"),
        (Role.APPLICANT, Invitee.Answer.NONE, "ACCEPTED"),
    ],
)
def test_a_file_says_what_she_answered_and_asks_for_nothing(role, answer, status):
    part = InviteeFactory(role=role, answer=answer)
    calendar.move(part.event, place="Room 2")

    (entry,) = icalendar.Calendar.from_ical(render(Message.objects.get()).calendar).events

    asked = entry["ATTENDEE"].params
    assert (asked["PARTSTAT"], asked["RSVP"]) == (status, "FALSE")


def test_a_notice_sent_again_says_what_it_said_whatever_else_she_has_heard(clock):
    series, person = SeriesFactory(), PersonFactory()
    calendar.invite(series, person, Role.MEMBER)
    event = calendar.add_event(series, Kind.MEETING, TUESDAY, minutes=120)
    clock.shift(60)
    calendar.move(event, WEDNESDAY)
    sender.deliver_due()
    clock.shift(60)
    outbox.write(
        "test-mail", person, key="dates", context={"series": series.pk},
        state=Message.State.SENT, sent_at=timezone.now(),
    )  # fmt: skip
    again = outbox.write("event-moved", person, key="again", event=event)

    assert "(it was Tuesday 6 April 2027" in said(again)[1]


def test_readers_of_one_batch_hear_each_against_what_she_was_told(clock):
    early = a_meeting()
    clock.shift(60)
    calendar.move(early.event, WEDNESDAY)
    clock.shift(600)
    late = calendar.owe(early.event, PersonFactory(), Role.MEMBER)
    clock.shift(60)
    calendar.move(early.event, THURSDAY)
    clock.shift(301)

    sender.deliver_due()

    assert {
        mail.to[0]: words(mail.body).partition("(it was ")[2].partition(",")[0]
        for mail in sent.outbox
    } == {early.person.email: "Tuesday 6 April 2027", late.person.email: "Wednesday 7 April 2027"}


def test_who_hears_it_from_the_mail_before_in_her_batch_is_not_told_again(clock, kinds):
    kinds["test-mail"] = replace(kinds["test-mail"], context=kinds["test-news"].context)
    series, first, twice = SeriesFactory(), PersonFactory(), PersonFactory()
    for person in (first, twice):
        calendar.invite(series, person, Role.MEMBER)
    event = calendar.add_event(series, Kind.MEETING, TUESDAY, minutes=120)
    clock.shift(60)
    calendar.move(event, WEDNESDAY)
    clock.shift(60)
    welcome = outbox.write("test-mail", twice, key="joined", context={"series": series.pk})
    clock.shift(60)
    hers = Message.objects.filter(kind="event-moved", recipient=twice)
    hers.update(not_before=timezone.now())

    sender.deliver_due()

    order = Message.objects.order_by("not_before").values_list("recipient", "kind", "state")
    assert list(order) == [
        (first.pk, "event-moved", Message.State.SENT),
        (twice.pk, welcome.kind, Message.State.SENT),
        (twice.pk, "event-moved", Message.State.SUPPRESSED),
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_what_a_batch_heard_is_asked_once(number, clock, django_assert_num_queries):
    part = a_meeting()
    for _ in range(number - 1):
        InviteeFactory(event=part.event)
    clock.shift(60)
    calendar.move(part.event, WEDNESDAY)
    clock.shift(301)
    batch = sender.claim()

    with django_assert_num_queries(4):  # the event's past, mail of it and of its series, parts
        readers.gather(batch)
        stood = [told.last_told(mail.event, mail.recipient) for mail in batch]

    assert [schedule.starts_at.day for schedule in stood] == [6] * number
