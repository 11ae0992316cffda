"""Calendar files (RFC 5545, 5546): one UID per event, SEQUENCE rises with every change.

The library is loaded by the first file: it takes a tenth of the time that a web process
takes to start, and few pages offer one.
"""

from datetime import UTC
from functools import cache

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import office
from accounts.models import User
from notifications import occasions, readers, told, zones
from notifications.models import Event, Invitee, Role

PRODUCT = "-//First Work//Communities of Practice//EN"
END = b"END:VEVENT\r\n"
END_OF_FILE = b"END:VCALENDAR\r\n"
ANSWERS = {Invitee.Answer.YES: "ACCEPTED", Invitee.Answer.NO: "DECLINED"}
# By registering, by booking, and by offering the time.
SAID_YES = {Role.GUEST, Role.APPLICANT, Role.INTERVIEWER}


def for_event(
    event: Event, person: User | None = None, method: str = "PUBLISH", mailbox: str = ""
) -> bytes:
    """Return the calendar file of one event, in the language of ``person`` or of the page.

    Without ``person`` it is for anybody, and does not say why the event is called off.
    """
    return for_events([event], person=person, method=method, mailbox=mailbox)


def for_person(person: User) -> bytes:
    """Return all that ``person`` is invited to, what is called off too, as a calendar to follow."""
    return _calendar(_events_of(person), person, "PUBLISH", "", name=True)


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
    return _calendar(events, person, method, mailbox) if events else b""


def _calendar(events, person, method, mailbox, *, name=False) -> bytes:
    language = person.language if person else translation.get_language()
    with translation.override(language):
        is_sent = bool(person) and method in {"REQUEST", "CANCEL"}
        parts = _parts(events, person) if is_sent else {}
        pages = occasions.pages(events)
        mailbox = mailbox or office.current().mailbox
        entries = []
        for event in events:
            part = parts.get(event.pk)
            page = settings.SITE_URL + pages.get(event.pk, reverse("accounts:me"))
            knows_why = person is not None and not (part and part.until)
            entry = _entry(event, page, method, mailbox, knows_why)
            if is_sent:
                entry = _before(END, _attendee(person, _said(part)), entry)
            entries.append(entry)
        calendar = _frame(method, _("Communities of Practice") if name else "")
    return _before(END_OF_FILE, _clocks(events) + b"".join(entries), calendar)


def _before(end: bytes, lines: bytes, component: bytes) -> bytes:
    """Return ``component``, which ends with ``end``, with more ``lines`` in it."""
    return component.removesuffix(end) + lines + end


@cache
def _frame(method: str, name: str) -> bytes:
    """Return a file without entries; ``name`` is what a calendar to follow is called."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
    return calendar.to_ical()


def _clocks(events) -> bytes:
    """Return the definitions of the zones of ``events``, each from its first year on."""
    first: dict[str, int] = {}
    for event in events:
        first[event.zone] = min(event.local_on.year, first.get(event.zone, event.local_on.year))
    return b"".join(zones.definition(zone, year) for zone, year in sorted(first.items()))


def _parts(events, person: User) -> dict[int, Invitee | None]:
    """Return, by event, the part that ``person`` has, or had, in each of ``events``."""
    if len(events) == 1:
        return {event.pk: told.part(event, person) for event in events}
    parts = Invitee.objects.filter(event__in=events, person=person)
    return {part.event_id: part for part in parts.only("event_id", "role", "answer", "until")}


def _said(part: Invitee | None) -> str:
    """Return what she answered, as files name it."""
    if part is None:
        return "NEEDS-ACTION"
    return ANSWERS.get(part.answer, "ACCEPTED" if part.role in SAID_YES else "NEEDS-ACTION")


def _attendee(person: User, said: str) -> bytes:
    """Return the line of ``person`` as invited; nobody waits for the answer of a program."""
    from icalendar.parser import Contentline

    attendee = _address(person.email, str(person))
    attendee.params["PARTSTAT"] = said
    attendee.params["RSVP"] = "FALSE"
    return Contentline.from_parts("ATTENDEE", attendee.params, attendee).to_ical() + b"\r\n"


@readers.same_for_all
def _entry(event: Event, page: str, method: str, mailbox: str, knows_why: bool) -> bytes:
    """Return the entry of ``event``; why it is called off only those invited are told."""
    import icalendar

    entry = icalendar.Event()
    entry.add("uid", f"{event.uuid}@{settings.SITE_HOST}")
    entry.add("sequence", event.schedule_version)
    entry.add("dtstamp", timezone.now())
    entry.add("dtstart", _moment(event.local_start))
    if not event.is_deadline:
        entry.add("dtend", _moment(event.local_end))
    summary, description, location = words(event, page)
    if event.cancel_reason and knows_why:
        why = _("Cancelled: %(reason)s") % {"reason": event.cancel_reason}
        description = f"{why}\n{description}"
    entry.add("summary", summary)
    entry.add("description", description)
    if location:
        entry.add("location", location)
    entry.add("url", page)
    entry.add("status", "CONFIRMED" if event.is_live and method != "CANCEL" else "CANCELLED")
    entry.add("organizer", _address(mailbox, office.current().name))
    return entry.to_ical()


def _moment(wall):
    """Return ``wall``; the second of two equal hours in UTC, because a file means the first."""
    return wall.astimezone(UTC) if wall.fold else wall


def words(event: Event, page: str) -> tuple[str, str, str]:
    """Return what ``event`` is called, how one takes part, and where, in the language of now.

    ``page`` is the address of its page: an ordinary one, because calendars are shared.
    """
    title = event.title or event.get_kind_display().capitalize()
    return title, _description(event, page), event.place or event.join_link


def _description(event: Event, page: str) -> str:
    lines = []
    if event.join_link:
        lines.append(_("Join: %(link)s") % {"link": event.join_link})
    if event.dial_in:
        lines.append(_("By phone: %(number)s") % {"number": event.dial_in})
    lines.append(page)
    return "\n".join(lines)


def _address(address: str, name: str):
    from icalendar import vCalAddress, vText

    who = vCalAddress(f"mailto:{address}")
    who.params["CN"] = vText(name)
    return who
