"""Rows as the lines of a CSV file, one at a time, that no spreadsheet takes for formulas."""

import csv
from collections.abc import Iterable, Iterator

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def formula_safe(cell) -> str:
    """Return ``cell`` so that no spreadsheet takes it for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


class _Line:
    """A file that hands back each line as it is written."""

    def write(self, line):
        return line


def lines(rows: Iterable[Iterable]) -> Iterator[str]:
    """Yield each row as a line; none is made before it is asked for."""
    writer = csv.writer(_Line())
    return (writer.writerow(map(formula_safe, row)) for row in rows)
