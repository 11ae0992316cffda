"""Counts as rows of pictures: what ``_bars.html``, ``_units.html`` and ``_grid.html`` draw.

Every picture is a table too; what a person could be told by is left out of both.
"""

from collections.abc import Iterable, Sequence
from math import inf

from django.utils.formats import number_format

# A count below this may tell who is meant; 0 tells nothing.
SMALL = 5
# One square for each, up to so many; more are a bar.
MOST_UNITS = 24
UNIT, GAP = 12, 3


def bars(counts: Iterable[tuple], **more) -> list[dict]:
    """Return rows of ``_bars.html`` for (label, count[, note]); the longest fills the width."""
    counts = list(counts)
    longest = max([count for _label, count, *_note in counts] + [1])
    return [
        {
            "label": label,
            "value": number_format(count, use_l10n=True, force_grouping=True),
            "percent": round(100 * count / longest),
            "note": "".join(note),
            **more,
        }
        for label, count, *note in counts
    ]


def units(counts: Iterable[tuple]) -> list[dict]:
    """Return rows of ``_units.html`` for (label, count): one square for each thing counted."""
    return [
        {
            "label": label,
            "value": count,
            "places": [(UNIT + GAP) * number for number in range(min(count, MOST_UNITS))],
            "width": (UNIT + GAP) * min(count, MOST_UNITS),
        }
        for label, count in counts
    ]


def grid(columns: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> list[dict]:
    """Return rows of ``_grid.html`` for (label, counts): bars share one scale in each column.

    Each cell wears the heading of its column too: on a phone a row is a card.

    A count from 1 to ``SMALL - 1`` is not shown, and so many of the next larger that nobody
    works it out from the column's sum, see ``_hidden``.
    """
    if not rows:
        return []
    counted = list(zip(*(counts for _label, counts in rows), strict=True))
    hidden = [_hidden(column) for column in counted]
    longest = [max([*column, 1]) for column in counted]
    return [
        {
            "label": label,
            "cells": [
                {"heading": heading}
                if place in hidden[number]
                else {
                    "heading": heading,
                    "value": number_format(count, use_l10n=True, force_grouping=True),
                    "percent": round(100 * count / longest[number]),
                }
                for number, (heading, count) in enumerate(zip(columns, counts, strict=True))
            ],
        }
        for place, (label, counts) in enumerate(rows)
    ]


def _hidden(column: Sequence[int]) -> set[int]:
    """Return the places of a column that are not shown.

    The sum of a column is known, so the sum of what is hidden is too. Two at least are hidden,
    ``SMALL`` people or more between them: of two that make two, each would be one. Where there
    are not so many the noughts are hidden too, and with them the whole column.
    """
    small = {place for place, count in enumerate(column) if 0 < count < SMALL}
    hidden, others = set(small), set(range(len(column))) - small
    for place in sorted(others, key=lambda each: column[each] or inf) if small else ():
        if len(hidden) > 1 and sum(column[each] for each in hidden) >= SMALL:
            break
        hidden.add(place)
    return hidden
