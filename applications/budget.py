"""How long the form of a call takes: twenty minutes are promised to whoever applies.

The estimate reads the questions at 238 words a minute (M. Brysbaert, "How many words do we read
per minute?", 2019) and writes the answers at 19, the pace of composing at a keyboard (C.-M. Karat
and others, CHI 1999). That people write half of the words they may is our own assumption; so are
the seconds of a choice. What it really took stands beside it, once enough people have applied.
"""

from dataclasses import dataclass
from statistics import median

from django import forms
from django.db.models import prefetch_related_objects

from applications.forms.application import SECTIONS
from applications.forms.questions import asked_in
from applications.forms.section import AnswerField
from applications.models import Application
from cops.models import Cohort

PROMISED = 20
READ, WRITTEN = 238, 19  # words a minute
SHARE_WRITTEN = 0.5
LINE_WORDS = 4
CHOOSE, TICK = 6, 4  # seconds, for one answer and for each of several
PROGRAMS = 2  # so many are asked about
ENOUGH = 5


@dataclass(frozen=True)
class Budget:
    """Minutes, rounded up: of the call's own fields, of its questions, and as measured."""

    own: int
    questions: int
    count: int
    measured: int | None
    measured_count: int

    @property
    def total(self) -> int:
        return self.own + self.questions

    @property
    def is_over(self) -> bool:
        return max(self.total, self.measured or 0) > PROMISED


def of(cohort: Cohort) -> Budget:
    """Return what the form of ``cohort`` asks of whoever fills it in."""
    prefetch_related_objects([cohort], "questions__options")
    by_section = {
        key: sum(map(seconds, form.asked(cohort).values()))
        for key, (_title, form) in SECTIONS.items()
    }
    questions = by_section.pop("questions")
    by_section["programs"] *= PROGRAMS
    took = list(
        Application.objects.sent()
        .filter(cohort=cohort, seconds_spent__gt=0)
        .values_list("seconds_spent", flat=True)
    )
    return Budget(
        own=_rounded(sum(by_section.values())),
        questions=_rounded(questions) if questions else 0,
        count=len(asked_in(cohort)),
        measured=_rounded(median(took)) if len(took) >= ENOUGH else None,
        measured_count=len(took),
    )


def _rounded(seconds: float) -> int:
    return max(1, round(seconds / 60))


def seconds(field: forms.Field) -> float:
    """Return how long it takes to read ``field`` and to answer it."""
    choices = [str(label) for _key, label in getattr(field, "choices", None) or []]
    words = " ".join([str(field.label), str(field.help_text), *choices])
    return len(words.split()) * 60 / READ + _to_answer(field, len(choices))


def _to_answer(field: forms.Field, choices: int) -> float:
    match field:
        case AnswerField():
            return field.words * SHARE_WRITTEN * 60 / WRITTEN
        case forms.MultipleChoiceField() | forms.ModelMultipleChoiceField():
            return CHOOSE + TICK * choices / 2
        case forms.ChoiceField() | forms.BooleanField() | forms.ModelChoiceField():
            return CHOOSE
    return LINE_WORDS * 60 / WRITTEN
