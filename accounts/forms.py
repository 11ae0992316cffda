from contextlib import contextmanager
from struct import error as StructError

from allauth.account.forms import ConfirmLoginCodeForm, LoginForm, RequestLoginCodeForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext_lazy as _

from accounts import employers
from accounts.alike import bare
from accounts.models import Organization, User
from accounts.unasked import AsksOnly


class LabelOnly:
    """A field of a sign-in page is named once, above it and by our words."""

    LABELS = {"login": _("Email address"), "email": _("Email address")}
    NAMES = {f"({name})": ("", label) for name, label in LABELS.items()}

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


class SecondStepForm(LabelOnly, AuthenticateForm):
    pass


class SecondStepAgainForm(LabelOnly, ReauthenticateForm):
    pass


class SetUpAppForm(LabelOnly, ActivateTOTPForm):
    pass


def _on_file(name: str) -> Organization | None:
    """Return the organization that has this name in either language, however it is spelled."""
    wanted = bare(name)
    if not wanted:
        return None
    return next(
        (
            each
            for each in Organization.objects.all()
            if wanted in {bare(each.name_en), bare(each.name_fr)}
        ),
        None,
    )


class DetailsForm(AsksOnly, forms.ModelForm):
    employer = forms.CharField(
        label=_("The organization I work for"),
        max_length=200,
        required=False,
        help_text=_(
            "So that nobody from there reads an application of yours, and you read none from "
            "there. Type its name, whether or not it is on our list. A group keeps the "
            "organization you joined it with; First Work sees that it changed."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "organization", "list": "employers"}),
    )
    field_order = ["name", "phone", "employer", "language", "time_zone"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        employer = self.instance.organization
        self.initial["employer"] = employer.name if employer else ""
        self.being_added = None if employer else employers.being_added(self.instance)
        if self.being_added and not self.is_bound:
            field = self.fields["employer"].widget
            field.attrs["aria-describedby"] = "id_employer_helptext id_employer_being_added"

    @property
    def employers(self) -> list[str]:
        """The names of the organizations on file, which are public, in the active language."""
        return sorted((each.name for each in Organization.objects.all()), key=str.casefold)

    def clean_employer(self):
        """Keep the organization on file that is named, or none: what is not on file, staff add."""
        name = self.cleaned_data["employer"].strip()
        if "employer" not in self.changed_data:
            return name
        self.instance.organization = _on_file(name)
        return name

    @property
    def employer_to_add(self) -> str:
        """The name of an employer that she has just typed and that is not on file."""
        is_new = "employer" in self.changed_data and self.instance.organization is None
        return self.cleaned_data["employer"] if is_new else ""

    @transaction.atomic
    def save(self, commit=True):
        """Keep it, and let staff find that she has another employer on the page about her.

        Raises ValidationError where one that is not on file cannot be asked for.
        """
        if "time_zone" in self.changed_data:
            self.instance.chose_clock = True
        person = super().save(commit)
        if "employer" in self.changed_data:
            LogEntry.objects.log_actions(
                person.pk,
                [person],
                CHANGE,
                [{"changed": {"fields": ["Organization"]}}],
                single_object=True,
            )
            employers.changed(person, self.employer_to_add)
        return person

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


class CredentialField(forms.JSONField):
    """Refuses what is nested without end as it does what is no JSON, and shows it again."""

    widget = forms.HiddenInput

    def to_python(self, value):
        try:
            return super().to_python(value)
        except RecursionError as error:
            words, params = self.error_messages["invalid"], {"value": value}
            raise ValidationError(words, code="invalid", params=params) from error

    def bound_data(self, data, initial):
        try:
            return super().bound_data(data, initial)
        except RecursionError:
            return InvalidJSONInput(data)


@contextmanager
def nonsense_is_no_key():
    """What no key would have signed is refused like a key that does not fit.

    The library looks only at some of the ways in which its reader of bytes and dicts stumbles.
    """
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, StructError) as error:
        raise get_adapter().validation_error("incorrect_code") from error


class KeyForm(AddWebAuthnForm):
    """A passkey or security key; allauth gives its name no label to translate."""

    credential = CredentialField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")

    def clean(self):
        with nonsense_is_no_key():
            return super().clean()


class AskForKeyForm(AuthenticateWebAuthnForm):
    credential = CredentialField()

    def clean_credential(self):
        with nonsense_is_no_key():
            return super().clean_credential()


class SignInByKeyForm(AskForKeyForm, LoginWebAuthnForm):
    pass


class AskAgainForKeyForm(AskForKeyForm, ReauthenticateWebAuthnForm):
    pass
