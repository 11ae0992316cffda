from django import forms
from django.utils.translation import gettext_lazy

from accounts.models import Region, User
from accounts.unasked import AsksOnly
from cops.models import AccessRequest, Registration
from notifications.consent import AGREE_TO_NEWS

# A field that people do not see and that programs fill in.
TRAP = "website"
AGREE_TO_USE = gettext_lazy("First Work may use what I write here to run this webinar.")
WHAT_FOR = gettext_lazy(
    "That is: to send you the link and reminders, to prepare for your questions and access needs, "
    "and to count how many came."
)


class RegistrationForm(AsksOnly, forms.ModelForm):
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
        fields = ["name", "organization", "region", "access_needs", "question"]
        labels = {
            "name": gettext_lazy("Your name"),
            "region": gettext_lazy("Where in Ontario do you work?"),
            "access_needs": gettext_lazy("What do you need to take part?"),
            "question": gettext_lazy("What would you like to ask?"),
        }
        error_messages = {"name": {"required": gettext_lazy("Enter your name.")}}
        help_texts = {
            "region": gettext_lazy("So that we see which regions hear of the call."),
            "access_needs": gettext_lazy(
                "For example captions, sign language or slides ahead of time. "
                "Only the people who prepare the webinar read this."
            ),
            "question": gettext_lazy(
                "We answer during the webinar, or on its page afterwards, without your name."
            ),
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "organization": forms.TextInput(attrs={"autocomplete": "organization"}),
            "access_needs": forms.Textarea(attrs={"rows": 2}),
            "question": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args, webinar, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["region"].empty_label = gettext_lazy("Choose…")
        self.fields["region"].queryset = Region.objects.alphabetical()
        if not webinar.recruits:  # nobody is counted on her way to an application
            del self.fields["organization"], self.fields["region"]

    def typed(self) -> dict:
        """Return what ``services.register`` wants to know."""
        facts = dict(self.cleaned_data)
        facts.pop("agrees")
        news = str(AGREE_TO_NEWS) if facts.pop("wants_news") else ""
        return {**facts, "consent_wording": f"{AGREE_TO_USE} {WHAT_FOR}", "news_wording": news}


class LinkForm(AsksOnly, forms.Form):
    """The address to which the link to a registration is sent again."""

    model = Registration

    email = forms.EmailField(
        label=gettext_lazy("Email address"),
        max_length=254,
        help_text=gettext_lazy("The one you registered with."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Enter your email address, for example name@agency.ca."),
            "invalid": gettext_lazy("Enter a whole email address, for example name@agency.ca."),
        },
    )


class NewsForm(AsksOnly, forms.Form):
    """Who wants to hear of the next call; who is signed in need not say who she is."""

    model = User

    email = forms.EmailField(
        label=gettext_lazy("Email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Enter your email address, for example name@agency.ca."),
            "invalid": gettext_lazy("Enter a whole email address, for example name@agency.ca."),
        },
    )
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    wants_news = forms.BooleanField(
        label=AGREE_TO_NEWS,
        error_messages={"required": gettext_lazy("Tick the box so that we may write to you.")},
    )

    def __init__(self, *args, person=None, **kwargs):
        super().__init__(*args, **kwargs)
        if person:
            del self.fields["name"], self.fields["email"]


class AccessForm(AsksOnly, forms.Form):
    """What a person needs to take part or to read us; who is signed in need not say who she is."""

    model = AccessRequest

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[
            (AccessRequest.Kind.FORMAT, gettext_lazy("Something we publish, in another format")),
            (AccessRequest.Kind.NEED, gettext_lazy("Something you need so that you can take part")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what you ask for.")},
    )
    words = forms.CharField(
        label=gettext_lazy("What do you need?"),
        max_length=2000,
        help_text=gettext_lazy(
            "For example captions, an interpreter, large print, a phone call instead of a form, "
            "more time. You need not say why."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Write what you need.")},
    )
    about = forms.CharField(
        label=gettext_lazy("Which page or which date is it about?"), max_length=200, required=False
    )
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Enter your name.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("Email address"),
        max_length=254,
        help_text=gettext_lazy("We answer there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Enter your email address, for example name@agency.ca."),
            "invalid": gettext_lazy("Enter a whole email address, for example name@agency.ca."),
        },
    )

    def __init__(self, *args, person=None, **kwargs):
        super().__init__(*args, **kwargs)
        if person:
            del self.fields["name"], self.fields["email"]


class CorrectionForm(AsksOnly, forms.Form):
    model = AccessRequest

    words = forms.CharField(
        label=gettext_lazy("What is wrong, and how should it be?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Write what is wrong, and how it should be.")},
    )


class ErasureForm(AsksOnly, forms.Form):
    model = AccessRequest

    words = forms.CharField(
        label=gettext_lazy("Is there anything we should know?"),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("You need not give a reason."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    sure = forms.BooleanField(
        label=gettext_lazy("Yes, I want what you hold about me to be erased."),
        error_messages={"required": gettext_lazy("Tick the box if you want to be erased.")},
    )
