"""Which focus areas she would work on, and what she writes about them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.section import AnswerField, SectionForm
from applications.models import FocusChoice


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
        return cls._ranks(cohort) | super().asked(cohort)

    @staticmethod
    def _ranks(cohort) -> dict:
        by_key = {str(area.pk): area for area in cohort.focus_areas}
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
    def store_rows(cls, application, answers):
        ranked = {key: area for key, area in answers.items() if key.startswith("choice_")}
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
