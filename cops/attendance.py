"""Who came to a webinar, as the report of Zoom tells it.

Zoom has several reports, in the language of whoever downloads them: lines about the meeting stand
before the rows, and one file may hold several tables, each under its own headings. So whatever
line names both people and how long they stayed begins a table, wherever it stands.
"""

import csv
import re
from collections import defaultdict
from dataclasses import dataclass, field
from io import StringIO

from django.utils.translation import gettext as _

from accounts.alike import bare
from cops.models import Webinar
from notifications.models import Invitee

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 5000
ENCODINGS = ("utf-8-sig", "cp1252")
DELIMITERS = ",;\t"

# What the headings are called, in lower case and without what stands in brackets.
NAME = {"name", "user name", "participant", "nom", "nom d'utilisateur", "nom du participant"}
EMAIL = {
    "user email", "email", "email address", "e-mail",
    "adresse e-mail", "courriel", "adresse courriel", "e-mail de l'utilisateur",
}  # fmt: skip
MINUTES = {
    "duration", "total duration", "time in session",
    "durée", "durée totale", "temps de session", "temps passé en session",
}  # fmt: skip
ATTENDED = {"attended", "participé", "a participé", "présent"}
NO = {"no", "non"}


class Unreadable(Exception):
    """The file is not a report of who came; the message says why."""


@dataclass
class Guest:
    """Somebody in the file: all her rows together. ``minutes`` is None where none are told.

    ``came`` is False where every row of hers says that she did not attend.
    """

    name: str
    email: str
    minutes: int | None = None
    came: bool = True

    def stayed(self, least: int) -> bool:
        return self.minutes is None or self.minutes >= least


@dataclass(frozen=True)
class Found:
    """An invitee and who in the file she is taken for, if anybody."""

    invitee: Invitee
    guest: Guest | None = None


@dataclass
class Matched:
    """Who was invited, by what the file says of her, and who in the file was not."""

    came: list[Found] = field(default_factory=list)
    short: list[Found] = field(default_factory=list)
    by_name: list[Found] = field(default_factory=list)
    absent: list[Found] = field(default_factory=list)
    missing: list[Found] = field(default_factory=list)
    strangers: list[Guest] = field(default_factory=list)


def read(content: bytes) -> list[Guest]:
    """Return everybody in the file, once each. Raises Unreadable."""
    text = _text(content)
    for delimiter in DELIMITERS:
        guests = _guests(text, delimiter)
        if guests is not None:
            return list(guests.values())
    raise Unreadable(
        _(
            "No line of this file has the headings “Name” and “Duration (Minutes)”. "
            "Download the report of participants or of attendees from Zoom and choose that file."
        )
    )


def match(webinar: Webinar, guests: list[Guest], least: int) -> Matched:
    """Say of everybody invited to ``webinar`` whether she came for ``least`` minutes.

    A name alone is taken for somebody where one person only bears it, on either side. Who did
    not attend under her address may still have come under her name; a name that did not attend
    says something of her only where the file gives no address.
    """
    invitees = webinar.event.invitees.current().select_related("person")
    invited = list(invitees.order_by("person__name", "pk"))
    names = _names_of(webinar, invited)
    by_email = {guest.email: guest for guest in guests if guest.email and guest.came}
    of_address = {each.pk: by_email.get(each.person.email) for each in invited}
    taken = {id(guest) for guest in of_address.values() if guest}
    others = [guest for guest in guests if guest.came and id(guest) not in taken]
    of_name = _by_name(others, {pk: names[pk] for pk, guest in of_address.items() if not guest})
    stayed_away = [guest for guest in guests if not guest.came]
    away_by_email = {guest.email: guest for guest in stayed_away if guest.email}
    away_by_name = _by_name([guest for guest in stayed_away if not guest.email], names)
    taken |= {id(guest) for guest in of_name.values()}
    matched = Matched(strangers=[guest for guest in others if id(guest) not in taken])
    for invitee in invited:
        guest = of_address[invitee.pk]
        if guest:
            (matched.came if guest.stayed(least) else matched.short).append(Found(invitee, guest))
        elif invitee.pk in of_name:
            matched.by_name.append(Found(invitee, of_name[invitee.pk]))
        elif away := away_by_email.get(invitee.person.email) or away_by_name.get(invitee.pk):
            matched.absent.append(Found(invitee, away))
        else:
            matched.missing.append(Found(invitee))
    return matched


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise Unreadable(_("The file is larger than 2 MB: this is no report of one webinar."))
    if not content.strip():
        raise Unreadable(_("The file is empty."))
    if b"\0" not in content:
        for encoding in ENCODINGS:
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise Unreadable(_("This is no text. Choose the file that Zoom calls CSV."))


def _guests(text: str, delimiter: str) -> dict[str, Guest] | None:
    """Return the guests by address, or by name without one; None where no headings are found."""
    columns, guests, lines = None, {}, StringIO(text, newline="")
    try:
        for number, row in enumerate(csv.reader(lines, delimiter=delimiter)):
            if number >= MOST_ROWS:
                raise Unreadable(
                    _("The file has more than %(most)d lines: this is no report of one webinar.")
                    % {"most": MOST_ROWS}
                )
            headings = _headings(row)
            if headings:
                columns = headings
            elif columns:
                _add(guests, {what: _cell(row, place) for what, place in columns.items()})
    except csv.Error as error:
        raise Unreadable(_("The lines of this file cannot be told apart.")) from error
    return None if columns is None else guests


def _headings(row: list[str]) -> dict[str, int] | None:
    """Return where each column stands, or None where the row is no row of headings."""
    known = {"name": NAME, "email": EMAIL, "minutes": MINUTES, "attended": ATTENDED}
    labels = [re.sub(r"\(.*?\)", "", cell.replace("’", "'")).strip().casefold() for cell in row]
    found = {}
    for place, label in enumerate(labels):
        for what, words in known.items():
            if label in words:
                found.setdefault(what, place)
    return found if "name" in found and ("minutes" in found or "attended" in found) else None


def _cell(row, place) -> str:
    return " ".join(row[place].split()) if place < len(row) else ""


def _add(guests: dict[str, Guest], row: dict[str, str]) -> None:
    """Add one row to her other rows; an empty row is left out."""
    name, email = row["name"], row.get("email", "").lower()
    email = email if "@" in email else ""
    if not (name or email):
        return
    key = email or f"name {name.casefold()}"
    guest = guests.setdefault(key, Guest(name, email, came=False))
    guest.came |= row.get("attended", "").casefold() not in NO
    minutes = re.match(r"\d{1,5}", row.get("minutes", ""))
    if minutes:
        guest.minutes = (guest.minutes or 0) + int(minutes[0])


def _names_of(webinar, invited) -> dict[int, set[str]]:
    """Return by invitee what she is called: on her account, and as she registered."""
    names = {each.pk: {bare(each.person.name)} - {""} for each in invited}
    of_person = {each.person_id: each.pk for each in invited}
    for person, name in webinar.registrations.live().values_list("person", "name"):
        if person in of_person:
            names[of_person[person]].add(bare(name))
    return names


def _by_name(guests, names) -> dict[int, Guest]:
    """Return by invitee who in the file bears her name, where neither has a namesake."""
    bearers, found = defaultdict(set), defaultdict(list)
    for pk, her_names in names.items():
        for name in her_names:
            bearers[name].add(pk)
    for guest in guests:
        meant = set().union(*(bearers.get(name, ()) for name in _called(guest.name)))
        if len(meant) == 1:
            found[meant.pop()].append(guest)
    return {pk: guests[0] for pk, guests in found.items() if len(guests) == 1}


def _called(name: str) -> set[str]:
    """Return the names in "Noor (Noor Example)": what is shown, and the original one."""
    shown, _bracket, original = name.partition("(")
    return {bare(each) for each in (name, shown, original.rstrip(")"))} - {""}
