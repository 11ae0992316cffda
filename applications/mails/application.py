"""Mail to an applicant about her application, and to reviewers about what to read."""

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext

from accounts import clock, links
from applications.call import TOLD
from applications.models import Application, Interview, Review, Status
from applications.words import standing
from cops.deadline import called
from cops.models import Cohort, Extension
from cops.models.extension import moved
from notifications import mails
from notifications.models import Kind, Message
from notifications.placeholders import GREETING, link, text
from notifications.reasons import LETTER_WAITS

OWN = "applications:application"

REFERENCE = text(gettext_lazy("The reference of the application"), "Q7REJW")
COHORT = text(gettext_lazy("The name of the call"), gettext_lazy("Winter 2027"))
A_DAY = gettext_lazy("Friday 5 March 2027")


def _facts(application, recipient) -> dict:
    return _cohort_facts(application.cohort, application.closes_at) | {
        "is_let_in": application.is_let_in,
        # Until the address is confirmed, the name is what anybody may have typed.
        "name": "" if application.awaits_confirmation else application.name or recipient.name,
        "reference": application.reference,
        "url": links.url(recipient, OWN, application.uuid, days=120),
    }


def _cohort_facts(cohort, closes_at=None) -> dict:
    closes_at = closes_at or cohort.closes_at
    return {
        "cohort": cohort.name,
        "closes_at": clock.spoken(closes_at),
        "closes_on": clock.spoken_day(closes_at.astimezone(clock.ONTARIO).date()),
        **cohort.signature,
    }


def _application(ids):
    return (
        Application.objects.select_related("cohort", "person").filter(pk=ids["application"]).first()
    )


@mails.register("application-started", gettext_lazy("Link to a draft"))
def started(ids):
    application = _application(ids)
    if not application or application.status != Status.DRAFT:
        return None
    others = application.cohort.applications.filter(person=application.person)
    has_another = others.exclude(pk=application.pk).exclude(status=Status.WITHDRAWN).exists()
    return _facts(application, ids["recipient"]) | {
        "has_another": has_another and application.awaits_confirmation,
        "awaits_confirmation": application.awaits_confirmation,
        "why": gettext("You get this email because someone typed your address on our site."),
    }


@mails.register(
    "application-not-started",
    gettext_lazy("Reminder to apply, after a webinar"),
    reminds_of=[Kind.APPLICATION_DUE],
)
def not_started(ids):
    """To who registered for a webinar of the call and has nothing in it, not even a draft."""
    recipient, cohort = ids["recipient"], Cohort.objects.filter(closing=ids["event"]).first()
    if not cohort or not cohort.is_open or cohort.applications.filter(person=recipient).exists():
        return None
    return _cohort_facts(cohort) | {
        "name": recipient.name,
        "url": settings.SITE_URL + reverse("applications:apply-to", args=[cohort.slug]),
        "why": gettext("You get this email because you registered for a webinar of this call."),
    }


@mails.register(
    "application-unsent",
    gettext_lazy("Reminder to send a draft"),
    reminds_of=[Kind.APPLICATION_DUE],
)
def unsent(ids):
    deadline = Q(access_code__deadline=ids["event"]) | Q(
        access_code=None, cohort__closing=ids["event"]
    )
    owed = Application.objects.owed().filter(deadline, person=ids["recipient"])
    application = owed.select_related("cohort", "person").order_by("-started_at").first()
    if not application or not (application.cohort.is_open or application.is_let_in):
        return None
    return _facts(application, ids["recipient"]) | {
        "awaits_confirmation": application.awaits_confirmation,
    }


@mails.register("deadline-extended", gettext_lazy("The deadline of a call is extended"))
def deadline_extended(ids):
    """To who has a draft; nothing once it is sent, or the deadline has moved again."""
    extension = Extension.objects.filter(pk=ids["extension"]).select_related("cohort").first()
    if not extension or extension.cohort.closes_at != extension.until:
        return None
    cohort, person = extension.cohort, ids["recipient"]
    owed = Application.objects.owed().filter(cohort=cohort, person=person)
    application = owed.select_related("cohort").order_by("-started_at").first()
    if not application or not cohort.is_open:
        return None
    return _facts(application, person) | {
        "was": clock.spoken(extension.was_until),
        "dates": _moved(cohort, extension.later_were),
        "awaits_confirmation": application.awaits_confirmation,
    }


@mails.register("dates-moved", gettext_lazy("The dates after a deadline have moved"))
def dates_moved(ids):
    """To who has sent; nothing once it is no longer open, or the deadline has moved again.

    With a deadline, or as staff changed them on the page of the call: then it holds what they were.
    """
    application = _application(ids)
    if not application or application.status == Status.DRAFT or not application.is_open:
        return None
    with_deadline = "extension" in ids
    if with_deadline:
        extension = Extension.objects.filter(pk=ids["extension"]).select_related("cohort").first()
        if not extension or extension.cohort.closes_at != extension.until:
            return None
    were = extension.later_were if with_deadline else ids["were"]
    dates = _moved(application.cohort, were)
    if not dates:
        return None
    return _facts(application, ids["recipient"]) | {
        "dates": dates,
        "with_deadline": with_deadline,
        "has_interview": Interview.objects.booked().filter(application=application).exists(),
    }


def _moved(cohort, were) -> list[dict]:
    """Return the dates that are no longer what they ``were``, in words."""
    return [
        {"label": called(name), "was": clock.spoken_day(was), "now": clock.spoken_day(now)}
        for name, was, now in moved(cohort, were, TOLD)
    ]


@mails.register("application-reopened", gettext_lazy("Application reopened"))
def reopened(ids):
    application = _application(ids)
    if not application or not application.was_reopened:
        return None
    reopening = application.changes.filter(new=Status.DRAFT).last()
    return _facts(application, ids["recipient"]) | {"reason": reopening.reason if reopening else ""}


@mails.register("application-withdrawn", gettext_lazy("Application withdrawn"))
def withdrawn(ids):
    application = _application(ids)
    if not application or application.status != Status.WITHDRAWN:
        return None
    return _facts(application, ids["recipient"]) | {
        "was_sent": application.submitted_at is not None,
        "has_asked": application.supports.reached().exists(),
        "may_apply_again": application.cohort.is_open,
    }


@mails.register("application-link", gettext_lazy("Link to an application"))
def link_asked(ids):
    """What staff send to somebody who asks where her application is."""
    application = Application.objects.with_outlook().filter(pk=ids["application"]).first()
    if not application or not application.is_open or application.holds_letter:
        return None  # where it stands would tell the decision before its letter
    stands = standing(application)
    return _facts(application, ids["recipient"]) | {
        "sentence": stands["sentence"],
        "next_step": stands["next_step"],
    }


def _how_many(facts) -> str:
    count = facts["count"]
    return ngettext("%(count)s application", "%(count)s applications", count) % {"count": count}


@mails.register(
    "reviews-assigned",
    gettext_lazy("Reviews to do"),
    placeholders={
        "greeting": GREETING,
        "how_many": text(
            gettext_lazy("How many are to be read"), gettext_lazy("4 applications"), _how_many
        ),
        "cohort": COHORT,
        "due_at": text(gettext_lazy("By when"), A_DAY),
        "url": link(gettext_lazy("Her reviews")),
    },
)
def reviews_assigned(ids):
    reviews = Review.objects.filter(pk__in=ids["reviews"]).open()
    return _reviews(reviews, ids["recipient"])


def _letter_waits(parts):
    """Nobody is reminded of reviews that no email has given her yet."""
    people = {person for _event, person in parts}
    reviews = Review.objects.filter(deadline__in={event for event, _person in parts})
    untold = _untold(people)
    return {
        (deadline, reader): LETTER_WAITS
        for pk, deadline, reader in reviews.values_list("pk", "deadline", "reviewer")
        if pk in untold
    }


def _untold(people) -> set[int]:
    """Return the keys of the reviews of ``people`` whose letter staff have not let go yet."""
    letters = Message.objects.filter(
        kind="reviews-assigned", recipient__in=people, state__in=Message.NOT_GONE
    )
    return {
        pk for context in letters.values_list("context", flat=True) for pk in context["reviews"]
    }


@mails.register(
    "reviews-due",
    gettext_lazy("Reminder of reviews to do"),
    reminds_of=[Kind.REVIEW_DUE],
    is_digest=True,
    waits=_letter_waits,
)
def reviews_due(ids):
    """One email for all that its reader still owes in the call of those that are due now."""
    recipient = ids["recipient"]
    hers = Review.objects.of_person(recipient).to_do()
    due = hers.filter(deadline__in=[event for event, _version in ids["events"]]).first()
    if due is None:
        return None
    told = hers.exclude(pk__in=_untold([recipient]))
    return _reviews(told.filter(application__cohort=due.application.cohort_id), recipient)


def _reviews(reviews, recipient):
    reviews = reviews.select_related("deadline", "application__cohort")
    reviews = list(reviews.order_by("deadline__starts_at", "pk"))
    if not reviews:
        return None
    deadline = reviews[0].deadline
    return _cohort_facts(reviews[0].application.cohort) | {
        "name": recipient.name,
        "count": len(reviews),
        "reviews": [
            {
                "reference": review.application.reference,
                "day": clock.spoken_day(review.deadline.local_on),
            }
            for review in reviews
        ],
        "due_on": clock.spoken_day(deadline.local_on),
        "due_at": clock.spoken(deadline.starts_at, deadline.zone),
        "url": settings.SITE_URL + reverse("applications:reviews"),
    }
