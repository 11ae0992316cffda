"""Calling off at the desk: one record's event by a verb, several by an action of their list."""

from django.contrib import admin, messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications import notices
from notifications.forms import CancelForm

CANCELLED = gettext_lazy("Somebody has just cancelled it, or it has begun.")


class CancelsSeveral:
    """For a ``ModelAdmin`` whose records have an ``event`` and say how one is called off."""

    actions = ["cancel_selected"]
    cancel_form = CancelForm

    def can_be_cancelled(self, record) -> bool:
        raise NotImplementedError

    def call_off(self, record, reason: str) -> bool:
        """Call ``record`` off; return whether it was this that did it."""
        raise NotImplementedError

    @admin.action(description=gettext_lazy("Cancel the chosen ones"), permissions=["change"])
    def cancel_selected(self, request, queryset):
        """Say of each how many people it tells, ask why, and call them off together."""
        chosen = list(queryset.order_by("event__starts_at", "pk"))
        form = self.cancel_form(request.POST if "confirm" in request.POST else None)
        if form.is_valid():
            return self.call_all_off(request, chosen, form.cleaned_data["reason"])
        ahead = [record for record in chosen if self.can_be_cancelled(record)]
        numbers = notices.how_many_at_end([record.event for record in ahead])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Cancel these?"),
            "opts": self.opts,
            "form": form,
            "rows": [(record, numbers.get(record.event_id, 0)) for record in ahead],
            "total": sum(numbers.values()),
            "staying": [record for record in chosen if record not in ahead],
        }
        return render(request, "notifications/admin_cancel_events.html", context)

    @transaction.atomic
    def call_all_off(self, request, chosen, reason):
        off = [
            record
            for record in chosen
            if self.can_be_cancelled(record) and self.call_off(record, reason)
        ]
        for record in off:
            self.log_verb(request, record, self.cancel)
        if off:
            said = ngettext(
                "%(count)s is cancelled. Those who had heard of it are told.",
                "%(count)s are cancelled. Those who had heard of them are told.",
                len(off),
            )
            messages.success(request, said % {"count": len(off)})
        if len(off) < len(chosen):
            messages.warning(
                request, _("What has begun, or was cancelled already, stayed as it is.")
            )
        return redirect(request.get_full_path())
