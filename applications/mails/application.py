"""Mail to an applicant about her application, and to reviewers about what to read."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from accounts import clock, links
from applications.models import Application, Review, Status
from applications.words import standing
from notifications import mails

OWN = "applications:application"


def _facts(application, recipient) -> dict:
    cohort = application.cohort
    return {
        # Until the address is confirmed, the name is what anybody may have typed.
        "name": "" if application.awaits_confirmation else application.name or recipient.name,
        "reference": application.reference,
        "cohort": cohort.name,
        "closes_at": clock.spoken(cohort.closes_at),
        **cohort.signature,
        "url": links.url(recipient, OWN, application.uuid, days=120),
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


@mails.register("application-received", gettext_lazy("Application received"))
def received(ids):
    application = _application(ids)
    if not application or application.status not in (Status.SUBMITTED, Status.IN_REVIEW):
        return None
    return _facts(application, ids["recipient"]) | {
        "sent_at": clock.spoken(application.submitted_at),
        "awaits_confirmation": application.awaits_confirmation,
        "confirm_by": clock.spoken(application.confirm_by) if application.confirm_by else "",
        "read_by": clock.spoken_day(application.cohort.reviews_due_on),
        "interviews_from": clock.spoken_day(application.cohort.interviews_from),
        "interviews_until": clock.spoken_day(application.cohort.interviews_until),
        "groups_on": clock.spoken_day(application.cohort.groups_on),
    }


@mails.register("application-reopened", gettext_lazy("Application reopened"))
def reopened(ids):
    application = _application(ids)
    if not application or not application.was_reopened:
        return None
    reopening = application.changes.filter(new=Status.DRAFT).last()
    return _facts(application, ids["recipient"]) | {"reason": reopening.reason if reopening else ""}


@mails.register("application-link", gettext_lazy("Link to an application"))
def link(ids):
    """What staff send to somebody who asks where her application is."""
    application = Application.objects.with_outlook().filter(pk=ids["application"]).first()
    if not application or not application.is_open or application.holds_letter:
        return None  # where it stands would tell the decision before its letter
    stands = standing(application)
    return _facts(application, ids["recipient"]) | {
        "sentence": stands["sentence"],
        "next_step": stands["next_step"],
    }


@mails.register("reviews-assigned", gettext_lazy("Reviews to do"))
def reviews_assigned(ids):
    reviews = Review.objects.filter(pk__in=ids["reviews"]).open()
    first = reviews.select_related("deadline", "application__cohort").first()
    if first is None:
        return None
    cohort = first.application.cohort
    return {
        "name": ids["recipient"].name,
        "count": reviews.count(),
        "cohort": cohort.name,
        "due_at": clock.spoken(first.deadline.starts_at, first.deadline.zone),
        "url": settings.SITE_URL + reverse("applications:reviews"),
        **cohort.signature,
    }
