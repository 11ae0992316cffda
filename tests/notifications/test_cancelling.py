"""Calling webinars and meetings off at the desk: why, whom it tells, several at once."""

import pytest
from django.urls import reverse

from cops import services
from meetings.models import Meeting
from meetings.services import cancel as cancel_meeting
from notifications import calendar, ics
from notifications.models import Event, Message, Role
from notifications.render import render
from tests.concurrency import at_once
from tests.cops.test_services import typed
from tests.factories import (
    MeetingFactory,
    PersonFactory,
    RegistrationFactory,
    WebinarFactory,
    wall,
)

pytestmark = pytest.mark.django_db

WHY = "The speaker is ill."


def registered(webinar, *names):
    for number, name in enumerate(names):
        services.register(webinar, **typed(email=f"guest{number}@work.test", name=name))


def press(client, webinar, model="cops_webinar", **facts):
    return client.post(verb_url(webinar, model), facts, follow=True)


def verb_url(record, model="cops_webinar"):
    return reverse(f"admin:{model}_verb", args=[record.pk, "cancel"])


def chosen(client, records, **facts):
    model = type(records[0])._meta
    url = reverse(f"admin:{model.app_label}_{model.model_name}_changelist")
    keys = [record.pk for record in records]
    form = {"action": "cancel_selected", "_selected_action": keys, **facts}
    return client.post(url, form, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


@pytest.mark.parametrize("model", ["cops_webinar", "notifications_event"])
def test_the_page_says_whom_it_tells_and_asks_why(client, staff, model):
    webinar = WebinarFactory()
    registered(webinar, "Amal", "Bo")
    record = webinar if model == "cops_webinar" else webinar.event

    asked = client.get(verb_url(record, model))
    done = press(client, record, model, reason=WHY)

    webinar.event.refresh_from_db()
    assert asked.context["consequence"] == (
        "2 people get an email: Amal and Bo. It goes at once, and the entry leaves their calendars."
    )
    assert (webinar.event.is_live, webinar.event.cancel_reason) == (False, WHY)
    assert said(done)[0] == "2 people get an email: Amal and Bo."
    letters = Message.objects.filter(kind="event-cancelled")
    assert [f"Why: {WHY}" in render(letter).text for letter in letters] == [True, True]


def test_the_reason_may_be_left_out(client, staff):
    webinar = WebinarFactory()
    registered(webinar, "Amal")

    press(client, webinar, reason="")

    letter = Message.objects.get(kind="event-cancelled")
    assert "Why" not in render(letter).text


def test_a_reason_that_is_too_long_stands_beside_its_field_again(client, staff):
    webinar = WebinarFactory()

    response = press(client, webinar, reason="x" * 301)

    webinar.event.refresh_from_db()
    assert (response.status_code, webinar.event.is_live) == (200, True)
    assert list(response.context["form"].errors) == ["reason"]
    assert "x" * 301 in response.text


def test_the_public_file_and_page_do_not_say_why_her_own_do(client):
    webinar = WebinarFactory()
    person = PersonFactory()
    registration = RegistrationFactory(webinar=webinar, person=person)
    calendar.cancel(webinar.event, reason=WHY)

    public = [
        client.get(reverse(f"cops:{name}", args=[webinar.slug])).text
        for name in ("webinar", "webinar-calendar")
    ]
    client.force_login(person)
    own = client.get(registration.get_absolute_url()).text

    assert [WHY in text for text in [*public, own]] == [False, False, True]
    assert WHY in ics.for_event(webinar.event, person).decode()


def test_who_is_no_staff_cannot_cancel(client):
    webinar = WebinarFactory()
    client.force_login(PersonFactory())

    answers = [press(client, webinar), chosen(client, [webinar], confirm="1")]

    webinar.event.refresh_from_db()
    assert ([answer.status_code for answer in answers], webinar.event.is_live) == ([403, 403], True)


def test_what_has_begun_or_is_cancelled_is_not_cancelled_again(client, staff):
    webinar = WebinarFactory()
    calendar.cancel(webinar.event, reason="first")
    begun = WebinarFactory(event__wall=wall(-1))

    for each in (webinar, begun):
        press(client, each, reason="second")

    reasons = Event.objects.filter(webinar__in=[webinar, begun]).values_list("cancel_reason")
    assert sorted(reasons) == [("",), ("first",)]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_cancel_at_once_one_does_and_its_reason_stands():
    webinar = WebinarFactory()
    registered(webinar, "Amal")
    copies = [Event.objects.get(pk=webinar.event_id) for _each in range(2)]

    results = at_once(
        *(
            lambda copy=copy, why=why: calendar.cancel(copy, reason=why)
            for copy, why in zip(copies, ["one", "two"], strict=True)
        )
    )

    webinar.event.refresh_from_db()
    assert sorted(results) == [False, True]
    assert webinar.event.cancel_reason == ["one", "two"][results.index(True)]
    assert Message.objects.filter(kind="event-cancelled").count() == 1


def test_several_are_counted_first_then_cancelled_with_one_reason(client, staff):
    webinars = [WebinarFactory() for _each in range(3)]
    registered(webinars[0], "Amal", "Bo")
    registered(webinars[1], "Amal")
    calendar.cancel(webinars[2].event, reason="before")

    asked = chosen(client, webinars)
    still_on = [Event.objects.get(pk=each.event_id).is_live for each in webinars]
    done = chosen(client, webinars, confirm="1", reason=WHY)

    assert [(row[0], row[1]) for row in asked.context["rows"]] == [
        (webinars[0], 2),
        (webinars[1], 1),
    ]
    assert (asked.context["total"], asked.context["staying"]) == (3, [webinars[2]])
    assert (still_on, asked.status_code) == ([True, True, False], 200)
    events = [Event.objects.get(pk=each.event_id).cancel_reason for each in webinars]
    assert events == [WHY, WHY, "before"]
    assert said(done) == [
        "2 are cancelled. Those who had heard of them are told.",
        "What has begun, or was cancelled already, stayed as it is.",
    ]


def test_several_meetings_are_cancelled_as_one_is(client, staff):
    meetings = [MeetingFactory(), MeetingFactory()]

    chosen(client, meetings, confirm="1", reason=WHY)

    found = Meeting.objects.order_by("pk").values_list("event__cancel_reason", flat=True)
    assert [*found] == [WHY, WHY]


@pytest.mark.parametrize("number", [1, 3])
def test_asking_costs_the_same_however_many_are_chosen(
    client, staff, number, django_assert_num_queries
):
    webinars = [WebinarFactory() for _each in range(number)]
    for webinar in webinars:
        registered(webinar, "Amal")

    with django_assert_num_queries(11):
        asked = chosen(client, webinars)

    assert len(asked.context["rows"]) == number


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("of", ["a call", "a community"])
def test_so_it_does_for_meetings_of_a_call_or_a_community(
    client, staff, number, of, django_assert_num_queries
):
    first = MeetingFactory()
    same = (
        {"community": first.community}
        if of == "a community"
        else {"community__cohort": first.community.cohort}
    )
    meetings = [first, *(MeetingFactory(**same) for _each in range(number - 1))]
    for meeting in meetings:
        calendar.invite(meeting.community.series, PersonFactory(), Role.MEMBER)

    with django_assert_num_queries(13):
        asked = chosen(client, meetings)

    assert len(asked.context["rows"]) == number


@pytest.mark.parametrize("people", [1, 3])
def test_a_meeting_is_cancelled_at_one_cost_however_many_are_told(
    people, django_assert_num_queries
):
    meeting = MeetingFactory()
    for _each in range(people):
        calendar.invite(meeting.community.series, PersonFactory(), Role.MEMBER)

    with django_assert_num_queries(16):
        cancel_meeting(meeting, reason=WHY)

    assert Message.objects.filter(kind="event-cancelled").count() == people
