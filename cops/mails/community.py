"""Mail to who joins a community, or leaves it."""

from django.utils.translation import gettext_lazy

from accounts import clock, links
from cops.models import Membership
from notifications import mails, occasions
from notifications.models import Event
from notifications.placeholders import block, link, text


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
