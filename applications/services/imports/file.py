"""Reading a file, saying what its columns and words mean, and what of it is left out."""

from hashlib import sha256

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.lifecycle import InvalidTransition
from accounts.models import User
from applications.importing import checking, reading
from applications.importing.mapping import guess, said_before
from applications.models import (
    Application,
    Import,
    ImportedColumn,
)
from cops.models import Cohort


def taking_files() -> QuerySet[Cohort]:
    """The cohorts that a file may still be added to.

    As long as anybody may apply; then until somebody in it knows a decision, for who comes
    after that is not chosen among all.
    """
    decided = Application.objects.filter(cohort=OuterRef("pk"), status__in=Application.DECISIONS)
    open_now = Cohort.objects.open().order_by().values("pk")
    return Cohort.objects.filter(~Exists(decided) | Q(pk__in=open_now))


def read(cohort: Cohort, name: str, content: bytes, *, by: User) -> Import:
    """Keep the rows of a file for a day, with what its columns seem to be.

    The same file chosen again by the same person begins anew. Raises reading.Unreadable,
    and InvalidTransition when it is too late for ``cohort`` or ``by`` helps to choose in it.
    """
    require_open_to(by, cohort)
    table = reading.read(name, content)
    guessed = guess(cohort, table.headers)
    file, _is_new = Import.objects.update_or_create(
        cohort=cohort,
        by=by,
        digest=sha256(content).hexdigest(),
        imported_at=None,
        defaults={
            "file_name": name[-100:],
            "headers": table.headers,
            "rows": table.rows,
            "columns": {answer: place for place, answer in guessed.items() if answer},
            "meanings": _meanings_said_before(cohort, table.headers, guessed),
            "read_at": timezone.now(),
        },
    )
    return file


def _meanings_said_before(cohort, headers, guessed) -> dict:
    said = said_before(cohort, headers)
    known = {
        answer: said[headers[place]] for place, answer in guessed.items() if headers[place] in said
    }
    return {
        answer: column.meanings
        for answer, column in known.items()
        if column.meanings and column.cohort_id == cohort.pk
    }


@transaction.atomic
def choose_columns(file: Import, columns: dict[str, int], is_day_first: bool | None) -> None:
    """Say which column is which answer, and remember it for the next file.

    Raises InvalidTransition when the file was imported in the meantime.
    """
    _keep(file, columns=columns, is_day_first=is_day_first)
    _remember(file)


@transaction.atomic
def say_meanings(file: Import, meanings: dict[str, dict[str, str]]) -> None:
    """Say what words of a choice mean, by the answer's key, and remember it for the next file.

    Raises InvalidTransition when the file was imported in the meantime.
    """
    all_of_them = {**file.meanings}
    for answer, words in meanings.items():
        all_of_them[answer] = {**all_of_them.get(answer, {}), **words}
    _keep(file, meanings=all_of_them)
    _remember(file)


def _keep(file, **facts) -> None:
    if not Import.objects.filter(pk=file.pk, imported_at=None).update(**facts):
        raise InvalidTransition(_("This file is imported already."))
    file.refresh_from_db(fields=list(facts))


def _remember(file) -> None:
    answers = {place: answer for answer, place in file.columns.items()}
    said = [(header, answers.get(place, "")) for place, header in enumerate(file.headers)]
    ImportedColumn.objects.bulk_create(
        [
            ImportedColumn(
                cohort_id=file.cohort_id,
                header=header,
                answer=answer,
                meanings=file.meanings.get(answer, {}),
            )
            for header, answer in said
            if header
        ],
        update_conflicts=True,
        unique_fields=["cohort", "header"],
        update_fields=["answer", "meanings", "said_at"],
    )


def require_open_to(by: User, cohort: Cohort) -> None:
    """Raise InvalidTransition where ``by`` helps to choose in ``cohort``, or it takes no file."""
    if by.cohort_roles.filter(cohort=cohort).exists():
        raise InvalidTransition(_("You read or interview in this call: a colleague enters it."))
    if not taking_files().filter(pk=cohort.pk).exists():
        raise InvalidTransition(
            _("This call is closed, and somebody knows a decision: no file is added to it.")
        )


def left_out(file: Import):
    """Yield, for a CSV file, the headers and each row that is not imported, with what is wrong."""
    yield [_("Row"), _("What is wrong"), *file.headers]
    for row in checking.check(file).wrong:
        yield [row.number, " ".join(words for _key, words in row.problems), *row.cells]
