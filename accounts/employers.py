"""An employer that is not on file: its name is typed and that is all; an app above has it added.

@employers.taken_by
def ask_to_add(person, name):
    ...

@employers.told_by
def being_added(person):
    ...
"""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from accounts.models import User


class BeingAdded(NamedTuple):
    """The employer that somebody named, by when she hears of it, and where she reads of that.

    ``by`` is None where that day is past.
    """

    name: str
    by: date | None
    url: str


_takers: list[Callable[[User, str], None]] = []
_tellers: list[Callable[[User], BeingAdded | None]] = []


def taken_by(taker):
    """Let ``taker`` see to who has another employer now, and let go of what waits about others.

    It is told the name of one that is not on file, else "". A ValidationError of it stops the
    saving.
    """
    _takers.append(taker)
    return taker


def told_by(teller):
    """Let ``teller`` say which employer of hers is being added."""
    _tellers.append(teller)
    return teller


def changed(person: User, name_to_add: str) -> None:
    for taker in _takers:
        taker(person, name_to_add)


def being_added(person: User) -> BeingAdded | None:
    return next((found for teller in _tellers if (found := teller(person))), None)
