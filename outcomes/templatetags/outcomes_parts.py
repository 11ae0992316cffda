"""What pages of other apps show of outcomes."""

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.counts import Stage
from cops.models import Cohort, Community, FocusArea
from outcomes.models import Feedback, Outcome

register = template.Library()

# How many a page shows before it sends on to the library.
SHOWN = 6
PATHS = {
    Community: "community",
    Cohort: "community__cohort",
    FocusArea: "community__focus_area",
}


@register.inclusion_tag("outcomes/_latest.html")
def latest_outcomes(number=3):
    return {"outcomes": list(Outcome.objects.published().as_cards()[:number])}


@register.inclusion_tag("outcomes/_latest.html")
def outcomes_of(source):
    """The newest that came out of a community, of a cohort's communities or of a focus area."""
    published = Outcome.objects.published().as_cards()
    return {"outcomes": list(published.filter(**{PATHS[type(source)]: source})[:SHOWN])}


@register.simple_tag
def published_outcomes(number=3):
    """The newest published outcomes as a list, for pages that say something when there is none."""
    return list(Outcome.objects.published().as_cards()[:number])


@register.inclusion_tag("outcomes/_me.html", takes_context=True)
def outcomes_me(context):
    person = context["request"].user
    to_read = Outcome.objects.filter(
        status=Outcome.Status.MEMBER_REVIEW,
        community__memberships__person=person,
        community__memberships__left_at=None,
    ).select_related("community")
    return {"to_read": list(to_read)}


@register.simple_tag
def outcomes_board(cohort):
    """What is being written, what is out, and who wrote back."""
    of_cohort = Outcome.objects.filter(community__cohort=cohort)
    outcomes = reverse("admin:outcomes_outcome_changelist")
    feedback = reverse("admin:outcomes_feedback_changelist")
    here = f"community__cohort__id__exact={cohort.pk}"
    rows = [
        (
            _("Outcomes being written"),
            of_cohort.in_preparation(),
            f"{outcomes}?{here}&stage=preparing",
        ),
        (
            _("Outcomes published"),
            of_cohort.published(),
            f"{outcomes}?{here}&status__exact=published",
        ),
        (
            _("Readers who tried something"),
            Feedback.objects.filter(outcome__community__cohort=cohort),
            f"{feedback}?outcome__{here}",
        ),
    ]
    return Stage(_("Outcomes"), rows)
