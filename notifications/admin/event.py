"""What takes place when, and who is invited."""

from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_base import (
    IsSet,
    ModelAdmin,
    NoAdd,
    ReadOnly,
    TabularInline,
    verb,
)
from accounts.lifecycle import InvalidTransition
from accounts.moments import MomentField, refuse_past
from notifications import calendar, endings, mails, telling
from notifications.admin.cancelling import CANCELLED
from notifications.forms import CancelForm
from notifications.models import Event, Invitee, Kind, Rule, Series
from notifications.models.reminder import OFFSET_AND_AUDIENCE, in_words
from notifications.rules import Rules

# A meeting or an interview is moved on its own page: more hangs on it than the event.
MOVED_HERE = {Kind.WEBINAR}


class InviteeInline(ReadOnly, TabularInline):
    model = Invitee
    fields = ["person", "role", "since", "until", "answer", "attendance"]
    readonly_fields = fields

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("person")


class MoveForm(forms.Form):
    """When and where an event is; everyone invited hears of any change."""

    when = MomentField(
        label=gettext_lazy("Date and time"),
        help_text=gettext_lazy("On the event’s own clock."),
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Length in minutes"), min_value=5, max_value=600
    )
    place = forms.CharField(label=gettext_lazy("Place"), required=False, max_length=200)
    join_link = forms.URLField(
        label=gettext_lazy("Join link"), required=False, max_length=200, assume_scheme="https"
    )
    dial_in = forms.CharField(label=gettext_lazy("Dial-in"), required=False, max_length=200)

    def clean(self):
        facts = super().clean()
        if "when" in facts:
            refuse_past(self, "when", facts["when"], was=self.initial["when"])
        return facts


@admin.register(Event)
class EventAdmin(NoAdd, ModelAdmin):
    desk = ("rest", 1)
    list_display = ["__str__", "kind", "starts_at", "zone", "series", "cancelled_at"]
    list_filter = ["kind", ("cancelled_at", IsSet)]
    list_select_related = ["series"]
    search_fields = ["title_en", "title_fr", "series__name_en", "series__name_fr"]
    search_help_text = gettext_lazy("A word of the title or the series")
    inlines = [InviteeInline]
    verbs = ["move", "cancel"]
    fields = [
        "kind",
        "title_en",
        "title_fr",
        "series",
        "local_on",
        "local_at",
        "zone",
        "starts_at",
        "ends_at",
        "place",
        "join_link",
        "dial_in",
        "schedule_version",
        "cancelled_at",
        "cancel_reason",
        "reminders",
    ]
    readonly_fields = fields

    @admin.display(description=gettext_lazy("reminders"))
    def reminders(self, event):
        """The rules about it, nearest first, where each comes from, and the way to its own."""
        rules = Rules()
        held = rules.in_force(event)
        can_have_its_own = event.is_live and not event.is_over
        rows = [
            {
                "rule": rule,
                "title": mails.title(rule.mail),
                "when": in_words(rule.offset_key),
                "is_held": rule in held,
                "own_url": own_rule_url(event, rule)
                if can_have_its_own and not rule.event_id and rule in held
                else "",
            }
            for rule in rules.of(event)
        ]
        return render_to_string(
            "notifications/_rules.html",
            {"event": event, "rows": rows, "own_url": can_have_its_own and own_rule_url(event)},
        )

    def verb_form(self, request, record, method):
        if method == self.cancel:
            return method.form(request.POST or None)
        now = {name: getattr(record, name) for name in ("place", "join_link", "dial_in")}
        now["minutes"] = record.length_minutes
        now["when"] = record.starts_at
        form = method.form(request.POST or None, initial=now)
        form.fields["when"].on_the_clock_of(record.zone)
        return form

    @staticmethod
    def can_change(event):
        return event.kind in MOVED_HERE and event.is_live and not event.is_over

    @verb(
        gettext_lazy("Move or change"),
        form=MoveForm,
        when=can_change,
        done=gettext_lazy("Changed. Everyone invited is being told."),
    )
    def move(self, request, event, facts):
        wall = facts.pop("when").astimezone(ZoneInfo(event.zone)).replace(tzinfo=None)
        try:
            calendar.move(event, wall, fold=wall.fold, **facts)
        except calendar.Moved as error:
            raise InvalidTransition(
                _("Somebody else has just changed this event. Look again.")
            ) from error

    @verb(
        gettext_lazy("Cancel this event"),
        form=CancelForm,
        danger=True,
        when=can_change,
        done=gettext_lazy("The event is cancelled."),
    )
    def cancel(self, request, event, facts):
        if not endings.call_off(event, reason=facts["reason"]):
            raise InvalidTransition(CANCELLED)
        messages.info(request, telling.told(event))

    def consequence(self, event, method):
        is_end = method == self.cancel
        return telling.before_end(event) if is_end else super().consequence(event, method)


def own_rule_url(event: Event, rule: Rule | None = None) -> str:
    """Return the page to write a rule for ``event`` alone, begun with what ``rule`` says."""
    facts = {"kind": event.kind, "event": event.pk}
    if rule:
        facts |= {name: getattr(rule, name) for name in [*OFFSET_AND_AUDIENCE, "mail"]}
        facts |= {"only_chosen": 1} if rule.only_chosen else {}
    return f"{reverse('admin:notifications_rule_add')}?{urlencode(facts)}"


@admin.register(Series)
class SeriesAdmin(NoAdd, ModelAdmin):
    desk = ("rest", 2)
    list_display = ["name_en", "name_fr", "parent"]
    list_select_related = ["parent"]
    search_fields = ["name_en", "name_fr"]
    search_help_text = gettext_lazy("Name")
    readonly_fields = ["name_en", "name_fr", "parent"]
