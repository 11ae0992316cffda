from django import forms
from django.core import signing
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import Office, Organization, User
from accounts.unasked import AsksOnly

SALT = "cops.office"


class OfficeForm(AsksOnly, forms.ModelForm):
    """What its sender changed since she opened it, and no more, comes to be written.

    The page carries what it showed, signed. Where somebody else has changed the same field
    meanwhile, it is refused once, with the other's words beside it.
    """

    hides_optional = True

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    convenor = forms.ModelChoiceField(
        label=_("Who convenes the calls"),
        queryset=Organization.objects.all(),
        empty_label=_("Choose an organization"),
        help_text=_("Not on the list? Add it under Organizations first."),
        error_messages={"required": _("Choose who convenes the calls.")},
    )

    class Meta:
        model = Office
        fields = ["name", "convenor", "postal_address", "mailbox", "phone"]
        labels = {
            "name": _("Name of your organization"),
            "postal_address": _("Postal address"),
            "mailbox": _("Mailbox that a person reads"),
            "phone": _("Phone"),
        }
        help_texts = {
            "name": _("Email is signed with it, and every page names it at its foot."),
            "postal_address": _(
                "Stands at the foot of every page and every email, as the law asks."
            ),
            "mailbox": _("Answers to our email go there, unless a call names its own."),
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "organization"}),
            "postal_address": forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
            "phone": forms.TextInput(
                attrs={"type": "tel", "autocomplete": "tel", "class": "width-20"}
            ),
        }

    def __init__(self, data=None, *, facts):
        """``facts`` are what ``accounts.office`` says now."""
        self.facts = {name: getattr(facts, name) for name in self._meta.fields}
        shown = _shown(data.get("seen", "")) if data else None
        now = signing.dumps(self.facts, salt=SALT)
        super().__init__(data, initial={**(shown or self.facts), "seen": now})

    @property
    def changes(self) -> dict:
        """What she typed, by field, where it is neither what her page showed nor what stands."""
        typed = {
            name: self.cleaned_data.get(name) for name in self.changed_data if name in self.facts
        }
        return {
            name: words
            for name, words in typed.items()
            if self.fields[name].prepare_value(words) != self.facts[name]
        }

    def clean(self):
        facts = super().clean()
        taken = [name for name in self.changes if self.facts[name] != self.initial[name]]
        for name in taken:
            words = _t(
                "Somebody else has just changed this to “%(theirs)s”. Save again to keep yours."
            )
            self.add_error(name, words % {"theirs": self._called(name)})
        if taken:
            self.data = {**self.data.dict(), "seen": self.initial["seen"]}
        return facts

    def _called(self, name):
        if name == "convenor":
            return Organization.objects.filter(pk=self.facts[name]).first()
        return self.facts[name]


def _shown(seen: str) -> dict | None:
    """Return what a page showed; None where it does not say so in our own hand."""
    try:
        return signing.loads(seen, salt=SALT)
    except signing.BadSignature:
        return None


class InviteForm(AsksOnly, forms.Form):
    """Whom to make staff, and why: who may do everything here should not become so in passing."""

    model = User

    email = forms.EmailField(
        label=_("Email address"),
        max_length=254,
        help_text=_("The way in goes there. The first sign-in asks for a second step."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(label=_("Name"), max_length=150)
    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        help_text=_("Staff see it in the history of the record."),
        error_messages={"required": _("Write in a few words why.")},
    )
