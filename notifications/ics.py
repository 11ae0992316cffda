"""Calendar files (RFC 5545, 5546): one UID per event, SEQUENCE rises with every change.

The library is loaded by the first file: it takes a tenth of the time that a web process
takes to start, and few pages offer one.
"""

from datetime import UTC

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import office
from accounts.models import User
from notifications import zones
from notifications.models import Event

PRODUCT = "-//First Work//Communities of Practice//EN"


def for_event(
    event: Event, person: User | None = None, method: str = "PUBLISH", mailbox: str = ""
) -> bytes:
    """Return the calendar file of one event, in the language of ``person`` or of the page."""
    return for_events([event], person=person, method=method, mailbox=mailbox)


def for_person(person: User) -> bytes:
    """Return all that ``person`` is invited to, what is called off too, as a calendar to follow."""
    return _calendar(_events_of(person), person, "PUBLISH", "", name=True).to_ical()


def addresses_of(person: User) -> dict[str, str]:
    """Return the secret address of the calendar of ``person``: to copy, and to press."""
    address = reverse("notifications:calendar-feed", args=[person.calendar_secret])
    return {
        "feed_url": settings.SITE_URL + address,
        "subscribe_url": "webcal://" + settings.SITE_URL.partition("://")[2] + address,
    }


def state_of(person: User) -> str:
    """Return a text that changes whenever the calendar of ``person`` does."""
    facts = [
        (e.pk, e.schedule_version, e.is_live, e.title_en, e.title_fr) for e in _events_of(person)
    ]
    return f"{person.language} {facts}"


def _events_of(person: User) -> list[Event]:
    return list(Event.objects.of_person(person).order_by("starts_at", "pk"))


def for_events(
    events, *, person: User | None = None, method: str = "PUBLISH", mailbox: str = ""
) -> bytes:
    """Return one calendar file with all ``events``; empty when there are none."""
    events = list(events)
    return _calendar(events, person, method, mailbox).to_ical() if events else b""


def _calendar(events, person, method, mailbox, *, name=False):
    from icalendar import Calendar

    language = person.language if person else translation.get_language()
    with translation.override(language):
        calendar = Calendar()
        calendar.add("prodid", PRODUCT)
        calendar.add("version", "2.0")
        calendar.add("calscale", "GREGORIAN")
        calendar.add("method", method)
        if name:
            calendar.add("x-wr-calname", _("Communities of Practice"))
        for zone in sorted({event.zone for event in events}):
            first = min(event.local_on.year for event in events if event.zone == zone)
            calendar.add_component(zones.definition(zone, first))
        for event in events:
            calendar.add_component(
                _entry(event, person, method, mailbox or office.current().mailbox)
            )
    return calendar


def _entry(event: Event, person, method, mailbox):
    import icalendar

    entry = icalendar.Event()
    entry.add("uid", f"{event.uuid}@{settings.SITE_HOST}")
    entry.add("sequence", event.schedule_version)
    entry.add("dtstamp", timezone.now())
    entry.add("dtstart", _moment(event.local_start))
    if not event.is_deadline:
        entry.add("dtend", _moment(event.local_end))
    summary, description, location = words(event)
    entry.add("summary", summary)
    entry.add("description", description)
    if location:
        entry.add("location", location)
    if event.join_link:
        entry.add("url", event.join_link)
    entry.add("status", "CONFIRMED" if event.is_live and method != "CANCEL" else "CANCELLED")
    entry.add("organizer", _address(mailbox, office.current().name))
    if person and method in {"REQUEST", "CANCEL"}:
        attendee = _address(person.email, str(person))
        attendee.params["PARTSTAT"] = icalendar.vText("ACCEPTED")
        attendee.params["RSVP"] = icalendar.vText("FALSE")
        entry.add("attendee", attendee)
    return entry


def _moment(wall):
    """Return ``wall``; the second of two equal hours in UTC, because a file means the first."""
    return wall.astimezone(UTC) if wall.fold else wall


def words(event: Event) -> tuple[str, str, str]:
    """Return what ``event`` is called, how one takes part, and where, in the language of now."""
    title = event.title or event.get_kind_display().capitalize()
    return title, _description(event), event.place or event.join_link


def _description(event: Event) -> str:
    lines = []
    if event.join_link:
        lines.append(_("Join: %(link)s") % {"link": event.join_link})
    if event.dial_in:
        lines.append(_("By phone: %(number)s") % {"number": event.dial_in})
    lines.append(settings.SITE_URL)
    return "\n".join(lines)


def _address(address: str, name: str):
    from icalendar import vCalAddress, vText

    who = vCalAddress(f"mailto:{address}")
    who.params["CN"] = vText(name)
    return who
