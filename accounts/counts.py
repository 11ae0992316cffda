"""A figure that staff or a facilitator can act on, with its way to the list behind it."""

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


def count_all(*rows) -> list[Count]:
    """Return a Count for each (label, queryset, url[, tone]), all counted in one query."""
    numbers = lengths(queryset for _label, queryset, *_where in rows)
    return [
        Count(label, number, *where)
        for (label, _queryset, *where), number in zip(rows, numbers, strict=True)
    ]


def lengths(querysets) -> list[int]:
    """Return how many rows each queryset has, asking the database once."""
    counts, values = [], []
    for queryset in querysets:
        try:
            sql, its_values = queryset.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:  # it was none()
            sql, its_values = "SELECT 1 WHERE 1 = 0", ()
        counts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")
        values += its_values
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counts)}", values)
        return list(cursor.fetchone())


def waiting(counts) -> list[Count]:
    """Return the counts that need somebody now, the most urgent first."""
    return sorted(
        (count for count in counts if count.needs_somebody),
        key=lambda count: URGENT.index(count.tone),
    )
