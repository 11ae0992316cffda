"""Applications in the admin: read, decided, given back, never written."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Case, Value, When
from django.shortcuts import redirect
from django.utils.formats import number_format
from django.utils.html import format_html_join
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from accounts.admin_base import (
    KEPT,
    HistoryInline,
    ModelAdmin,
    NoAdd,
    ReadOnly,
    ReasonForm,
    TabularInline,
    always,
    verb,
)
from accounts.columns import chip
from accounts.lifecycle import InvalidTransition
from accounts.phrases import labelled
from applications import desk
from applications.admin.oneself import NotAboutOneself
from applications.blind import projection
from applications.models import Application, ApplicationChange, Review, Status
from applications.services import asked, intake, selection
from applications.services import review as reviews
from cops.models import Cohort
from notifications import outbox

CONCEALED = gettext_lazy("concealed until your review is in")


class DecisionForm(forms.Form):
    """Why: kept with the decision, and with the history once it is released."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Staff only. The applicant learns the decision when it is released, never the reason."
        ),
    )


class PendingFilter(admin.SimpleListFilter):
    title = gettext_lazy("decision to release")
    parameter_name = "is_pending"

    def lookups(self, request, model_admin):
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request, queryset):
        if self.value() not in {"yes", "no"}:
            return queryset
        known = desk.with_known_decisions(queryset, request.user)
        return known.pending() if self.value() == "yes" else known.filter(pending_status="")


class ReadersFilter(admin.SimpleListFilter):
    title = gettext_lazy("a reader is missing")
    parameter_name = "lacks_readers"

    def lookups(self, request, model_admin):
        return [("yes", _("Yes"))]

    def queryset(self, request, queryset):
        return queryset.short_of_readers() if self.value() == "yes" else queryset


class ApplicationHistory(HistoryInline):
    model = ApplicationChange


class ReviewInline(ReadOnly, TabularInline):
    model = Review
    fields = ["reviewer", "status", "mean", "done_at"]
    readonly_fields = fields
    show_change_link = True
    view_on_site = False

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .select_related("reviewer")
            .prefetch_related("scores__criterion")
        )

    @admin.display(description=gettext_lazy("mean"))
    def mean(self, review):
        done = review.status == Review.Status.DONE
        return number_format(review.mean, 1) if done and review.mean else "–"


def _is_known(application) -> bool:
    """Whether what is decided about it may be seen, and so be decided or undone."""
    return not getattr(application, "is_blind", False)


def _waits(application) -> bool:
    return _is_known(application) and bool(application.pending_status)


def _decides(status, label):
    """Return the verb that notes ``status`` as the decision, to be released later."""

    @verb(
        label,
        form=DecisionForm,
        when=lambda application: _is_known(application) and application.can_move_to(status),
        done=format_lazy(
            gettext_lazy("Noted: {}. The applicant does not know it before it is released."),
            status.label,
        ),
    )
    def decide(self, request, application, facts):
        application.decide(status, by=request.user, reason=facts["reason"])

    decide.decides = status
    return decide


def _of_the_decision(label):
    """Return how ``label`` names the decision it is about."""
    return lambda application: labelled(label, application.get_pending_status_display())


RELEASE, TAKE_BACK = gettext_lazy("Release the decision"), gettext_lazy("Take the decision back")


def _unless_blind(column):
    """Sort by ``column``, but for rows whose place on the list would tell what is concealed."""
    return Case(When(is_blind=True, then=Value("")), default=column)


@admin.register(Application)
class ApplicationAdmin(NotAboutOneself, NoAdd, ModelAdmin):
    """Whoever has reviews to do in a call sees what is read in it here as blind as there."""

    desk = ("applications", 1)
    view_on_site = False
    list_display = [
        "reference", "applicant", "employer", "status", "decision", "result",
        "submitted_at", "cohort",
    ]  # fmt: skip
    tones = {
        "status": {
            Status.SUBMITTED: "info",
            Status.IN_REVIEW: "info",
            Status.INTERVIEW: "info",
            Status.WAITLISTED: "attention",
            Status.OFFERED: "success",
        },
    }
    empty_words = gettext_lazy("Applications appear here once somebody begins one.")
    list_filter = ["cohort", "status", PendingFilter, ReadersFilter, "awaits_confirmation"]
    list_select_related = ["person", "cohort", "organization"]
    search_fields = ["reference", "name", "person__email", "organization_name", "town"]
    search_help_text = gettext_lazy("Reference, name, address, organization or town")
    actions = ["assign_reviews", "release_decisions"]
    verbs = [
        "decide_interview", "decide_waitlist", "decide_decline", "undecide", "release",
        "give_back", "send_link", "withdraw",
    ]  # fmt: skip
    facts = [
        "reference", "cohort", "status", "submitted_at", "is_confirmed", "result",
        "pending_status", "pending_by", "pending_at", "pending_reason",
    ]  # fmt: skip
    answers = [
        (
            gettext_lazy("About the applicant"),
            [
                "name", "address", "phone", "organization_name", "organization", "job", "town",
                "region", "mail_language",
            ],
        ),
        (gettext_lazy("Experience"), ["level", "authority", "programs"]),
        (gettext_lazy("Ideas"), ["wishes", "motivation", "trial_idea", "hours_plan"]),
        (
            gettext_lazy("Meeting"),
            ["half_days", "interview_language", "meeting_language", "access_needs"],
        ),
        (gettext_lazy("Consent"), ["agrees_to_use", "wants_news"]),
    ]  # fmt: skip

    labels = {
        "name": gettext_lazy("name"),
        "job": pgettext_lazy("at work", "role"),
        "town": gettext_lazy("town"),
        "authority": gettext_lazy("When the team tries something new"),
        "motivation": gettext_lazy("What to change, and why now"),
        "trial_idea": gettext_lazy("Something to try"),
        "hours_plan": gettext_lazy("How the hours are found"),
        "access_needs": gettext_lazy("What to arrange"),
        "agrees_to_use": gettext_lazy("Agrees that we use the answers"),
        "wants_news": gettext_lazy("Wants our news by email"),
    }

    decide_interview = _decides(Status.INTERVIEW, gettext_lazy("Decide: interview"))
    decide_waitlist = _decides(Status.WAITLISTED, gettext_lazy("Decide: waitlist"))
    decide_decline = _decides(Status.DECLINED, gettext_lazy("Decide: decline"))

    @verb(
        TAKE_BACK,
        called=_of_the_decision(TAKE_BACK),
        when=_waits,
    )
    def undecide(self, request, application):
        application.undecide()

    @verb(
        gettext_lazy("Reopen for the applicant"),
        form=ReasonForm,
        when=lambda application: application.status == Status.SUBMITTED,
        done=gettext_lazy("Reopened. The applicant gets an email with the link."),
    )
    def give_back(self, request, application, facts):
        intake.reopen(application, by=request.user, reason=facts["reason"])

    @verb(
        RELEASE,
        called=_of_the_decision(RELEASE),
        danger=True,
        when=_waits,
        is_next=always,
    )
    def release(self, request, application):
        letters = selection.release(Application.objects.filter(pk=application.pk), by=request.user)
        if not letters:
            raise InvalidTransition(_("There is no decision to release."))
        self.log_verb(request, application, self.release)
        messages.success(
            request, _("Released. The letters are drafts: look at them, then let them go.")
        )
        return redirect(outbox.review_url(letters))

    @verb(
        gettext_lazy("Send the link to the application"),
        when=asked.may_send_application_link,
        is_next=lambda application: application.awaits_confirmation or application.was_reopened,
        done=gettext_lazy("The link is on its way to the applicant."),
    )
    def send_link(self, request, application):
        asked.send_application_link(application, by=request.user)

    @verb(
        gettext_lazy("Withdraw on the applicant’s behalf"),
        form=ReasonForm,
        danger=True,
        when=lambda application: application.is_open,
        done=gettext_lazy("The application is withdrawn. No email goes out."),
    )
    def withdraw(self, request, application, facts):
        selection.withdraw_application(application, by=request.user, reason=facts["reason"])

    @admin.action(
        description=gettext_lazy("Assign reviews in the calls of the selected applications"),
        permissions=["change"],
    )
    def assign_reviews(self, request, queryset):
        letters = []
        for cohort in Cohort.objects.filter(applications__in=queryset).distinct():
            done = reviews.assign(cohort, by=request.user)
            letters += done.letters
            self.message_user(
                request,
                ngettext(
                    "%(cohort)s: %(count)s review assigned.",
                    "%(cohort)s: %(count)s reviews assigned.",
                    len(done.reviews),
                )
                % {"cohort": cohort, "count": len(done.reviews)},
                messages.SUCCESS,
            )
            if done.short:
                self.message_user(
                    request,
                    _("Not enough readers without a conflict for: %(references)s.")
                    % {"references": ", ".join(map(str, done.short))},
                    messages.WARNING,
                )
        return redirect(outbox.review_url(letters)) if letters else None

    @admin.action(
        description=gettext_lazy("Release the decisions of the selected applications"),
        permissions=["change"],
    )
    def release_decisions(self, request, queryset):
        known = desk.with_known_decisions(queryset, request.user)
        if known.count() < queryset.count():
            self.message_user(
                request,
                _("What is kept from you until your reviews are in is left out."),
                messages.WARNING,
            )
        try:
            letters = selection.release(known, by=request.user)
        except InvalidTransition as error:
            self.message_user(request, str(error), messages.ERROR)
            return None
        if not letters:
            self.message_user(request, _("None of them has a decision."), messages.WARNING)
            return None
        self.message_user(
            request,
            _("Released. The letters are drafts: look at them, then let them go."),
            messages.SUCCESS,
        )
        return redirect(outbox.review_url(letters))

    def get_queryset(self, request):
        is_blind = Case(
            When(pk__in=desk.concealed_from(request.user), then=Value(True)), default=Value(False)
        )
        return (
            super()
            .get_queryset(request)
            .annotate(is_blind=is_blind)
            .prefetch_related("reviews__scores__criterion")
        )

    def get_search_results(self, request, queryset, search_term):
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if search_term:
            # A hit would tell whose it is.
            found = found.exclude(pk__in=desk.concealed_from(request.user))
        return found, may_repeat

    def get_fieldsets(self, request, obj=None):
        facts = self.facts
        if not _waits(obj):
            facts = [name for name in facts if not name.startswith("pending_")]
        if obj.is_blind:
            answers = [(_("Answers"), {"fields": ["blind_answers"]})]
        else:
            answers = [(title, {"fields": fields}) for title, fields in self.answers]
        return [(None, {"fields": facts}), *answers]

    def full_name(self, application):
        named = [application.cohort.name, application.reference]
        return " · ".join(
            named if application.is_blind else [str(self.applicant(application)), *named]
        )

    def history_view(self, request, object_id, extra_context=None):
        application = self.get_object(request, unquote(object_id))
        if application and application.is_blind:  # it tells who decided, and when
            messages.warning(request, KEPT)
            return redirect(self.record_url(application))
        return super().history_view(request, object_id, extra_context)

    def consequence(self, application, method):
        decides = getattr(method, "decides", "")
        if decides == Status.INTERVIEW:
            return ""
        return desk.ends_interview(application, at_once=not decides)

    def get_readonly_fields(self, request, obj=None):
        return [name for _title, box in self.get_fieldsets(request, obj) for name in box["fields"]]

    def get_inlines(self, request, obj):
        return [] if obj.is_blind else [ReviewInline, ApplicationHistory]

    @admin.display(description=gettext_lazy("applicant"), ordering=_unless_blind("name"))
    def applicant(self, application):
        return CONCEALED if application.is_blind else application.name or application.person

    @admin.display(
        description=gettext_lazy("organization"), ordering=_unless_blind("organization_name")
    )
    def employer(self, application):
        return CONCEALED if application.is_blind else application.organization_name

    @admin.display(
        description=gettext_lazy("decision to release"), ordering=_unless_blind("pending_status")
    )
    def decision(self, application):
        if application.is_blind:
            return CONCEALED
        decided = application.pending_status
        return chip(application.get_pending_status_display(), "attention") if decided else ""

    @admin.display(description=gettext_lazy("reviews"))
    def result(self, application):
        if application.is_blind:
            return CONCEALED
        result = reviews.result(application.reviews.all())
        if not result.count:
            return "–"
        return ngettext(
            "%(mean)s (%(count)s review)",
            "%(mean)s (%(count)s reviews, %(spread)s apart)",
            result.count,
        ) % {
            "mean": number_format(result.mean, 1),
            "count": result.count,
            "spread": number_format(result.spread, 1),
        }

    @admin.display(
        description=gettext_lazy("address confirmed"), boolean=True, ordering="awaits_confirmation"
    )
    def is_confirmed(self, application):
        return not application.awaits_confirmation

    @admin.display(description=gettext_lazy("email address"))
    def address(self, application):
        return application.person.email

    @admin.display(description=gettext_lazy("programs"))
    def programs(self, application):
        return _lines(application.programs)

    @admin.display(description=gettext_lazy("focus areas, by wish"))
    def wishes(self, application):
        return _lines(application.wishes)

    @admin.display(description=gettext_lazy("half-days"))
    def half_days(self, application):
        return ", ".join(application.half_days)

    @admin.display(description=gettext_lazy("what you may read"))
    def blind_answers(self, application):
        told = projection(application)
        return _lines(labelled(row["label"], row["value"]) for row in told["facts"] + told["texts"])


def _lines(texts):
    return format_html_join("", "<p>{}</p>", ((text,) for text in texts)) or "–"
