"""How long she has done this work, and in which programmes."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.choices import RecordChoices
from applications.forms.section import SectionForm
from applications.models import Experience
from cops.models import Program


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

    def shown(self):
        """Of the programs, those that she ticked: the others need not be read for it."""
        ticked = [experience.program for experience in self.application.experiences.all()]
        self.fields["programs"].choices = [(program.pk, program) for program in ticked]
        return super().shown()

    @classmethod
    def store_rows(cls, application, answers):
        programs = answers.get("programs")
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
            forms.MultipleChoiceField(
                label=_("What was your part?"), choices=Experience.Part.choices
            ),
        ),
    }

    def __init__(self, data=None, files=None, *, application, **kwargs):
        super().__init__(data, files, application=application, **kwargs)
        for experience in application.experiences.all():
            self.fields |= self._fields_about(experience.program)

    @classmethod
    def asked(cls, cohort):
        parts = [(key, capfirst(part)) for key, part in Experience.Part.choices]
        return {
            "years": forms.IntegerField(label=_("For each program you ticked: how many years?")),
            "part": forms.MultipleChoiceField(
                label=_("For each program you ticked: what was your part?"), choices=parts
            ),
        }

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
            f"part_{key}": forms.MultipleChoiceField(
                label=_("%(program)s: what was your part?") % about,
                help_text=_("Tick all that apply."),
                choices=[(key, capfirst(part)) for key, part in Experience.Part.choices],
                widget=forms.CheckboxSelectMultiple(attrs={"class": "inline-choices"}),
                error_messages={"required": _("Tick your part in %(program)s.") % about},
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
            f"{name}_{experience.program_id}": getattr(experience, kept)
            for experience in application.experiences.all()
            for name, kept in cls._asked(experience)
        }

    @classmethod
    def store_rows(cls, application, answers):
        experiences = application.experiences.all()
        for experience in experiences:
            for name, kept in cls._asked(experience):
                if (field := f"{name}_{experience.program_id}") in answers:
                    setattr(experience, kept, answers[field])
        Experience.objects.bulk_update(experiences, ["named", "years", "part"])

    @staticmethod
    def _asked(experience) -> list[tuple[str, str]]:
        """Return, of each field, the beginning of its name and what of the experience it is."""
        name = [("named", "named")] if experience.program.is_other else []
        return [*name, ("years", "years"), ("part", "parts")]
