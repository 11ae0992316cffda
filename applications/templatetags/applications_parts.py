"""What this app adds to a person's home and to the staff board."""

from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.templatetags.site import soonest
from applications import waiting
from applications.models import Application, Interview, Offer, Review, Status
from applications.services import groups
from applications.words import standing
from cops.models import CohortRole
from notifications import outbox
from notifications.models import Message

register = template.Library()


@register.simple_tag(takes_context=True)
def applications_me(context):
    """What I applied to and where it stands, what I have to read and whom to interview.

    For ``applications/_me.html``; ``waits`` holds what may be the first thing on the page, see
    ``soonest``.
    """
    person = context["request"].user
    mine = Application.objects.filter(person=person).exclude(status=Status.WITHDRAWN)
    applications = [
        {"application": application, "standing": standing(application)}
        for application in mine.with_outlook().order_by("-started_at")
    ]
    reviews = list(Review.objects.of_person(person).to_do())
    interviews_somebody = person.cohort_roles.filter(role=CohortRole.Role.INTERVIEWER).exists()
    booked = Interview.objects.of_interviewer(person).this_week()
    booked = booked.select_related("application", "slot").order_by("slot__starts_at")
    booked = list(booked) if interviews_somebody else []
    return {
        "waits": soonest(
            waiting.reviews(reviews),
            waiting.interviews(booked),
            *(waiting.of_applicant(**item) for item in applications),
        ),
        "applications": applications,
        "reviews": reviews,
        "booked": booked,
        "interviews_somebody": interviews_somebody,
    }


@register.inclusion_tag("applications/_next.html")
def application_next(application):
    """The interview to book or to come to, the offer to answer, the community to go to."""
    interview = getattr(application, "interview", None)
    return {
        "interview": interview if interview and interview.is_open else None,
        "offer": application.last_offer,
        "own_zone": application.person.time_zone,
    }


@register.inclusion_tag("cops/_board_counts.html")
def applications_board(cohort):
    """What waits between the call and the answers, each count with the list behind it."""
    return {"counts": _intake(cohort) + _selection(cohort)}


def _intake(cohort):
    """From the first draft to the decisions."""
    applications = cohort.applications
    sent = applications.filter(status=Status.SUBMITTED)
    to_read = Review.objects.filter(application__cohort=cohort).open()
    here = {"cohort__id__exact": cohort.pk}
    of_here = {"application__cohort__id__exact": cohort.pk}
    is_sent = here | {"status__exact": Status.SUBMITTED}
    return [
        _row(_("Drafts not sent"), applications.filter(status=Status.DRAFT), "application",
             here | {"status__exact": Status.DRAFT}, "neutral"),
        _row(_("Addresses to be confirmed"), sent.filter(awaits_confirmation=True), "application",
             is_sent | {"awaits_confirmation__exact": 1}, "attention"),
        _row(_("Received, readers to be assigned"), sent.confirmed(), "application",
             is_sent | {"awaits_confirmation__exact": 0}, "attention"),
        _row(_("A reader stepped back, another is missing"), applications.short_of_readers(),
             "application", here | {"lacks_readers": "yes"}, "danger"),
        _row(_("Reviews to be done"), to_read, "review",
             of_here | {"status__exact": Review.Status.ASSIGNED}, "info"),
        _row(_("Late reviews"), to_read.late(), "review", of_here | {"is_late": "yes"}, "danger"),
        _row(_("Decisions to release"), applications.pending(), "application",
             here | {"is_pending": "yes"}, "attention"),
    ]  # fmt: skip


def _selection(cohort):
    """From the letters to the answers."""
    interviews = Interview.objects.filter(application__cohort=cohort)
    offers = Offer.objects.filter(community__cohort=cohort).open()
    letters = Message.objects.filter(
        state=Message.State.DRAFT,
        kind__startswith="application-",
        context__application__in=list(cohort.applications.values_list("pk", flat=True)),
    )
    by_cohort = {"application__cohort__id__exact": cohort.pk}
    rows = [
        _row(_("Invitations not booked yet"), interviews.unbooked(), "interview",
             by_cohort | {"due": "unbooked"}, "attention"),
        _row(_("Interviews within seven days"), interviews.this_week(), "interview",
             by_cohort | {"due": "week"}, "info"),
        # The people stand on the page where a proposal is composed.
        _row(_("Interviewed, to be placed in a group"),
             groups.interviewed(cohort).filter(pending_status=""), "proposal",
             {"cohort__id__exact": cohort.pk}, "attention"),
        _row(_("Offers without an answer"), offers, "offer",
             {"community__cohort__id__exact": cohort.pk, "status__exact": Offer.Status.OPEN},
             "attention"),
    ]  # fmt: skip
    waiting = list(letters)
    return [
        *rows,
        {
            "label": _("Letters to release"),
            "count": len(waiting),
            "url": outbox.review_url(waiting)
            if waiting
            else reverse("admin:notifications_message_changelist"),
            "tone": "attention" if waiting else "neutral",
        },
    ]


def _row(label, found, model, query, tone):
    count = found.count()
    url = reverse(f"admin:applications_{model}_changelist")
    return {
        "label": label,
        "count": count,
        "url": f"{url}?{urlencode(query)}",
        "tone": tone if count else "neutral",
    }
