"""What would be made of the rows of a file, and what is wrong with them. Nothing is written.

A *problem* leaves its row out. A *note* does not: the row is imported, and staff should know.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q, prefetch_related_objects
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.alike import bare
from accounts.models import User
from accounts.phones import check_phone
from applications.forms.questions import LINE_CHARACTERS
from applications.forms.section import CHARACTERS, words_in
from applications.importing import values
from applications.importing.mapping import EMAIL, SENT_AT, TARGETS, asked_of_all
from applications.models import WORDS, YES, Application, Import, Question, Status
from cops.models import CohortRole

# Why rows are left out, in the order in which they are counted.
PROBLEMS = {
    "no-address": gettext_lazy("No address"),
    "not-an-address": gettext_lazy("Not an address"),
    "twice": gettext_lazy("The same address again in the file"),
    "has-applied": gettext_lazy("Has an application in this call"),
    "chooses": gettext_lazy("Staff, or reads or interviews in this call"),
    "no-consent": gettext_lazy("No consent"),
    "no-time": gettext_lazy("No time stamp"),
    "unreadable-time": gettext_lazy("Time stamp that cannot be read"),
    "ambiguous-time": gettext_lazy("Time stamp that could be two days"),
    "unknown": gettext_lazy("A value that is none of its list"),
    "too-long": gettext_lazy("Text that is too long"),
    "shifted": gettext_lazy("More cells than headers"),
}


@dataclass
class Row:
    """One row: its ``facts`` by the key of each answer, and what is wrong with it."""

    number: int
    cells: list[str]
    facts: dict = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)  # key of PROBLEMS, words
    notes: list[str] = field(default_factory=list)
    # The words of a choice that mean nothing yet, by the key of the answer.
    unknown: dict[str, list[str]] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return self.facts.get(EMAIL, "")

    @property
    def name(self) -> str:
        return self.facts.get("name", "")

    def add(self, problem: str, words: str = "") -> None:
        self.problems.append((problem, words or str(PROBLEMS[problem])))


@dataclass
class Checked:
    rows: list[Row]
    known: dict[str, User]  # the people of these addresses that there are
    choices: dict[str, values.Choice]  # what may be chosen, by the key of the answer

    @cached_property
    def right(self) -> list[Row]:
        return [row for row in self.rows if not row.problems]

    @cached_property
    def wrong(self) -> list[Row]:
        return [row for row in self.rows if row.problems]

    @cached_property
    def noted(self) -> list[Row]:
        return [row for row in self.right if row.notes]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many rows have each problem, in words."""
        found = Counter(key for row in self.rows for key, _words in dict(row.problems).items())
        return [(str(words), found[key]) for key, words in PROBLEMS.items() if found[key]]

    @property
    def new_people(self) -> int:
        return sum(row.email not in self.known for row in self.right)

    @property
    def needs(self) -> int:
        return sum(bool(row.facts.get("access_needs")) for row in self.right)

    @property
    def unknown(self) -> dict[str, list[str]]:
        """The words that mean nothing yet, by the key of the answer, each once."""
        found = {}
        for row in self.rows:
            for key, words in row.unknown.items():
                found.setdefault(key, {}).update((bare(word), word) for word in words)
        return {key: list(words.values()) for key, words in found.items()}


def check(file: Import) -> Checked:
    """Return what would be made of ``file`` now, see ``Checked``. Costs the same few queries."""
    prefetch_related_objects([file.cohort], "questions__options")
    rows = [Row(number, cells) for number, cells in file.rows]
    reader = _Reader(file)
    for row in rows:
        reader.read(row)
    _check_addresses(rows)
    people = User.objects.in_bulk({row.email for row in rows if row.email}, field_name="email")
    _check_standing(file.cohort, rows, people)
    return Checked(rows, people, reader.choices)


class _Reader:
    """Reads rows of one file: what each column is, and what may stand in it."""

    def __init__(self, file: Import):
        self.file = file
        self.choices = values.choices_of(file.cohort)
        self.questions = {each.field_name: each for each in asked_of_all(file.cohort)}
        self.now = timezone.now()
        self.day_first = file.is_day_first
        if self.day_first is None and SENT_AT in file.columns:
            place = file.columns[SENT_AT]
            times = (cells[place] for _number, cells in file.rows if place < len(cells))
            self.day_first = values.is_day_first(times)

    def read(self, row: Row) -> None:
        if len(row.cells) > len(self.file.headers):
            row.add("shifted")
        for key, place in self.file.columns.items():
            text = row.cells[place] if place < len(row.cells) else ""
            if key == EMAIL:
                self._address(row, text)
            elif key == SENT_AT:
                self._time(row, text)
            elif key in self.choices:
                self._choice(row, key, text)
            elif key in TARGETS or key in self.questions:
                self._text(row, key, text)
        is_asked = "agrees_to_use" in self.file.columns and "agrees_to_use" not in row.unknown
        if is_asked and not row.facts.get("agrees_to_use"):
            row.add("no-consent")
        self._check_wishes(row)

    def _address(self, row, text):
        if not text:
            return row.add("no-address")
        try:
            validate_email(text)
        except ValidationError:
            return row.add("not-an-address", _("“%(text)s” is no address.") % {"text": text[:100]})
        if len(text) > 254:
            return row.add("not-an-address")
        row.facts[EMAIL] = text.lower()

    def _time(self, row, text):
        if not text:
            return row.add("no-time")
        named = {"text": text[:60]}
        try:
            sent_at = values.moment(text, self.day_first)
        except values.Ambiguous:
            words = _("“%(text)s” could be two days: say on the page of the columns which it is.")
            return row.add("ambiguous-time", words % named)
        except values.NoMoment:
            return row.add("unreadable-time", _("“%(text)s” is no time.") % named)
        if sent_at > self.now:
            return row.add("unreadable-time", _("“%(text)s” still lies ahead.") % named)
        row.facts[SENT_AT] = sent_at

    def _choice(self, row, key, text):
        if not text:
            return
        choice = self.choices[key]
        chosen, unknown = choice.read(text, self.file.meanings.get(key, {}))
        if unknown:
            row.unknown[key] = unknown
            named = {"answer": self._label(key), "text": unknown[0][:60]}
            row.add("unknown", _("%(answer)s: “%(text)s” is none of its list.") % named)
        elif chosen and key in {"agrees_to_use", "wants_news"}:
            row.facts[key] = chosen[0] == YES
        elif chosen:
            row.facts[key] = chosen if choice.is_several else chosen[0]

    def _text(self, row, key, text):
        if not text or (key == "access_needs" and bare(text) in values.NOTHING):
            return
        question = self.questions.get(key)
        most = _most(question) if question else TARGETS[key].most
        if len(text) > most:
            named = {"answer": self._label(key), "most": number_format(most, force_grouping=True)}
            return row.add("too-long", _("%(answer)s: more than %(most)s characters.") % named)
        if key == "phone" and not _is_phone(text):
            return row.notes.append(
                _("“%(text)s” is no whole phone number: it is left empty.") % {"text": text}
            )
        self._count_words(row, key, text, question)
        row.facts[key] = text

    def _count_words(self, row, key, text, question):
        limit = _words(key, question)
        if limit and (over := words_in(text) - limit) > 0:
            words = ngettext(
                "%(answer)s: %(over)s word more than the form allows; it is kept whole.",
                "%(answer)s: %(over)s words more than the form allows; it is kept whole.",
                over,
            )
            row.notes.append(words % {"answer": self._label(key), "over": over})

    def _check_wishes(self, row):
        """A focus area that is chosen twice counts once, where it is wanted most."""
        seen = set()
        for key in ("choice_1", "choice_2", "choice_3"):
            if (area := row.facts.get(key)) in seen:
                del row.facts[key]
                row.notes.append(_("A focus area is chosen twice: it counts once."))
            elif area:
                seen.add(area)

    def _label(self, key) -> str:
        question = self.questions.get(key)
        return question.text if question else capfirst(TARGETS[key].label)


def _most(question) -> int:
    return LINE_CHARACTERS if question.kind == Question.Kind.LINE else CHARACTERS


def _words(key, question) -> int | None:
    if question:
        return question.words_max if question.kind == Question.Kind.TEXT else None
    return WORDS if key in {"motivation", "trial_idea", "hours_plan"} else None


def _is_phone(text) -> bool:
    try:
        check_phone(text)
    except ValidationError:
        return False
    return True


def _check_addresses(rows) -> None:
    """Of several rows with one address the last counts: who sends a form again mends it."""
    last = {row.email: row for row in rows if row.email}
    for row in rows:
        if row.email and last[row.email] is not row:
            named = {"number": last[row.email].number}
            row.add("twice", _("The same address stands in row %(number)s, which counts.") % named)


def _check_standing(cohort, rows, people) -> None:
    taken = standing(cohort, people.values())
    choosing = set(
        CohortRole.objects.filter(cohort=cohort, person__in=people.values())
        .values_list("person", flat=True)
    )  # fmt: skip
    for row in rows:
        person = people.get(row.email)
        if person and person.pk in taken:
            row.add("has-applied")
        if person and (person.is_staff or person.pk in choosing):
            row.add("chooses")


def standing(cohort, people) -> set[int]:
    """Return the keys of those among ``people`` for whom nothing is imported in ``cohort``.

    They have an application: any that is not withdrawn, or that came by a file; but none that
    a stranger may have begun with their address.
    """
    theirs = Application.objects.filter(cohort=cohort, person__in=people)
    hers = theirs.exclude(status=Status.DRAFT, awaits_confirmation=True)
    counted = hers.filter(~Q(status=Status.WITHDRAWN) | Q(imported__isnull=False))
    return set(counted.values_list("person", flat=True))
