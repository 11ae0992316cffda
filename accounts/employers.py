"""An employer that is not on file: its name is typed and that is all; an app above has it added.

@employers.taken_by
def ask_to_add(person, name):
    ...
"""

from collections.abc import Callable

from accounts.models import User

_takers: list[Callable[[User, str], None]] = []


def taken_by(taker):
    """Let ``taker`` see to an employer of this name; a ValidationError of it stops the saving."""
    _takers.append(taker)
    return taker


def name_to_add(person: User, name: str) -> None:
    for taker in _takers:
        taker(person, name)
