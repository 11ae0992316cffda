"""Mail about decisions, interviews and offers."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, gettext_noop, pgettext

from accounts import clock, links
from accounts.phrases import in_a_row
from applications.mails.application import A_DAY, COHORT, REFERENCE
from applications.models import Application, Interview, Offer, Status
from cops.models import Cohort
from notifications import add_to, mails, occasions
from notifications.models import Kind, Message, Role
from notifications.placeholders import GREETING, block, link, text
from notifications.reasons import LETTER_WAITS

LINK_DAYS = 120
DAY_PASSED = gettext_noop("its day has passed: a new one is set within minutes, then release it")
ROUND_OVER = gettext_noop("interviews of this round are over: change the dates of the call first")


@occasions.of(Kind.INTERVIEW)
def occasion(event, person):
    """Also of an interview that was called off: its cohort is that of the series."""
    cohort = Cohort.objects.filter(series=event.series_id).first()
    interview = Interview.objects.filter(event=event).first()
    return cohort and {
        **cohort.signature,
        "page_url": settings.SITE_URL + interview.get_absolute_url() if interview else "",
        **(_part_of(event, interview, person) if person else {}),
    }


def _part_of(event, interview, person) -> dict:
    """Return what the interview is to ``person``: the applicant, or one of the panel."""
    parts = event.invitees.current().select_related("person").order_by("pk")
    applicant = next((part.person for part in parts if part.role == Role.APPLICANT), None)
    panel = [part.person for part in parts if part.role == Role.INTERVIEWER]
    known = {"with_whom": in_a_row(each for each in panel if each != person)}
    if applicant == person:
        own_url = _page_url(interview, person) if interview else ""
        return known | {"title": pgettext("as a title", "Your interview"), "own_url": own_url}
    if applicant:
        known["title"] = gettext("Interview with %(applicant)s") % {"applicant": applicant}
    return known


@occasions.pages_of(Kind.INTERVIEW)
def pages(ids):
    found = Interview.objects.filter(event__in=ids).only("event_id", "uuid")
    return {interview.event_id: interview.get_absolute_url() for interview in found}


def _facts(application, recipient) -> dict:
    cohort = application.cohort
    return {
        "name": recipient.name or application.name,
        "reference": application.reference,
        "cohort": cohort.name,
        "meetings_from": clock.spoken_day(cohort.meetings_from),
        "contact": cohort.contact_name,
        **cohort.signature,
        "url": links.url(recipient, "applications:application", application.uuid, days=LINK_DAYS),
    }


def _decided(ids, status):
    """The application of the letter, or None when it is no longer in that status."""
    return (
        Application.objects.select_related("person", "cohort")
        .filter(pk=ids["application"], status=status)
        .first()
    )


_COMMON = {"greeting": GREETING, "reference": REFERENCE, "cohort": COHORT}


@mails.register(
    "application-interview",
    gettext_lazy("Invitation to an interview"),
    placeholders={
        **_COMMON,
        "book_by": text(gettext_lazy("By when to choose a time"), A_DAY),
        "url": link(gettext_lazy("The page to choose a time on")),
    },
)
def invited(ids):
    application = _decided(ids, Status.INTERVIEW)
    if not application or application.interview.status != Interview.Status.INVITED:
        return None
    interview = application.interview
    if not interview.may_be_booked:
        is_over = application.cohort.interviews_until < timezone.localdate(timezone=clock.ONTARIO)
        raise mails.Overtaken(ROUND_OVER if is_over else DAY_PASSED)
    return _facts(application, ids["recipient"]) | _booking(interview, ids["recipient"])


def _booking(interview, recipient) -> dict:
    return {
        "book_by": clock.spoken(interview.deadline.starts_at, interview.deadline.zone),
        "url": _page_url(interview, recipient),
    }


def _page_url(interview, recipient) -> str:
    return links.url(recipient, "applications:interview", interview.uuid, days=LINK_DAYS)


def _letter_waits(parts):
    """Nobody is reminded of a letter that staff have not let go yet."""
    events = {event for event, _person in parts}
    told = [
        *Interview.objects.filter(deadline__in=events).select_related("application"),
        *Offer.objects.filter(deadline__in=events).select_related("application"),
    ]
    keys = {
        each.application.letter_key: (each.deadline_id, each.application.person_id) for each in told
    }
    waiting = Message.objects.filter(dedupe_key__in=keys, state__in=Message.NOT_GONE)
    return {keys[key]: LETTER_WAITS for key in waiting.values_list("dedupe_key", flat=True)}


@mails.register(
    "interview-unbooked",
    gettext_lazy("Reminder to choose a time for an interview"),
    reminds_of=[Kind.BOOKING_DUE],
    waits=_letter_waits,
)
def interview_unbooked(ids):
    interview = (
        Interview.objects.filter(deadline=ids["event"], status=Interview.Status.INVITED)
        .select_related("application__cohort", "deadline")
        .first()
    )
    if interview is None or not interview.may_be_booked:
        return None
    return _facts(interview.application, ids["recipient"]) | _booking(interview, ids["recipient"])


@mails.register(
    "application-declined",
    gettext_lazy("Letter: not selected"),
    placeholders={
        **_COMMON,
        "contact": text(gettext_lazy("Who reads the answers"), "Noor Haddad"),
    },
)
def declined(ids):
    application = _decided(ids, Status.DECLINED)
    return application and _facts(application, ids["recipient"])


@mails.register(
    "application-waitlisted",
    gettext_lazy("Letter: on the waitlist"),
    placeholders={
        **_COMMON,
        "meetings_from": text(gettext_lazy("When the meetings begin"), A_DAY),
        "url": link(gettext_lazy("Her application")),
    },
)
def waitlisted(ids):
    application = _decided(ids, Status.WAITLISTED)
    return application and _facts(application, ids["recipient"])


@mails.register(
    "application-offered",
    gettext_lazy("Letter: offer of a place"),
    placeholders={
        **_COMMON,
        "community": text(gettext_lazy("The name of the community"), gettext_lazy("First steps")),
        "answer_by": text(gettext_lazy("By when to answer"), A_DAY),
        "url": link(gettext_lazy("The offer, to be answered")),
        "meetings_from": text(gettext_lazy("When the meetings begin"), A_DAY),
        "meetings_until": text(gettext_lazy("When the meetings end"), A_DAY),
        "hours_min": text(gettext_lazy("Hours a month, at least"), "5"),
        "hours_max": text(gettext_lazy("Hours a month, at most"), "10"),
    },
)
def offered(ids):
    application = _decided(ids, Status.OFFERED)
    offer = application and application.offers.open().with_people().first()
    least = timedelta() if ids.get("is_copy") else Offer.LEAST
    if offer and offer.deadline.starts_at <= timezone.now() + least:
        raise mails.Overtaken(DAY_PASSED)
    return offer and _facts(application, ids["recipient"]) | _place(offer, ids["recipient"])


@mails.register("interview-booked", gettext_lazy("Time of an interview"))
def interview_booked(ids):
    facts = _interview(ids)
    return facts and facts | {"method": "REQUEST"}


def _whose(facts) -> str:
    if facts["is_hers"]:
        return gettext("your interview")
    return gettext("interview with %(applicant)s") % facts


@mails.register(
    "interview-reminder",
    gettext_lazy("Reminder of an interview"),
    reminds_of=[Kind.INTERVIEW],
    placeholders={
        "greeting": GREETING,
        "whose": text(
            gettext_lazy("Her own interview, or whom she interviews"),
            gettext_lazy("your interview"),
            _whose,
        ),
        "when": text(gettext_lazy("When it begins, with its clock"), A_DAY),
        "minutes": text(gettext_lazy("How many minutes it takes"), "45"),
        "who_meets": block(
            gettext_lazy("Who talks with whom, when and for how long"),
            "applications/mails/_who_meets.md",
            gettext_lazy("We look forward to talking with you: **Friday 5 March 2027**."),
            is_needed=True,
        ),
        "how_to_join": block(
            gettext_lazy("The link and the number to join"),
            "applications/mails/_how_to_join.md",
            "[example.org](https://example.org/page)",
            is_needed=True,
        ),
        "page": block(
            gettext_lazy("The button to the interview, or to the application to read"),
            "applications/mails/_interview_page.md",
            "[example.org](https://example.org/page)",
            is_needed=True,
        ),
        "add_url": link(gettext_lazy("Other ways into a calendar"), is_needed=False),
    },
)
def interview_reminder(ids):
    return _interview(ids)


@mails.register("interview-handed-over", gettext_lazy("An interview changes hands"))
def interview_handed_over(ids):
    interview = Interview.objects.booked().with_people().filter(pk=ids["interview"]).first()
    recipient = ids["recipient"]
    if interview is None or recipient in interview.slot.interviewers:
        return None
    application = interview.application
    return _facts(application, recipient) | {
        "applicant": application.name or application.person.name,
        "url": settings.SITE_URL + reverse("applications:interviews"),
        "calendar": [interview.event],
        "method": "CANCEL",
    }


def _interview(ids):
    """Facts of a booked interview for the applicant or an interviewer of its panel."""
    event, recipient = ids["event"], ids["recipient"]
    interview = Interview.objects.booked().with_people().filter(event=event).first()
    if interview is None or not event.invitees.current().filter(person=recipient).exists():
        return None
    application = interview.application
    is_hers = application.person_id == recipient.pk
    others = [person.name for person in interview.slot.interviewers if person != recipient]
    return _facts(application, recipient) | {
        "is_hers": is_hers,
        "applicant": application.name or application.person.name,
        "organization": application.organization_name,
        "others": in_a_row(others),
        "when": clock.spoken(event.starts_at, event.zone),
        "own_time": clock.own_time(event.starts_at, event.zone, recipient.time_zone),
        "minutes": event.length_minutes,
        "join_link": event.join_link,
        "dial_in": event.dial_in,
        "changes_until": clock.spoken(interview.changes_until, event.zone),
        "url": _page_url(interview, recipient)
        if is_hers
        else settings.SITE_URL + interview.get_absolute_url(),
        "add_url": add_to.page_url(event, recipient) if is_hers else add_to.address(event),
        "calendar": [event],
    }


@mails.register(
    "offer-unanswered",
    gettext_lazy("Reminder to answer an offer"),
    reminds_of=[Kind.OFFER_DUE],
    waits=_letter_waits,
)
def offer_unanswered(ids):
    offer = Offer.objects.filter(deadline=ids["event"]).first()
    if offer is None or not offer.may_be_answered:
        return None
    return _offer({**ids, "offer": offer.pk}, Offer.Status.OPEN)


@mails.register("offer-lapsed", gettext_lazy("An offer has lapsed"))
def offer_lapsed(ids):
    return _offer(ids, Offer.Status.LAPSED)


def _offer(ids, status):
    offer = Offer.objects.with_people().filter(pk=ids["offer"], status=status).first()
    if offer and offer.application.holds_letter:
        return None  # she has not been told that there was one
    return offer and _facts(offer.application, ids["recipient"]) | _place(offer, ids["recipient"])


def _place(offer, recipient) -> dict:
    cohort = offer.community.cohort
    return {
        "community": offer.community.name,
        "hours_min": cohort.hours_min,
        "hours_max": cohort.hours_max,
        "meetings_until": clock.spoken_day(cohort.meetings_until),
        "answer_by": clock.spoken(offer.deadline.starts_at, offer.deadline.zone),
        "url": links.url(recipient, "applications:offer", offer.uuid, days=LINK_DAYS),
    }
