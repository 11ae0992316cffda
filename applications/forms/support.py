"""Asking a supervisor, and answering as one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.phones import check_phone
from accounts.unasked import AsksOnly
from applications.models import Support

WORDS_CHARACTERS = 1000


class AskForm(AsksOnly, forms.Form):
    model = Support

    name = forms.CharField(
        label=_("Name of your supervisor"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "width-20"}),
        error_messages={"required": _("Enter the name of your supervisor.")},
    )
    email = forms.EmailField(
        label=_("Email address at work"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "class": "width-20"}),
        error_messages={
            "required": _("Enter the address of your supervisor."),
            "invalid": _("Enter an address like name@example.ca."),
        },
    )


class SupportForm(AsksOnly, forms.Form):
    model = Support

    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=[
            (Support.Answer.YES, _("Yes, the hours are fine")),
            (Support.Answer.IF, _("Yes, if a condition is met")),
            (Support.Answer.NOT_NOW, _("Not now")),
            (Support.Answer.CALL, Support.Answer.CALL.label),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the four answers.")},
    )
    words = forms.CharField(
        label=_("Your condition, or a remark"),
        help_text=_(
            "Needed after “Yes, if a condition is met”. The person who asked you reads it first."
        ),
        max_length=WORDS_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        help_text=_("Needed after “Please call me”."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "class": "width-20"}),
        validators=[check_phone],
    )

    def __init__(self, *args, support: Support, **kwargs):
        said = {name: getattr(support, name) for name in ("answer", "words", "phone")}
        super().__init__(*args, initial=said, **kwargs)
        self.support = support

    def clean(self):
        """Let go of a condition that was filled in from an earlier answer and no longer is one."""
        facts = super().clean() or self.cleaned_data
        is_if = facts.get("answer") == Support.Answer.IF
        if not is_if and facts.get("words") and facts["words"] in self.support.conditions:
            facts["words"] = ""
        needed = {
            Support.Answer.IF: ("words", _("Write your condition.")),
            Support.Answer.CALL: ("phone", _("Enter the number to call.")),
        }
        name, missing = needed.get(facts.get("answer"), ("", ""))
        if name and name not in self.errors and not facts.get(name):
            self.add_error(name, missing)
        return facts

    @property
    def says_the_same(self) -> bool:
        """Whether the supervisor says already what was sent, and nobody has called since."""
        said = self.cleaned_data.items()
        return not self.support.called_at and all(
            getattr(self.support, name) == value for name, value in said
        )
