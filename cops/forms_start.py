from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Office, Organization


class OfficeForm(forms.ModelForm):
    hides_optional = True

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
            "name": _("Mail is signed with it, and every page names it at its foot."),
            "postal_address": _(
                "Stands at the foot of every page and every mail, as the law asks."
            ),
            "mailbox": _("Answers to our mail go there, unless a call names its own."),
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "organization"}),
            "postal_address": forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
            "phone": forms.TextInput(
                attrs={"type": "tel", "autocomplete": "tel", "class": "width-20"}
            ),
        }


class InviteForm(forms.Form):
    """Whom to make staff, and why: who may do everything here should not become so in passing."""

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
