"""From what interviews said to the next version of a guiding question."""

from collections import Counter

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from applications.models import Insight
from cops.models import Cohort, FocusArea, FocusAreaVersion


def heard(cohort: Cohort, focus_area: FocusArea):
    """The insights of ``cohort`` about one focus area, newest first."""
    return (
        Insight.objects.filter(interview__application__cohort=cohort, focus_area=focus_area)
        .select_related("interview__application__region", "author")
        .prefetch_related("moved")
    )


def questions():
    """Every guiding question as it stands, newest call first, each with ``heard``: how many
    insights its focus area has in that call."""
    theirs = Insight.objects.filter(
        interview__application__cohort=OuterRef("cohort"), focus_area=OuterRef("focus_area")
    )
    number = theirs.order_by().values("focus_area").annotate(number=Count("pk")).values("number")
    return (
        FocusAreaVersion.objects.latest()
        .select_related("cohort")
        .annotate(heard=Coalesce(Subquery(number), 0))
        .order_by("-cohort__opens_at", "focus_area__name_en")
    )


def roll_up(insights) -> dict[str, list[tuple[str, int]]]:
    """Count by theme, part of the province and level, the most frequent first."""
    counts = {"theme": Counter(), "part": Counter(), "level": Counter()}
    themes: dict[str, str] = {}
    for insight in insights:
        application = insight.interview.application
        theme = themes.setdefault(insight.theme.strip().casefold(), insight.theme.strip())
        counts["theme"][theme] += 1
        counts["part"][application.region.get_macro_display() if application.region else ""] += 1
        counts["level"][application.get_level_display()] += 1
    return {name: count.most_common() for name, count in counts.items()}


@transaction.atomic
def refine(
    focus_area: FocusArea,
    cohort: Cohort,
    *,
    question_en: str,
    question_fr: str,
    reason: str,
    insights,
    by: User,
) -> FocusAreaVersion:
    """Write the next version of the guiding question, and keep which insights moved it."""
    version = focus_area.ask(cohort, question_en, question_fr, by=by, reason=reason)
    version.insights.set(insights)
    return version
