"""Kinds of mail. Each app says in its own ``mails.py`` what its kinds are about.

A kind has one built-in text, ``templates/<app>/mails/<kind>.md``, and one function
that turns ids into what the text needs, or returns None when the mail is no longer
true; it is then suppressed, with that as the reason. A kind that lists placeholders
may be reworded by staff, see ``notifications.placeholders``.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from notifications.lanes import Lane
from notifications.placeholders import Placeholder

# Who has a part in an event: the keys of the event and of the person.
Part = tuple[int, int]
Waits = Callable[[set[Part]], dict[Part, str]]


@dataclass(frozen=True)
class MailKind:
    name: str
    template: str
    context: Callable[[dict], dict | None]
    lane: int = Lane.SERVICE
    title: str = ""  # what staff call it, where no subject is written yet
    reminds_of: frozenset[str] = frozenset()  # the kinds of event that a rule may send it about
    is_digest: bool = False
    waits: Waits | None = None
    placeholders: dict[str, Placeholder] = field(default_factory=dict)
    goes_again: bool = True


class Overtaken(Exception):
    """What a mail would say has to be put right before it goes; until then it is a draft.

    Holds the reason, marked for translation as those of ``notifications.reasons``.
    """


_kinds: dict[str, MailKind] = {}


def register(
    name: str,
    title: str,
    *,
    lane: int | None = None,
    reminds_of: Collection[str] = (),
    is_digest: bool = False,
    waits: Waits | None = None,
    placeholders: dict[str, Placeholder] | None = None,
    goes_again: bool = True,
):
    """Make ``context(ids) -> dict | None`` the source of facts for the mail ``name``.

    Staff read its ``title`` wherever its subject is not written yet.

    A reminder says by ``reminds_of`` of which kinds of event. One that ``is_digest`` tells of
    all that its reader owes in the series, so that several due there at once are one mail: it
    has no ``event``, its ``ids`` hold ``events``, those that caused it, each by its key and its
    version. ``waits`` says whose mail about which event has to wait, and why. ``context``
    raises Overtaken where somebody has to put something right before the mail can go.

    ``ids`` is the message's context plus ``recipient`` (a User) and, for mail
    about an event, ``event``. The text is ``<app>/mails/<name>.md`` of the app
    that registers it. The dict may hold ``calendar``, a list of events whose
    calendar file goes along, ``method``, its iTIP method, and ``series``, the id of
    the series whose words it takes. The built-in text of a kind with ``placeholders``
    is made of them alone, without conditions: it is what staff begin to reword. What holds
    a secret, or words that are kept nowhere else, does not go again.
    """
    if placeholders and lane == Lane.CODE:
        raise ValueError(f"The mail {name} holds a code: nobody words it anew.")

    def keep(context):
        if name in _kinds:
            raise ValueError(f"The mail {name} is registered twice.")
        app = context.__module__.partition(".")[0]
        usual_lane = Lane.REMINDER if reminds_of else Lane.SERVICE
        _kinds[name] = MailKind(
            name=name,
            template=f"{app}/mails/{name}.md",
            context=context,
            lane=usual_lane if lane is None else lane,
            title=title,
            reminds_of=frozenset(reminds_of),
            is_digest=is_digest,
            waits=waits,
            placeholders=placeholders or {},
            goes_again=goes_again and lane != Lane.CODE,
        )
        return context

    return keep


def kind(name: str) -> MailKind:
    return _kinds[name]


def is_known(name: str) -> bool:
    return name in _kinds


def reminders() -> list[MailKind]:
    """Return the kinds that a rule may send, by name."""
    return [_kinds[name] for name in names() if _kinds[name].reminds_of]


def title(name: str) -> str:
    """Return what staff call this kind of email; a kind that is no more, by its name."""
    return str(_kinds[name].title or name) if name in _kinds else name


def called(message) -> str:
    """Return the subject of ``message``, before one is written what staff call its kind."""
    return message.subject or title(message.kind)


def names() -> list[str]:
    return sorted(_kinds)


def reworded_by_staff() -> list[MailKind]:
    """Return the kinds whose text staff may write, by their titles."""
    kinds = [kind for kind in _kinds.values() if kind.placeholders]
    return sorted(kinds, key=lambda kind: str(kind.title))
