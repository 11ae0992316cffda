from datetime import timedelta

from django.db.models import Prefetch, Q
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cops.models import Cohort, Phase
from notifications.models import Event, Invitee, Kind

# So many dates; the calendar in the admin has all.
EVENTS_SHOWN = 20


@never_cache
@require_safe
def board(request):
    """What staff look at first: where a cohort stands, its counts, and the next two weeks."""
    cohorts = list(Cohort.objects.with_webinars().order_by("-opens_at"))
    chosen = next((c for c in cohorts if c.slug == request.GET.get("cohort")), None)
    living = [cohort for cohort in cohorts if cohort.phase != Phase.CLOSED]
    living.sort(key=lambda cohort: not cohort.is_published)
    cohort = chosen or next(iter(living or cohorts), None)
    soon = timezone.now() + timedelta(days=14)
    events = Event.objects.none()
    # Names stand beside interviews alone; a webinar has thousands of guests.
    named = Invitee.objects.current().filter(event__kind=Kind.INTERVIEW)
    invited = Prefetch("invitees", named.select_related("person"))
    if cohort:
        line = Q(series=cohort.series_id) | Q(series__parent=cohort.series_id)
        events = Event.objects.live().ahead().gatherings().filter(line, starts_at__lte=soon)
    return render(
        request,
        "cops/board.html",
        {
            "cohort": cohort,
            "cohorts": cohorts,
            "events": events.select_related("series__cohort", "series__community").prefetch_related(
                invited
            )[:EVENTS_SHOWN],
            "events_shown": EVENTS_SHOWN,
        },
    )
