"""The mails of this app: webinars, the welcome to a community, requests for access, setting up."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts import clock, links, office
from accounts.models import User
from cops import mails_of_news  # noqa: F401 (it registers its own)
from cops.models import AccessRequest, Membership, Registration, Webinar
from notifications import add_to, mails, occasions
from notifications.models import Event, Kind, Message
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
        **_OF_REGISTRATION,
    },
)
def webinar_registered(ids):
    registration = _registrations().filter(pk=ids["registration"]).first()
    return registration and _webinar_facts(registration)


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


@mails.register(
    "community-joined",
    gettext_lazy("Welcome to a community"),
    placeholders={
        "community": text(gettext_lazy("The name of the community"), gettext_lazy("First steps")),
        "focus_area": text(gettext_lazy("Its focus area"), gettext_lazy("Rural access")),
        "her_part": block(
            gettext_lazy("Whether she is a member or a facilitator, and the focus area"),
            "cops/mails/_her_part.md",
            gettext_lazy("You are now a member of **First steps**."),
        ),
        "meetings_ahead": block(
            gettext_lazy("The meetings ahead, or when they begin"),
            "cops/mails/_meetings_ahead.md",
            gettext_lazy("- Tuesday 6 April 2027, 1:00 p.m. Eastern Time"),
        ),
        "hours_min": text(gettext_lazy("Hours a month, at least"), "5"),
        "hours_max": text(gettext_lazy("Hours a month, at most"), "10"),
        "link": link(gettext_lazy("Her own page")),
    },
)
def community_joined(ids):
    membership = (
        Membership.objects.current()
        .select_related("community__cohort", "community__focus_area", "person")
        .filter(pk=ids["membership"])
        .first()
    )
    if membership is None:
        return None
    community = membership.community
    gatherings = list(
        community.series.events.live().ahead().gatherings().of_person(membership.person)
    )
    person, first = membership.person, next(iter(gatherings), None)
    dates_url = occasions.facts(first, person).get("dates_url", "") if first else ""
    return {
        "community": community.name,
        "focus_area": community.focus_area.name,
        "hours_min": community.cohort.hours_min,
        "hours_max": community.cohort.hours_max,
        "is_facilitator": membership.role == Membership.As.FACILITATOR,
        "meetings_from": clock.spoken_day(community.cohort.meetings_from),
        "meetings": _dates(gatherings, person),
        "dates_url": dates_url,
        "link": links.url(person, "accounts:me"),
        "calendar": gatherings,
        "method": "PUBLISH",
        **community.signature,
    }


@mails.register("community-left", gettext_lazy("End of a membership"))
def community_left(ids):
    ended = Membership.objects.exclude(left_at=None).select_related("community__cohort", "person")
    membership = ended.filter(pk=ids["membership"]).first()
    if membership is None:
        return None
    community, person = membership.community, membership.person
    if community.memberships.current().filter(person=person).exists():
        return None
    events = list(Event.objects.live().ahead().filter(pk__in=ids["events"]))
    return {
        "community": community.name,
        "meetings": _dates(events, person),
        "calendar": events,
        "method": "CANCEL",
        **community.signature,
    }


def _dates(events, person) -> list[str]:
    return [clock.spoken_to(event.starts_at, event.zone, person.time_zone) for event in events]


@mails.register("access-request-received", gettext_lazy("A request has arrived"))
def access_request_received(ids):
    asked = AccessRequest.objects.open().with_people().filter(pk=ids["request"]).first()
    return asked and _request_facts(asked)


@mails.register("access-request-answered", gettext_lazy("Answer to a request"))
def access_request_answered(ids):
    answered = AccessRequest.objects.filter(status=AccessRequest.Status.ANSWERED).with_people()
    asked = answered.filter(pk=ids["request"]).first()
    return asked and {**_request_facts(asked), "answer": asked.answer}


@mails.register("access-request-closed", gettext_lazy("A request is closed"))
def access_request_closed(ids):
    closed = AccessRequest.objects.filter(status=AccessRequest.Status.WITHDRAWN).with_people()
    asked = closed.filter(pk=ids["request"]).first()
    return asked and {**_request_facts(asked), "answer": asked.answer}


@mails.register(
    "access-request-due",
    gettext_lazy("A request is due"),
    lane=Message.Lane.SERVICE,
    reminds_of=[Kind.ACCESS_DUE],
)
def access_request_due(ids):
    """To staff: what is asked for stays at the desk, because it may be about health."""
    asked = AccessRequest.objects.open().with_people().filter(deadline=ids["event"]).first()
    if asked is None:
        return None
    page = reverse("admin:cops_accessrequest_change", args=[asked.pk])
    return {
        "what": asked.get_kind_display(),
        "day": clock.spoken_day(asked.deadline.local_on),
        "is_taken": asked.owner_id is not None,
        "link": settings.SITE_URL + page,
        "why": _("You get this email because you answer requests for access at First Work."),
        **(asked.cohort.signature if asked.cohort else {}),
    }


def _request_facts(asked):
    return {
        "name": asked.name or str(asked.person),
        "what": asked.get_kind_display(),
        "about_data": asked.is_about_data,
        "day": clock.spoken_day(asked.deadline.local_on),
        "link": links.url(asked.person, "cops:access-request", asked.uuid, days=60),
        "why": _("You get this email because somebody asked us for something with your address."),
        **(asked.cohort.signature if asked.cohort else {}),
    }


@mails.register("mail-test", gettext_lazy("Test of the email"))
def mail_test(ids):
    person = ids["recipient"]
    if not person.is_staff:
        return None
    return {
        "name": person.name,
        "url": links.url(person, "cops:mail-arrived", person.uuid, days=2),
        "why": _("You get this email because you asked for a test."),
    }


@mails.register("staff-invited", gettext_lazy("Invitation of a colleague"))
def staff_invited(ids):
    person = ids["recipient"]
    inviter = User.objects.filter(pk=ids["by"]).first()
    if not person.is_staff or not inviter:
        return None
    sign_in = f"{reverse('account_login')}?{urlencode({'next': reverse('admin:index')})}"
    return {
        "name": person.name,
        "by": str(inviter),
        "address": person.email,
        "url": settings.SITE_URL + sign_in,
        "mailbox": office.current().mailbox,
        "why": _("You get this email because a colleague made you staff of this site."),
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
