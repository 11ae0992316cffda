"""Records that may be of one person: guessed from what people typed, decided by staff."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

from django.utils.translation import gettext as _

from accounts.models import User
from applications import desk
from applications.models import Application

SHOWN_MOST = 100


@dataclass(frozen=True)
class Pair:
    older: User
    newer: User
    why: str


def likely(viewer) -> list[Pair]:
    """Return pairs of people with the same name and one thing more, or with the same phone.

    Asks two questions however many there are. What is concealed from ``viewer`` tells nothing.
    """
    people = list(
        User.objects.filter(is_active=True, is_staff=False)
        .select_related("organization")
        .order_by("joined_at", "pk")
    )
    typed = Application.objects.exclude(pk__in=desk.concealed_from(viewer))
    facts = defaultdict(set)
    for person in people:
        facts[person.pk] |= {
            ("organization", person.organization_id),
            ("phone", _digits(person.phone)),
        }
    for pk, town, phone, organization in typed.values_list(
        "person", "town", "phone", "organization_name"
    ):
        facts[pk] |= {
            ("town", _plain(town)), ("phone", _digits(phone)), ("employer", _plain(organization)),
        }  # fmt: skip
    words = {
        "organization": _("the same organization"),
        "employer": _("the same organization"),
        "town": _("the same town"),
        "phone": _("the same phone"),
    }
    found = {}
    alike = defaultdict(list)
    for person in people:
        facts[person.pk] = {(what, value) for what, value in facts[person.pk] if value}
        if name := _plain(person.name):
            alike["name", name].append(person)
        for what, value in facts[person.pk]:
            if what == "phone":
                alike[what, value].append(person)
    for group in alike.values():
        for older, newer in combinations(group, 2):
            shared = {words[what] for what, _value in facts[older.pk] & facts[newer.pk]}
            if shared:
                if _plain(older.name) == _plain(newer.name):
                    shared.add(_("the same name"))
                found[older.pk, newer.pk] = Pair(older, newer, ", ".join(sorted(shared)))
            if len(found) == SHOWN_MOST:
                return list(found.values())
    return list(found.values())


def _plain(text: str) -> str:
    """Return the words of ``text`` in one order, without accents, case or signs."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(sorted(re.findall(r"[a-z0-9]+", re.sub(r"[\u0300-\u036f]", "", bare))))


def _digits(phone: str) -> str:
    """Return the ten digits of a number, or nothing where there are fewer."""
    digits = re.sub(r"\D", "", phone)[-10:]
    return digits if len(digits) == 10 else ""
