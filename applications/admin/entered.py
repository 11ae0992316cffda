"""Beginning an application for somebody who told hers on the phone, on paper or in a letter."""

from django import forms
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy

from accounts.admin_base import RecordForm
from accounts.models import Language
from applications.models import Application
from applications.services import entered
from cops.models import Cohort


class EnterForm(RecordForm):
    name = forms.CharField(label=gettext_lazy("Her name"), max_length=150)
    address = forms.EmailField(
        label=gettext_lazy("Her email address"),
        max_length=254,
        help_text=gettext_lazy(
            "She gets a copy there, and everything that follows. Who has none names somebody "
            "she trusts to read it for her."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of our email"),
        choices=Language.choices,
        widget=forms.RadioSelect,
    )
    came_by = forms.ChoiceField(
        label=gettext_lazy("How it came"),
        choices=Application.CameBy.choices,
        widget=forms.RadioSelect,
    )
    code = forms.CharField(
        label=gettext_lazy("Access code"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Needed after the call has closed: it says why it comes late."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    class Meta:
        model = Application
        fields = ["cohort", "name"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = Cohort.objects.published()


class EntersForSomebody:
    """For the ``ModelAdmin`` of applications: to add one is to enter it for somebody."""

    asked = ["cohort", "name", "address", "language", "came_by", "code"]

    def add_view(self, request, form_url="", extra_context=None):
        words = {"title": gettext("Enter an application for somebody"), **(extra_context or {})}
        return super().add_view(request, form_url, words)

    def get_fieldsets(self, request, obj=None):
        return super().get_fieldsets(request, obj) if obj else [(None, {"fields": self.asked})]

    def get_readonly_fields(self, request, obj=None):
        return super().get_readonly_fields(request, obj) if obj else []

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is None:
            kwargs["form"] = EnterForm
        return super().get_form(request, obj, change=change, **kwargs)

    def save_model(self, request, application, form, change):
        if not change:
            begun = entered.enter(**form.cleaned_data, by=request.user)
            application.pk = begun.pk
            application.refresh_from_db()

    def response_add(self, request, application, post_url_continue=None):
        return redirect("applications:application-edit", application.uuid)
