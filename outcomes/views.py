import csv

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import ListView

from accounts import links
from accounts.kept import kept_for_strangers
from cops.models import Cohort
from outcomes.forms import FeedbackForm, LibraryFilter
from outcomes.models import Outcome


@method_decorator([kept_for_strangers, login_not_required], name="dispatch")
class Library(ListView):
    """Everything published, newest first, to be searched and narrowed."""

    template_name = "outcomes/library.html"
    context_object_name = "outcomes"
    paginate_by = 20

    def get_queryset(self):
        self.filter = LibraryFilter(self.request.GET)
        return self.filter.narrow(Outcome.objects.published().with_context().with_strength())

    def get_context_data(self, **kwargs):
        asked = any(self.request.GET.get(name) for name in self.filter.fields)
        trials = {} if asked else Outcome.objects.published().trials_by_verdict()
        return super().get_context_data(filter=self.filter, asked=asked, trials=trials, **kwargs)


@kept_for_strangers
@login_not_required
def outcome(request, slug):
    """One outcome: public once it is published, before that for its community and staff."""
    person = links.acting_person(request, "outcomes:outcome", slug) or request.user
    old = Outcome.objects.filter(slug=slug, status=Outcome.Status.SUPERSEDED).first()
    if old and (newest := old.newest_published()):
        return redirect(newest)
    outcomes = Outcome.objects.visible_to(person).with_context().with_strength()
    found = get_object_or_404(outcomes, slug=slug)
    return _page(request, found, FeedbackForm())


@login_not_required
def feedback(request, slug):
    """ "We tried this": kept for staff, with what was typed shown again when it cannot be."""
    published = Outcome.objects.published().with_context().with_strength()
    found = get_object_or_404(published, slug=slug)
    if request.method != "POST":
        return redirect(found)
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    form.instance.outcome = found
    form.instance.by = request.user if request.user.is_authenticated else None
    form.save()
    messages.success(request, _("Thank you. Your note has reached First Work."))
    return redirect(found)


def _page(request, found, form, status=200):
    community = found.community
    context = {
        "outcome": found,
        "community": community,
        "sample": community.cohort.is_sample,
        "strip": found.strength(with_age=True),
        "steps": found.steps(),
        "trials": found.trials_by_verdict,
        "form": form,
        "is_public": found.status == Outcome.Status.PUBLISHED,
    }
    return render(request, "outcomes/outcome.html", context, status=status)


class OutcomeFeed(Feed):
    login_required = False
    feed_type = Atom1Feed
    title = gettext_lazy("Outcomes of Ontario's Communities of Practice")
    subtitle = gettext_lazy("What employment-service practitioners tried, and what happened.")
    link = reverse_lazy("outcomes:library")

    def items(self):
        return Outcome.objects.published().with_context()[:50]

    def item_title(self, item):
        return item.title

    def item_description(self, item):
        return item.summary

    def item_pubdate(self, item):
        return item.published_at

    def item_updateddate(self, item):
        return item.published_at

    def item_guid(self, item):
        return f"urn:uuid:{item.uuid}"


FIELDS = (
    "url", "title_en", "title_fr", "summary_en", "summary_fr", "community_en", "community_fr",
    "focus_area_en", "focus_area_fr", "cohort", "rules", "rules_on", "published_at", "sample",
)  # fmt: skip


def _open_data(request):
    """The published outcomes, one dict each, under names that do not change."""
    for found in Outcome.objects.published().with_context():
        community = found.community
        yield {
            "url": request.build_absolute_uri(found.get_absolute_url()),
            "title_en": found.title_en,
            "title_fr": found.title_fr,
            "summary_en": found.summary_en,
            "summary_fr": found.summary_fr,
            "community_en": community.name_en,
            "community_fr": community.name_fr,
            "focus_area_en": community.focus_area.name_en,
            "focus_area_fr": community.focus_area.name_fr,
            "cohort": community.cohort.slug,
            "rules": found.rules,
            "rules_on": found.rules_on and found.rules_on.isoformat(),
            "published_at": found.published_at.isoformat(),
            "sample": community.cohort.is_sample,
        }


@login_not_required
def api_json(request):
    return JsonResponse({"outcomes": list(_open_data(request))})


FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def formula_safe(cell) -> str:
    """Return ``cell`` so that no spreadsheet takes it for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


@login_not_required
def api_csv(request):
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="outcomes.csv"'
    rows = csv.writer(response)
    rows.writerow(FIELDS)
    for found in _open_data(request):
        rows.writerow(formula_safe(found[name]) for name in FIELDS)
    return response


@login_not_required
def api_cohorts(request):
    """The published cohorts with their dates."""
    cohorts = [
        {
            "url": request.build_absolute_uri(cohort.get_absolute_url()),
            "name_en": cohort.name_en,
            "name_fr": cohort.name_fr,
            "opens_at": cohort.opens_at.isoformat(),
            "closes_at": cohort.closes_at.isoformat(),
            "meetings_from": cohort.meetings_from.isoformat(),
            "meetings_until": cohort.meetings_until.isoformat(),
            "phase": cohort.phase,
            "sample": cohort.is_sample,
        }
        for cohort in Cohort.objects.published()
    ]
    return JsonResponse({"cohorts": cohorts})
