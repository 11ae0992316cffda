"""What is written behind a door, and the fields that are sent to it unasked."""

import re
import tomllib
from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.test import Client
from django.urls import reverse

from accounts.unasked import facts_of
from tests.fuzz.forms import Page
from tests.fuzz.visitor import reading
from tests.permissions import table
from tests.permissions.asking import send, undone
from tests.permissions.targets.aim import Aim

# What somebody would try first, whatever the door is about.
ALWAYS_TRIED = {
    "status", "pending_status", "owner", "person", "user", "score", "community", "cohort",
    "is_staff", "is_superuser", "is_active", "groups", "user_permissions", "submitted_at",
    "decided_at", "version", "uuid", "id", "pk", "role", "reviewer", "state", "published_at",
}  # fmt: skip
ROW_OF_A_FORMSET = re.compile(r"^(\w+)-\d+-(?=\w)")
HOSTILE = "zqhostile"
DAY = "2033-03-03"
UUID = "deadbeef-dead-4eef-8ead-deadbeefdead"


@cache
def lines() -> dict[str, set[str]]:
    found = tomllib.loads((Path(__file__).parent / "fields.toml").read_text())
    return {door: set(names.split()) for door, names in found.items()}


@dataclass(frozen=True)
class Try:
    """A door, and who goes through it: of a row of the table, or a page of a desk."""

    row: table.Row | None
    door: table.Door
    columns: tuple


@cache
def doors() -> dict[str, list[Try]]:
    """Return every door that takes a form, by its name in fields.toml."""
    found = defaultdict(list)
    for row in table.rows():
        for door in row.doors:
            let_in = tuple(
                column
                for column in table.COLUMNS
                if column in door.by
                and row.cells[column] != "-"
                and not row.is_later(column)
                and row.condition.get(column) != "is_shut"
            )
            if door.method == "POST" and let_in:
                key = f"{door.route} {door.target}" if door.route.endswith("_verb") else door.route
                found[key].append(Try(row, door, let_in))
    for desk in table.desks():
        for page in ("add", "change"):
            if page in desk.may:
                route = desk.route(page)
                door = table.Door("POST", route, frozenset(), target=page)
                found[route].append(Try(None, door, ("Stf", "Sup")))
    return dict(found)


@dataclass
class Outcome:
    """What came of one request: its answer, what it asked for, and what it left behind."""

    answer: object
    asked: set
    changed: set
    made: dict  # by (model, field): every value that was written
    tables: set


def attempt(client, method, address, data) -> Outcome:
    """Send it, note what it did, and take it back."""
    browser = Client()
    browser.handler, browser.cookies = client.handler, deepcopy(client.cookies)
    with undone():
        with reading() as names:
            answer = send(browser, method, address, data)
        after = {name: rows(name) for name in answer.wrote}
    changed, made = set(), defaultdict(list)
    for name, now in after.items():
        compare(model_of(name), rows(name), now, changed, made)
    return Outcome(answer, set(names), changed, made, set(after))


def compare(model, before, now, changed, made):
    label = label_of(model)
    fields = {field.column: field.name for field in model._meta.concrete_fields}
    for key, row in now.items():
        if key not in before:
            changed.add(f"+{label}")
        for column, value in row.items():
            if key not in before or before[key][column] != value:
                made[model, fields[column]].append(value)
                if key in before:
                    changed.add(f"{label}.{fields[column]}")
    if before.keys() - now.keys():
        changed.add(f"-{label}")


def rows(name) -> dict:
    """Return the rows of a table, each as values by column, by key."""
    key = model_of(name)._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{name}"')
        columns = [column[0] for column in cursor.description]
        found = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return {row[key]: row for row in found}


@cache
def models_by_table() -> dict:
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


def model_of(name):
    return models_by_table()[name]


def is_ours(model) -> bool:
    return model._meta.app_label in settings.OUR_APPS


@cache
def label_of(model) -> str:
    name = model._meta.model_name
    alike = [each for each in models_by_table().values() if each._meta.model_name == name]
    return name if is_ours(model) or len(alike) == 1 else model._meta.label_lower


@cache
def all_facts() -> frozenset[str]:
    return frozenset().union(*(facts_of(model) for model in apps.get_models() if is_ours(model)))


def asked_facts(outcome) -> set[str]:
    """The names of facts of any record that the door looks for: those of a row as "rows:name"."""
    found = set()
    for name in outcome.asked:
        row = ROW_OF_A_FORMSET.match(name)
        fact = name[row.end() :] if row else name
        if fact in all_facts():
            found.add(f"{row[1]}:{fact}" if row else fact)
    return found


def unasked(usual, data) -> dict:
    """Return by name a value for each fact near this door that it does not ask for."""
    near = [model_of(name) for name in sorted(usual.tables) if is_ours(model_of(name))]
    sent = dict.fromkeys(ALWAYS_TRIED, "1")
    for model in near:
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
            value = hostile(field, usual.made.get((model, field.name), ()))
            sent |= {field.name: value, field.attname: value}
    return {
        name: value
        for name, value in sent.items()
        if name not in usual.asked and name not in data
    }  # fmt: skip


def hostile(field, taken) -> str:
    """Return a value that ``field`` would take and that stands nowhere: not in ``taken``."""
    taken = {str(value) for value in taken}
    if field.is_relation:
        keys = field.related_model._base_manager.order_by("-pk").values_list("pk", flat=True)
        return next((str(key) for key in keys[:50] if str(key) not in taken), "1")
    if field.choices:
        return next((str(key) for key, _ in field.flatchoices if str(key) not in taken), "")
    match field:
        case models.AutoField():
            return "987654321"
        case models.BooleanField():
            return "on"
        case models.DateTimeField():
            return f"{DAY} 03:03"
        case models.DateField():
            return DAY
        case models.TimeField():
            return "03:03"
        case models.UUIDField():
            return UUID
        case models.JSONField():
            return f'{{"{HOSTILE}": 1}}'
        case models.EmailField():
            return f"{HOSTILE}@new.test"
        case models.URLField():
            return f"https://{HOSTILE}.test/"
        case models.CharField() | models.TextField():
            return HOSTILE
    return next(str(number) for number in range(7, 99) if str(number) not in taken)


def got_in(usual, tried, sent) -> list[str]:
    """Return the fields in which what was sent unasked stands, and would not stand without."""

    def holds(outcome, model, field, value):
        return any(is_it(each, value) for each in outcome.made.get((model, field), ()))

    return [
        f"{label_of(model)}.{field}"
        for model, field in tried.made
        if field in sent
        and holds(tried, model, field, sent[field])
        and not holds(usual, model, field, sent[field])
    ]


def is_it(value, sent) -> bool:
    if isinstance(value, bool):
        return value and sent == "on"
    text = str(value)
    return any(mark in sent and mark in text for mark in (HOSTILE, DAY)) or text in {
        sent,
        sent.replace("-", ""),
    }


def as_line(found) -> str:
    return " ".join(sorted(found, key=lambda name: (name.lstrip("+-").split(".")[0], name)))


# What a page asks for once it was sent, and what makes its parts fit one another.
LIVE = {"goes_live": ["on"], "due_at": [""], "freezes_at": [""]}
ALSO = {
    "admin:applications_question_add": LIVE | {"kind": ["choice"]},
    "admin:applications_question_change": LIVE,
}


def aim_at_desk(world, column, door) -> Aim:
    """What staff would send from a desk's page: of a record untouched, of a new one made fit."""
    model = apps.get_model(*door.route.removeprefix("admin:").rsplit("_", 1)[0].split("_", 1))
    args = [] if door.target == "add" else [model.objects.order_by("pk").first().pk]
    address = reverse(door.route, args=args)
    if (address, column, "fit") not in world.pages:
        page = Page(world.client(column).get(address).text)
        form = max(page.forms_from(address), key=lambda form: len(form.pairs))
        data = defaultdict(list)
        for name, value in form.pairs:
            if value and name != "csrfmiddlewaretoken":
                data[name].append(value)
        world.pages[address, column, "fit"] = data | ALSO.get(door.route, {})
    return Aim(args, deepcopy(world.pages[address, column, "fit"]))
