"""Choices among records, by key, from people who may send anything."""

from django import forms
from django.core.exceptions import ValidationError


def is_key(value) -> bool:
    """Whether ``value`` may be the key of a row: a number that the database holds."""
    text = str(value)
    return text.isascii() and text.isdecimal() and len(text) < 19


class RecordChoices(forms.ModelMultipleChoiceField):
    """Several records; a number that no database holds is no choice, like any other nonsense."""

    def clean(self, value):
        for key in value if isinstance(value, list | tuple) else ():
            if not is_key(getattr(key, "pk", key)):
                raise ValidationError(
                    self.error_messages["invalid_pk_value"],
                    code="invalid_pk_value",
                    params={"pk": str(key)[:100]},
                )
        return super().clean(value)
