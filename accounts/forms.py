from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.unasked import AsksOnly


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
