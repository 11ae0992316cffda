"""What every call asks, in both languages, as it stands: kept with what is sent."""

from django import forms
from django.utils.translation import override

from accounts.bilingual import LANGUAGES
from applications.forms.application import SECTIONS
from applications.forms.apply import EligibilityForm
from cops.models import Cohort


def of(cohort: Cohort) -> list[dict]:
    """Return whom the call is for and its own fields, each as in ``FormVersion.core``.

    Consents are among them. Choices that are records, such as regions, are left out: they keep
    their own names.
    """
    by_language = {}
    for language in LANGUAGES:
        with override(language):
            by_language[language] = _said(cohort)
    english, french = by_language["en"], by_language["fr"]
    return [
        {
            "key": key,
            **_in_both("label", english[key]["label"], french[key]["label"]),
            **_in_both("help", english[key]["help"], french[key]["help"]),
            "options": [
                {"key": name, **_in_both("label", label, french[key]["options"][name])}
                for name, label in english[key]["options"].items()
            ],
        }
        for key in english
    ]


def _in_both(name, english, french) -> dict:
    return {f"{name}_en": english, f"{name}_fr": french}


def _said(cohort) -> dict[str, dict]:
    fields = dict(EligibilityForm(cohort=cohort).fields)
    for key, (_title, form) in SECTIONS.items():
        if key != "questions":
            fields |= form.asked(cohort)
    return {
        key: {
            "label": str(field.label),
            "help": str(field.help_text),
            "options": {str(value): str(label) for value, label in _choices(field) if str(value)},
        }
        for key, field in fields.items()
    }


def _choices(field):
    of_records = isinstance(field, forms.ModelChoiceField)
    return () if of_records else getattr(field, "choices", ())
