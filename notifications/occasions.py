"""What the apps above know of an event that takes place: who signs its mail, where one answers.

    @occasions.of(Kind.MEETING)
    def meeting(event, person) -> dict | None

The dict may hold ``mailbox``, ``signature_name`` and ``signature_phone`` (of the community or the
cohort), ``page_url`` and ``answer_url``, absolute, as ``person`` may open them.
"""

from collections.abc import Callable

from accounts.models import User
from notifications.models import Event, Kind

SIGNATURE = ("mailbox", "signature_name", "signature_phone")

_known: dict[str, Callable[[Event, User | None], dict | None]] = {}


def of(kind: Kind):
    """Make ``facts(event, person)`` what is known of the events of ``kind``."""

    def keep(facts):
        if kind in _known:
            raise ValueError(f"The facts of {kind} are registered twice.")
        _known[kind] = facts
        return facts

    return keep


def facts(event: Event, person: User | None = None) -> dict:
    """Return what is known of ``event`` for ``person``; nothing of a kind nobody registered."""
    known = _known.get(event.kind)
    return (known and known(event, person)) or {}


def signature(event: Event) -> dict:
    """Return who signs mail about ``event``; what is left out, the office says."""
    known = facts(event)
    return {name: known[name] for name in SIGNATURE if name in known}
