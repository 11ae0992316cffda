from django import forms
from django.utils.translation import gettext_lazy

from cops.consent import AGREE_TO_NEWS
from cops.models import Registration

AGREE_TO_USE = gettext_lazy("First Work may use what I write here to run this webinar.")
WHAT_FOR = gettext_lazy(
    "That is: to send you the link and reminders, to prepare for your questions and access needs, "
    "and to count how many came."
)


class RegistrationForm(forms.ModelForm):
    """What a person types to take part in a webinar; her account, if any, is left alone."""

    email = forms.EmailField(
        label=gettext_lazy("Email address"),
        max_length=254,
        help_text=gettext_lazy("We send the confirmation and the link to join there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Enter your email address, for example name@agency.ca."),
            "invalid": gettext_lazy("Enter a whole email address, for example name@agency.ca."),
        },
    )
    agrees = forms.BooleanField(
        label=AGREE_TO_USE,
        help_text=WHAT_FOR,
        error_messages={
            "required": gettext_lazy("Tick the box so that we may send you the link to join.")
        },
    )
    wants_news = forms.BooleanField(label=AGREE_TO_NEWS, required=False)

    field_order = ["name", "email"]

    class Meta:
        model = Registration
        fields = ["name", "organization", "access_needs", "question"]
        labels = {
            "name": gettext_lazy("Your name"),
            "access_needs": gettext_lazy("What do you need to take part?"),
            "question": gettext_lazy("What would you like to ask?"),
        }
        error_messages = {"name": {"required": gettext_lazy("Enter your name.")}}
        help_texts = {
            "access_needs": gettext_lazy(
                "For example captions, sign language or slides ahead of time. "
                "Only the people who prepare the webinar read this."
            ),
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "organization": forms.TextInput(attrs={"autocomplete": "organization"}),
            "access_needs": forms.Textarea(attrs={"rows": 2}),
            "question": forms.Textarea(attrs={"rows": 3}),
        }

    def typed(self) -> dict:
        """Return what ``services.register`` wants to know."""
        facts = dict(self.cleaned_data)
        facts.pop("agrees")
        news = str(AGREE_TO_NEWS) if facts.pop("wants_news") else ""
        return {**facts, "consent_wording": f"{AGREE_TO_USE} {WHAT_FOR}", "news_wording": news}
