"""Who applies, and where she works."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, Region
from accounts.phones import check_phone
from applications.forms.section import SectionForm
from applications.services import workplace


class AboutForm(SectionForm):
    columns = ("name", "organization_name", "job", "town", "region", "phone", "mail_language")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = Region.objects.alphabetical()

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "width-20"}),
        error_messages={"required": _("Enter your name.")},
    )
    organization_name = forms.CharField(
        label=_("The organization you work for"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Enter the name of your organization.")},
    )
    job = forms.CharField(
        label=_("Your role there"),
        help_text=_("For example employment counsellor, job developer, case manager."),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
        error_messages={"required": _("Enter your role.")},
    )
    town = forms.CharField(
        label=_("Town where you work"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2", "class": "width-20"}),
        error_messages={"required": _("Enter the town where you work.")},
    )
    region = forms.ModelChoiceField(
        label=_("Employment region"),
        help_text=_("Not sure? Leave this empty: we find it from the town."),
        queryset=Region.objects.all(),
        required=False,
        empty_label=_("Find it from the town"),
        widget=forms.Select(attrs={"class": "width-20"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        help_text=_("Only if something about your interview is urgent."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "class": "width-20"}),
    )
    mail_language = forms.ChoiceField(
        label=_("In which language should we write to you?"),
        choices=Language.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the language of our email.")},
    )

    @classmethod
    def columns_of(cls, answers):
        return workplace.known(super().columns_of(answers))

    def clean(self):
        super().clean()
        if phone := self.cleaned_data.get("phone"):
            try:
                check_phone(phone)
            except forms.ValidationError as error:
                self.wrong["phone"] = phone
                self.add_error("phone", error)
        return self.cleaned_data
