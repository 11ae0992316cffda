"""When to remind of what, and who is reminded when."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_base import ModelAdmin, ReadOnly
from accounts.unasked import AsksOnly
from notifications import mails
from notifications.admin.kind import KindFilter
from notifications.models import Reminder, Rule
from notifications.models.reminder import Unit, before


class RuleForm(AsksOnly, forms.ModelForm):
    LONGEST = {Unit.DAYS: 60, Unit.HOURS: 168}

    mail = forms.ChoiceField(
        label=gettext_lazy("Email"), help_text=gettext_lazy("The kind of email to send.")
    )

    class Meta:
        model = Rule
        fields = ["kind", "amount", "unit", "role", "mail", "is_on", "series", "event"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["mail"].choices = [(name, mails.title(name)) for name in mails.names()]

    def clean(self):
        facts = super().clean()
        amount, longest = facts.get("amount"), self.LONGEST.get(facts.get("unit"))
        if amount is not None and longest and not 1 <= amount <= longest:
            self.add_error(
                "amount",
                _("Enter a number between 1 and %(longest)s.") % {"longest": longest},
            )
        if facts.get("series") and facts.get("event"):
            self.add_error("event", _("A rule belongs to a series or to an event, not to both."))
        return facts


@admin.register(Rule)
class RuleAdmin(ModelAdmin):
    desk = ("mail", 3)
    form = RuleForm
    list_display = ["kind", "amount", "unit", "role", "about", "is_on", "place"]
    list_filter = ["kind", "is_on"]
    list_select_related = ["series", "event"]
    autocomplete_fields = ["series", "event"]
    fieldsets = [
        (None, {"fields": ["kind", ("amount", "unit"), "role", "mail", "is_on"]}),
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

    @admin.display(description=gettext_lazy("Email"), ordering="mail")
    def about(self, rule):
        return mails.title(rule.mail)

    @admin.display(description=gettext_lazy("holds for"))
    def place(self, rule):
        return rule.event or rule.series or _("everywhere")


@admin.register(Reminder)
class ReminderAdmin(ReadOnly, ModelAdmin):
    desk = ("mail", 2)
    list_display = ["about", "ahead", "person", "event", "due_at", "state"]
    fields = ["about", "event", "person", "ahead", "due_at", "useful_until", "state", "message"]
    list_filter = ["state", KindFilter]
    list_select_related = ["person", "event"]
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
        return mails.title(reminder.mail)

    @admin.display(description=gettext_lazy("offset"), ordering="offset_key")
    def ahead(self, reminder):
        return before(reminder.offset_key)
