"""The invariant of deadlines: every open duty has a live invitee, every settled one none.

Each app says in its own ``owed.py``, per kind of deadline, what is open and who owes it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from notifications.models import Event, Invitee, Kind, Role

# Pairs of the key of a deadline and of who owes it; None where it only matters that somebody does.
Owed = Iterable[tuple[int, int | None]]

_owed: dict[Kind, Callable[[], Owed]] = {}


def register(kind: Kind):
    """Make ``owed() -> pairs`` the word on which duties of ``kind`` are open now."""

    def keep(owed: Callable[[], Owed]):
        if kind in _owed:
            raise ValueError(f"What is owed of {kind} is registered twice.")
        _owed[kind] = owed
        return owed

    return keep


def kinds() -> set[Kind]:
    return set(_owed)


@dataclass(frozen=True)
class Difference:
    """A duty and an invitation that do not match.

    ``event`` is None where a duty has no deadline at all, ``person_id`` where it is
    open and nobody owes it. ``is_open`` says which is missing: the invitation, else the duty.
    """

    kind: Kind
    event: Event | None
    person_id: int | None
    is_open: bool

    def __str__(self):
        facts = {"what": self.event or self.kind.label}
        if self.is_open:
            return _("%(what)s: still open, but nobody is reminded") % facts
        return _("%(what)s: settled, but somebody is still invited") % facts


def audit() -> list[Difference]:
    """Compare what is open with who is invited, kind by kind; an empty list is as it should be.

    Asks two questions for the invitations and one for each kind. Guests of a deadline,
    who might yet take it on, owe nothing.
    """
    invited = _invited()
    found = []
    for kind, owed in _owed.items():
        open_duties = _by_event(owed())
        for event_id, persons in open_duties.items():
            there = invited[kind].pop(event_id, set())
            if None in persons:
                found += [] if there else [(kind, event_id, None, True)]
            else:
                found += [(kind, event_id, person, True) for person in persons - there]
                found += [(kind, event_id, person, False) for person in there - persons]
        for event_id, there in invited[kind].items():
            found += [(kind, event_id, person, False) for person in there]
    events = Event.objects.in_bulk({event_id for _kind, event_id, *_who in found if event_id})
    return [
        Difference(kind, events.get(event_id), person_id, is_open)
        for kind, event_id, person_id, is_open in found
    ]


def _invited() -> dict[str, dict[int, set[int]]]:
    """Return who owes what, by kind and deadline."""
    invited = defaultdict(lambda: defaultdict(set))
    parts = Invitee.objects.current().exclude(role=Role.GUEST)
    live = parts.filter(event__kind__in=_owed, event__cancelled_at=None)
    for kind, event_id, person_id in live.values_list("event__kind", "event", "person"):
        invited[kind][event_id].add(person_id)
    return invited


def _by_event(owed: Owed) -> dict[int | None, set[int | None]]:
    events = defaultdict(set)
    for event_id, person_id in owed:
        events[event_id].add(person_id)
    return events
