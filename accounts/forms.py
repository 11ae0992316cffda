from allauth.account.forms import ConfirmLoginCodeForm, LoginForm, RequestLoginCodeForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.unasked import AsksOnly


class LabelOnly:
    """A field of a sign-in page is named once, above it and by our words."""

    LABELS = {"login": _("Email address"), "email": _("Email address")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name in self.LABELS:
                field.label = self.LABELS[name]
                field.error_messages["required"] = _(
                    "Enter your email address, for example name@agency.ca."
                )
            field.widget.attrs.pop("placeholder", None)


class SignInForm(LabelOnly, LoginForm):
    pass


class AskForCodeForm(LabelOnly, RequestLoginCodeForm):
    pass


class TypeCodeForm(LabelOnly, ConfirmLoginCodeForm):
    pass


class DetailsForm(AsksOnly, forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "phone", "language", "time_zone"]
        labels = {
            "language": _("Write to me in"),
            "time_zone": _("The clock I go by"),
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "phone": forms.TextInput(
                attrs={"autocomplete": "tel", "type": "tel", "class": "width-20"}
            ),
            "language": forms.RadioSelect(attrs={"class": "inline-choices"}),
        }


class KeyForm(AddWebAuthnForm):
    """A passkey or security key; allauth gives its name no label to translate."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
