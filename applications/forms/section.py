"""What one section of the application is: a form that keeps what it can, right or wrong."""

import re

from django import forms
from django.utils.translation import ngettext

from accounts.unasked import AsksOnly
from applications.models import WORDS, Application

CHARACTERS = 10_000


def words_in(text: str) -> int:
    return len(re.findall(r"\S+", text))


class AnswerField(forms.CharField):
    """A written answer of so many words; a longer one is kept, and said to be too long."""

    def __init__(self, *, missing="", words=WORDS, **asks):
        self.words = words
        super().__init__(
            max_length=CHARACTERS,
            widget=forms.Textarea(attrs={"rows": 7, "data-words": words}),
            error_messages={"required": missing},
            **asks,
        )


class SectionForm(AsksOnly, forms.Form):
    """One section; ``columns`` are its fields that are columns of the application."""

    model = Application

    columns: tuple[str, ...] = ()
    # What it reads of other tables, as prefetch_related takes it.
    rows: tuple[str, ...] = ()
    use_required_attribute = False

    def __init__(self, data=None, files=None, *, application, **kwargs):
        self.application = application
        kwargs.setdefault("initial", self.stored(application))
        super().__init__(data, files, **kwargs)

    @classmethod
    def asked(cls, cohort) -> dict[str, forms.Field]:
        """Return what it asks in ``cohort`` by name, before anybody has begun to answer."""
        return dict(cls.base_fields)

    @classmethod
    def is_asked(cls, application) -> bool:
        """Whether ``application`` has this section at all."""
        return True

    @classmethod
    def stored(cls, application) -> dict:
        """Return the answers of this section as they stand, ready to be a form's ``initial``."""
        return {name: application.serializable_value(name) for name in cls.columns}

    @classmethod
    def columns_of(cls, answers: dict) -> dict:
        """Return what ``answers`` make of the columns of the application."""
        return {name: answers[name] for name in cls.columns if name in answers}

    @classmethod
    def store_rows(cls, application, answers: dict) -> None:
        """Write what ``answers`` are besides: rows of other tables."""

    def clean(self):
        super().clean()
        self.wrong = {}
        for name, field in self.fields.items():
            if not isinstance(field, AnswerField) or name not in self.cleaned_data:
                continue
            over = words_in(self.cleaned_data[name]) - field.words
            if over > 0:
                self.wrong[name] = self.cleaned_data[name]
                self.add_error(
                    name,
                    ngettext(
                        "This is %(over)s word too long: shorten it to %(words)s words.",
                        "This is %(over)s words too long: shorten it to %(words)s words.",
                        over,
                    )
                    % {"over": over, "words": field.words},
                )
        return self.cleaned_data

    def shown(self):
        """The fields that her answers are shown by, once they are given."""
        return iter(self)

    @property
    def keepable(self) -> dict:
        """What was typed, as far as it can be kept: complete or not, right or wrong."""
        answers = {**self.cleaned_data, **self.wrong}
        for name, field in self.fields.items():
            if name not in answers and not self[name].data:
                answers[name] = field.to_python(None)
        return answers

    @classmethod
    def state(cls, application) -> str:
        """Return "done", "todo" or, where an answer is wrong and not just missing, "problem"."""
        form = cls(cls.stored(application), application=application)
        codes = {error.code for errors in form.errors.as_data().values() for error in errors}
        return ("todo" if codes == {"required"} else "problem") if codes else "done"
