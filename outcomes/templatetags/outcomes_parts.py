"""What pages of other apps show of outcomes."""

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from cops.models import Cohort, Community, FocusArea
from outcomes.models import Feedback, Outcome

register = template.Library()

PATHS = {
    Community: "community",
    Cohort: "community__cohort",
    FocusArea: "community__focus_area",
}


@register.inclusion_tag("outcomes/_latest.html")
def latest_outcomes(number=3):
    return {"outcomes": list(Outcome.objects.published().with_context()[:number])}


@register.inclusion_tag("outcomes/_latest.html")
def outcomes_of(source):
    """What came out of a community, of a cohort's communities or of a focus area."""
    published = Outcome.objects.published().with_context()
    return {"outcomes": list(published.filter(**{PATHS[type(source)]: source}))}


@register.simple_tag
def published_outcomes(number=3):
    """The newest published outcomes as a list, for pages that say something when there is none."""
    return list(Outcome.objects.published().with_context()[:number])


@register.inclusion_tag("outcomes/_me.html", takes_context=True)
def outcomes_me(context):
    person = context["request"].user
    to_read = Outcome.objects.filter(
        status=Outcome.Status.MEMBER_REVIEW,
        community__memberships__person=person,
        community__memberships__left_at=None,
    ).select_related("community")
    return {"to_read": list(to_read)}


@register.inclusion_tag("cops/_board_counts.html")
def outcomes_board(cohort):
    of_cohort = Outcome.objects.filter(community__cohort=cohort)
    outcomes = reverse("admin:outcomes_outcome_changelist")
    in_cohort = f"community__cohort__id__exact={cohort.pk}"
    feedback = Feedback.objects.filter(outcome__community__cohort=cohort)
    return {
        "counts": [
            {
                "label": _("Outcomes being written"),
                "count": of_cohort.in_preparation().count(),
                "url": f"{outcomes}?{in_cohort}&stage=preparing",
                "tone": "info",
            },
            {
                "label": _("Outcomes published"),
                "count": of_cohort.published().count(),
                "url": f"{outcomes}?{in_cohort}&status__exact=published",
                "tone": "success",
            },
            {
                "label": _("Readers who tried something"),
                "count": feedback.count(),
                "url": reverse("admin:outcomes_feedback_changelist")
                + f"?outcome__community__cohort__id__exact={cohort.pk}",
                "tone": "info",
            },
        ]
    }
