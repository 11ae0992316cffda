"""When and in which language she can meet, and to what she agrees."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Language
from applications.forms.section import CHARACTERS, SectionForm
from applications.models import CONSENTS, HALF_DAYS, Application
from notifications.models import Consent


class TimesForm(SectionForm):
    columns = ("availability", "interview_language", "meeting_language", "access_needs")

    availability = forms.MultipleChoiceField(
        label=_("When could you usually meet?"),
        help_text=_("Tick every half-day that is possible, on your own clock."),
        choices=HALF_DAYS,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices-grid"}),
        error_messages={"required": _("Tick at least one half-day.")},
    )
    interview_language = forms.ChoiceField(
        label=_("In which language would you like to be interviewed?"),
        choices=Language.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the language of your interview.")},
    )
    meeting_language = forms.ChoiceField(
        label=_("In which language would you like to meet?"),
        choices=Application.Meets.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the language of your meetings.")},
    )
    access_needs = forms.CharField(
        label=_("What should we arrange so that you can take part?"),
        help_text=_(
            "For example captions, sign language or documents in large print. "
            "Those who read your application do not see this."
        ),
        max_length=CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, application, **kwargs):
        super().__init__(*args, application=application, **kwargs)
        if times := application.cohort.usual_times_within:
            self.fields["availability"].help_text = _(
                "Groups usually meet: %(times)s (Eastern Time). "
                "Tick every half-day that is possible, on your own clock."
            ) % {"times": times}


class ConsentForm(SectionForm):
    columns = ("agrees_to_use", "wants_news")

    agrees_to_use = forms.BooleanField(
        label=CONSENTS[Consent.Purpose.DATA],
        error_messages={"required": _("Tick the box so that we may read your application.")},
    )
    wants_news = forms.BooleanField(label=CONSENTS[Consent.Purpose.NEWS], required=False)
