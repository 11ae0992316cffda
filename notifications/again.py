"""Sending once more what has an end: whether a mail would come of it, and doing it."""

from django.db import InterfaceError, OperationalError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.lifecycle import InvalidTransition
from accounts.models import User
from notifications import mails, outbox
from notifications.models import Message
from notifications.reasons import NOT_RENDERED, NOT_TRUE, ONCE

ENDED = {
    Message.State.SENT, Message.State.UNKNOWN, Message.State.FAILED, Message.State.EXPIRED,
}  # fmt: skip


def has_ended(message: Message) -> bool:
    """Whether ``message`` has gone, or never will, so that staff may want to send it again."""
    return message.state in ENDED


def can_go(message: Message) -> bool:
    """Whether ``message`` has ended, and a mail would come of sending it again."""
    return has_ended(message) and not refusal(message)


def refusal(message: Message) -> str:
    """Return why no mail would come of sending ``message`` again, in words; "" where one would.

    Asks what the sender would ask: whether it is still true, and still wanted.
    """
    if not mails.is_known(message.kind) or not mails.kind(message.kind).goes_again:
        return _(ONCE)
    from notifications import sender  # loads Markdown: few processes need it
    from notifications.render import NoLongerTrue, facts_of

    copy = outbox.unsaved(**_again(message))
    copy.tries_ended = 0
    for _state, reason in sender.untrue([copy]).values():
        return _(reason)
    try:
        with translation.override(copy.language):
            facts_of(copy)
    except NoLongerTrue:
        return _(NOT_TRUE)
    except mails.Overtaken as error:
        return _(str(error))
    except (InterfaceError, OperationalError):
        raise
    except Exception:
        return _(NOT_RENDERED)
    return ""


def send(message: Message, *, by: User) -> Message:
    """Write a further mail with the same facts, rendered anew; the first keeps its record.

    ``by`` may press twice within a minute: it is still one mail. Raises
    InvalidTransition where no mail would come of it.
    """
    if not has_ended(message):
        raise InvalidTransition(_("This email cannot be sent again."))
    if why := refusal(message):
        raise InvalidTransition(_("This email cannot be sent again: %(why)s.") % {"why": why})
    return outbox.write(**_again(message), by=by)


def _again(message: Message) -> dict:
    """Return what the outbox is told of a further mail with the facts of ``message``."""
    return {
        "kind": message.kind,
        "to": message.recipient,
        "key": f"again:{message.pk}:{timezone.now():%Y%m%d%H%M}",
        "context": message.context,
        "event": message.event,
    }
