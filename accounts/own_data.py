"""All that is held about one person, found by walking the models as ``privacy`` says.

What others wrote about her in confidence, and secrets, are withheld (decision 0011).
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import models
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import clock, privacy
from accounts.counts import lengths
from accounts.models import User
from accounts.privacy import Topic

# How many records of one kind the page shows; the copy has all of them.
SHOWN = 20


@dataclass
class Fact:
    label: str
    value: str
    raw: object
    name: str


@dataclass
class Record:
    facts: list[Fact]
    url: str = ""

    @property
    def told(self) -> list[Fact]:
        return [fact for fact in self.facts if fact.value]


@dataclass
class KindOfRecord:
    """All records of one model about one person, the newest first."""

    label: str
    called: str
    count: int
    records: list[Record]
    change_url: str = ""

    @property
    def left_out(self) -> int:
        return self.count - len(self.records)


@dataclass
class Section:
    key: str
    title: str
    kinds: list[KindOfRecord] = field(default_factory=list)


def sections(person: User, *, at_most: int | None = SHOWN) -> list[Section]:
    """Return what is held about ``person``, under headings she understands.

    ``at_most`` records of each kind, or all of them when None. Asks the database once for
    the numbers, and once for each kind of which there is a record.
    """
    told = [model for model in privacy.models_about_people() if privacy.shown_fields(model)]
    told.sort(key=lambda model: privacy.declared(model).person_path.count("__"))  # hers, then parts
    counts = _by_model(told, [privacy.rows_told(model, person) for model in told])
    found = {topic.value: Section(topic.value, str(topic.label)) for topic in Topic}
    for model in told:
        if counts.get(model):
            kind = _kind(model, person, counts[model], at_most)
            found[privacy.declared(model).topic].kinds.append(kind)
    return [section for section in found.values() if section.kinds]


def written(person: User) -> list[tuple[int, str]]:
    """Return how many records of which kind ``person`` wrote that are not about her."""
    kinds = [model for model in privacy.models_written_by_people() if privacy.declared(model).wrote]
    counts = _by_model(kinds, [privacy.rows_written_by(model, person) for model in kinds])
    return [(counts[model], str(privacy.declared(model).wrote)) for model in kinds if counts[model]]


def as_data(person: User, found: list[Section], made_at: datetime) -> dict:
    """Return the sections as plain values under names that do not change, for another program."""
    return {
        "about": person.email,
        "made_at": made_at.isoformat(),
        "language": get_language(),
        "records": [
            {
                "kind": kind.label,
                "called": kind.called,
                "rows": [
                    {fact.name: _plain(fact.raw) for fact in record.facts}
                    for record in kind.records
                ],
            }
            for section in found
            for kind in section.kinds
        ],
    }


def _by_model(kinds, querysets) -> dict:
    """Return how many rows there are of each model, asking the database once."""
    return dict(zip(kinds, lengths(querysets), strict=True))


def _kind(model, person, count, at_most) -> KindOfRecord:
    said, shown = privacy.declared(model), privacy.shown_fields(model)
    rows = privacy.rows_told(model, person).select_related(*_told_with(model)).order_by("-pk")
    has_page = "get_absolute_url" in vars(model) and model is not User
    records = [
        Record(
            [_fact(model, column, row, person) for column in shown],
            row.get_absolute_url() if has_page else "",
        )
        for row in rows[:at_most]
    ]
    return KindOfRecord(
        model._meta.label_lower,
        str(said.called),
        count,
        records,
        reverse(said.change) if said.change else "",
    )


def _told_with(model) -> list[str]:
    """Return the keys to follow so that no row needs a question of its own to be named."""
    keys = [
        column for column in privacy.shown_fields(model) if column.many_to_one or column.one_to_one
    ]
    return [
        name
        for key in keys
        for name in [
            key.name,
            *(
                f"{key.name}__{further.name}"
                for further in key.related_model._meta.concrete_fields
                if further.many_to_one
            ),
        ]
    ]


def _fact(model, column, row, person) -> Fact:
    said = privacy.declared(model)
    raw = getattr(row, column.name)
    told = raw
    path = (said.told_as or {}).get(column.name)
    if path:
        told = row
        for step in path.split("."):
            told = getattr(told, step, None)
        raw = told if isinstance(raw, models.Model) else raw
    elif getattr(column, "flatchoices", None):
        told = getattr(row, f"get_{column.name}_display")()
    return Fact(
        capfirst(str(privacy.label(model, column))), _in_words(told, person), raw, column.name
    )


def _in_words(value, person) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return clock.spoken(value, person.time_zone)
    if isinstance(value, date):
        return clock.spoken_day(value)
    if isinstance(value, Decimal):
        return number_format(value)
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)


def _plain(value):
    """Return ``value`` as JSON knows it; records by their names."""
    if isinstance(value, models.Model | UUID | Decimal):
        return str(value)
    return value
