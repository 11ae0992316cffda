"""What interviews said, and the guiding questions that it refines."""

from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import once
from accounts.admin_base import ModelAdmin, NoAdd
from accounts.models import Part
from applications.admin.oneself import NotAboutOneself
from applications.forms.selection import RefineForm
from applications.models import Insight
from applications.services import insights
from cops.models import FocusAreaVersion


class PartFilter(admin.SimpleListFilter):
    title = _("part of the province")
    parameter_name = "part"

    def lookups(self, request, model_admin):
        return Part.choices

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        return queryset.filter(interview__application__region__macro=self.value())


@admin.register(Insight)
class InsightAdmin(NotAboutOneself, NoAdd, ModelAdmin):
    desk = ("interviews", 3)
    about = "interview__application__person"
    change_list_template = "applications/admin_insights.html"
    list_display = ["theme", "focus_area", "sort", "part", "level", "may_be_quoted", "noted_at"]
    list_filter = [
        "interview__application__cohort", "focus_area", "sort", "quotable", PartFilter,
        "interview__application__level",
    ]  # fmt: skip
    list_select_related = ["focus_area", "interview__application__region"]
    search_fields = ["theme", "text"]
    search_help_text = _("A word of the theme or the text")
    empty_words = _("Interviewers note what they hear during their interviews.")
    fields = ["interview", "author", "focus_area", "sort", "theme", "text", "quotable", "moved"]
    # Whether she may be quoted is what she said to the interviewer: nobody ticks it for her later.
    readonly_fields = ["interview", "author", "text", "quotable", "moved"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_consent()

    @admin.display(description=_("may be quoted"), boolean=True)
    def may_be_quoted(self, insight):
        return insight.may_be_quoted

    def get_urls(self):
        each = self.admin_site.admin_view
        return [
            path("refine/", each(self.questions_view), name="applications_insight_questions"),
            path(
                "refine/<int:version>/",
                each(once.only(self.refine_view)),
                name="applications_insight_refine",
            ),
            *super().get_urls(),
        ]

    @admin.display(description=_("part of the province"))
    def part(self, insight):
        region = insight.interview.application.region
        return region and region.get_macro_display()

    @admin.display(description=_("experience"))
    def level(self, insight):
        return insight.interview.application.get_level_display()

    def questions_view(self, request):
        """Every guiding question that still counts, with what interviews said about it."""
        return render(
            request,
            "applications/admin_questions.html",
            {
                **self.admin_site.each_context(request),
                "title": _t("Guiding questions and what interviews said"),
                "opts": self.opts,
                "questions": insights.questions(),
            },
        )

    def refine_view(self, request, version):
        """The insights about one focus area beside its guiding question."""
        current = get_object_or_404(
            FocusAreaVersion.objects.select_related("focus_area", "cohort"), pk=version
        )
        cohort, focus_area = current.cohort, current.focus_area
        heard = insights.heard(cohort, focus_area)
        form = RefineForm(
            request.POST or None,
            insights=heard,
            initial={"question_en": current.question_en, "question_fr": current.question_fr},
        )
        if request.method == "POST" and form.is_valid():
            written = insights.refine(focus_area, cohort, by=request.user, **form.cleaned_data)
            messages.success(
                request, _t("Version %(number)d is written.") % {"number": written.number}
            )
            return redirect("admin:applications_insight_refine", written.pk)
        return render(
            request,
            "applications/admin_refine.html",
            {
                **self.admin_site.each_context(request),
                "title": _t("Refine the guiding question"),
                "opts": self.opts,
                "focus_area": focus_area,
                "cohort": cohort,
                "versions": focus_area.versions.filter(cohort=cohort)
                .prefetch_related("insights")
                .order_by("-number"),
                "heard": heard,
                "counts": insights.roll_up(heard),
                "form": form,
                "list_url": reverse("admin:applications_insight_changelist"),
            },
        )
