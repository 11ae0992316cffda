from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import (
    IsSet,
    ModelAdmin,
    NoDelete,
    ReadOnly,
    ReasonForm,
    TabularInline,
    verb,
)
from accounts.lifecycle import InvalidTransition
from accounts.models import Region
from applications.admin.oneself import NotAboutOneself
from applications.forms.selection import BookForHerForm, RefineForm
from applications.models import (
    Assessment,
    Insight,
    Interview,
    InterviewChange,
    Panelist,
    Slot,
    Status,
)
from applications.services import asked, insights, interviews
from cops.models import Cohort, FocusAreaVersion


class VerbsOnly(NoDelete):
    """Shown, never typed: what happens to it happens by its verbs."""

    def has_add_permission(self, request):
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        buttons = ("show_save", "show_save_and_continue", "show_save_and_add_another")
        context = dict.fromkeys(buttons, False) | (extra_context or {})
        return super().change_view(request, object_id, form_url, context)


class PanelistInline(ReadOnly, TabularInline):
    model = Panelist
    fields = readonly_fields = ["person"]


@admin.register(Slot)
class SlotAdmin(VerbsOnly, ModelAdmin):
    desk = ("interviews", 2)
    list_display = ["when", "cohort", "panel", "interview", "cancelled_at"]
    list_filter = ["cohort", ("interview", IsSet), ("cancelled_at", IsSet)]
    search_fields = ["panelists__person__name", "interview__application__reference"]
    search_help_text = _("Name of an interviewer, or reference of an application")
    empty_words = _("Interviewers publish their times on their own page.")
    list_select_related = ["cohort", "interview__application"]
    fields = readonly_fields = [
        "cohort", "when", "length", "join_link", "dial_in", "interview", "cancelled_at",
    ]  # fmt: skip
    inlines = [PanelistInline]
    verbs = ["withdraw"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_panels()

    @admin.display(description=_("time"), ordering="starts_at")
    def when(self, slot):
        return str(slot)

    @admin.display(description=_("minutes"))
    def length(self, slot):
        return slot.length_minutes

    @admin.display(description=_("interviewers"))
    def panel(self, slot):
        return ", ".join(map(str, slot.interviewers))

    @verb(
        _("Withdraw this time"),
        when=lambda slot: slot.cancelled_at is None and not hasattr(slot, "interview"),
    )
    def withdraw(self, request, slot):
        interviews.withdraw_slot(slot)


class AssessmentInline(ReadOnly, TabularInline):
    model = Assessment
    fields = readonly_fields = ["interviewer", "mean", "notes", "done_at"]
    verbose_name_plural = _("assessments that are done")

    def get_queryset(self, request):
        if request.user.is_superuser:  # that account is for emergencies, not for reading notes
            return super().get_queryset(request).none()
        done = super().get_queryset(request).exclude(done_at=None)
        return done.prefetch_related("scores__criterion")

    @admin.display(description=_("mean"))
    def mean(self, assessment):
        return "–" if assessment.mean is None else f"{assessment.mean:.1f}"


class InterviewChangeInline(ReadOnly, TabularInline):
    model = InterviewChange
    fields = readonly_fields = ["at", "old", "new", "by", "reason"]
    verbose_name_plural = _("history")


def is_waiting(interview):
    return (
        interview.status == Interview.Status.INVITED
        and interview.application.status == Status.INTERVIEW
    )


def is_ahead(interview):
    return interview.status == Interview.Status.BOOKED and not interview.has_begun


def has_begun(interview):
    return interview.status == Interview.Status.BOOKED and interview.has_begun


class DayFilter(admin.SimpleListFilter):
    """The lists behind the numbers of the board."""

    title = _("what is due")
    parameter_name = "due"

    def lookups(self, request, model_admin):
        return [
            ("unbooked", _("invited, not booked yet")),
            ("overdue", _("past the last day to book")),
            ("week", _("within seven days")),
        ]

    def queryset(self, request, queryset):
        return {
            "unbooked": queryset.unbooked,
            "overdue": queryset.overdue,
            "week": queryset.this_week,
        }.get(self.value(), queryset.all)()


@admin.register(Interview)
class InterviewAdmin(NotAboutOneself, VerbsOnly, ModelAdmin):
    desk = ("interviews", 1)
    about = "application__person"
    list_display = ["application", "person", "status", "when", "book_by"]
    list_filter = ["application__cohort", "status", DayFilter]
    tones = {
        "status": {
            Interview.Status.INVITED: "attention",
            Interview.Status.BOOKED: "info",
            Interview.Status.HELD: "success",
            Interview.Status.MISSED: "danger",
        }
    }
    search_help_text = _("Reference, name or address of the applicant")
    empty_words = _("Applicants are invited when the decision for an interview is released.")
    list_select_related = ["application__person", "slot", "deadline"]
    search_fields = ["application__reference", "application__name", "application__person__email"]
    fields = readonly_fields = ["application", "person", "status", "book_by", "when", "panel"]
    inlines = [AssessmentInline, InterviewChangeInline]
    verbs = [
        "book_for_her", "move_for_her", "send_booking", "release", "held", "missed", "invite_again",
    ]  # fmt: skip

    def get_urls(self):
        view = self.admin_site.admin_view(self.book_view)
        return [
            path("<int:pk>/book/", view, name="applications_interview_book"),
            *super().get_urls(),
        ]

    @admin.display(description=_("person"), ordering="application__person__name")
    def person(self, interview):
        return interview.application.person

    @admin.display(description=_("booked for"), ordering="slot__starts_at", empty_value="–")
    def when(self, interview):
        return interview.slot and str(interview.slot)

    @admin.display(description=_("to be booked by"), ordering="deadline__starts_at")
    def book_by(self, interview):
        return interview.deadline.local_on

    @admin.display(description=_("interviewers"))
    def panel(self, interview):
        return ", ".join(map(str, interview.slot.interviewers)) if interview.slot else "–"

    @verb(_("Book on the applicant’s behalf"), when=is_waiting)
    def book_for_her(self, request, interview):
        return self.to_times(request, interview)

    @verb(_("Move to another time"), when=is_ahead)
    def move_for_her(self, request, interview):
        return self.to_times(request, interview)

    def to_times(self, request, interview):
        """Go to the list of times, and from there back to where the button was."""
        address = reverse("admin:applications_interview_book", args=[interview.pk])
        return redirect(f"{address}?{request.GET.urlencode()}" if request.GET else address)

    @verb(
        _("Send the booking link"),
        when=asked.may_send_booking,
        done=_("The mail is on its way to the applicant."),
    )
    def send_booking(self, request, interview):
        asked.send_booking(interview, by=request.user)

    @verb(_("Cancel this time"), form=ReasonForm, danger=True, when=is_ahead)
    def release(self, request, interview, facts):
        interviews.release(interview, by=request.user, reason=facts["reason"])

    @verb(_("It took place"), when=has_begun)
    def held(self, request, interview):
        interview.mark_held(by=request.user)

    @verb(_("Nobody came"), form=ReasonForm, when=has_begun)
    def missed(self, request, interview, facts):
        interview.mark_missed(by=request.user, reason=facts["reason"])

    @verb(
        _("Invite again"),
        form=ReasonForm,
        when=lambda interview: interview.status == Interview.Status.MISSED,
    )
    def invite_again(self, request, interview, facts):
        interviews.invite_again(interview, by=request.user, reason=facts["reason"])

    def book_view(self, request, pk):
        """Choose a time for her from the very list she sees."""
        interview = get_object_or_404(self.get_queryset(request), pk=pk)
        if not (is_waiting(interview) or is_ahead(interview)):
            return redirect("admin:applications_interview_changelist")
        form = BookForHerForm(request.POST or None, interview=interview)
        if request.method == "POST" and form.is_valid():
            act = interviews.move if is_ahead(interview) else interviews.book
            try:
                act(interview, form.cleaned_data["slot"], by=request.user)
            except InvalidTransition as error:
                messages.error(request, str(error))
            else:
                self.log_change(request, interview, [{"changed": {"fields": ["slot"]}}])
                messages.success(
                    request, _t("Booked. The applicant and the interviewers get a mail.")
                )
                return redirect(self.way_back(request, interview))
        return render(
            request,
            "applications/admin_book.html",
            {
                **self.admin_site.each_context(request),
                "title": _t("Choose a time on the applicant’s behalf"),
                "opts": self.opts,
                "record": interview,
                "record_url": self.way_back(request, interview),
                "form": form,
                "has_times": form.fields["slot"].queryset.exists(),
            },
        )


class PartFilter(admin.SimpleListFilter):
    """The parts that regions name; "not sure" is in none of them."""

    title = _("part of the province")
    parameter_name = "part"

    def lookups(self, request, model_admin):
        parts = Region.objects.exclude(macro="").order_by("macro").values_list("macro", flat=True)
        return [(part, part.capitalize()) for part in parts.distinct()]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        return queryset.filter(interview__application__region__macro=self.value())


@admin.register(Insight)
class InsightAdmin(NotAboutOneself, NoDelete, ModelAdmin):
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

    def has_add_permission(self, request):
        return False

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
                "refine/<int:version>/", each(self.refine_view), name="applications_insight_refine"
            ),
            *super().get_urls(),
        ]

    @admin.display(description=_("part of the province"))
    def part(self, insight):
        region = insight.interview.application.region
        return region.macro if region else "–"

    @admin.display(description=_("experience"))
    def level(self, insight):
        return insight.interview.application.get_level_display()

    def questions_view(self, request):
        """Every guiding question that still counts, with what interviews said about it."""
        questions = [
            (version, insights.heard(cohort, version.focus_area).count())
            for cohort in Cohort.objects.all()
            for version in FocusAreaVersion.objects.latest_of(cohort).select_related("cohort")
        ]
        return render(
            request,
            "applications/admin_questions.html",
            {
                **self.admin_site.each_context(request),
                "title": _t("Guiding questions and what interviews said"),
                "opts": self.opts,
                "questions": questions,
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
