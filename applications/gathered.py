"""What the applications of a call answered, question by question: read, counted, taken away.

What counts is sent, confirmed and not withdrawn. To the questions of the call's own come those of
every call that are read as answers, under the names of their columns. Whoever has reviews to do in
the call reads as blind here as there: no names, and nothing of a question whose answers may tell
one or are First Work's alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from django.db.models import Prefetch
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import clock, pictures
from applications import desk
from applications.forms.experience import ExperienceForm
from applications.forms.ideas import IdeasForm
from applications.models import (
    HALF_DAYS,
    Answer,
    Application,
    Experience,
    FocusChoice,
    Question,
    Status,
)
from cops.models import Cohort, FocusArea, Program

CORE = {key: form.base_fields[key] for form in (ExperienceForm, IdeasForm) for key in form.columns}
FACTS, WHO = ["reference", "sent"], ["name", "organization_name"]
FACTS_OF = ("reference", "submitted_at")
LISTS = ["focus_areas", "programs", "half_days"]  # several answers in one cell
BETWEEN = "; "  # in a cell: what is listed may have commas of its own
# What no new question may be called: the columns of a file have names of their own.
TAKEN = {*CORE, *FACTS, *WHO, *LISTS}
AT_ONCE = 500  # applications in memory, when a file of them is written


@dataclass(frozen=True)
class Gathered:
    """One question with what was answered to it; ``question`` is None for a column of its own."""

    cohort: Cohort
    key: str
    text: str
    choices: dict[str, str]
    question: Question | None = None

    @property
    def tells_who(self) -> bool:
        return self.question is not None and self.question.is_identifying

    def is_open_to(self, *, is_blind: bool) -> bool:
        """Whether staff read it, also one who must not know the writers yet."""
        for_readers = self.question is None or self.question.reader == Question.Reader.REVIEWERS
        return not is_blind or (for_readers and not self.tells_who)

    def told(self, value, between=", ") -> str:
        chosen = value if isinstance(value, list) else [value]
        return between.join(self.choices.get(each, each) for each in chosen)

    def given(self, applications) -> dict[int, list[str]]:
        """Return the keys that were chosen, by application."""
        if self.question is None:
            rows = applications.exclude(**{self.key: ""}).values_list("pk", self.key)
        else:
            answers = self.question.answers.filter(application__in=applications)
            rows = answers.values_list("application", "value")
        return {pk: value if isinstance(value, list) else [value] for pk, value in rows.order_by()}

    def counted(self, given: dict[int, list[str]]) -> list[dict]:
        """Return rows of ``_bars.html`` for each choice, in its order, each with its ``key``."""
        counts = Counter(key for chosen in given.values() for key in chosen)
        rows = pictures.bars((label, counts[key]) for key, label in self.choices.items())
        return [row | {"key": key} for row, key in zip(rows, self.choices, strict=True)]

    def answered(self, applications):
        """Return those of ``applications`` that answered it, each ready for ``row``."""
        if self.question is None:
            return applications.exclude(**{self.key: ""})
        answers = Answer.objects.filter(question=self.question)
        return applications.filter(answers__question=self.question).prefetch_related(
            Prefetch("answers", answers, to_attr="given")
        )

    def row(self, application, *, is_blind: bool) -> dict:
        """Return what ``admin_answers.html`` shows of one answer."""
        if self.question is None:
            value, url = getattr(application, self.key), ""
        else:
            (answer,) = application.given
            answer.question, answer.application = self.question, application
            value, url = answer.value, answer.file_url
        return {
            "application": application,
            "who": application.reference if is_blind else application.name or application.person,
            "words": self.told(value),
            "url": url,
        }


def of(cohort: Cohort) -> list[Gathered]:
    """Return what may be read by question in ``cohort``, in the order of the form.

    What was to be kept until a day that is over is not, though it may not be deleted yet.
    """
    core = [
        Gathered(cohort, key, str(field.label), _words(getattr(field, "choices", ())))
        for key, field in CORE.items()
    ]
    today = timezone.localdate(timezone=clock.ONTARIO)
    own = cohort.questions.with_options().exclude(keep_until__lt=today)
    return core + [
        Gathered(cohort, column_of(question), question.text, _words(question.choices), question)
        for question in own
    ]


def column_of(question: Question) -> str:
    """Return its short name, told apart from the names that every call has: no slug has a dot."""
    return f"question.{question.key}" if question.key in TAKEN else question.key


def _words(choices) -> dict[str, str]:
    return {key: str(label) for key, label in choices}


def counting(cohort: Cohort, viewer):
    """Return the applications of ``cohort`` whose answers count, but for her own."""
    sent = Application.objects.sent().confirmed().filter(cohort=cohort)
    return sent.exclude(status=Status.WITHDRAWN).exclude(person=viewer)


def reads_blind(cohort: Cohort, viewer) -> bool:
    """Whether ``viewer`` must not connect some application of ``cohort`` with a person."""
    return cohort.applications.filter(pk__in=desk.concealed_from(viewer)).exists()


def table(cohort: Cohort, viewer, *, with_names: bool) -> Iterable[list]:
    """Return the head and a row for each application; so many are in memory at once.

    Without names there is nothing either of the questions whose answers may tell them.
    """
    is_blind = reads_blind(cohort, viewer)
    with_names = with_names and not is_blind
    columns = [
        each
        for each in of(cohort)
        if each.is_open_to(is_blind=is_blind) and (with_names or not each.tells_who)
    ]
    facts = FACTS + (WHO if with_names else [])
    return chain(
        [facts + LISTS + [column.key for column in columns]],
        _rows(columns, counting(cohort, viewer), with_names, _Lists(), _("a file")),
    )


class _Lists:
    """What an application lists, in the language of whoever asked for the file."""

    def __init__(self):
        self.language = translation.get_language()
        self.areas = {area.pk: str(area) for area in FocusArea.objects.all()}
        self.programs = Program.objects.in_bulk()
        self.half_days = _words(HALF_DAYS)

    def of(self, rows) -> dict[int, tuple[str, str, str]]:
        """Return the cells of ``LISTS`` by application, for ``rows`` of them."""
        keys = [row.pk for row in rows]
        wishes, worked_in = defaultdict(list), defaultdict(list)
        choices = FocusChoice.objects.filter(application__in=keys).order_by("rank")
        for application, area in choices.values_list("application", "focus_area"):
            wishes[application].append(self.areas[area])
        with translation.override(self.language):
            for each in Experience.objects.filter(application__in=keys).order_by("pk"):
                each.program = self.programs[each.program_id]
                worked_in[each.application_id].append(each.told)
        return {row.pk: (
            BETWEEN.join(wishes[row.pk]),
            BETWEEN.join(worked_in[row.pk]),
            BETWEEN.join(self.half_days[key] for key in self.half_days if key in row.availability),
        ) for row in rows}  # fmt: skip


def _rows(columns, applications, with_names, lists, a_file) -> Iterator[list]:
    """Yield the rows from plain values: records that know one another would be freed late."""
    own = [column.question.pk for column in columns if column.question]
    names = ("pk", *FACTS_OF, *(WHO if with_names else ()), "availability", *CORE)
    found = applications.order_by("submitted_at", "pk").values_list(*names, named=True)
    found = found.iterator(chunk_size=AT_ONCE)
    while part := list(islice(found, AT_ONCE)):
        answers = Answer.objects.filter(application__in=[row.pk for row in part], question__in=own)
        given = {
            (application, question): a_file if file else value
            for application, question, value, file in answers.order_by().values_list(
                "application", "question", "value", "file"
            )
        }
        listed = lists.of(part)
        for row in part:
            sent = timezone.localtime(row.submitted_at, clock.ONTARIO)
            yield [
                row.reference,
                sent.isoformat(" ", "minutes"),
                *([getattr(row, name) for name in WHO] if with_names else []),
                *listed[row.pk],
                *(
                    column.told(given.get((row.pk, column.question.pk), ""), BETWEEN)
                    if column.question
                    else column.told(getattr(row, column.key))
                    for column in columns
                ),
            ]
