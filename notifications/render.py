"""From a message to a mail: Markdown in the recipient's language, one source for text and HTML.

The text of a kind is ``<app>/mails/<kind>.md``: a line ``Subject: ...``, an
empty line, then Markdown. Values put into it stay text, whatever they hold. A
paragraph that is nothing but one link becomes a button.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import office
from notifications import freeze, ics, mails, preferences, wording
from notifications.markdown import Html, Text, parse, wrap
from notifications.models import MailTemplate, Message
from notifications.plain import plain
from notifications.secret import reveal
from notifications.wording import Wordings

log = logging.getLogger(__name__)

# What a context holds besides the words of the text.
NOT_WORDS = {
    "signature_name", "signature_phone", "mailbox", "why", "choose_url", "stop_url",
    "calendar", "method", "to", "series",
}  # fmt: skip

OPTIONAL = {Message.Lane.REMINDER, Message.Lane.NEWS}


class NoLongerTrue(Exception):
    """What the mail says does not hold any more."""


class FactsChanged(Exception):
    """The facts are others than when staff released the mail."""


@dataclass(frozen=True)
class Mail:
    """A mail as its reader gets it. ``calendar`` is a calendar file or empty.

    ``mailbox`` is where answers to it are read; ``to`` the address where it is not the
    recipient's own; ``body`` the HTML of the text alone. ``template`` is the text of staff's that
    holds, if any does; where it could not be rendered, ``fell_back`` says so.
    """

    subject: str
    text: str
    html: str
    mailbox: str = ""
    calendar: bytes = b""
    method: str = ""
    to: str = ""
    body: str = ""
    template: MailTemplate | None = None
    fell_back: bool = False

    def masked(self) -> "Mail":
        """Return the same mail without the secrets of its links, to be kept and shown to staff."""
        return self._with_links(freeze.masked)

    def opened(self, tokens: dict[str, str]) -> "Mail":
        """Return the same mail with its links, ``tokens`` by their stand-ins, in their places."""
        return self._with_links(lambda part: freeze.opened(part, tokens))

    def _with_links(self, change: Callable[[str], str]) -> "Mail":
        text, html, body = (change(part) for part in (self.text, self.html, self.body))
        return replace(self, text=text, html=html, body=mark_safe(body))


def render(message: Message, wordings: Wordings | None = None) -> Mail:
    """Return ``message`` as its recipient gets it: in the words it was released with, else anew.

    ``wordings`` spares many mails to look for the texts that hold one by one, and to draw what
    they say alike again. Raises NoLongerTrue, mails.Overtaken, and FactsChanged where what was
    released would say something else now.
    """
    with translation.override(message.language):
        context = facts_of(message)
        sealed, tokens = freeze.sealed(context)
        digest = _digest(message, sealed)
        if not message.is_frozen:
            mail = _drawn(message, sealed, digest, wordings or Wordings())
        elif digest == message.facts_digest:
            mail = Mail(message.subject, message.body, message.html)
        else:
            raise FactsChanged
        return addressed(message, context, mail.opened(tokens))


def freeze_text(message: Message, wordings: Wordings | None = None) -> None:
    """Settle what ``message`` says, its links left out; nothing is saved.

    Raises NoLongerTrue and mails.Overtaken.
    """
    with translation.override(message.language):
        sealed, _tokens = freeze.sealed(facts_of(message))
        digest = _digest(message, sealed)
        mail = _drawn(message, sealed, digest, wordings or Wordings())
    settle(message, mail, digest)


def settle(message: Message, mail: Mail, digest: str) -> None:
    """Let ``message`` say what ``mail`` does, as long as its facts have ``digest``."""
    message.subject, message.body, message.html = mail.subject[:300], mail.text, mail.html
    message.template, message.fell_back = mail.template, mail.fell_back
    message.facts_digest = digest


def settle_as_it_is(message: Message, mail: Mail) -> None:
    """Let ``message`` say what ``mail`` does, whatever the facts of its own kind are now."""
    sealed, _tokens = freeze.sealed(facts_of(message))
    settle(message, mail, _digest(message, sealed))


def facts_of(message: Message) -> dict:
    """Return what the mail is made from, in the language of the moment.

    Raises NoLongerTrue and mails.Overtaken.
    """
    ids = {**message.context, "recipient": message.recipient, "event": message.event}
    ids["is_copy"] = message.is_copy
    if message.secret:
        ids["secret"] = reveal(message)
    context = mails.kind(message.kind).context(ids)
    if context is None:
        raise NoLongerTrue
    return {**context, **_choices(message)}


def _digest(message: Message, sealed: dict) -> str:
    return freeze.digest({**sealed, "language": message.language})


def _drawn(message: Message, sealed: dict, digest: str, wordings: Wordings) -> Mail:
    """Return the words of the mail, its links left out. Those who are told the same share them."""
    kind = mails.kind(message.kind)
    of_event = message.event.series_id if message.event else None
    template = wordings.nearest(kind.name, sealed.get("series") or of_event)
    said = kind.name, message.lane, template, digest
    if said not in wordings.drawn:
        wordings.drawn[said] = _in_words(message, kind, sealed, template)
    return wordings.drawn[said]


def _in_words(
    message: Message, kind: mails.MailKind, context: dict, template: MailTemplate | None
) -> Mail:
    """Draw the mail from ``template``, a text of staff's, else from the built-in one."""
    facts = {name: plain(value) for name, value in context.items() if name not in NOT_WORDS}
    filled = wording.values(kind, facts)
    if template:
        try:
            source = wording.fill(template.source(message.language), filled)
            return replace(laid_out(message, context, source), template=template)
        except (LookupError, ValueError, TypeError, AttributeError):
            log.exception("The text %s cannot be rendered, the built-in one goes", template)
    mail = laid_out(message, context, render_to_string(kind.template, {**facts, **filled}))
    return replace(mail, template=template, fell_back=template is not None)


def laid_out(message: Message, context: dict, source: str) -> Mail:
    """Return the words that ``source`` makes: a subject line, then Markdown."""
    signature = _signed(context, message)
    subject, tree = parse(source)
    body = mark_safe(Html().blocks(tree))
    html = render_to_string(
        "notifications/mail.html",
        {
            "subject": subject,
            "body": body,
            "language": get_language(),
            **signature,
        },
    )
    text = f"{Text().blocks(tree)}\n\n-- \n{_signature(signature)}\n"
    return Mail(subject, text, html, body=body)


def addressed(message: Message, context: dict, mail: Mail) -> Mail:
    """Return ``mail`` with what goes with its words: who reads an answer, the calendar file."""
    mailbox = context.get("mailbox") or office.current().mailbox
    method = context.get("method", "PUBLISH")
    calendar = ics.for_events(
        context.get("calendar", []), person=message.recipient, method=method, mailbox=mailbox
    )
    return replace(
        mail,
        mailbox=mailbox,
        calendar=calendar,
        method=method if calendar else "",
        to=context.get("to", ""),
    )


def _signed(context: dict, message: Message) -> dict:
    """Return who signs it and why it came, as ``context`` says; the office, where it is mute."""
    we = office.current()
    team = _("The Communities of Practice team")
    return {
        "signature_name": context.get("signature_name") or team,
        "signature_phone": context.get("signature_phone") or we.phone,
        "mailbox": context.get("mailbox") or we.mailbox,
        "organization_name": we.name,
        "postal_address": we.postal_address,
        "why": context.get("why") or _why(message),
        "choose_url": context["choose_url"],
        "stop_url": context["stop_url"],
    }


def no_choices() -> dict:
    """Return the facts of a mail that nobody gets."""
    return {"choose_url": "", "stop_url": ""}


def _choices(message: Message) -> dict:
    """Return where she chooses what she gets, below what she may do without."""
    person, lane = message.recipient, message.lane
    return {
        "choose_url": preferences.page_url(person) if lane in OPTIONAL else "",
        "stop_url": preferences.stop_url(person) if lane == Message.Lane.NEWS else "",
    }


def _unsubscribing(message: Message) -> dict:
    """Return the headers by which a mail program offers to end news, or to choose reminders."""
    with translation.override(message.language):
        links = _choices(message)
    if links["stop_url"]:
        return {
            "List-Unsubscribe": f"<{links['stop_url']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    return {"List-Unsubscribe": f"<{links['choose_url']}>"} if links["choose_url"] else {}


def envelope(message: Message, mail: Mail, connection=None) -> EmailMultiAlternatives:
    """Return the mail ready to be handed to a mail server; every copy has the same Message-ID."""
    sender = formataddr((office.current().name, settings.DEFAULT_FROM_EMAIL))
    email = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        sender,
        [mail.to or message.recipient.email],
        reply_to=[mail.mailbox],
        headers={
            "Message-ID": message.message_id,
            "Auto-Submitted": "auto-generated",
            "Content-Language": message.language,
            **_unsubscribing(message),
        },
        connection=connection,
    )
    email.metadata = {"message": message.message_id.strip("<>")}  # what a provider calls back with
    email.attach_alternative(mail.html, "text/html")
    if mail.calendar:
        text = mail.calendar.decode()
        email.attach_alternative(text, f"text/calendar; method={mail.method}")
        email.attach("invitation.ics", text, "text/calendar")
    return email


def _why(message: Message) -> str:
    if message.lane == Message.Lane.CODE:
        return _("You get this email because someone typed your address on our site.")
    return _(
        "You get this email because you take part in the Communities of Practice, applied, "
        "or registered for a webinar."
    )


def _signature(signature: dict) -> str:
    organization = signature["organization_name"]
    lines = [
        signature["signature_name"],
        organization if organization != signature["signature_name"] else "",
        signature["signature_phone"],
        signature["mailbox"],
        signature["postal_address"],
    ]
    choices = [
        f"{_('%(label)s:') % {'label': label}}\n{signature[name]}"
        for name, label in (
            ("choose_url", _("Choose which email you get")),
            ("stop_url", _("Stop news")),
        )
        if signature[name]
    ]
    return "\n".join([*filter(None, lines), "", wrap(signature["why"]), *choices])
