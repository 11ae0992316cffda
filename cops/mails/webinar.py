"""Mail about a webinar, to who registered for it."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts import clock, links
from cops.models import AccessRequest, Registration, Webinar
from notifications import add_to, mails, occasions
from notifications.models import Kind
from notifications.placeholders import block, link, text
from notifications.readers import asked_at_once

NO_RECORDING = gettext_noop("waits: the webinar has no recording and no slides yet")


@occasions.of(Kind.WEBINAR)
def occasion(event, person):
    webinar = getattr(event, "webinar", None)
    if webinar is None:
        return None
    registration = person and _registration(event, person)
    return {
        **webinar.cohort.signature,
        "page_url": settings.SITE_URL + webinar.get_absolute_url(),
        "own_url": _registration_url(registration, event) if registration else "",
    }


@asked_at_once
def _registration(event, people):
    live = event.webinar.registrations.live().filter(person__in=people)
    return {registration.person_id: registration for registration in live.select_related("person")}


@occasions.pages_of(Kind.WEBINAR)
def pages(ids):
    found = Webinar.objects.filter(event__in=ids).only("event_id", "slug")
    return {webinar.event_id: webinar.get_absolute_url() for webinar in found}


def _registration_url(registration, event, verb="cops:registration") -> str:
    days = max(30, (event.ends_at - timezone.now()).days + 2)
    return links.url(registration.person, verb, registration.uuid, days=days)


_TITLE = text(gettext_lazy("The title of the webinar"), gettext_lazy("Is this for me?"))
_WHEN = text(
    gettext_lazy("When it begins, with its clock"),
    gettext_lazy("Wednesday 27 January 2027, 1:00 p.m. Eastern Time"),
)
_UNTIL = text(gettext_lazy("When it ends"), gettext_lazy("2:00 p.m."))
_OF_REGISTRATION = {
    "link": link(gettext_lazy("The page of her registration")),
    "cancel_link": link(gettext_lazy("The page to cancel it")),
    "add_url": link(gettext_lazy("Other ways into a calendar"), is_needed=False),
}  # fmt: skip


@mails.register(
    "webinar-registered",
    gettext_lazy("Registration for a webinar"),
    placeholders={
        "title": _TITLE,
        "when": _WHEN,
        "until": _UNTIL,
        "call": text(gettext_lazy("The name of the call"), gettext_lazy("Winter 2027")),
        "when_and_where": block(
            gettext_lazy("A list: when, where, the link and the number to join"),
            "cops/mails/_when_and_where.md",
            gettext_lazy("- When: **Wednesday 27 January 2027, 1:00 p.m. Eastern Time**"),
            is_needed=True,
        ),
        "applications_open": block(
            gettext_lazy("Until when one may apply; nothing once that is over"),
            "cops/mails/_applications_open.md",
            gettext_lazy("Applications for Winter 2027 are open until 12 February 2027."),
        ),
        "what_was_asked": block(
            gettext_lazy("That a need or a question has arrived; nothing where there was none"),
            "cops/mails/_what_was_asked.md",
            gettext_lazy("Your question has arrived."),
        ),
        **_OF_REGISTRATION,
    },
)
def webinar_registered(ids):
    registration = _registrations().filter(pk=ids["registration"]).first()
    facts = registration and _webinar_facts(registration)
    if not facts:
        return None
    need = AccessRequest.objects.waiting_with(registration)
    return facts | {
        "answered_by": clock.spoken_day(need.deadline.local_on) if need else "",
        "has_question": bool(registration.question),
    }


@mails.register(
    "webinar-reminder",
    gettext_lazy("Reminder of a webinar"),
    reminds_of=[Kind.WEBINAR],
    placeholders={
        "title": _TITLE,
        "when": _WHEN,
        "until": _UNTIL,
        "how_to_join": block(
            gettext_lazy("The button to join, the place and the number to call, where there are"),
            "cops/mails/_how_to_join.md",
            "[example.org](https://example.org/page)",
            is_needed=True,
        ),
        **_OF_REGISTRATION,
    },
)
def webinar_reminder(ids):
    registration = (
        _registrations().filter(webinar__event=ids["event"], person=ids["recipient"]).first()
    )
    return registration and _webinar_facts(registration)


def _without_recording(parts):
    """Until there is something to watch or to read, nothing is sent about it."""
    events = {event for event, _person in parts}
    bare = Webinar.objects.filter(event__in=events, recording_url="", slides_url="")
    bare = set(bare.values_list("event", flat=True))
    return {part: NO_RECORDING for part in parts if part[0] in bare}


@mails.register(
    "webinar-recording",
    gettext_lazy("Recording of a webinar, to who came"),
    reminds_of=[Kind.WEBINAR],
    waits=_without_recording,
)
@mails.register(
    "webinar-missed",
    gettext_lazy("Recording of a webinar, to who did not come"),
    reminds_of=[Kind.WEBINAR],
    waits=_without_recording,
)
def webinar_recording(ids):
    webinar = Webinar.objects.with_events().filter(event=ids["event"]).first()
    if webinar is None or not (webinar.recording_url or webinar.slides_url):
        return None
    cohort, page = webinar.cohort, webinar.get_absolute_url()
    return {
        "name": ids["recipient"].name,
        "title": webinar.title,
        "recording_url": webinar.recording_url,
        "slides_url": webinar.slides_url,
        "call": cohort.name,
        "answers_url": f"{settings.SITE_URL}{page}#answers" if webinar.has_answers else "",
        "call_url": settings.SITE_URL + cohort.get_absolute_url(),
        "closes": _closes(webinar),
        "why": _("You get this email because you registered for this webinar."),
        **cohort.signature,
    }


def _registrations():
    return Registration.objects.live().select_related("person", "webinar__event", "webinar__cohort")


def _closes(webinar) -> str:
    """Return until when who came may apply, "" where there is nothing to apply to."""
    cohort = webinar.cohort
    return clock.spoken(cohort.closes_at) if webinar.recruits and cohort.is_open else ""


def _webinar_facts(registration):
    webinar, event, person = registration.webinar, registration.webinar.event, registration.person
    if not event.is_live or event.is_over:
        return None
    return {
        "name": registration.name,
        "title": webinar.title,
        "when": clock.spoken(event.starts_at, event.zone),
        "own_time": clock.own_time(event.starts_at, event.zone, person.time_zone),
        "until": clock.spoken_time(event.local_end),
        "place": event.place,
        "join_link": event.join_link,
        "dial_in": event.dial_in,
        "link": _registration_url(registration, event),
        "cancel_link": _registration_url(registration, event, "cops:registration-cancel"),
        "call": webinar.cohort.name,
        "closes": _closes(webinar),
        "calendar": [event],
        "method": "REQUEST",
        "add_url": add_to.page_url(event, person),
        **webinar.cohort.signature,
    }
