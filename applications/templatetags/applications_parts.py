"""What this app adds to a person's home and to the staff board."""

from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.models import Application, Interview, Offer, Review, Status
from applications.views.review import to_do
from applications.words import standing
from cops.models import CohortRole
from notifications import outbox
from notifications.models import Message

register = template.Library()


@register.inclusion_tag("applications/_me.html", takes_context=True)
def applications_me(context):
    """What I applied to and where it stands, and what I have to read."""
    person = context["request"].user
    mine = (
        Application.objects.filter(person=person)
        .exclude(status=Status.WITHDRAWN)
        .select_related("cohort")
        .order_by("-started_at")
    )
    return {
        "request": context["request"],
        "applications": [
            {"application": application, "standing": standing(application)} for application in mine
        ],
        "reviews": list(to_do(person)),
        "booked": Interview.objects.of_interviewer(person)
        .this_week()
        .select_related("application", "slot")
        .order_by("slot__starts_at"),
        "interviews_somebody": person.cohort_roles.filter(
            role=CohortRole.Role.INTERVIEWER
        ).exists(),
    }


@register.inclusion_tag("applications/_next.html")
def application_next(application):
    """The interview to book or to come to, the offer to answer: what waits for the applicant."""
    interview = Interview.objects.open().with_people().filter(application=application).first()
    return {
        "interview": interview,
        "offer": application.offers.open().with_people().first(),
        "own_zone": application.person.time_zone,
    }


@register.inclusion_tag("cops/_board_counts.html")
def applications_board(cohort):
    """What waits between the call and the decisions, each count with the list behind it."""
    applications = cohort.applications
    reviews = Review.objects.filter(application__cohort=cohort)
    counts = [
        (_("Drafts not sent"), applications.filter(status=Status.DRAFT),
         {"status__exact": Status.DRAFT}, "neutral"),
        (_("Addresses to be confirmed"), applications.sent().filter(
            awaits_confirmation=True, status=Status.SUBMITTED),
         {"awaits_confirmation__exact": 1, "status__exact": Status.SUBMITTED}, "attention"),
        (_("Received, readers to be assigned"), applications.filter(status=Status.SUBMITTED),
         {"status__exact": Status.SUBMITTED}, "attention"),
        (_("Decisions to release"), applications.pending(), {"is_pending": "yes"}, "attention"),
    ]  # fmt: skip
    rows = [
        _row(label, found, "application", {"cohort__id__exact": cohort.pk} | query, tone)
        for label, found, query, tone in counts
    ]
    of_cohort = {"application__cohort__id__exact": cohort.pk}
    to_read = reviews.open().filter(application__status=Status.IN_REVIEW)
    rows[3:3] = [
        _row(_("Reviews to be done"), to_read, "review",
             of_cohort | {"status__exact": Review.Status.ASSIGNED}, "info"),
        _row(_("Late reviews"), to_read.late(), "review", of_cohort | {"is_late": "yes"}, "danger"),
    ]  # fmt: skip
    return {"counts": rows + _selection(cohort)}


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
