"""The times that interviewers offer."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import IsSet, ModelAdmin, NoAdd, ReadOnly, TabularInline, verb
from accounts.phrases import in_a_row
from applications.models import Panelist, Slot
from applications.services import interviews


class PanelistInline(ReadOnly, TabularInline):
    model = Panelist
    fields = readonly_fields = ["person"]
    verbose_name_plural = _("interviewers")


@admin.register(Slot)
class SlotAdmin(NoAdd, ModelAdmin):
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
        return in_a_row(slot.interviewers)

    @verb(
        _("Withdraw this time"),
        when=lambda slot: slot.cancelled_at is None and not hasattr(slot, "interview"),
    )
    def withdraw(self, request, slot):
        interviews.withdraw_slot(slot)
