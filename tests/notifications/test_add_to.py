"""Putting one event into a calendar: for who is invited, in the calendar she has."""

from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import icalendar
import pytest
from django.urls import reverse

from accounts import links
from notifications import add_to, calendar
from notifications.models import Event
from tests.factories import EventFactory, InviteeFactory, PersonFactory

pytestmark = pytest.mark.django_db

JOIN = "https://meet.example/secret"
DIAL = "+1 416 555 0100"


def path_of(address):
    return address[address.index("/go/") :]


def page(event):
    return reverse("notifications:add-to-calendar", args=[event.uuid])


def invited(**facts):
    return InviteeFactory(event=EventFactory(join_link=JOIN, dial_in=DIAL, **facts))


def asked(address) -> dict[str, str]:
    """The questions in the address of a calendar on the web."""
    return {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}


def test_the_link_in_the_mail_shows_how_to_join_and_gives_the_file(client):
    part = invited()
    address = client.get(path_of(add_to.page_url(part.event, part.person))).url

    shown = client.get(address)
    file = client.get(reverse("notifications:event-file", args=[part.event.uuid]))

    assert address == page(part.event)
    assert (JOIN in shown.text, DIAL in shown.text) == (True, True)
    (entry,) = icalendar.Calendar.from_ical(file.content).events
    assert (entry.start, str(entry["URL"])) == (part.event.starts_at, "http://127.0.0.1:8000/me/")


def test_who_is_not_invited_sees_nothing(client):
    part = invited()
    client.force_login(PersonFactory())

    assert client.get(page(part.event)).status_code == 404
    assert client.get(page(part.event) + "event.ics").status_code == 404


def test_a_stranger_is_led_to_sign_in(client):
    part = invited()

    assert client.get(page(part.event)).url.startswith(reverse("account_login"))
    assert client.get(page(part.event) + "event.ics").url.startswith(reverse("account_login"))


def test_who_is_no_longer_invited_sees_nothing_by_her_old_link(client):
    part = invited()
    client.get(path_of(add_to.page_url(part.event, part.person)))
    calendar.settle(part.event, part.person)

    assert client.get(page(part.event)).status_code == 404


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (calendar.cancel, "It is cancelled"),
        (
            lambda event: Event.objects.filter(pk=event.pk).update(
                starts_at=datetime.fromisoformat("2020-01-01T00:00Z"),
                ends_at=datetime.fromisoformat("2020-01-01T01:00Z"),
            ),
            "It is over",
        ),
    ],
    ids=["cancelled", "over"],
)
def test_too_late_is_said_and_nothing_offered(client, end, why):
    part = invited()
    client.force_login(part.person)
    end(part.event)

    shown = client.get(page(part.event)).text

    assert why in shown
    assert "calendar.google.com" not in shown
    assert JOIN not in shown


@pytest.mark.parametrize(
    ("zone", "offset"),
    [
        ("America/Toronto", "-04:00"),
        ("America/Winnipeg", "-05:00"),
        ("America/Atikokan", "-05:00"),
    ],
)
def test_each_calendar_on_the_web_is_given_the_agreed_time(zone, offset):
    event = EventFactory(
        wall=datetime(2027, 3, 16, 13), zone=zone, title_en="A & B?", join_link=JOIN, dial_in=DIAL
    )

    google, outlook, office = [asked(address) for _name, address in add_to.calendars(event)]

    details = f"Join: {JOIN}\nBy phone: {DIAL}\nhttp://127.0.0.1:8000/me/"
    assert google == {
        "action": "TEMPLATE", "text": "A & B?", "dates": "20270316T130000/20270316T150000",
        "ctz": zone, "details": details, "location": JOIN,
    }  # fmt: skip
    assert outlook == office == {
        "path": "/calendar/action/compose", "rru": "addevent", "subject": "A & B?",
        "startdt": f"2027-03-16T13:00:00{offset}", "enddt": f"2027-03-16T15:00:00{offset}",
        "body": details, "location": JOIN,
    }  # fmt: skip


def test_a_page_that_a_link_opened_leads_on_without_another_link(client, rf):
    part = invited()
    client.get(path_of(links.url(part.person, "accounts:me")))
    request = rf.get("/")
    request.user, request.session = type("Nobody", (), {"pk": None})(), client.session

    links.lead_on(request, part.person, add_to.PAGE, part.event.uuid)

    assert links.holder(request, add_to.PAGE, part.event.uuid) == part.person
