"""Which answers staff read together, and why they take them away."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.unasked import AsksOnly
from applications.models import Application


class WhichForm(forms.Form):
    """The call and the question whose answers are read, out of those that there are."""

    cohort = forms.ChoiceField(label=_("Cohort"))
    key = forms.ChoiceField(label=_("Question"))

    def __init__(self, *, cohorts, questions, **kwargs):
        super().__init__(**kwargs)
        self.fields["cohort"].choices = [(each.pk, each.name) for each in cohorts]
        self.fields["key"].choices = [(each.key, each.text) for each in questions]


class TakeForm(AsksOnly, forms.Form):
    model = Application

    reason = forms.CharField(
        label=_("What do you need the file for?"),
        help_text=_("It is written down with your name and the time."),
        max_length=300,
        error_messages={"required": _("Write what you need the file for.")},
    )
    with_names = forms.BooleanField(
        label=_("With names, organizations and the answers that may tell who wrote them"),
        help_text=_("Leave it empty if the reference is enough: it leads to the application."),
        required=False,
    )

    def __init__(self, *args, is_blind, **kwargs):
        super().__init__(*args, **kwargs)
        if is_blind:
            del self.fields["with_names"]
