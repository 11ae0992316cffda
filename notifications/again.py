"""Sending once more what has an end: whether a mail would come of it, and doing it."""

from datetime import timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.lifecycle import InvalidTransition
from accounts.models import User
from notifications import mails, outbox
from notifications.models import COPY, Message
from notifications.reasons import NOT_RENDERED, NOT_TRUE, ONCE

ENDED = {
    Message.State.SENT, Message.State.UNKNOWN, Message.State.FAILED, Message.State.EXPIRED,
}  # fmt: skip
# Who presses twice within this meant it once.
ONE_PRESS = timedelta(minutes=1)


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
    if copy.pk in (ends := sender.untrue([copy])):
        _state, reason = ends[copy.pk]
        return _(reason)
    try:
        with translation.override(copy.language):
            facts_of(copy)
    except (NoLongerTrue, mails.Overtaken):  # nobody puts right what a letter that went once said
        return _(NOT_TRUE)
    except (InterfaceError, OperationalError):
        raise
    except Exception:
        return _(NOT_RENDERED)
    return ""


@transaction.atomic
def send(message: Message, *, by: User) -> Message:
    """Write a further mail with the same facts, rendered anew; the first keeps its record.

    Who presses twice within a minute, or as another does, gets the mail of the first press.
    Raises InvalidTransition where no mail would come of it.
    """
    if not has_ended(message):
        raise InvalidTransition(_("This email cannot be sent again."))
    if why := refusal(message):
        raise InvalidTransition(_("This email cannot be sent again: %(why)s.") % {"why": why})
    _lock(message)
    copies = Message.objects.filter(dedupe_key__startswith=f"{COPY}{message.pk}:")
    lately = copies.filter(created_at__gt=timezone.now() - ONE_PRESS).first()
    return lately or outbox.write(**_again(message), by=by)


def _lock(message: Message) -> None:
    """Let two who press at once wait for each other, so that the second finds the first's mail."""
    Message.objects.select_for_update(of=("self",)).get(pk=message.pk)


def _again(message: Message) -> dict:
    """Return what the outbox is told of a further mail with the facts of ``message``."""
    return {
        "kind": message.kind,
        "to": message.recipient,
        "key": f"{COPY}{message.pk}:{timezone.now():%Y%m%d%H%M%S%f}",
        "context": message.context,
        "event": message.event,
    }
