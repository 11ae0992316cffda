"""What later apps add to a call, so that its verbs and lists are whole without importing upward.

An app with something to say has a ``call.py`` (found by ``autodiscover_modules``)::

    @parts.register
    class Applications(parts.Part):
        def lacks(self, cohort): ...
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Lack:
    """What a call lacks, in a sentence; ``url`` is the page where that is mended.

    Nothing can be applied to while one ``blocks``.
    """

    sentence: str
    url: str = ""
    blocks: bool = False


class Part:
    """What one app adds. Each method may be left as it is."""

    def lacks(self, cohort) -> Iterable[Lack]:
        return ()

    def why_closed_for_good(self, cohort) -> str:
        """Why a call that has closed cannot open again; "" where it can."""
        return ""

    def concerned(self, cohort) -> Iterable[str]:
        """Whom another deadline concerns, and what it means to them: a sentence each."""
        return ()

    def extended(self, extension) -> None:
        """The deadline has been extended, in this transaction: tell who has to know."""

    def told_of_dates(self, cohort, were: dict) -> Iterable[str]:
        """Whom it concerns that later dates, which ``were`` so, change by hand: a sentence each."""
        return ()

    def dates_moved(self, cohort, were: dict, *, by) -> None:
        """Later dates have changed by hand, in this transaction: tell who has to know."""

    def copy(self, old, new, days: int) -> None:
        """Write for ``new`` what ``old`` has, dates ``days`` later; nothing of any person."""


_parts: list[Part] = []


def register(part: type[Part]) -> type[Part]:
    _parts.append(part())
    return part


def every() -> list[Part]:
    return list(_parts)
