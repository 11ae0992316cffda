"""Reviews in the admin: seen, and given back to their reader; never written by staff."""

from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_base import HistoryInline, ModelAdmin, NoAdd, ReadOnly, TabularInline, verb
from applications import conflicts
from applications.admin.oneself import NotAboutOneself
from applications.models import Review, ReviewChange, Score, Status
from applications.services import review as service


class LateFilter(admin.SimpleListFilter):
    title = gettext_lazy("late")
    parameter_name = "is_late"

    def lookups(self, request, model_admin):
        return [("yes", _("Yes"))]

    def queryset(self, request, queryset):
        return queryset.late() if self.value() == "yes" else queryset


class NearFilter(admin.SimpleListFilter):
    title = gettext_lazy("reader and applicant share an employer")
    parameter_name = "is_near"

    def lookups(self, request, model_admin):
        return [("yes", _("Yes"))]

    def queryset(self, request, queryset):
        if self.value() != "yes":
            return queryset
        return queryset.filter(pk__in=conflicts.too_near(queryset.to_do()))


class ScoreInline(ReadOnly, TabularInline):
    model = Score
    fields = ["criterion", "value"]
    readonly_fields = fields


class ReviewHistory(HistoryInline):
    model = ReviewChange


@admin.register(Review)
class ReviewAdmin(NotAboutOneself, NoAdd, ModelAdmin):
    """What others gave an application stays hidden from whoever still has to review it."""

    desk = ("applications", 2)
    about = "application__person"

    view_on_site = False
    list_display = ["application", "reviewer", "status", "mean", "due", "done_at"]
    tones = {"status": {Review.Status.DONE: "success", Review.Status.ASSIGNED: "info"}}
    list_filter = [
        "application__cohort",
        "status",
        LateFilter,
        NearFilter,
        ("reviewer", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["application", "reviewer", "deadline"]
    search_fields = ["application__reference", "reviewer__name", "reviewer__email"]
    search_help_text = gettext_lazy("Reference, or name or address of the reviewer")
    empty_words = gettext_lazy("Choose applications in their list and assign reviews there.")
    fields = ["application", "reviewer", "status", "mean", "comment", "due", "done_at"]
    readonly_fields = fields
    verbs = ["give_back"]

    @verb(
        gettext_lazy("Reopen for the reviewer"),
        when=lambda review: (
            review.status == Review.Status.DONE and review.application.status == Status.IN_REVIEW
        ),
    )
    def give_back(self, request, review):
        service.reopen(review, by=request.user)

    def get_queryset(self, request):
        mine = Review.objects.open().filter(
            reviewer=request.user, application=OuterRef("application")
        )
        return (
            super()
            .get_queryset(request)
            .annotate(is_hidden=Exists(mine.exclude(pk=OuterRef("pk"))))
            .prefetch_related("scores__criterion")
        )

    def get_inlines(self, request, obj):
        return [] if obj.is_hidden else [ScoreInline, ReviewHistory]

    @admin.display(description=gettext_lazy("mean"))
    def mean(self, review):
        if review.is_hidden or review.mean is None:
            return "–"
        return number_format(review.mean, 1)

    @admin.display(description=gettext_lazy("remark"))
    def comment(self, review):
        return "–" if review.is_hidden else review.remark or "–"

    @admin.display(description=gettext_lazy("due"), ordering="deadline__starts_at")
    def due(self, review):
        return review.deadline.local_on
