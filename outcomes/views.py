from itertools import chain

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.http import JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import ListView

from accounts import clock, links, once, spreadsheet
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
        return self.filter.narrow(Outcome.objects.published().as_cards().with_strength())

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


@once.only
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
        "read_on": clock.now(),
    }
    return render(request, "outcomes/outcome.html", context, status=status)


class OutcomeFeed(Feed):
    login_required = False
    feed_type = Atom1Feed
    title = gettext_lazy("Outcomes of Ontario’s Communities of Practice")
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


# Names that do not change, and where what they tell stands.
OPEN_DATA = {
    "url": "slug",
    "title_en": "title_en",
    "title_fr": "title_fr",
    "summary_en": "summary_en",
    "summary_fr": "summary_fr",
    "community_en": "community__name_en",
    "community_fr": "community__name_fr",
    "focus_area_en": "community__focus_area__name_en",
    "focus_area_fr": "community__focus_area__name_fr",
    "cohort": "community__cohort__slug",
    "rules": "rules",
    "rules_on": "rules_on",
    "published_at": "published_at",
    "sample": "community__cohort__is_sample",
}


def _open_data(request):
    """Return the published outcomes, one dict each, to be gone through once."""
    site = request.build_absolute_uri("/").rstrip("/")
    rows = Outcome.objects.published().values_list(*OPEN_DATA.values()).iterator()
    return (_as_open_data(site, row) for row in rows)


def _as_open_data(site, row):
    facts = dict(zip(OPEN_DATA, row, strict=True))
    return facts | {
        "url": site + reverse("outcomes:outcome", args=[facts["url"]]),
        "rules_on": facts["rules_on"] and facts["rules_on"].isoformat(),
        "published_at": facts["published_at"].isoformat(),
    }


@login_not_required
def api_json(request):
    return JsonResponse({"outcomes": list(_open_data(request))})


@login_not_required
def api_csv(request):
    rows = (found.values() for found in _open_data(request))
    return StreamingHttpResponse(
        spreadsheet.lines(chain([OPEN_DATA], rows)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="outcomes.csv"'},
    )


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
