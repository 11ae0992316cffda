"""Whom a moved or cancelled meeting is told to: what the page says before, and after."""

from datetime import timedelta

import icalendar
import pytest
import time_machine
from django.utils import timezone

from cops import services as cops
from meetings import services
from meetings.models import Meeting
from notifications import calendar, ics, outbox, sender
from notifications.models import Event, Invitee, Message
from notifications.render import render
from tests.concurrency import at_once
from tests.factories import CommunityFactory, PersonFactory, wall
from tests.meetings.conftest import join, url
from tests.meetings.test_moving import moved_form

pytestmark = pytest.mark.django_db

ALL_THREE = "3 people get an email: Amal, Bo and Fatima."


def fresh(meeting):
    return Meeting.objects.with_events().get(pk=meeting.pk)


def move_page(client, group):
    client.force_login(group.facilitator)
    return client.get(url("meeting-move", group.ahead)).context["telling"]


def press_move(client, group, days):
    client.force_login(group.facilitator)
    form = moved_form(fresh(group.ahead), wall(days).date())
    page = client.post(url("meeting-move", group.ahead), form, follow=True)
    return [str(message) for message in page.context["messages"]]


def press_cancel(client, group, **typed):
    client.force_login(group.facilitator)
    page = client.post(url("meeting-cancel", group.ahead), typed, follow=True)
    return page, [str(message) for message in page.context["messages"]]


def text_of(message):
    return " ".join(render(message).text.replace("\u00a0", " ").split())


def test_the_page_says_whom_a_change_tells_and_when(client, group):
    assert move_page(client, group) == [
        ALL_THREE,
        "It goes at once. What you change within 5 minutes after that goes as one second email.",
        "Their calendars follow. At another day or hour, everyone is asked whether they can come.",
    ]


def test_the_page_says_how_many_answers_are_lost(client, group):
    services.answer(group.ahead.event.invitees.get(person=group.amal), Invitee.Answer.YES)

    assert move_page(client, group)[-1] == (
        "Their calendars follow. "
        "1 person has answered: at another day or hour, everyone is asked anew."
    )


def test_the_page_says_that_a_second_change_waits(client, group):
    services.move(fresh(group.ahead), wall(9))

    assert move_page(client, group)[1] == (
        "It was changed only just now: the next email goes 5 minutes after your last change, "
        "one for all that you change until then."
    )


def test_of_a_meeting_that_begins_soon_every_change_is_told_at_once(client, group):
    with time_machine.travel(group.ahead.event.starts_at - timedelta(minutes=4), tick=False):
        said = move_page(client, group)
        for number in range(2):
            at = fresh(group.ahead).event.local_start.replace(tzinfo=None)
            services.move(fresh(group.ahead), at, join_link=f"https://meet.test/{number}")
        services.move(fresh(group.ahead), wall(30))

        waiting = Message.objects.filter(kind="event-moved", not_before__gt=timezone.now())

    assert said[1] == "It goes at once."
    assert (waiting.count(), Message.objects.filter(kind="event-moved").count()) == (0, 9)


def test_many_are_counted_and_not_named(client, group):
    for _number in range(10):
        join(group.community)

    assert move_page(client, group)[0] == "13 people get an email."


def test_where_nobody_is_invited_the_page_says_so(client, group):
    Invitee.objects.filter(event=group.ahead.event).update(until=timezone.now())

    assert move_page(client, group) == ["Nobody is invited, so nobody gets an email."]


def test_who_moved_it_reads_whom_that_tells_and_of_a_second_change_when(client, group):
    first, second = (press_move(client, group, days) for days in (8, 9))

    assert first == [f"The meeting is changed. {ALL_THREE}"]
    assert second == [
        f"The meeting is changed. {ALL_THREE} "
        "It goes in 5 minutes, one for all that is different by then."
    ]


def test_the_reason_reaches_the_members_with_the_next_date(client, group):
    services.schedule(group.community, wall(21), how_many=1)

    page, messages = press_cancel(client, group, reason="The room is flooded.")

    group.ahead.event.refresh_from_db()
    assert group.ahead.event.cancel_reason == "The room is flooded."
    assert messages == [f"The meeting is cancelled. {ALL_THREE}"]
    assert "Why: The room is flooded." in page.text
    text = text_of(Message.objects.get(kind="event-cancelled", recipient=group.amal))
    following = Event.objects.get(meeting__number=3)
    assert "Why: The room is flooded. We meet next on" in text
    assert f"We meet next on {following.local_start:%A} {following.local_on.day}" in text


def test_without_a_reason_and_a_next_meeting_the_mail_says_that_none_is_planned(client, group):
    _page, messages = press_cancel(client, group)

    text = text_of(Message.objects.get(kind="event-cancelled", recipient=group.amal))
    assert messages == [f"The meeting is cancelled. {ALL_THREE}"]
    assert "Why" not in text
    assert "No other meeting is planned yet." in text


def test_who_has_left_hears_that_it_is_off_and_no_more_of_the_group(group):
    services.schedule(group.community, wall(21), how_many=1)
    reminder = {"event": group.ahead.event, "state": Message.State.SENT}
    outbox.write("meeting-reminder", group.amal, key="told", **reminder)
    calendar.dismiss(group.community.series, group.amal)

    services.cancel(group.ahead, reason="Bo is in hospital.")

    told = Message.objects.filter(kind="event-cancelled")
    hers, his = (told.get(recipient=person) for person in (group.amal, group.bo))
    assert "will not take place." in text_of(hers)
    said = ("hospital", "We meet next")
    assert [word in text_of(hers) for word in said] == [False, False]
    assert [word in text_of(his) for word in said] == [True, True]
    assert [b"hospital" in render(each).calendar for each in (hers, his)] == [False, True]


def test_the_next_meeting_may_lie_before_the_cancelled_one(group):
    later = services.schedule(group.community, wall(21), how_many=1)[0]

    services.cancel(later)

    text = text_of(Message.objects.get(kind="event-cancelled", recipient=group.amal))
    assert f"We meet next on {group.ahead.event.local_start:%A}" in text


def test_a_reason_that_is_too_long_is_asked_for_again(client, group):
    client.force_login(group.facilitator)

    page = client.post(url("meeting-cancel", group.ahead), {"reason": "x" * 301})

    assert list(page.context["form"].errors) == ["reason"]
    assert fresh(group.ahead).event.is_live


def test_the_page_says_whom_a_cancellation_tells(client, group):
    client.force_login(group.facilitator)

    page = client.get(url("meeting-cancel", group.ahead))

    assert page.context["what"] == (
        f"{ALL_THREE} It goes at once, and the entry leaves their calendars."
    )
    assert "The members read it in the email and on the page of the meeting." in page.text


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_cancel_at_once_one_gives_the_reason(group):
    twins = [fresh(group.ahead) for _number in range(2)]

    at_once(
        *(
            lambda twin=twin, reason=reason: services.cancel(twin, reason=reason)
            for twin, reason in zip(twins, ("flood", "fire"), strict=True)
        )
    )

    told = Message.objects.filter(kind="event-cancelled", recipient=group.amal)
    assert told.count() == 1
    assert fresh(group.ahead).event.cancel_reason in {"flood", "fire"}


def test_a_welcome_that_goes_after_a_move_is_all_a_newcomer_hears_of_it(mailoutbox):
    community = CommunityFactory()
    services.schedule(community, wall(7), how_many=1)
    person = PersonFactory()
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        cops.join(community, person)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        services.move(Meeting.objects.with_events().get(), wall(9))
        sender.deliver_due()

    assert [mail.subject for mail in mailoutbox] == [f"Welcome to {community.name}"]


def test_the_welcome_leads_to_a_button_for_each_meeting(client):
    community = CommunityFactory()
    services.schedule(community, wall(7), how_many=2)
    person = PersonFactory()
    cops.join(community, person)

    text = render(Message.objects.get(kind="community-joined")).text

    assert "Is a date impossible?" in text
    links = [word.strip("()") for word in text.split() if "/go/" in word]
    opened = [client.get(link[link.index("/go/") :]).url for link in links]
    (address,) = [path for path in opened if path.endswith("/dates/")]
    first = Meeting.objects.order_by("number").first()
    client.post(address, {"answer": "no", "version": 0, "meeting": first.uuid})
    answers = person.invitations.filter(event__kind="meeting").order_by("event__starts_at")
    assert list(answers.values_list("answer", flat=True)) == ["no", ""]


def test_the_welcome_to_a_group_without_dates_has_no_such_link():
    cops.join(CommunityFactory(), PersonFactory())

    assert "impossible" not in render(Message.objects.get()).text


@pytest.mark.parametrize("kind", ["meetings-scheduled", "community-joined", "meeting-reminder"])
def test_whose_clock_differs_reads_both_in_every_mail_of_meetings(kind):
    community = CommunityFactory()
    person = PersonFactory(time_zone="America/Winnipeg")
    cops.join(community, person)
    services.schedule(community, wall(7), how_many=1)
    if kind == "meeting-reminder":
        Message.objects.create(
            kind=kind, recipient=person, event=Event.objects.get(kind="meeting"), dedupe_key=kind
        )

    text = text_of(Message.objects.get(kind=kind))

    assert "1:00 p.m. Eastern Time (on your clock: 12:00 p.m. Central Time)" in text


@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_entry_leads_to_the_page_of_its_meeting(group, language):
    group.amal.language = language
    before = "http://127.0.0.1:8000" + ("/fr" if language == "fr" else "")

    entries = icalendar.Calendar.from_ical(ics.for_person(group.amal)).events

    pages = [f"{before}/meetings/{meeting.uuid}/" for meeting in (group.past, group.ahead)]
    assert [str(entry["URL"]) for entry in entries] == pages
    assert [str(entry["DESCRIPTION"]).splitlines()[-1] for entry in entries] == pages


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_asks_as_often_for_many_people(client, django_assert_num_queries, number):
    community = CommunityFactory()
    facilitator = join(community, "facilitator")
    for _member in range(number):
        join(community)
    (meeting,) = services.schedule(community, wall(7), how_many=1)
    client.force_login(facilitator)
    client.get(url("meeting-move", meeting))

    with django_assert_num_queries(8):
        page = client.get(url("meeting-move", meeting))

    assert page.context["telling"][0].startswith(f"{number + 1} people get an email: ")
