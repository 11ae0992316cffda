"""She changes her own address: she is signed in, and a link sent there shows that it is hers."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts import links, once
from accounts.lifecycle import InvalidTransition
from accounts.models import User
from accounts.typed import refuse
from accounts.unasked import AsksOnly
from notifications import people


class NewAddressForm(AsksOnly, forms.Form):
    model = User

    address = forms.EmailField(
        label=gettext_lazy("Your new email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "class": "width-20"}),
        error_messages={
            "required": gettext_lazy("Enter your new email address."),
            "invalid": gettext_lazy("Enter an email address like name@agency.ca."),
        },
    )

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_address(self):
        address = self.cleaned_data["address"].lower()
        if address == self.person.email:
            raise forms.ValidationError(_("This is the address we have."))
        return address


@never_cache
@once.only
def ask(request):
    """Ask for the new address and write there; whether we know it already, the page never tells."""
    if request.user.is_staff and request.method == "POST":
        why = _("Only a superuser changes the address of staff.")
        return refuse(request, why, "notifications:address")
    form = NewAddressForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["address"]
        try:
            people.ask_to_change(request.user, address)
        except InvalidTransition as error:
            form.add_error("address", str(error))
        else:
            words = _(
                "We have written to %(address)s. Open the link there within three days; "
                "until then nothing changes."
            )
            messages.success(request, words % {"address": address})
            return redirect("accounts:details")
    context = {"form": form, "person": request.user}
    return render(request, "notifications/address.html", context)


@never_cache
def confirm(request, token):
    """Take the address that the link was sent to, at the press of a button."""
    try:
        person, address = people.new_address(token)
        if person != request.user or person.is_staff:
            raise links.BadLink
    except links.BadLink as error:
        if request.method == "POST":
            raise Http404 from error
        return render(request, "accounts/bad_link.html", status=410)
    if request.method == "POST":
        try:
            people.change_address(person, address, by=person, is_proved=True)
        except InvalidTransition:
            why = _(
                "This address stands in our records by now. Write to us: we bring the two "
                "records together."
            )
            return refuse(request, why, "accounts:details")
        messages.success(request, _("From now on we write to %(to)s.") % {"to": address})
        return redirect("accounts:details")
    context = {"person": person, "address": address}
    return render(request, "notifications/address_confirm.html", context)
