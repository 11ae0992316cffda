"""The application in sections. Each keeps what was typed, whether or not it is complete."""

from django import forms
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from accounts.unasked import AsksOnly
from applications.forms.about import AboutForm
from applications.forms.experience import ExperienceForm, ProgramsForm
from applications.forms.ideas import IdeasForm
from applications.forms.questions import QuestionsForm, asked_in
from applications.forms.section import CHARACTERS
from applications.forms.taking_part import ConsentForm, TimesForm
from applications.models import Application, Experience


class WithdrawForm(AsksOnly, forms.Form):
    model = Application

    reason = forms.CharField(
        label=_("Would you tell us why?"),
        help_text=_("Staff read this. It helps us to make the call fit better."),
        max_length=CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


# In the order in which they are filled in.
SECTIONS = {
    "about": (_("About you"), AboutForm),
    "experience": (_("Your experience"), ExperienceForm),
    "programs": (_("Your programs"), ProgramsForm),
    "ideas": (_("Your ideas"), IdeasForm),
    "questions": (_("Further questions"), QuestionsForm),
    "times": (_("When you can meet"), TimesForm),
    "consent": (_("Consent"), ConsentForm),
}


def fetch(application) -> None:
    """Fetch the rows of other tables that the form of ``application`` reads again and again."""
    experiences = Prefetch("experiences", Experience.objects.select_related("program"))
    rows = [experiences, "choices", "cohort__questions__options"]
    prefetch_related_objects([application], *rows)
    if asked_in(application.cohort):
        prefetch_related_objects([application], "answers")


def sections_of(application) -> dict:
    """The sections that ``application`` has, see ``SectionForm.is_asked``."""
    return {key: section for key, section in SECTIONS.items() if section[1].is_asked(application)}


def is_complete(application) -> bool:
    return all(
        form.state(application) == "done" for _title, form in sections_of(application).values()
    )
