"""The mails of this app: a webinar's confirmation and reminder, and the welcome to a community."""

from django.utils import timezone

from accounts import clock, links
from cops.models import Membership, Registration
from notifications import mails


@mails.register("webinar-registered")
def webinar_registered(ids):
    registration = _registrations().filter(pk=ids["registration"]).first()
    return registration and _webinar_facts(registration)


@mails.register("webinar-reminder")
def webinar_reminder(ids):
    registration = (
        _registrations().filter(webinar__event=ids["event"], person=ids["recipient"]).first()
    )
    return registration and _webinar_facts(registration)


@mails.register("community-joined")
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
    return {
        "community": community.name,
        "focus_area": community.focus_area.name,
        "hours_min": community.cohort.hours_min,
        "hours_max": community.cohort.hours_max,
        "is_facilitator": membership.role == Membership.As.FACILITATOR,
        "meetings_from": clock.spoken_day(community.cohort.meetings_from),
        "meetings": [clock.spoken(event.starts_at, event.zone) for event in gatherings],
        "link": links.url(membership.person, "accounts:me"),
        "calendar": gatherings,
        "method": "PUBLISH",
        **_signature(community.cohort),
    }


def _registrations():
    return Registration.objects.live().select_related("person", "webinar__event", "webinar__cohort")


def _webinar_facts(registration):
    webinar, event, person = registration.webinar, registration.webinar.event, registration.person
    if not event.is_live or event.is_over:
        return None
    until_after = max(30, (event.ends_at - timezone.now()).days + 2)

    def link(verb):
        return links.url(person, verb, registration.uuid, days=until_after)

    return {
        "name": registration.name,
        "title": webinar.title,
        "when": clock.spoken(event.starts_at, event.zone),
        "until": clock.spoken_time(event.local_end),
        "place": event.place,
        "join_link": event.join_link,
        "dial_in": event.dial_in,
        "link": link("cops:registration"),
        "cancel_link": link("cops:registration-cancel"),
        "call": webinar.cohort.name,
        "closes": clock.spoken(webinar.cohort.closes_at) if webinar.cohort.is_open else "",
        "calendar": [event],
        "method": "REQUEST",
        **_signature(webinar.cohort),
    }


def _signature(cohort):
    return {
        "mailbox": cohort.mailbox,
        "signature_name": cohort.contact_name,
        "signature_phone": cohort.contact_phone,
    }
