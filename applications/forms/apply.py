"""Whom the call is for, and where to send the link to the draft."""

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from accounts.unasked import AsksOnly
from applications.models import Application

YES_NO = [("yes", _("Yes")), ("no", _("No"))]


class EligibilityForm(forms.Form):
    """Two questions with an answer at once; nothing of it is kept."""

    works_in_sector = forms.ChoiceField(
        label=_("Do you work in Ontario’s employment services?"),
        help_text=_(
            "For example Employment Ontario, Ontario Works, ODSP or a funded training program. "
            "You may be newer to this work or more experienced: both are wanted."
        ),
        choices=YES_NO,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether you work in employment services.")},
    )
    has_hours = forms.ChoiceField(
        label=_("Can you give the hours?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether you can give the hours.")},
    )

    def __init__(self, *args, cohort, **kwargs):
        super().__init__(*args, **kwargs)
        months = {
            "first": MONTHS[cohort.meetings_from.month],
            "last": MONTHS[cohort.meetings_until.month],
        }
        self.fields["has_hours"].label = _(
            "Can you give %(min)s to %(max)s hours a month, from %(first)s to %(last)s?"
        ) % {"min": cohort.hours_min, "max": cohort.hours_max, **months}
        self.fields["has_hours"].help_text = _(
            "Meetings every two weeks and trying things out between them, in all."
        )

    @property
    def is_eligible(self) -> bool:
        return set(self.cleaned_data.values()) == {"yes"}


class StartForm(AsksOnly, forms.Form):
    model = Application

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "width-20"}),
        error_messages={"required": _("Enter your name.")},
    )
    email = forms.EmailField(
        label=_("Your email address"),
        help_text=_("We send you a link, so that you can stop and come back on any device."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "class": "width-20"}),
        error_messages={
            "required": _("Enter your email address."),
            "invalid": _("Enter an email address like name@agency.ca."),
        },
    )


class CodeForm(forms.Form):
    """Read over the phone or copied from a letter: blanks, hyphens and small letters are fine."""

    code = forms.CharField(
        label=_("Your code"),
        help_text=_("Eight letters and digits, for example K7QR-4XWA."),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "class": "width-20"}
        ),
        error_messages={"required": _("Enter your code.")},
    )
