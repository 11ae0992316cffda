from uuid import uuid4

import icalendar
import pytest
import vobject
from django.template import Context, Template
from django.urls import reverse

from notifications import calendar, ics, outbox, sender
from notifications.models import Message, Role
from tests.factories import EventFactory, InviteeFactory, PersonFactory

pytestmark = pytest.mark.django_db


def feed(person):
    return reverse("notifications:calendar-feed", args=[person.calendar_secret])


def test_the_secret_address_shows_all_a_person_is_invited_to(client):
    person = PersonFactory(language="fr")
    one, gone = (InviteeFactory(person=person, event=EventFactory()).event for _ in range(2))
    off = InviteeFactory(person=person).event
    calendar.settle(gone, person)
    calendar.cancel(off)

    answer = client.get(feed(person))

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"
    entries = icalendar.Calendar.from_ical(answer.content).events
    assert [(str(e["UID"]), str(e["SUMMARY"]), str(e["STATUS"])) for e in entries] == [
        (f"{one.uuid}@127.0.0.1", "Rencontre", "CONFIRMED"),
        (f"{off.uuid}@127.0.0.1", "Rencontre", "CANCELLED"),
    ]


def test_a_wrong_secret_shows_nothing(client):
    assert client.get(f"/me/calendar/{uuid4()}.ics").status_code == 404


def test_the_feed_says_when_nothing_has_changed(client):
    part = InviteeFactory()
    etag = client.get(feed(part.person))["ETag"]

    unchanged = client.get(feed(part.person), headers={"If-None-Match": etag})
    calendar.move(part.event, place="Room 2")
    changed = client.get(feed(part.person), headers={"If-None-Match": etag})

    assert (unchanged.status_code, changed.status_code) == (304, 200)


@pytest.mark.parametrize(("number", "queries"), [(1, 4), (3, 4)])
def test_the_feed_asks_the_database_as_often_for_many_events(
    client, django_assert_num_queries, number, queries
):
    person = PersonFactory()
    InviteeFactory.create_batch(number, person=person)

    with django_assert_num_queries(queries):
        client.get(feed(person))


def test_a_persons_page_shows_the_feed_and_the_last_mails(rf):
    part = InviteeFactory()
    outbox.write("event-moved", part.person, key="moved", event=part.event)
    sender.deliver_due()
    request = rf.get("/me/")
    request.user = part.person

    html = Template("{% load notifications_parts %}{% notifications_me %}").render(
        Context({"request": request})
    )

    assert f"webcal://127.0.0.1:8000{feed(part.person)}" in html
    assert Message.objects.get().subject.replace("\u00a0", " ") in html.replace("\u00a0", " ")


def test_a_persons_page_says_nothing_when_there_is_nothing(rf):
    request = rf.get("/me/")
    request.user = PersonFactory()

    html = Template("{% load notifications_parts %}{% notifications_me %}").render(
        Context({"request": request})
    )

    assert html.strip() == ""


@pytest.mark.parametrize("zone", ["America/Toronto", "America/Winnipeg", "America/Atikokan"])
@pytest.mark.parametrize("method", ["REQUEST", "PUBLISH", "CANCEL"])
def test_two_parsers_agree_on_a_calendar_file(zone, method):
    event = EventFactory(zone=zone, join_link="https://meet.example/a", dial_in="+1 416 555 0100")
    person = PersonFactory(name='Zoé "Zed" O\'Neil; Ltd, x')

    content = ics.for_event(event, person, method)

    ours = icalendar.Calendar.from_ical(content)
    theirs = vobject.readOne(content.decode())
    assert ours.events[0].start == theirs.vevent.dtstart.value == event.starts_at
    assert ours.events[0].end == theirs.vevent.dtend.value == event.ends_at
    assert ours.events[0]["DTSTART"].params["TZID"] == zone
    assert [str(zone["TZID"]) for zone in ours.walk("VTIMEZONE")] == [zone]
    assert theirs.vevent.uid.value == f"{event.uuid}@127.0.0.1"
    assert theirs.method.value == method
    assert ours.events[0].get("SEQUENCE") == 0
    assert ("ATTENDEE" in ours.events[0]) == (method != "PUBLISH")
    assert max(map(len, content.split(b"\r\n"))) <= 75


def test_a_calendar_file_rises_in_sequence_when_the_event_moves():
    part = InviteeFactory(role=Role.MEMBER)

    calendar.move(part.event, minutes=90)

    entry = icalendar.Calendar.from_ical(ics.for_event(part.event)).events[0]
    assert entry["SEQUENCE"] == 1
