"""A figure that staff or a facilitator can act on, with its way to the list behind it.

Each app offers a stage of the board; the page counts all of them in one question:

    {% outcomes_board cohort as outcomes %}
    {% counted meetings outcomes as stages %}
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db import connection

# What must be looked at first, first; the other tones only tell.
URGENT = ("danger", "attention")


@dataclass(frozen=True)
class Count:
    """So many records of a kind: ``url`` is the list of exactly these."""

    label: str
    number: int
    url: str
    tone: str = "neutral"

    @property
    def needs_somebody(self) -> bool:
        return self.number > 0 and self.tone in URGENT


@dataclass(frozen=True)
class Stage:
    """A part of the work, by its name, and what is to be counted in it.

    ``rows`` are (label, queryset, url[, tone]) each; a list stands for what is looked up already.
    ``key`` is for who needs the figures of just this stage, see ``figures_of``.
    """

    title: str
    rows: list[tuple]
    key: str = ""


@dataclass(frozen=True)
class Counted:
    """A stage with its figures."""

    title: str
    counts: list[Count]
    key: str = ""


def counted(*stages: Stage) -> list[Counted]:
    """Return the figures of each stage; the database is asked once for all of them."""
    numbers = iter(lengths(found for stage in stages for _label, found, *_where in stage.rows))
    return [
        Counted(
            stage.title,
            [Count(label, next(numbers), *where) for label, _found, *where in stage.rows],
            stage.key,
        )
        for stage in stages
    ]


def figures_of(key: str, stages: Iterable[Counted]) -> list[int]:
    """Return the numbers of the stage with this key, wherever it stands; none where it does not."""
    return [count.number for stage in stages if stage.key == key for count in stage.counts]


def lengths(querysets) -> list[int]:
    """Return how many rows each queryset or list has, asking the database once."""
    counts, values = [], []
    for queryset in querysets:
        if isinstance(queryset, list):
            counts.append(str(len(queryset)))
            continue
        try:
            sql, its_values = queryset.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:  # it was none()
            sql, its_values = "SELECT 1 WHERE 1 = 0", ()
        counts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")
        values += its_values
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counts)}", values)
        return list(cursor.fetchone())


def waiting(stages: list[Counted]) -> list[Count]:
    """Return the counts that need somebody now, the most urgent first."""
    return sorted(
        (count for stage in stages for count in stage.counts if count.needs_somebody),
        key=lambda count: URGENT.index(count.tone),
    )
