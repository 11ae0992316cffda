"""Records that may be of one person: guessed from what people typed, decided by staff."""

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations, islice

from django.utils.translation import gettext as _

from accounts.alike import bare
from accounts.models import User
from applications import desk
from applications.models import Application

SHOWN_MOST = 100


@dataclass(frozen=True)
class Pair:
    older: User
    newer: User
    why: str

    @property
    def stays(self) -> User:
        """The one she signs in with, where it is one; else the one that is known for longer."""
        return self.newer if self.newer.last_login and not self.older.last_login else self.older

    @property
    def ends(self) -> User:
        return self.older if self.stays == self.newer else self.newer


def likely(viewer) -> list[Pair]:
    """Return pairs of people with the same name and one thing more, or with the same phone.

    At most ``SHOWN_MOST``, those who joined first before the others. Asks three questions however
    many there are, and loads those shown alone. What is concealed from ``viewer`` tells nothing.
    """
    names, facts = _known(viewer)
    alike = defaultdict(list)
    for pk, name in names.items():
        alike["name", name].append(pk)
        for fact in facts[pk]:
            if fact[0] == "phone":
                alike[fact].append(pk)
    found = {}
    for (_what, value), group in alike.items():
        if value and len(found) < SHOWN_MOST:
            pairs = ((pair, facts[pair[0]] & facts[pair[1]]) for pair in combinations(group, 2))
            new = ((pair, shared) for pair, shared in pairs if shared and pair not in found)
            found |= islice(new, SHOWN_MOST - len(found))
    people = User.objects.in_bulk({pk for pair in found for pk in pair})
    return [
        Pair(people[older], people[newer], _why(shared, names[older] == names[newer]))
        for (older, newer), shared in found.items()
    ]


def _known(viewer) -> tuple[dict[int, str], dict[int, set]]:
    """Return, by key of each person, her name and what else may be of two records."""
    people = User.objects.filter(is_active=True, is_staff=False).order_by("joined_at", "pk")
    names, facts = {}, defaultdict(set)
    rows = people.values_list("pk", "name", "phone", "organization")
    for pk, name, phone, organization in rows.iterator():
        names[pk] = _in_one_order(name)
        facts[pk] |= {("organization", organization), ("phone", _digits(phone))}
    typed = Application.objects.exclude(pk__in=desk.concealed_from(viewer))
    rows = typed.order_by().values_list("person", "town", "phone", "organization_name")
    for pk, town, phone, organization in rows.iterator():
        facts[pk] |= {
            ("town", _in_one_order(town)),
            ("phone", _digits(phone)),
            ("employer", _in_one_order(organization)),
        }
    return names, {pk: {fact for fact in facts[pk] if fact[1]} for pk in names}


def _why(shared: set, same_name: bool) -> str:
    words = {
        "organization": _("the same organization"),
        "employer": _("the same organization"),
        "town": _("the same town"),
        "phone": _("the same phone"),
    }
    said = {words[what] for what, _value in shared}
    return ", ".join(sorted(said | ({_("the same name")} if same_name else set())))


def _in_one_order(text: str) -> str:
    """Return the words of ``text`` bare and sorted: "Okafor, Amy" is "Amy Okafor"."""
    return " ".join(sorted(bare(text).split()))


def _digits(phone: str) -> str:
    """Return the ten digits of a number, or nothing where there are fewer."""
    digits = re.sub(r"\D", "", phone)[-10:]
    return digits if len(digits) == 10 else ""
