from datetime import date, timedelta
from functools import partial

from django.contrib import admin, messages
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.admin_base import ModelAdmin, NoAdd, NoDelete, ReadOnly, TabularInline, always, verb
from accounts.lifecycle import InvalidTransition
from cops.admin import MembershipAdmin
from cops.models import Cohort, Community, Membership
from meetings import services
from meetings.forms.schedule import CancelForm
from meetings.models import (
    ActionItem,
    AgendaItem,
    Decision,
    HoursEntry,
    Meeting,
    Trial,
    members_outside_hours,
)
from notifications import outbox
from notifications.admin.cancelling import CancelsSeveral
from notifications.models import Invitee


class WhenFilter(admin.SimpleListFilter):
    title = _("when")
    parameter_name = "when"

    def lookups(self, request, model_admin):
        return [
            ("soon", _("in the next 14 days")),
            ("no-notes", _("over, without notes")),
            ("cancelled", _("called off")),
        ]

    def queryset(self, request, queryset):
        match self.value():
            case "soon":
                limit = timezone.now() + timedelta(days=14)
                return queryset.ahead().filter(event__starts_at__lte=limit)
            case "no-notes":
                return queryset.held().without_notes()
            case "cancelled":
                return queryset.exclude(event__cancelled_at=None)
        return queryset


class AgendaInline(TabularInline):
    model = AgendaItem
    fields = ["position", "title", "minutes", "is_done"]


@admin.register(Meeting)
class MeetingAdmin(CancelsSeveral, NoDelete, ModelAdmin):
    desk = ("meetings", 1)
    list_display = ["__str__", "when", "status", "is_live", "came"]
    list_filter = ["community__cohort", WhenFilter, "status", "community"]
    tones = {
        "status": {
            Meeting.Status.PLANNED: "info",
            Meeting.Status.NOTES_READY: "attention",
            Meeting.Status.CIRCULATED: "success",
            Meeting.Status.LOCKED: "success",
        }
    }
    search_help_text = _("Name of the community")
    empty_words = _("Add schedules a whole series for one community.")
    list_select_related = ["event", "community"]
    search_fields = ["community__name_en", "community__name_fr"]
    fields = ["community", "number", "when", "is_live", "status", "came", "page"]
    readonly_fields = fields
    cancel_form = CancelForm
    inlines = [AgendaInline]
    verbs = ["move", "cancel", "circulate", "make_final"]

    def get_queryset(self, request):
        came = Invitee.objects.filter(event=OuterRef("event"), attendance__in=Invitee.CAME)
        number = came.order_by().values("event").annotate(number=Count("pk")).values("number")
        return super().get_queryset(request).annotate(people=Coalesce(Subquery(number), 0))

    @admin.display(description=_("when"), ordering="event__starts_at")
    def when(self, meeting):
        return clock.spoken(meeting.event.starts_at, meeting.event.zone)

    @admin.display(description=_("takes place"), boolean=True)
    def is_live(self, meeting):
        return meeting.event.is_live

    @admin.display(description=_("people who came"), ordering="people")
    def came(self, meeting):
        return meeting.people

    @admin.display(description=_("its page"))
    def page(self, meeting):
        return format_html('<a href="{}">{}</a>', meeting.get_absolute_url(), meeting)

    def add_view(self, request, form_url="", extra_context=None):
        """Meetings are added as a series: choose the community whose series it is."""
        context = {
            **self.admin_site.each_context(request),
            "title": _now("Schedule a series of meetings"),
            "opts": self.opts,
            "communities": Community.objects.select_related("cohort")
            .annotate(planned=Count("meetings"))
            .order_by("planned", "-cohort__opens_at", "name_en"),
        }
        return TemplateResponse(request, "meetings/admin_schedule.html", context)

    @verb(_("Move"), when=lambda meeting: meeting.may_be_moved)
    def move(self, request, meeting):
        return redirect("meetings:meeting-move", meeting.uuid)

    @verb(_("Cancel the meeting"), when=lambda meeting: meeting.may_be_moved, folds=True)
    def cancel(self, request, meeting):
        return redirect("meetings:meeting-cancel", meeting.uuid)

    def can_be_cancelled(self, meeting):
        return meeting.may_be_moved

    def call_off(self, meeting, reason):
        try:
            services.cancel(meeting, reason=reason)
        except InvalidTransition:
            return False
        return True

    @verb(
        _("Send the notes to the group"),
        danger=True,
        when=lambda meeting: meeting.can_move_to(Meeting.Status.CIRCULATED),
        is_next=always,
    )
    def circulate(self, request, meeting):
        letters = self.share(partial(services.circulate, as_drafts=True), request, meeting)
        if not letters:
            return None
        self.log_verb(request, meeting, self.circulate)
        messages.success(request, _now("The email is a draft: look at it, then let it go."))
        return redirect(outbox.review_url(letters))

    @verb(
        _("Make the notes final"),
        danger=True,
        when=lambda meeting: meeting.can_move_to(Meeting.Status.LOCKED),
        is_next=always,
    )
    def make_final(self, request, meeting):
        self.share(services.make_final, request, meeting)

    def share(self, act, request, meeting):
        try:
            return act(meeting, by=request.user)
        except services.IdentifierFound as found:
            raise InvalidTransition(" ".join(str(finding) for finding in found.findings)) from found


@admin.register(Decision)
class DecisionAdmin(ReadOnly, ModelAdmin):
    desk = ("meetings", 2)
    list_display = ["text", "meeting", "may_be_shared", "noted_at"]
    list_filter = ["meeting__community__cohort", "may_be_shared", "meeting__community"]
    list_select_related = ["meeting__community"]
    search_fields = ["text"]
    search_help_text = _("A word of the decision")


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            ("open", _("open")),
            ("overdue", _("overdue")),
            ("done", _("done")),
            ("left-behind", _("of people who left")),
        ]

    def queryset(self, request, queryset):
        match self.value():
            case "open":
                return queryset.open()
            case "overdue":
                return queryset.overdue()
            case "left-behind":
                return queryset.left_behind()
            case "done":
                return queryset.exclude(done_at=None)
        return queryset


@admin.register(ActionItem)
class ActionItemAdmin(ReadOnly, ModelAdmin):
    desk = ("meetings", 3)
    list_display = ["text", "owner", "due_on", "done_at", "meeting"]
    list_filter = ["meeting__community__cohort", StateFilter, "meeting__community"]
    list_select_related = ["owner", "deadline", "meeting__community"]
    search_fields = ["text", "owner__name", "owner__email"]
    search_help_text = _("A word of the action, or name or address of who does it")
    fields = ["text", "owner", "due_on", "done_at", "meeting", "closed_in"]

    @admin.display(description=_("due"), ordering="deadline__starts_at")
    def due_on(self, action):
        return action.deadline.local_on


@admin.register(Trial)
class TrialAdmin(ReadOnly, ModelAdmin):
    desk = ("meetings", 4)
    list_display = ["title", "community", "lead", "organization", "status", "verdict"]
    list_filter = ["community__cohort", "status", "verdict", "community"]
    tones = {
        "status": {Trial.Status.RUNNING: "info", Trial.Status.FINISHED: "success"},
        "verdict": {
            Trial.Verdict.ADOPT: "success",
            Trial.Verdict.ADAPT: "attention",
            Trial.Verdict.ABANDON: "neutral",
        },
    }
    list_select_related = ["community", "lead", "organization"]
    search_fields = ["title", "lead__name"]
    search_help_text = _("A word of the title, or name of who leads it")


class OutsideFilter(admin.SimpleListFilter):
    """Members who gave less or more than agreed in one month, "2021-03"."""

    title = _("under or over in a month")
    parameter_name = "outside"

    def lookups(self, request, model_admin):
        last = timezone.localdate().replace(day=1) - timedelta(days=1)
        return [(f"{last:%Y-%m}", _("last month"))]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        try:
            first = date.fromisoformat(f"{self.value()}-01")
        except ValueError:
            return queryset.none()
        outside = [
            member.pk
            for cohort in Cohort.objects.filter(meetings_from__lte=first, meetings_until__gte=first)
            for member in members_outside_hours(cohort, first)
        ]
        return queryset.filter(pk__in=outside)


@admin.register(Membership)
class MemberAdmin(MembershipAdmin):
    """The list behind the board's figure: who gave too few hours, or too many."""

    list_filter = [*MembershipAdmin.list_filter, OutsideFilter]


@admin.register(HoursEntry)
class HoursEntryAdmin(NoAdd, ModelAdmin):
    desk = ("meetings", 5)
    list_display = ["member", "worked_on", "hours", "sort", "note"]
    list_filter = ["membership__community__cohort", "sort", "membership__community"]
    list_select_related = ["membership__person", "membership__community"]
    search_fields = ["membership__person__name", "membership__person__email"]
    search_help_text = _("Name or address of the member")
    fields = ["membership", "sort", "meeting", "worked_on", "hours", "note"]
    readonly_fields = ["membership", "sort", "meeting"]

    @admin.display(description=_("member"), ordering="membership__person__name")
    def member(self, entry):
        return entry.membership
