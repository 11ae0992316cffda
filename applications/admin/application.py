"""Applications in the admin: read, decided, given back, never written."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Case, Value, When
from django.shortcuts import redirect
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin_base import (
    KEPT,
    HistoryInline,
    ModelAdmin,
    NoDelete,
    ReadOnly,
    ReasonForm,
    TabularInline,
    always,
    verb,
)
from accounts.lifecycle import InvalidTransition
from applications import desk
from applications.admin.columns import Columns
from applications.admin.decided import (
    RELEASE,
    TAKE_BACK,
    PendingFilter,
    ReadersFilter,
    decides,
    of_the_decision,
    waits,
)
from applications.admin.entered import EntersForSomebody
from applications.admin.oneself import NotAboutOneself
from applications.models import Application, ApplicationChange, Review, Status
from applications.services import asked, intake, selection
from applications.services import review as reviews
from cops.models import Cohort
from notifications import outbox


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


class WhatToCorrectForm(ReasonForm):
    """What the applicant is asked to put right: she reads it in the email."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _(
            "The applicant reads it in the email, and staff in the history."
        )


@admin.register(Application)
class ApplicationAdmin(EntersForSomebody, Columns, NotAboutOneself, NoDelete, ModelAdmin):
    """Whoever has reviews to do in a call sees what is read in it here as blind as there."""

    desk = ("applications", 1)
    view_on_site = False
    change_list_template = "applications/admin_imports.html"
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
    narrowed_by = ["imported"]  # what one file made, from its page
    list_select_related = ["person", "cohort", "organization"]
    search_fields = ["reference", "name", "person__email", "organization_name", "town"]
    search_help_text = gettext_lazy("Reference, name, address, organization or town")
    actions = ["assign_reviews", "release_decisions"]
    verbs = [
        "decide_interview", "decide_waitlist", "decide_decline", "undecide", "release",
        "give_back", "send_link", "withdraw",
    ]  # fmt: skip
    decide_interview = decides(Status.INTERVIEW, gettext_lazy("Decide: interview"))
    decide_waitlist = decides(Status.WAITLISTED, gettext_lazy("Decide: waitlist"))
    decide_decline = decides(Status.DECLINED, gettext_lazy("Decide: decline"))

    @verb(
        TAKE_BACK,
        called=of_the_decision(TAKE_BACK),
        when=waits,
    )
    def undecide(self, request, application):
        application.undecide()

    @verb(
        gettext_lazy("Reopen for the applicant"),
        form=WhatToCorrectForm,
        when=lambda application: application.status == Status.SUBMITTED,
        done=gettext_lazy("Reopened. The applicant gets an email with the link."),
    )
    def give_back(self, request, application, facts):
        intake.reopen(application, by=request.user, reason=facts["reason"])

    @verb(
        RELEASE,
        called=of_the_decision(RELEASE),
        danger=True,
        when=waits,
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
        decided = getattr(method, "decides", "")
        if decided == Status.INTERVIEW:
            return ""
        return desk.ends_interview(application, at_once=not decided)

    def get_inlines(self, request, obj):
        return [] if obj is None or obj.is_blind else [ReviewInline, ApplicationHistory]
