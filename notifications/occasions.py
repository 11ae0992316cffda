"""What the apps above know of an event that takes place: who signs its mail, where one answers.

    @occasions.of(Kind.MEETING)
    def meeting(event, person) -> dict | None

The dict may hold ``mailbox``, ``signature_name`` and ``signature_phone`` (of the community or the
cohort), ``page_url``, ``answer_url`` and ``own_url`` (of her booking), absolute, as ``person`` may
open them; ``dates_url``, where she answers for all that lies ahead, ``following``, the next event
of the group or None, and, where they depend on who reads, ``title`` and ``with_whom``.
"""

from collections.abc import Callable, Iterable

from django.urls import reverse

from accounts.models import User
from notifications.models import Event, Kind

SIGNATURE = ("mailbox", "signature_name", "signature_phone")

_pages: dict[str, Callable[[set[int]], dict[int, str]]] = {}
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


def pages_of(kind: Kind):
    """Make ``pages(ids)`` the source of the paths of the pages of events, by their keys."""

    def keep(pages):
        if kind in _pages:
            raise ValueError(f"The pages of {kind} are registered twice.")
        _pages[kind] = pages
        return pages

    return keep


def pages(events: Iterable[Event]) -> dict[int, str]:
    """Return the paths of the pages of ``events``, with one query for each kind of them.

    An event keeps its own: mails that share the event, as those of a batch do, ask once.
    """
    events = list(events)
    unasked: dict[str, list[Event]] = {}
    for event in events:
        if not hasattr(event, "page_path"):
            unasked.setdefault(event.kind, []).append(event)
    for kind, alike in unasked.items():
        found = _pages[kind]({event.pk for event in alike}) if kind in _pages else {}
        for event in alike:
            event.page_path = found.get(event.pk, "")
    return {event.pk: event.page_path for event in events if event.page_path}


def page(event: Event) -> str:
    """Return the path of the page of ``event``; of her own page, where it has none."""
    return pages([event]).get(event.pk) or reverse("accounts:me")


def signature(known: dict) -> dict:
    """Return who signs mail, of the ``known`` facts; what is left out, the office says."""
    return {name: known[name] for name in SIGNATURE if name in known}
