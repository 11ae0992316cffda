"""What everybody may read of a call: home, a cohort, a focus area, a community."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.kept import kept_for_strangers
from cops import for_employers, timeline
from cops.models import (
    Cohort,
    Community,
    FocusArea,
    FocusAreaVersion,
    Membership,
    Phase,
    Webinar,
)

# The newest of a focus area; the page of each round has all of that round.
ROUNDS_SHOWN, COMMUNITIES_SHOWN = 3, 6


@require_safe
@kept_for_strangers
@login_not_required
def home(request):
    cohorts = list(Cohort.objects.published().with_first_closing().select_related("convenor"))
    earlier = [cohort for cohort in cohorts if cohort.phase == Phase.CLOSED]
    living = sorted((cohort for cohort in cohorts if cohort not in earlier), key=_urgency)
    prefetch_related_objects(living, Prefetch("webinars", Webinar.objects.with_events()))
    lead = living[0] if living else None
    return render(
        request,
        "cops/home.html",
        {
            "lead": lead,
            "timeline": timeline.of(lead) if lead else None,
            "questions": FocusAreaVersion.objects.latest_of(lead) if lead else [],
            "others": [(cohort, timeline.of(cohort)) for cohort in living[1:]],
            "earlier": earlier,
            "has_open": any(cohort.phase == Phase.OPEN for cohort in living),
        },
    )


@require_safe
@kept_for_strangers
@login_not_required
def cohort(request, slug):
    groups = Community.objects.filter(cohort=OuterRef("pk"))
    cohort = get_object_or_404(
        Cohort.objects.visible_to(request.user)
        .with_webinars()
        .with_first_closing()
        .annotate(has_groups=Exists(groups)),
        slug=slug,
    )
    return render(
        request,
        "cops/cohort.html",
        {
            "cohort": cohort,
            "sample": cohort.is_sample,
            "timeline": timeline.of(cohort),
            "criteria": cohort.criteria.order_by("number"),
            "questions": FocusAreaVersion.objects.latest_of(cohort),
            "communities": _groups_of(cohort) if cohort.has_groups else [],
        },
    )


@require_safe
@kept_for_strangers
@login_not_required
def employers(request, slug):
    cohort = _call(request, slug)
    context = {
        "cohort": cohort,
        "sample": cohort.is_sample,
        "title": for_employers.title(cohort),
        "summary": for_employers.summary(cohort),
    }
    return render(request, "cops/for_employers.html", context)


@require_safe
@kept_for_strangers
@login_not_required
def employers_pdf(request, slug):
    content = for_employers.as_pdf(_call(request, slug))
    return HttpResponse(content, content_type="application/pdf")


def _call(request, slug):
    calls = Cohort.objects.visible_to(request.user).select_related("convenor")
    return get_object_or_404(calls.prefetch_related("partners"), slug=slug)


def _groups_of(cohort):
    return cohort.communities.select_related("focus_area").order_by("name_en")


@require_safe
@kept_for_strangers
@login_not_required
def focus_area(request, slug):
    cohorts = Cohort.objects.visible_to(request.user)
    focus_area = get_object_or_404(
        FocusArea.objects.select_related("program__renamed_to"), slug=slug
    )
    versions = (
        focus_area.versions.filter(cohort__in=cohorts)
        .select_related("cohort")
        .order_by("-cohort__opens_at", "-number")
    )
    if not versions and not request.user.is_staff:
        raise Http404
    rounds = list(dict.fromkeys(version.cohort for version in versions))
    shown = rounds[:ROUNDS_SHOWN]
    return render(
        request,
        "cops/focus_area.html",
        {
            "focus_area": focus_area,
            "versions": [version for version in versions if version.cohort in shown],
            "earlier": rounds[ROUNDS_SHOWN:],
            "communities": focus_area.communities.filter(cohort__in=cohorts)
            .select_related("cohort")
            .order_by("-cohort__opens_at", "name_en")[:COMMUNITIES_SHOWN],
            "sample": any(version.cohort.is_sample for version in versions),
        },
    )


@require_safe
@kept_for_strangers
@login_not_required
def community(request, slug):
    community = get_object_or_404(
        Community.objects.visible_to(request.user).select_related("cohort", "focus_area"),
        slug=slug,
    )
    question = FocusAreaVersion.objects.latest_of(community.cohort).filter(
        focus_area=community.focus_area
    )
    is_inside = community.is_open_to(request.user)
    people = list(community.memberships.current().with_people()) if is_inside else []
    return render(
        request,
        "cops/community.html",
        {
            "community": community,
            "cohort": community.cohort,
            "sample": community.cohort.is_sample,
            "question": question.first(),
            "is_inside": is_inside,
            "people": people,
            "has_members": any(each.role == Membership.As.MEMBER for each in people),
        },
    )


def _urgency(cohort):
    """Open calls first, the one that closes first on top; then what is coming; then the rest."""
    phase = cohort.phase
    if phase == Phase.OPEN:
        return 0, cohort.closes_at.timestamp()
    if phase == Phase.UPCOMING:
        return 1, cohort.opens_at.timestamp()
    return 2, -cohort.closes_at.timestamp()
