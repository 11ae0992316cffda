"""When to remind of what, and who is reminded when."""

from django import forms
from django.contrib import admin
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_base import NO_CHOICE, ModelAdmin, ReadOnly
from accounts.phrases import labelled
from accounts.unasked import AsksOnly
from notifications import mails
from notifications.admin.kind import KindFilter
from notifications.models import Kind, Reminder, Rule
from notifications.models.reminder import Unit, in_words
from notifications.models.time import DEADLINES


class RuleForm(AsksOnly, forms.ModelForm):
    amount = forms.IntegerField(
        label=gettext_lazy("How many"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("Leave it empty for half way."),
    )
    mail = forms.ChoiceField(
        label=gettext_lazy("Email"), help_text=gettext_lazy("The kind of email to send.")
    )

    class Meta:
        model = Rule
        fields = [
            "kind", "anchor", "amount", "unit", "role", "answer", "attendance", "only_chosen",
            "mail", "is_on", "series", "event",
        ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        groups = [
            (
                capfirst(kind.label),
                [(mail.name, mail.title) for mail in mails.reminders() if kind in mail.reminds_of],
            )
            for kind in Kind
        ]
        self.fields["mail"].choices = [("", NO_CHOICE), *filter(lambda group: group[1], groups)]

    def clean(self):
        facts = super().clean()
        self._refuse_impossible_offset(facts)
        self._refuse_impossible_audience(facts)
        mail, kind = facts.get("mail"), facts.get("kind")
        if mail and kind and kind not in mails.kind(mail).reminds_of:
            self.add_error("mail", _("This email is not about that kind of event."))
        if facts.get("series") and facts.get("event"):
            self.add_error("event", _("A rule belongs to a series or to an event, not to both."))
        elif facts.get("event") and kind and facts["event"].kind != kind:
            self.add_error("event", _("This is an event of another kind."))
        return facts

    def _refuse_impossible_offset(self, facts):
        anchor, amount = facts.get("anchor"), facts.get("amount") or 0
        if anchor == Rule.Anchor.HALF:
            if amount and "amount" in facts:
                self.add_error("amount", _("Half way needs no number: leave this empty."))
            if facts.get("kind") and facts["kind"] not in DEADLINES:
                self.add_error("anchor", _("Only a deadline has a half way."))
            facts["amount"], facts["unit"] = 0, Unit.DAYS
        elif "amount" in facts and facts.get("unit"):
            longest = Rule.LONGEST[facts["unit"]]
            if not 1 <= amount <= longest:
                self.add_error(
                    "amount",
                    _("Enter a number between 1 and %(longest)s.") % {"longest": longest},
                )

    def _refuse_impossible_audience(self, facts):
        if facts.get("attendance") in {None, Rule.Attendance.ANY}:
            return
        if facts.get("anchor") != Rule.Anchor.AFTER:
            self.add_error("attendance", _("Who came is known only after the end."))
        elif facts.get("kind") in DEADLINES:
            self.add_error("attendance", _("Nobody attends a deadline."))


@admin.register(Rule)
class RuleAdmin(ModelAdmin):
    desk = ("mail", 3)
    form = RuleForm
    list_display = ["kind", "moment", "audience", "about", "is_on", "place"]
    list_filter = ["kind", "is_on"]
    list_select_related = ["series", "event"]
    autocomplete_fields = ["series", "event"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "kind",
                    ("amount", "unit"),
                    "anchor",
                    ("role", "answer", "attendance"),
                    "only_chosen",
                    "mail",
                    "is_on",
                ]
            },
        ),
        (
            gettext_lazy("Only for"),
            {
                "fields": ["series", "event"],
                "description": gettext_lazy(
                    "Leave both empty for a rule that holds everywhere. The nearest rule wins: "
                    "event, community, cohort, everywhere. One that is off switches a farther "
                    "one off."
                ),
            },
        ),
    ]

    def response_post_save_add(self, request, rule):
        """Lead to the event that the rule is about alone, where it stands among the others."""
        if rule.event_id:
            return redirect("admin:notifications_event_change", rule.event_id)
        return super().response_post_save_add(request, rule)

    @admin.display(description=gettext_lazy("when"))
    def moment(self, rule):
        return in_words(rule.offset_key)

    @admin.display(description=gettext_lazy("to whom"))
    def audience(self, rule):
        return rule.audience

    @admin.display(description=gettext_lazy("Email"), ordering="mail")
    def about(self, rule):
        return mails.title(rule.mail)

    @admin.display(description=gettext_lazy("holds for"))
    def place(self, rule):
        return rule.place


@admin.register(Reminder)
class ReminderAdmin(ReadOnly, ModelAdmin):
    desk = ("mail", 2)
    list_display = ["about", "ahead", "person", "event", "due_at", "state", "why"]
    fields = [
        "about", "event", "person", "ahead", "due_at", "useful_until", "state", "why",
        "waits_until", "came_from", "message",
    ]  # fmt: skip
    list_filter = ["state", KindFilter]
    list_select_related = ["person", "event"]
    narrowed_by = ["person"]
    ordering = ["-due_at", "-pk"]
    search_fields = ["person__name", "person__email", "event__title_en"]
    search_help_text = gettext_lazy("Name or address of the person, or the event")
    tones = {
        "state": {
            Reminder.State.PLANNED: "info",
            Reminder.State.ENQUEUED: "success",
        }
    }

    @admin.display(description=gettext_lazy("Email"), ordering="mail")
    def about(self, reminder):
        return reminder.said

    @admin.display(description=gettext_lazy("offset"), ordering="offset_key")
    def ahead(self, reminder):
        return reminder.ahead

    @admin.display(description=gettext_lazy("why"))
    def why(self, reminder):
        return reminder.why

    @admin.display(description=gettext_lazy("rule"))
    def came_from(self, reminder):
        rule = reminder.rule
        return labelled(rule, rule.place) if rule else ""
