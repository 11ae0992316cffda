from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy

from accounts.admin_base import ModelAdmin, NoDelete, ReadOnly, TabularInline, verb
from cops.admin.words import Words
from cops.models import Cohort, FocusArea, FocusAreaVersion


class QuestionForm(forms.Form):
    """The next version of a guiding question."""

    cohort = forms.ModelChoiceField(label=gettext_lazy("Cohort"), queryset=Cohort.objects.all())
    question_en = forms.CharField(
        label=gettext_lazy("Guiding question (English)"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    question_fr = forms.CharField(
        label=gettext_lazy("Guiding question (French)"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = forms.CharField(
        label=gettext_lazy("What changed and why"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "For staff. The public sees the question and how many insights moved it; "
            "choose those at the insights."
        ),
    )


class VersionInline(ReadOnly, TabularInline):
    model = FocusAreaVersion
    fields = ["cohort", "number", "question_en", "question_fr", "reason", "written_at"]
    readonly_fields = fields

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("cohort")
        return rows.order_by("-cohort__opens_at", "-number")


@admin.register(FocusArea)
class FocusAreaAdmin(NoDelete, Words, ModelAdmin):
    desk = ("call", 2)
    list_display = ["name_en", "name_fr", "program"]
    list_select_related = ["program"]
    search_fields = ["name_en", "name_fr", "problem_en", "problem_fr"]
    search_help_text = gettext_lazy("A word of the name or the problem")
    prepopulated_fields = {"slug": ["name_en"]}
    verbs = ["refine"]
    inlines = [VersionInline]
    fields = [
        "slug",
        ("name_en", "name_fr"),
        "program",
        ("problem_en", "problem_fr"),
        ("origin_en", "origin_fr"),
    ]

    def view_on_site(self, focus_area):
        return focus_area.get_absolute_url()

    def get_inlines(self, request, focus_area):
        return self.inlines if focus_area else []

    def verb_form(self, request, focus_area, method):
        last = focus_area.versions.order_by("-cohort__opens_at", "-number").first()
        cohort = Cohort.objects.order_by("-opens_at").first()
        initial = {"cohort": cohort}
        if last:
            initial |= {"question_en": last.question_en, "question_fr": last.question_fr}
        return method.form(request.POST or None, initial=initial)

    @verb(
        gettext_lazy("Ask or refine the guiding question"),
        form=QuestionForm,
        done=gettext_lazy("The question has a new version."),
    )
    def refine(self, request, focus_area, facts):
        focus_area.ask(by=request.user, **facts)


@admin.register(FocusAreaVersion)
class FocusAreaVersionAdmin(ReadOnly, ModelAdmin):
    desk = ("call", 3)
    list_display = ["focus_area", "cohort", "number", "asked", "written_by", "written_at"]
    list_filter = ["cohort", "focus_area"]
    list_select_related = ["focus_area", "cohort", "written_by"]
    search_fields = ["question_en", "question_fr", "focus_area__name_en", "focus_area__name_fr"]
    search_help_text = gettext_lazy("A word of the question or the focus area")

    @admin.display(description=gettext_lazy("guiding question"), ordering="question_en")
    def asked(self, version):
        return version.question
