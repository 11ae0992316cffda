"""How staff note a decision that is released later, and find those that are to be released."""

from django import forms
from django.contrib import admin
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_base import verb
from accounts.phrases import labelled
from applications import desk


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


def _is_known(application) -> bool:
    """Whether what is decided about it may be seen, and so be decided or undone."""
    return not getattr(application, "is_blind", False)


def waits(application) -> bool:
    return _is_known(application) and bool(application.pending_status)


def decides(status, label):
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


def of_the_decision(label):
    """Return how ``label`` names the decision it is about."""
    return lambda application: labelled(label, application.get_pending_status_display())


RELEASE, TAKE_BACK = gettext_lazy("Release the decision"), gettext_lazy("Take the decision back")
