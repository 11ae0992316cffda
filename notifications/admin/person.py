"""A person at the desk, mail included."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.admin import UserAdmin
from accounts.admin_base import verb
from accounts.lifecycle import InvalidTransition
from accounts.models import User
from notifications import people


class AddressForm(forms.Form):
    address = forms.EmailField(
        label=_("New address"),
        max_length=254,
        help_text=_("The old address is told. Links in email that went there stop working."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def clean_address(self):
        address = self.cleaned_data["address"]
        if User.objects.filter(email__iexact=address).exists():
            raise forms.ValidationError(_t("Somebody has this address already."))
        return address


@admin.register(User)
class PersonAdmin(UserAdmin):
    """A person with all that staff do for her, mail included."""

    verbs = ["log_contact", "send_sign_in_link", "change_address"]

    @verb(
        _("Send a sign-in link"),
        when=lambda person: person.is_active,
        done=_("The link is on its way. It works once, within ten minutes of being sent."),
    )
    def send_sign_in_link(self, request, person):
        people.send_sign_in_link(person, by=request.user)

    @verb(
        _("Change the address"),
        form=AddressForm,
        done=_("Changed. The old address is told; a sign-in link confirms the new one."),
    )
    def change_address(self, request, person, facts):
        if person.is_staff and not request.user.is_superuser:
            raise InvalidTransition(_t("Only a superuser changes the address of staff."))
        people.change_address(person, facts["address"], by=request.user)
