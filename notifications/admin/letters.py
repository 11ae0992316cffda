"""A mail as it is read: what it says now, and what is new in it since the last of its kind."""

from dataclasses import dataclass

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from notifications import freeze, mails
from notifications.admin.compared import Line, differences, last_of_their_kind
from notifications.models import Message
from notifications.wording import Wordings


def as_read(message: Message, wordings=None) -> tuple[str, str]:
    """Return subject and text of ``message`` as sent or released, else as they would be now."""
    subject, text, _goes = _read(message, wordings)
    return subject, text


def _read(message: Message, wordings) -> tuple[str, str, bool]:
    """Return what ``as_read`` does, and whether it would go if it were released now."""
    if message.body and not message.is_draft:
        return mails.called(message), freeze.masked(message.body), True
    if message.lane == Message.Lane.CODE:
        return mails.called(message), _("A code is shown to nobody but its reader."), True
    from notifications.render import NoLongerTrue, render  # loads Markdown: few pages show a mail

    try:
        mail = render(message, wordings).masked()
    except NoLongerTrue:
        words = _("This is no longer true, so it will not be sent.")
        return mails.called(message), words, False
    except mails.Overtaken as error:
        return mails.called(message), _(str(error)), False
    except (InterfaceError, OperationalError):
        raise  # nothing is wrong with the mail
    except Exception as error:
        words = _("It cannot be rendered: %(error)s") % {"error": repr(error)}
        return mails.called(message), words, False
    message.template, message.fell_back = mail.template, mail.fell_back
    return mail.subject, mail.text, True


@dataclass(frozen=True)
class Letter:
    """A draft as it would be read, beside what it is compared with: a ``Message`` or None."""

    message: Message
    subject: str
    text: str
    goes: bool
    before: Message | None

    @property
    def was_released(self) -> bool:
        """Whether it is compared with what it said itself, when staff released it."""
        return self.before == self.message

    @property
    def changes(self) -> list[Line]:
        if self.before is None:
            return []
        old, new = (
            f"{subject}\n\n{text}"
            for subject, text in (
                (self.before.subject, freeze.masked(self.before.body)),
                (self.subject, self.text),
            )
        )
        return differences(old, new)


def letters(drafts: list[Message], among) -> list[Letter]:
    """Return ``drafts`` as they would be read, each beside the last of its kind to its reader.

    ``among`` is the mail that whoever looks may see.
    """
    last, wordings = last_of_their_kind(drafts, among), Wordings()
    return [
        Letter(
            draft,
            *_read(draft, wordings),
            before=draft if draft.body else last.get((draft.kind, draft.recipient_id)),
        )
        for draft in drafts
    ]
