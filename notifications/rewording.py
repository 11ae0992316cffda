"""What staff do with the words of a kind of mail: check, try on, save, bring back, give up."""

import re
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from accounts.bilingual import LANGUAGES
from accounts.lifecycle import InvalidTransition
from accounts.models import User
from notifications import freeze, markdown, outbox
from notifications import render as rendering
from notifications.mails import MailKind, kind
from notifications.models import MailTemplate, Message, Series
from notifications.people import again_key
from notifications.placeholders import Sort
from notifications.plain import plain
from notifications.wording import PLACEHOLDER, as_markdown, fill, values

TRIED = "words-tried"
SUBJECT_LONGEST = 200
BRACES = re.compile(r"\{[^{}\s]*\}|[{}]")
DRAWN = {
    "root", "inline", "text", "strong", "em", "paragraph", "heading", "bullet_list", "ordered_list",
    "list_item", "link", "hr", "blockquote", "softbreak", "hardbreak",
}  # fmt: skip
NO_LINK = "xxbracexx"  # a placeholder that is none for a link, while a text is checked
WHOLE = ("https://", "http://", "mailto:")


@dataclass(frozen=True)
class Words:
    """A subject and a text in both languages, as staff type them."""

    subject_en: str
    subject_fr: str
    body_en: str
    body_fr: str

    def source(self, language: str) -> str:
        subject, body = (getattr(self, f"{name}_{language}") for name in ("subject", "body"))
        return f"Subject: {subject}\n\n{body}"


def built_in(kind: MailKind) -> Words:
    """Return what goes out where staff have written nothing, with its placeholders."""
    names = {name: mark_safe(f"{{{name}}}") for name in kind.placeholders}
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            source = render_to_string(kind.template, names).strip()
        subject, _newline, body = source.partition("\n")
        said[f"subject_{language}"] = markdown.SUBJECT.sub("", subject).strip()
        said[f"body_{language}"] = re.sub(r"\n{3,}", "\n\n", body.strip())
    return Words(**said)


def faults_of_subject(kind: MailKind, text: str) -> list[str]:
    """Return what is wrong with a subject, in words for who wrote it."""
    if len(text.splitlines()) > 1:
        return [_("A subject is one line.")]
    faults = _faults_of_braces(kind, text)
    if len(text) > SUBJECT_LONGEST:
        longest = {"number": SUBJECT_LONGEST}
        faults.append(_("A subject has at most %(number)s characters.") % longest)
    for name in PLACEHOLDER.findall(text):
        if name in kind.placeholders and kind.placeholders[name].sort != Sort.TEXT:
            faults.append(_("{%(name)s} cannot stand in a subject.") % {"name": name})
    return faults


def faults_of_body(kind: MailKind, text: str) -> list[str]:
    """Return what is wrong with a text, in words for who wrote it."""
    faults = _faults_of_braces(kind, text)
    if faults:
        return faults
    used = set(PLACEHOLDER.findall(text))
    for name, placeholder in kind.placeholders.items():
        alone = re.findall(rf"(?m)^\{{{name}\}}[ \t]*$", text)
        if placeholder.is_needed and name not in used:
            faults.append(
                _("{%(name)s} is missing: %(label)s.") % {"name": name, "label": placeholder.label}
            )
        elif placeholder.sort == Sort.BLOCK and text.count(f"{{{name}}}") != len(alone):
            faults.append(_("{%(name)s} stands on a line of its own.") % {"name": name})
    return faults or _faults_of_markdown(kind, text)


def _faults_of_braces(kind: MailKind, text: str) -> list[str]:
    faults = []
    for found in dict.fromkeys(BRACES.findall(text)):
        if not PLACEHOLDER.fullmatch(found):
            faults.append(_("“%(text)s” is no placeholder: write {name}.") % {"text": found})
        elif found[1:-1] not in kind.placeholders:
            faults.append(_("This email knows no %(text)s.") % {"text": found})
    return faults


def _faults_of_markdown(kind: MailKind, text: str) -> list[str]:
    """Links lead to a placeholder for one, or to an address; all that is used can be drawn."""
    links = {name for name, one in kind.placeholders.items() if one.sort == Sort.LINK}
    stands = {name: f"https://placeholder.invalid/{name}" for name in links}
    marked = PLACEHOLDER.sub(lambda found: stands.get(found[1], f"{NO_LINK}{found[1]}"), text)
    faults = []
    for node in markdown.tree_of(marked).walk():
        if node.type == "image":
            faults.append(_("An email holds no pictures."))
        elif node.type not in DRAWN:
            faults.append(_("This does not show everywhere: use paragraphs, headings and lists."))
        elif node.type == "link" and not _is_whole(str(node.attrs["href"])):
            faults.append(_("A link leads to a placeholder for a link, or to a whole address."))
    return list(dict.fromkeys(faults))


def _is_whole(address: str) -> bool:
    return address.startswith(WHOLE) and NO_LINK not in address


@transaction.atomic
def save(
    kind: MailKind, series: Series | None, words: Words, *, read: int, by: User
) -> MailTemplate:
    """Make ``words`` the next version after ``read``, which was the newest when she began.

    Raises InvalidTransition where somebody else has saved one since.
    """
    if newest_version(kind, series) != read:
        raise InvalidTransition(_saved_meanwhile())
    try:
        with transaction.atomic():
            return MailTemplate.objects.create(
                kind=kind.name, series=series, version=read + 1, saved_by=by, **vars(words)
            )
    except IntegrityError as error:
        raise InvalidTransition(_saved_meanwhile()) from error


def _saved_meanwhile() -> str:
    return _("Somebody else has just saved a version of this text. Look at it, then save yours.")


def newest_version(kind: MailKind, series: Series | None) -> int:
    """Return the number of the newest version, on or off; 0 where there is none."""
    found = MailTemplate.objects.of_place(kind.name, series).order_by("-version")
    return found.values_list("version", flat=True).first() or 0


def bring_back(template: MailTemplate, *, by: User) -> MailTemplate:
    """Let the words of an old version hold again, as a new one."""
    words = Words(**{name: getattr(template, name) for name in Words.__dataclass_fields__})
    about = kind(template.kind)
    newest = newest_version(about, template.series)
    return save(about, template.series, words, read=newest, by=by)


def give_up(template: MailTemplate) -> int:
    """Let no version of this kind and place hold any more; returns how many did."""
    of_place = MailTemplate.objects.of_place(template.kind, template.series_id)
    return of_place.holding().update(is_on=False)


def tried_on(kind: MailKind, words, language: str, sample: Message | None) -> rendering.Mail:
    """Return the mail that ``words`` make of ``sample``, or of examples, its links masked.

    Raises NoLongerTrue, or mails.Overtaken, where what ``sample`` says does not hold.
    """
    message = sample or Message(kind=kind.name, recipient=User(language=language))
    with _read_in(message, language):
        if sample:
            context, _tokens = freeze.sealed(rendering.facts_of(message))
            facts = {name: plain(value) for name, value in context.items()}
            filled = values(kind, facts)
        else:
            context = rendering.no_choices()
            filled = examples(kind)
        mail = rendering.laid_out(message, context, fill(words.source(language), filled))
        return rendering.addressed(message, context, mail).masked()


def examples(kind: MailKind) -> dict[str, str]:
    """Return, by placeholder, the Markdown of an example in the language of the moment."""
    return {
        name: str(one.example) if one.sort == Sort.BLOCK else as_markdown(str(one.example))
        for name, one in kind.placeholders.items()
    }


@contextmanager
def _read_in(message: Message, language: str):
    """Let ``message`` be read in ``language`` for a while, whatever its reader's is."""
    reader, usual = message.recipient, message.recipient.language
    reader.language = language
    try:
        with translation.override(language):
            yield
    finally:
        reader.language = usual


def send_to_oneself(kind: MailKind, words, sample: Message | None, *, to: User) -> list[Message]:
    """Mail ``to`` what ``words`` would make, in both languages; no link in it acts for anybody."""
    sent = []
    for language in LANGUAGES:
        mail = tried_on(kind, words, language, sample)
        with translation.override(language):
            mail = replace(mail, subject=_("Test: %(subject)s") % {"subject": mail.subject})
        message = outbox.unsaved(
            TRIED,
            to,
            key=f"{again_key(TRIED, to)}:{kind.name}:{language}",
            # Whoever may not see the sample does not see this either.
            context={**(sample.context if sample else {}), "language": language},
            by=to,
        )
        rendering.settle_as_it_is(message, mail)
        sent.append(message)
    outbox.write_all(sent)
    return sent
