"""Kinds of mail. Each app says in its own ``mails.py`` what its kinds are about.

A kind has one text, ``templates/<app>/mails/<kind>.md``, and one function that
turns ids into what the text needs, or returns None when the mail is no longer
true; it is then suppressed, with that as the reason.
"""

from collections.abc import Callable
from dataclasses import dataclass

from notifications.lanes import Lane


@dataclass(frozen=True)
class MailKind:
    name: str
    template: str
    context: Callable[[dict], dict | None]
    lane: int = Lane.SERVICE
    title: str = ""  # what staff call it, where no subject is written yet


_kinds: dict[str, MailKind] = {}


def register(name: str, title: str, *, lane: int = Lane.SERVICE):
    """Make ``context(ids) -> dict | None`` the source of facts for the mail ``name``.

    Staff read its ``title`` wherever its subject is not written yet.

    ``ids`` is the message's context plus ``recipient`` (a User) and, for mail
    about an event, ``event``. The text is ``<app>/mails/<name>.md`` of the app
    that registers it. The dict may hold ``calendar``, a list of events whose
    calendar file goes along, and ``method``, its iTIP method.
    """

    def keep(context):
        if name in _kinds:
            raise ValueError(f"The mail {name} is registered twice.")
        app = context.__module__.partition(".")[0]
        _kinds[name] = MailKind(name, f"{app}/mails/{name}.md", context, lane, title)
        return context

    return keep


def kind(name: str) -> MailKind:
    return _kinds[name]


def title(name: str) -> str:
    """Return what staff call this kind of email; a kind that is no more, by its name."""
    return str(_kinds[name].title or name) if name in _kinds else name


def called(message) -> str:
    """Return the subject of ``message``, before one is written what staff call its kind."""
    return message.subject or title(message.kind)


def names() -> list[str]:
    return sorted(_kinds)
