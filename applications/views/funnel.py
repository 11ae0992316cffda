"""How far people came in a call, for staff: the steps, and who was left behind at which."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from applications import funnel
from cops.models import Cohort


@never_cache
@require_safe
def of_cohort(request, slug):
    cohort = get_object_or_404(Cohort.objects.visible_to(request.user), slug=slug)
    return render(
        request, "applications/funnel.html", {"cohort": cohort, **funnel.by_group(cohort)}
    )
