"""From a message to a mail: Markdown in the recipient's language, one source for text and HTML.

The text of a kind is ``<app>/mails/<kind>.md``: a line ``Subject: ...``, an
empty line, then Markdown. Values put into it stay text, whatever they hold. A
paragraph that is nothing but one link becomes a button.
"""

import re
from dataclasses import dataclass, replace
from email.utils import formataddr
from textwrap import fill

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from accounts import office
from notifications import freeze, ics, mails, outbox, preferences
from notifications.models import Message

WIDTH = 72
# What a context holds besides the words of the text.
NOT_WORDS = {
    "signature_name", "signature_phone", "mailbox", "why", "choose_url", "stop_url",
    "calendar", "method", "to",
}  # fmt: skip
LINE_BREAK = "\u2028"
BLANKS = re.compile(r"[ \t\r\n\f\v]+")  # but no-break spaces stay
PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
SUBJECT = re.compile(r"(Subject|Objet)\s*:")

OPTIONAL = {Message.Lane.REMINDER, Message.Lane.NEWS}

_markdown = MarkdownIt("js-default")


class NoLongerTrue(Exception):
    """What the mail says does not hold any more."""


class FactsChanged(Exception):
    """The facts are others than when staff released the mail."""


@dataclass(frozen=True)
class Mail:
    """A mail as its reader gets it. ``calendar`` is a calendar file or empty.

    ``to`` is the address where it is not the recipient's own.
    """

    subject: str
    text: str
    html: str
    mailbox: str
    calendar: bytes = b""
    method: str = ""
    to: str = ""

    def masked(self) -> "Mail":
        """Return the same mail without the secrets of its links, to be kept and shown to staff."""
        return replace(self, text=freeze.masked(self.text), html=freeze.masked(self.html))


def render(message: Message) -> Mail:
    """Return ``message`` as its recipient gets it: in the words it was released with, else anew.

    Raises NoLongerTrue, and FactsChanged where what was released would say something else now.
    """
    with translation.override(message.recipient.language):
        context = _context(message)
        if not message.is_frozen:
            return _drawn(message, context)
        sealed, tokens = freeze.sealed(context)
        if _digest(message, sealed) != message.facts_digest:
            raise FactsChanged
        text, html = (freeze.opened(part, tokens) for part in (message.body, message.html))
        return _with_calendar(message, context, message.subject, text, html)


def freeze_text(message: Message) -> None:
    """Settle what ``message`` says, its links left out; nothing is saved. Raises NoLongerTrue."""
    with translation.override(message.recipient.language):
        sealed, _tokens = freeze.sealed(_context(message))
        digest = _digest(message, sealed)
        mail = _drawn(message, sealed)
    message.subject, message.body, message.html = mail.subject[:300], mail.text, mail.html
    message.facts_digest = digest


def _context(message: Message) -> dict:
    ids = {**message.context, "recipient": message.recipient, "event": message.event}
    if message.secret:
        ids["secret"] = outbox.reveal(message)
    context = mails.kind(message.kind).context(ids)
    if context is None:
        raise NoLongerTrue
    return {**context, **_choices(message)}


def _digest(message: Message, sealed: dict) -> str:
    return freeze.digest({**sealed, "language": message.recipient.language})


def _drawn(message: Message, context: dict) -> Mail:
    signature = _signed(context, message)
    words = {name: value for name, value in context.items() if name not in NOT_WORDS}
    source = render_to_string(
        mails.kind(message.kind).template,
        {"recipient": _plain(message.recipient), **{k: _plain(v) for k, v in words.items()}},
    )
    subject, tree = _parse(source)
    html = render_to_string(
        "notifications/mail.html",
        {
            "subject": subject,
            "body": mark_safe(_Html().blocks(tree)),
            "language": message.recipient.language,
            **signature,
        },
    )
    text = f"{_Text().blocks(tree)}\n\n-- \n{_signature(signature)}\n"
    return _with_calendar(message, context, subject, text, html)


def _with_calendar(message: Message, context: dict, subject: str, text: str, html: str) -> Mail:
    mailbox = context.get("mailbox") or office.current().mailbox
    method = context.get("method", "PUBLISH")
    calendar = ics.for_events(
        context.get("calendar", []), person=message.recipient, method=method, mailbox=mailbox
    )
    to = context.get("to", "")
    return Mail(subject, text, html, mailbox, calendar, method if calendar else "", to)


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


def _choices(message: Message) -> dict:
    """Return where she chooses what she gets, below what she may do without."""
    person, lane = message.recipient, message.lane
    return {
        "choose_url": preferences.page_url(person) if lane in OPTIONAL else "",
        "stop_url": preferences.stop_url(person) if lane == Message.Lane.NEWS else "",
    }


def _unsubscribing(message: Message) -> dict:
    """Return the headers by which a mail program offers to end news, or to choose reminders."""
    with translation.override(message.recipient.language):
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
            "Content-Language": message.recipient.language,
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


class Plain(str):
    """Text that stays text in Markdown: no value can add a link, a heading or a line."""

    def __html__(self):
        lines = (BLANKS.sub(" ", line).strip(" ") for line in self.strip().splitlines())
        return LINE_BREAK.join(PUNCTUATION.sub(r"\\\1", line) for line in lines)


class _Record:
    """A model instance whose texts are ``Plain``."""

    def __init__(self, record):
        self._record = record

    def __getattr__(self, name):
        return _plain(getattr(self._record, name))

    def __str__(self):
        return Plain(self._record)

    def __eq__(self, other):
        return self._record == getattr(other, "_record", other)

    def __hash__(self):
        return hash(self._record)


def _plain(value):
    if isinstance(value, str):
        return Plain(value)
    if isinstance(value, Model):
        return _Record(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _parse(source: str) -> tuple[str, SyntaxTreeNode]:
    first, _newline, rest = source.strip().partition("\n")
    if not SUBJECT.match(first):
        raise ValueError("A mail's text begins with a line 'Subject: ...'.")
    subject = _tree(SUBJECT.sub("", first).replace(LINE_BREAK, " "))
    return BLANKS.sub(" ", _Text().blocks(subject)).strip(), _tree(rest.replace(LINE_BREAK, "\\\n"))


def _tree(markdown: str) -> SyntaxTreeNode:
    return SyntaxTreeNode(_markdown.parse(markdown))


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
    return "\n".join([*filter(None, lines), "", _wrap(signature["why"]), *choices])


def _sole_link(paragraph: SyntaxTreeNode) -> SyntaxTreeNode | None:
    """Return the link that a paragraph consists of, or None."""
    inside = [child for inline in paragraph.children for child in inline.children]
    return inside[0] if len(inside) == 1 and inside[0].type == "link" else None


class _Html:
    """Draw the tree with markdown-it's own renderer; only buttons are ours."""

    def blocks(self, tree: SyntaxTreeNode) -> str:
        tokens = tree.to_tokens()
        for node in tree.walk():
            link = _sole_link(node) if node.type == "paragraph" else None
            if link:
                node.nester_tokens.opening.attrSet("class", "action")
        return _markdown.renderer.render(tokens, _markdown.options, {})


class _Text:
    """Draw the tree as a careful person would type it, in lines of ``width``."""

    def __init__(self, width: int = WIDTH):
        self.width = width

    def blocks(self, node: SyntaxTreeNode, *, between: str = "\n\n") -> str:
        return between.join(filter(None, (self.block(child) for child in node.children)))

    def block(self, node: SyntaxTreeNode) -> str:
        match node.type:
            case "paragraph":
                return self.paragraph(node)
            case "heading":
                words = self.inline(node)
                return f"{words}\n{'-' * min(len(words), self.width)}"
            case "bullet_list" | "ordered_list":
                return self.items(node)
            case "blockquote":
                inside = _Text(self.width - 2).blocks(node)
                return "\n".join(f"> {line}" for line in inside.splitlines())
            case "hr":
                return "-" * 20
            case "fence" | "code_block":
                return node.content.rstrip("\n")
            case _:
                return self.inline(node)

    def paragraph(self, node: SyntaxTreeNode) -> str:
        link = _sole_link(node)
        if link:
            label = _("%(label)s:") % {"label": self.children(link)}
            return f"{label}\n{link.attrs['href']}"
        return "\n".join(_wrap(line, self.width) for line in self.inline(node).split("\n"))

    def items(self, node: SyntaxTreeNode) -> str:
        number = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
        lines = []
        for item in node.children:
            mark = "- " if number is None else f"{number}. "
            inside = _Text(self.width - len(mark))
            first, *rest = inside.blocks(item, between="\n").split("\n")
            lines += [mark + first, *(" " * len(mark) + line for line in rest)]
            number = None if number is None else number + 1
        return "\n".join(lines)

    def inline(self, node: SyntaxTreeNode) -> str:
        match node.type:
            case "text" | "code_inline":
                return node.content
            case "softbreak":
                return " "
            case "hardbreak":
                return "\n"
            case "link":
                words, href = self.children(node), node.attrs["href"]
                return words if words == href else f"{words} ({href.removeprefix('mailto:')})"
            case _:
                return self.children(node)

    def children(self, node: SyntaxTreeNode) -> str:
        return "".join(self.inline(child) for child in node.children)


def _wrap(line: str, width: int = WIDTH) -> str:
    return fill(line, width, break_long_words=False, break_on_hyphens=False)
