"""What an outcome rests on, in figures: counted inside the query, said in words."""

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import ngettext, ngettext_lazy

from accounts import clock
from cops.models import Membership
from meetings.models import Meeting, Trial
from notifications.models import Role

# How many trials ended which way, in words that agree with the number.
RESULTS = {
    "adopted": ngettext_lazy("%(number)d adopted", "%(number)d adopted", "number"),
    "adapted": ngettext_lazy("%(number)d adapted", "%(number)d adapted", "number"),
    "abandoned": ngettext_lazy("%(number)d abandoned", "%(number)d abandoned", "number"),
}


def strength_figures() -> dict:
    """Return the annotations of a query of outcomes that ``strength_in_words`` reads."""
    members = Membership.objects.filter(role=Role.MEMBER)
    trials = Trial.objects.all()
    return {
        "practitioners": number_of(members),
        "regions": number_of(members, "person__region"),
        "meetings_held": number_of(Meeting.objects.held()),
        "adopted": number_of(trials.filter(verdict=Trial.Verdict.ADOPT)),
        "adapted": number_of(trials.filter(verdict=Trial.Verdict.ADAPT)),
        "abandoned": number_of(trials.filter(verdict=Trial.Verdict.ABANDON)),
    }


def number_of(rows, what="pk"):
    """Count, inside a query of outcomes, the distinct ``what`` among their community's ``rows``."""
    of_community = rows.filter(community=OuterRef("community")).order_by().values("community")
    counted = of_community.annotate(number=Count(what, distinct=True)).values("number")
    return Coalesce(Subquery(counted), 0)


def strength_in_words(outcome, *, with_age=False) -> list[tuple[int, str]]:
    """The evidence in figures, as (number, label) pairs; what there is none of is left out.

    Only for an outcome that was fetched ``with_strength``.
    """
    ended = {name: getattr(outcome, name) for name in RESULTS}
    tried = sum(ended.values())
    results = ", ".join(
        (RESULTS[name] % {"number": n}).replace(" ", "\u00a0") for name, n in ended.items() if n
    )
    pairs = [
        (outcome.practitioners, ngettext("practitioner", "practitioners", outcome.practitioners)),
        (outcome.regions, ngettext("region", "regions", outcome.regions)),
        (outcome.meetings_held, ngettext("meeting", "meetings", outcome.meetings_held)),
        (tried, ngettext("trial: %(of)s", "trials: %(of)s", tried) % {"of": results}),
    ]
    if with_age and outcome.published_at:
        pairs.append(_age(outcome))
    return [(number, label) for number, label in pairs if number]


def _age(outcome) -> tuple[int, str]:
    """How long it has been out: in months, from two years on in years."""
    months = (clock.now() - outcome.published_at).days * 12 // 365
    if months < 24:
        return months, ngettext("month since published", "months since published", months)
    years = months // 12
    return years, ngettext("year since published", "years since published", years)
