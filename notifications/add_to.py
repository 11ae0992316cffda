"""Ways to put one event into a calendar: a file, or an address of a calendar on the web.

The addresses are made here from the facts of the event: nothing is told to anybody until she
presses one, and then only what she is about to save.
"""

from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts import links
from accounts.models import User
from notifications import ics, occasions
from notifications.models import Event

PAGE = "notifications:add-to-calendar"
GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = {
    "Outlook.com": "https://outlook.live.com/calendar/0/action/compose",
    "Office 365": "https://outlook.office.com/calendar/0/action/compose",
}


def page_url(event: Event, person: User) -> str:
    """Return the link to the page of these ways, good until the event is over."""
    days = max(30, (event.ends_at - timezone.now()).days + 2)
    return links.url(person, PAGE, event.uuid, days=days)


def address(event: Event) -> str:
    """Return the ordinary address of the same page, for who signs in."""
    return settings.SITE_URL + reverse(PAGE, args=[event.uuid])


def page(event: Event, file_url: str) -> dict:
    """Return what ``notifications/add_to_calendar.html`` needs."""
    return {"event": event, "calendars": calendars(event), "file_url": file_url}


def calendars(event: Event) -> list[tuple[str, str]]:
    """Return (name, address) of the calendars on the web that take ``event`` as it stands."""
    title, details, place = ics.words(event, settings.SITE_URL + occasions.page(event))
    google = {
        "action": "TEMPLATE",
        "text": title,
        "dates": f"{event.local_start:%Y%m%dT%H%M%S}/{event.local_end:%Y%m%dT%H%M%S}",
        "ctz": event.zone,
        "details": details,
        "location": place,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": title,
        "startdt": event.local_start.isoformat(),
        "enddt": event.local_end.isoformat(),
        "body": details,
        "location": place,
    }
    return [
        ("Google Calendar", f"{GOOGLE}?{urlencode(google)}"),
        *((name, f"{address}?{urlencode(outlook)}") for name, address in OUTLOOK.items()),
    ]
