"""Addresses that do not take our mail, until staff have dealt with them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from accounts.admin_base import IsSet, ModelAdmin, NoAdd, always, verb
from notifications.models import Bounce


@admin.register(Bounce)
class BounceAdmin(NoAdd, ModelAdmin):
    desk = ("mail", 5)
    list_display = ["address", "person", "cause", "answer", "at", "settled_at"]
    fields = ["address", "person", "cause", "answer", "message", "at", "settled_at", "settled_by"]
    readonly_fields = fields
    list_filter = [("settled_at", IsSet), "cause"]
    list_select_related = ["person"]
    search_fields = ["address", "person__name"]
    search_help_text = gettext_lazy("Name of the person, or the address")
    verbs = ["settle"]

    @verb(
        gettext_lazy("Send email there again"),
        when=lambda bounce: bounce.settled_at is None,
        is_next=always,
    )
    def settle(self, request, bounce):
        bounce.settle(by=request.user)
