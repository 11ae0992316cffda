"""Calling an event off where all that is known is the event: more than invitations may hang on it.

Each app says in its own ``endings.py``, per kind, how its own events are called off.
"""

from collections.abc import Callable

from notifications import calendar
from notifications.models import Event, Kind

_ways: dict[Kind, Callable[..., bool]] = {}


def register(kind: Kind):
    """Make ``call_off(event, *, reason) -> bool`` the way in which events of ``kind`` end."""

    def keep(call_off: Callable[..., bool]):
        if kind in _ways:
            raise ValueError(f"How {kind} is called off is registered twice.")
        _ways[kind] = call_off
        return call_off

    return keep


def call_off(event: Event, *, reason: str) -> bool:
    """Call ``event`` off with all that hangs on it; return whether it was this call that did it."""
    is_done = _ways.get(event.kind, calendar.cancel)(event, reason=reason)
    event.refresh_from_db()
    return is_done
