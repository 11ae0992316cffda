"""What may identify a client of an employment service: found at sharing, never at saving."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

SIN = re.compile(r"(?<![\w.-])\d{3}([ .\u00a0-]?)\d{3}\1\d{3}(?![\w-]|\.\d)")
PHONE = re.compile(
    r"(?<![\w.-])(?:\+?1[ .\u00a0-]?)?(?:\(\d{3}\)[ \u00a0]?|\d{3}[ .\u00a0-]?)"
    r"\d{3}[ .\u00a0-]?\d{4}(?![\w-]|\.\d)"
)
MAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")

MONTHS = (
    r"(?:jan(?:uary|v\.?|vier)?|feb(?:ruary)?|f[ée]v(?:r(?:ier)?)?|mar(?:ch|s)?|apr(?:il)?|avr(?:il)?"
    r"|may|mai|june?|juin|july?|juil(?:let)?|aug(?:ust)?|ao[uû]t|sep(?:t(?:ember|embre)?)?"
    r"|oct(?:ober|obre)?|nov(?:ember|embre)?|d[ée]c(?:ember|embre)?)\.?"
)
YEAR = r"(?P<year>(?:19|20)\d\d)"
DATES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\d){YEAR}[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?!\d)",
        rf"(?<!\d)(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.]{YEAR}(?!\d)",
        rf"(?<!\d)(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er)?\s+(?:of\s+)?{MONTHS},?\s+{YEAR}(?!\d)",
        rf"\b{MONTHS}\s+(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?,?\s+{YEAR}(?!\d)",
    )
]
# Nobody younger is a client of an employment service; a later date is a date of the work.
YOUNGEST = 14


@dataclass(frozen=True)
class Finding:
    """One suspicious piece of text: what it looks like, the piece itself, and where it stands."""

    what: str
    text: str
    where: str = ""

    def __str__(self):
        return _("%(where)s: “%(text)s” looks like %(what)s.") % {
            "where": self.where,
            "text": self.text,
            "what": self.what,
        }


def in_text(text: str, *, known: Iterable[str] = (), where: str = "") -> list[Finding]:
    """Return what in ``text`` may identify a client, in reading order.

    ``known`` are mail addresses and phone numbers that may stand there, in any writing.
    """
    addresses = {value.casefold() for value in known if "@" in value}
    numbers = {_number(value) for value in known if "@" not in value}
    spotted = [
        *(
            (found, _("a social insurance number"))
            for found in SIN.finditer(text)
            if _passes_luhn(_digits(found[0]))
        ),
        *(
            (found, _("a phone number"))
            for found in PHONE.finditer(text)
            if _number(found[0]) not in numbers
        ),
        *(
            (found, _("an email address"))
            for found in MAIL.finditer(text)
            if found[0].strip(".").casefold() not in addresses
        ),
        *(
            (found, _("a date of birth"))
            for pattern in DATES
            for found in pattern.finditer(text)
            if int(found["year"]) <= timezone.localdate().year - YOUNGEST
        ),
    ]
    spotted.sort(key=lambda pair: pair[0].start())
    return [Finding(what, found[0], where) for found, what in spotted]


def in_meeting(meeting) -> list[Finding]:
    """Return what in the notes of ``meeting`` may identify a client."""
    known = known_contacts(meeting)
    texts = [
        (_("Notes for the group"), meeting.group_notes),
        (_("Notes that may be shared"), meeting.shared_notes),
        *((_("Agenda"), item.title) for item in meeting.agenda.all()),
        *((_("Decisions"), decision.text) for decision in meeting.decisions.all()),
        *((_("Actions"), action.text) for action in meeting.actions.all()),
    ]
    return [finding for where, text in texts for finding in in_text(text, known=known, where=where)]


def known_contacts(meeting) -> set[str]:
    """Mail addresses and phones of the group's people and of the cohort."""
    people = meeting.community.memberships.values_list("person__email", "person__phone")
    cohort = meeting.community.cohort
    known = {contact for pair in people for contact in pair}
    return {*known, cohort.mailbox, cohort.contact_phone, meeting.event.dial_in} - {""}


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _number(text: str) -> str:
    return _digits(text)[-10:]


def _passes_luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(digits))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
