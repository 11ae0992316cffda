"""Interviews: booked, moved and marked on the applicant’s behalf."""

from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import (
    TOO_LATE,
    HistoryInline,
    ModelAdmin,
    NoAdd,
    ReadOnly,
    ReasonForm,
    TabularInline,
    always,
    verb,
)
from accounts.lifecycle import InvalidTransition
from accounts.phrases import in_a_row
from accounts.typed import refuse
from applications.admin.oneself import NotAboutOneself
from applications.forms.selection import BookForHerForm
from applications.models import Assessment, Interview, InterviewChange, Status
from applications.services import asked, interviews


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
        return "–" if assessment.mean is None else number_format(assessment.mean, 1)


class InterviewHistory(HistoryInline):
    model = InterviewChange


def is_waiting(interview):
    return (
        interview.status == Interview.Status.INVITED
        and interview.application.status == Status.INTERVIEW
    )


def is_still_to_come(interview):
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
class InterviewAdmin(NotAboutOneself, NoAdd, ModelAdmin):
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
    inlines = [AssessmentInline, InterviewHistory]
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
        return in_a_row(interview.slot.interviewers) if interview.slot else "–"

    @verb(
        _("Book on the applicant’s behalf"),
        when=is_waiting,
        is_next=lambda interview: interview.deadline.is_over,
    )
    def book_for_her(self, request, interview):
        return self.to_times(request, interview)

    @verb(_("Move to another time"), when=is_still_to_come)
    def move_for_her(self, request, interview):
        return self.to_times(request, interview)

    def to_times(self, request, interview):
        """Go to the list of times, and from there back to where the button was."""
        address = reverse("admin:applications_interview_book", args=[interview.pk])
        return redirect(f"{address}?{request.GET.urlencode()}" if request.GET else address)

    @verb(
        _("Send the booking link"),
        when=asked.may_send_booking,
        done=_("The email is on its way to the applicant."),
    )
    def send_booking(self, request, interview):
        asked.send_booking(interview, by=request.user)

    @verb(_("Cancel this time"), form=ReasonForm, danger=True, when=is_still_to_come)
    def release(self, request, interview, facts):
        interviews.release(interview, by=request.user, reason=facts["reason"])

    @verb(_("It took place"), when=has_begun, is_next=always)
    def held(self, request, interview):
        interview.mark_held(by=request.user)

    @verb(_("Nobody came"), form=ReasonForm, when=has_begun)
    def missed(self, request, interview, facts):
        interview.mark_missed(by=request.user, reason=facts["reason"])

    @verb(
        _("Invite again"),
        form=ReasonForm,
        when=lambda interview: interview.status == Interview.Status.MISSED,
        is_next=always,
    )
    def invite_again(self, request, interview, facts):
        interviews.invite_again(interview, by=request.user, reason=facts["reason"])

    def book_view(self, request, pk):
        """Choose a time for her from the very list she sees."""
        interview = get_object_or_404(self.get_queryset(request), pk=pk)
        if not (is_waiting(interview) or is_still_to_come(interview)):
            return refuse(request, str(TOO_LATE), self.record_url(interview))
        form = BookForHerForm(request.POST or None, interview=interview)
        if request.method == "POST" and form.is_valid():
            act, verb_of_it = (
                (interviews.move, self.move_for_her)
                if is_still_to_come(interview)
                else (interviews.book, self.book_for_her)
            )
            try:
                act(interview, form.cleaned_data["slot"], by=request.user)
            except InvalidTransition as error:
                form.add_error("slot", str(error))
            else:
                self.log_verb(request, interview, verb_of_it)
                messages.success(
                    request, _t("Booked. The applicant and the interviewers get an email.")
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
