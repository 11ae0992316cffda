from django import forms

from accounts.models import User


class DetailsForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "phone", "language", "time_zone"]
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "phone": forms.TextInput(
                attrs={"autocomplete": "tel", "type": "tel", "class": "width-20"}
            ),
            "language": forms.RadioSelect(attrs={"class": "inline-choices"}),
        }
