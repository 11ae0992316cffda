from datetime import timedelta

from django.db.models import Prefetch, Q, prefetch_related_objects
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cops.models import Cohort, Phase, Webinar
from notifications.models import Event, Invitee, Kind, Series

# So many dates; the calendar in the admin has all.
EVENTS_SHOWN = 10


@never_cache
@require_safe
def board(request):
    """What staff look at first: where a cohort stands, its counts, and the next two weeks."""
    cohorts = list(Cohort.objects.order_by("-opens_at"))
    chosen = next((c for c in cohorts if c.slug == request.GET.get("cohort")), None)
    living = [cohort for cohort in cohorts if cohort.phase != Phase.CLOSED]
    living.sort(key=lambda cohort: not cohort.is_published)
    cohort = chosen or next(iter(living or cohorts), None)
    if cohort:
        webinars = Webinar.objects.select_related("event")
        prefetch_related_objects([cohort], Prefetch("webinars", webinars))
    return render(
        request,
        "cops/board.html",
        {
            "cohort": cohort,
            "cohorts": cohorts,
            "events": _ahead(cohort) if cohort else [],
            "events_shown": EVENTS_SHOWN,
        },
    )


def _ahead(cohort):
    """Return the next dates of ``cohort`` and its communities, with what the board says of each.

    An interview has ``named``, its guests.
    """
    # Looked up first, for the index of events by series: joined, all events are read.
    line = Series.objects.filter(Q(pk=cohort.series_id) | Q(parent=cohort.series_id))
    soon = timezone.now() + timedelta(days=14)
    events = Event.objects.live().ahead().gatherings().filter(series__in=line, starts_at__lte=soon)
    shown = events.select_related("series__community").only(
        *("kind", "title_en", "title_fr", "zone", "starts_at", "series"),
        *("series__community__name_en", "series__community__name_fr"),
    )
    shown = list(shown[:EVENTS_SHOWN])
    # Names stand beside interviews alone; a webinar has thousands of guests.
    interviews = [event for event in shown if event.kind == Kind.INTERVIEW]
    guests = Invitee.objects.current().with_names().order_by("role", "person__name")
    prefetch_related_objects(interviews, Prefetch("invitees", guests, to_attr="named"))
    return shown
