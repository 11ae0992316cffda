"""The application in sections. Each keeps what was typed, whether or not it is complete."""

from django import forms
from django.db.models import prefetch_related_objects
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.choices import RecordChoices
from accounts.models import Language, Region
from accounts.phones import check_phone
from accounts.unasked import AsksOnly
from applications.forms.questions import QuestionsForm, asked_in
from applications.forms.section import CHARACTERS, AnswerField, SectionForm
from applications.models import CONSENTS, HALF_DAYS, Application, Experience, FocusChoice
from cops.models import FocusArea, Program
from notifications.models import Consent


class AboutForm(SectionForm):
    columns = ("name", "organization_name", "job", "town", "region", "phone", "mail_language")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = Region.objects.alphabetical()

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "width-20"}),
        error_messages={"required": _("Enter your name.")},
    )
    organization_name = forms.CharField(
        label=_("The organization you work for"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Enter the name of your organization.")},
    )
    job = forms.CharField(
        label=_("Your role there"),
        help_text=_("For example employment counsellor, job developer, case manager."),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
        error_messages={"required": _("Enter your role.")},
    )
    town = forms.CharField(
        label=_("Town where you work"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2", "class": "width-20"}),
        error_messages={"required": _("Enter the town where you work.")},
    )
    region = forms.ModelChoiceField(
        label=_("Employment region"),
        help_text=_("Not sure? Leave this empty: we find it from the town."),
        queryset=Region.objects.all(),
        required=False,
        empty_label=_("Find it from the town"),
        widget=forms.Select(attrs={"class": "width-20"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        help_text=_("Only if something about your interview is urgent."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "class": "width-20"}),
    )
    mail_language = forms.ChoiceField(
        label=_("In which language should we write to you?"),
        choices=Language.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the language of our email.")},
    )

    def clean(self):
        super().clean()
        if phone := self.cleaned_data.get("phone"):
            try:
                check_phone(phone)
            except forms.ValidationError as error:
                self.wrong["phone"] = phone
                self.add_error("phone", error)
        return self.cleaned_data


class ExperienceForm(SectionForm):
    columns = ("level", "authority")
    rows = ("experiences",)

    level = forms.ChoiceField(
        label=_("How would you describe yourself?"),
        help_text=_(
            "Your own judgement counts. As a guide: up to about three years in the sector is newer."
        ),
        choices=[
            ("newer", _("Newer to this work")), ("experienced", _("More experienced")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether you are newer or more experienced.")},
    )  # fmt: skip
    programs = RecordChoices(
        label=_("Which programs have you worked in?"),
        help_text=_("Tick all that apply, or none. On the next page we ask about those you tick."),
        queryset=Program.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    authority = forms.ChoiceField(
        label=_("When your team tries something new, what is your part?"),
        choices=[
            ("decide", _("I decide")),
            ("recommend", _("I recommend, and it usually happens")),
            ("approval", _("I need approval")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what your part is when your team tries something new.")},
    )

    @classmethod
    def stored(cls, application):
        programs = [experience.program_id for experience in application.experiences.all()]
        return super().stored(application) | {"programs": programs}

    @classmethod
    def store(cls, application, answers):
        programs = answers.pop("programs", None)
        super().store(application, answers)
        if programs is not None:
            application.experiences.exclude(program__in=programs).delete()
            Experience.objects.bulk_create(
                [Experience(application=application, program=program) for program in programs],
                ignore_conflicts=True,
            )


class ProgramsForm(SectionForm):
    """Years and part, for each programme that was ticked, and the name of one not on the list."""

    rows = ("experiences__program",)
    NAMES = {
        r"named_(\d+)": (_("Program"), _("Which other program?")),
        r"years_(\d+)": (_("Program"), _("How many years?")),
        r"part_(\d+)": (
            _("Program"),
            forms.ChoiceField(label=_("What was your part?"), choices=Experience.Part.choices),
        ),
    }

    def __init__(self, data=None, files=None, *, application, **kwargs):
        super().__init__(data, files, application=application, **kwargs)
        for experience in application.experiences.all():
            self.fields |= self._fields_about(experience.program)

    @classmethod
    def asked(cls, cohort):
        parts = [(key, capfirst(part)) for key, part in Experience.Part.choices]
        return [
            forms.IntegerField(label=_("For each program you ticked: how many years?")),
            forms.ChoiceField(
                label=_("For each program you ticked: what was your part?"), choices=parts
            ),
        ]

    @classmethod
    def is_asked(cls, application):
        return bool(application.experiences.all())

    @staticmethod
    def _fields_about(program) -> dict:
        key = program.pk
        about = {"program": _("Other program") if program.is_other else program}
        fields = {
            f"years_{key}": forms.IntegerField(
                label=_("%(program)s: how many years?") % about,
                help_text=_("Whole years; less than one is 0."),
                min_value=0,
                max_value=60,
                widget=forms.NumberInput(attrs={"class": "width-2", "inputmode": "numeric"}),
                error_messages={
                    "required": _("Enter your years in %(program)s.") % about,
                    "invalid": _("Enter whole years in %(program)s, for example 3.") % about,
                },
            ),
            f"part_{key}": forms.ChoiceField(
                label=_("%(program)s: what was your part?") % about,
                choices=[(key, capfirst(part)) for key, part in Experience.Part.choices],
                widget=forms.RadioSelect(attrs={"class": "inline-choices"}),
                error_messages={"required": _("Choose your part in %(program)s.") % about},
            ),
        }
        if not program.is_other:
            return fields
        name = forms.CharField(
            label=_("Which other program?"),
            max_length=150,
            error_messages={"required": _("Enter the name of the program.")},
        )
        return {f"named_{key}": name} | fields

    @classmethod
    def stored(cls, application):
        return {
            f"{name}_{experience.program_id}": getattr(experience, name)
            for experience in application.experiences.all()
            for name in cls._asked(experience)
        }

    @classmethod
    def store(cls, application, answers):
        experiences = application.experiences.all()
        for experience in experiences:
            for name in cls._asked(experience):
                kept = getattr(experience, name)
                answer = answers.get(f"{name}_{experience.program_id}", kept)
                setattr(experience, name, answer)
        Experience.objects.bulk_update(experiences, ["named", "years", "part"])

    @staticmethod
    def _asked(experience) -> list[str]:
        return [*(["named"] if experience.program.is_other else []), "years", "part"]


class IdeasForm(SectionForm):
    columns = ("motivation", "trial_idea", "hours_plan")
    rows = ("choices",)
    NAMES = {r"choice_([123])": (_("Choice"), forms.ModelChoiceField(None, label=_("Focus area")))}

    motivation = AnswerField(
        label=_("What would you like to change, and why now?"),
        help_text=_("In the focus area of your first choice. Up to 150 words."),
        missing=_("Write what you would like to change."),
    )
    trial_idea = AnswerField(
        label=_("What is one thing you would like to try?"),
        help_text=_("Small is good. It may fail. Up to 150 words."),
        missing=_("Write what you would like to try."),
    )
    hours_plan = AnswerField(
        label=_("How will you find the hours?"),
        help_text=_("What your week looks like, and who would support you. Up to 150 words."),
        missing=_("Write how you will find the hours."),
    )

    def __init__(self, data=None, files=None, *, application, **kwargs):
        super().__init__(data, files, application=application, **kwargs)
        self.fields = self._ranks(application.cohort) | self.fields

    @classmethod
    def asked(cls, cohort):
        return [*cls._ranks(cohort).values(), *super().asked(cohort)]

    @staticmethod
    def _ranks(cohort) -> dict:
        areas = FocusArea.objects.filter(versions__cohort=cohort).distinct()
        by_key = {str(area.pk): area for area in areas}
        labels = [_("Your first choice"), _("Your second choice"), _("Your third choice")]
        choices = {}
        for rank, label in enumerate(labels[: len(by_key)], start=1):
            choices[f"choice_{rank}"] = forms.TypedChoiceField(
                label=label,
                choices=[("", _("Choose a focus area")), *by_key.items()],
                coerce=by_key.get,
                empty_value=None,
                required=rank == 1,
                error_messages={"required": _("Choose the focus area you want most.")},
            )
        return choices

    @classmethod
    def stored(cls, application):
        ranked = {
            f"choice_{choice.rank}": choice.focus_area_id for choice in application.choices.all()
        }
        return ranked | super().stored(application)

    @classmethod
    def store(cls, application, answers):
        ranked = {key: answers.pop(key) for key in list(answers) if key.startswith("choice_")}
        super().store(application, answers)
        if ranked:
            application.choices.all().delete()
            FocusChoice.objects.bulk_create(
                FocusChoice(application=application, focus_area=area, rank=int(key[-1]))
                for key, area in ranked.items()
                if area
            )

    def clean(self):
        super().clean()
        seen = set()
        for name in [name for name in self.fields if name.startswith("choice_")]:
            area = self.cleaned_data.get(name)
            if area and area in seen:
                self.add_error(name, _("You have chosen this focus area already."))
            seen.add(area)
        return self.cleaned_data


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


class ConsentForm(SectionForm):
    columns = ("agrees_to_use", "wants_news")

    agrees_to_use = forms.BooleanField(
        label=CONSENTS[Consent.Purpose.DATA],
        error_messages={"required": _("Tick the box so that we may read your application.")},
    )
    wants_news = forms.BooleanField(label=CONSENTS[Consent.Purpose.NEWS], required=False)


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
    rows = ["experiences__program", "choices", "cohort__questions__options"]
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
