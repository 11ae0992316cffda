"""What this app adds to a person's home and to the staff board."""

from collections import Counter
from urllib.parse import urlencode

from django import template
from django.db.models import BigIntegerField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import pictures
from accounts.counts import Stage, figures_of
from accounts.first_thing import soonest
from applications import balance, conflicts, desk, funnel, waiting, way
from applications.models import Application, Insight, Interview, Offer, Review, Status, Support
from applications.services import groups
from applications.words import standing
from cops.models import CohortRole
from cops.templatetags.cops_parts import AT_WEBINAR
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
    for item in applications:
        item["way"] = way.of(item["application"]) if item["application"].is_open else []
    reviews = list(Review.objects.of_person(person).to_do())
    interviews_somebody = person.cohort_roles.filter(role=CohortRole.Role.INTERVIEWER).exists()
    booked = Interview.objects.of_interviewer(person).this_week()
    booked = booked.select_related("application", "slot").order_by("slot__starts_at")
    booked = list(booked) if interviews_somebody else []
    return {
        "waits": soonest(
            waiting.reviews(reviews),
            waiting.interviews(booked),
            *(waiting.of_applicant(item["application"], item["standing"]) for item in applications),
        ),
        "applications": applications,
        "reviews": reviews,
        "booked": booked,
        "interviews_somebody": interviews_somebody,
    }


@register.inclusion_tag("applications/_next.html", takes_context=True)
def application_next(context, application, is_first=True):
    """The interview to book or to come to, the offer to answer, the community to go to;
    once it is withdrawn, the call that is still open.

    Where something else comes first on the page, its button is not the primary one.
    """
    interview = getattr(application, "interview", None)
    is_withdrawn = application.status == Status.WITHDRAWN
    may_have_offer = is_withdrawn or application.status == Status.OFFERED
    return {
        "interview": interview if interview and interview.is_open else None,
        "offer": application.last_offer if may_have_offer else None,
        "again": application if is_withdrawn and application.cohort.is_open else None,
        "button": "btn-primary" if is_first else "btn-secondary",
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag
def with_insights(versions):
    """Return versions of guiding questions, each with ``heard``: how many insights moved it."""
    moved = Insight.moved.through.objects.filter(
        focusareaversion__in=[each.pk for each in versions]
    )
    heard = Counter(moved.values_list("focusareaversion", flat=True))
    for version in versions:
        version.heard = heard[version.pk]
    return versions


@register.simple_tag
def intake_board(cohort, viewer):
    """From the first draft to the decisions: what waits, each count with the list behind it."""
    applications = cohort.applications
    decided = desk.with_known_decisions(applications.pending(), viewer)
    sent = applications.filter(status=Status.SUBMITTED)
    to_read = Review.objects.filter(application__cohort=cohort).open()
    # Where one that she is to read is among them, a count would tell her of its applicant.
    known = to_read.to_do().exclude(application__in=desk.concealed_from(viewer))
    near = conflicts.too_near(known)
    supports = Support.objects.filter(application__cohort=cohort).to_be_called()
    supports = supports.exclude(application__in=desk.concealed_from(viewer))
    here = {"cohort__id__exact": cohort.pk}
    of_here = {"application__cohort__id__exact": cohort.pk}
    is_sent = here | {"status__exact": Status.SUBMITTED}
    rows = [
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
        _row(_("Readers who share an employer with the applicant by now"), near, "review",
             of_here | {"is_near": "yes"}, "danger"),
        _row(_("Supervisors to be called"), supports, "support",
             of_here | {"to_call": "yes"}, "attention"),
        _row(_("Decisions noted, to be released"), decided, "application",
             here | {"is_pending": "yes"}, "attention"),
    ]  # fmt: skip
    return Stage(_("Applications and reviews"), rows)


@register.simple_tag
def selection_board(cohort):
    """From the letters to the answers."""
    interviews = Interview.objects.filter(application__cohort=cohort)
    offers = Offer.objects.filter(community__cohort=cohort).open()
    letters = _letters_to_release(cohort)
    by_cohort = {"application__cohort__id__exact": cohort.pk}
    rows = [
        (_("Letters about decisions, to look at and send"),
         letters,
         outbox.review_url(letters)
         if letters
         else reverse("admin:notifications_message_changelist"),
         "info"),
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
    return Stage(_("Interviews, groups and offers"), rows)


@register.inclusion_tag("applications/_funnel.html")
def cohort_funnel(cohort, stages=()):
    """How many came how far, from the webinar to a place; for staff.

    ``stages`` are what the page has counted of this cohort: ``cops_board`` is not asked again.
    """
    steps = funnel.steps(cohort, figures_of(AT_WEBINAR, stages))
    return {"rows": pictures.bars(steps)}


@register.inclusion_tag("applications/_balance.html")
def balance_of(applications):
    """Who the people placed in one group are, for staff who compose it."""
    return {"facets": balance.of_applications(applications)}


@register.inclusion_tag("applications/_balance.html")
def community_balance(community, memberships, person):
    """Who a community is made of: its regions and organizations, and to staff the rest.

    ``memberships`` are those that the page shows as cards.
    """
    if person.is_staff:
        return {"facets": balance.of_community(community)}
    return {"facets": balance.of_members(memberships)}


def _letters_to_release(cohort):
    """Return the letters of decisions that are written and not let go; never more than a batch."""
    about = Cast(KeyTextTransform("application", "context"), BigIntegerField())
    drafts = Message.objects.filter(state=Message.State.DRAFT, kind__startswith="application-")
    of_cohort = drafts.annotate(about=about).filter(about__in=cohort.applications.values("pk"))
    return list(of_cohort.values_list("pk", named=True))


def _row(label, found, model, query, tone):
    url = reverse(f"admin:applications_{model}_changelist")
    return label, found, f"{url}?{urlencode(query)}", tone
