"""Reads the table of permissions: rows of cells, and the doors where each cell is true."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.urls import URLPattern, get_resolver

COLUMNS = ("Pub", "App", "Mem", "Fac", "Fac'", "Rev", "Int", "Stf", "Sup")
LETTERS = set("Y-oacpkx")
# The pages of the admin for one model, by what they are for.
DESK_PAGES = {
    "changelist": "list",
    "add": "add",
    "change": "change",
    "delete": "delete",
    "history": "history",
    "verb": "verb",
}


@dataclass(frozen=True)
class Door:
    """One method at one route, and for which columns it is the way."""

    method: str
    route: str
    by: frozenset
    target: str = ""
    path: str = ""
    link: str = ""
    shows: tuple = ()
    shows_words: str = ""
    writes: str = ""
    keeps: tuple = ()
    refuses: int | str = 404
    answers: tuple = ()
    is_secret: bool = False
    but: frozenset = frozenset()
    link_only: bool = False


@dataclass(frozen=True)
class Row:
    on: str
    may: str
    cells: dict
    doors: tuple = ()
    even_own: frozenset = frozenset()
    condition: dict = field(default_factory=dict)
    later: str = ""
    later_for: frozenset = frozenset()

    def is_later(self, column) -> bool:
        return bool(self.later) and (not self.later_for or column in self.later_for)


@dataclass(frozen=True)
class Desk:
    """The admin's pages of one model, and what staff may do there."""

    model: str
    may: frozenset

    def route(self, page) -> str:
        return f"admin:{self.model.replace('.', '_')}_{page}"

    def expects(self, page, method) -> int:
        """The status that staff get; nothing was typed, and a verb is asked for that is none."""
        if page == "verb":
            return 404
        if page == "delete":
            return 200 if "delete" in self.may else 403
        if page == "change" and method == "POST":
            return 200 if "change" in self.may else 403
        return 200 if page != "add" or "add" in self.may else 403


@cache
def _read():
    return tomllib.loads((Path(__file__).parent / "table.toml").read_text())


@cache
def rows() -> tuple[Row, ...]:
    return tuple(_row(facts) for facts in _read()["row"])


@cache
def desks() -> tuple[Desk, ...]:
    return tuple(Desk(name, frozenset(may.split())) for name, may in _read()["desks"].items())


def _row(facts) -> Row:
    letters = facts["cells"].split()
    assert len(letters) == len(COLUMNS), facts["may"]
    assert set(letters) <= LETTERS, facts["may"]
    cells = dict(zip(COLUMNS, letters, strict=True))
    open_to = frozenset(column for column, letter in cells.items() if letter != "-")
    return Row(
        facts["on"],
        facts["may"],
        cells,
        tuple(_door(door, open_to) for door in facts.get("doors", ())),
        frozenset(facts.get("even_own", "").split()),
        facts.get("condition", {}),
        facts.get("later", ""),
        frozenset(facts.get("later_for", "").split()),
    )


def _door(facts, open_to) -> Door:
    method, route = facts["at"].split(" ", 1)
    by = facts.get("by")
    is_desk = route.startswith(("admin:", "board"))
    refuses = facts.get("refuses", 403 if is_desk else 404)
    return Door(
        method,
        route,
        open_to if by is None else frozenset(by.split()),
        facts.get("with", ""),
        facts.get("path", ""),
        facts.get("link", route),
        tuple(facts.get("shows", "").split()),
        facts.get("shows_words", ""),
        facts.get("writes", ""),
        tuple(facts.get("keeps", "").split()),
        refuses,
        tuple(int(status) for status in str(facts.get("answers", "")).split()),
        facts.get("is_secret", False),
        frozenset(facts.get("but", "").split()),
        facts.get("link_only", False),
    )


def routes(resolver=None, namespace=""):
    """Yield the full name and the view of every route; one without a name has "~" and its path."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield namespace + (entry.name or f"~{entry.pattern}"), entry.callback
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from routes(entry, inner)


def ways(row, column) -> list[Door]:
    """The doors that a cell is tested at: those that are hers, or, for a "-", that are not."""
    if row.cells[column] == "-":
        return [door for door in row.doors if column not in door.but]
    return [door for door in row.doors if column in door.by]


def cells() -> list[tuple[Row, str]]:
    """The cells that are asserted."""
    return [(row, column) for row in rows() for column in COLUMNS if not row.is_later(column)]


def open_cells() -> list[str]:
    """The cells that nothing asserts though they are said to be built."""
    return [
        f"{row.on}: {row.may}: {column}"
        for row, column in cells()
        if not ways(row, column) and column not in row.condition
    ]


def summary(passed: int) -> str:
    """One line: how much of the table held, ``passed`` being the cells that did."""
    whole = len(COLUMNS) * (len(rows()) + len(desks()))
    later = len(COLUMNS) * len(rows()) - len(cells())
    return (
        f"permissions: {passed} cells asserted of {whole} in the table, "
        f"{later} for parts not yet built, {whole - later - passed} open"
    )


def routes_with_a_row() -> set[str]:
    named = {door.route for row in rows() for door in row.doors}
    return named | {desk.route(page) for desk in desks() for page in DESK_PAGES}


def public_routes() -> set[str]:
    """The routes that answer somebody who is not signed in: all, by signed link or by secret."""
    return {
        door.route
        for row in rows()
        for door in row.doors
        if door.is_secret or (row.cells["Pub"] in "Yo" and "Pub" in door.by)
    }


def by_link() -> set[str]:
    """The routes that let in who opened a link from a mail, and send all others to sign-in."""
    open_to_all = {door.route for row in rows() if row.cells["Pub"] == "Y" for door in row.doors}
    linked = {
        door.route
        for row in rows()
        if row.cells["Pub"] == "o"
        for door in row.doors
        if "Pub" in door.by
    }
    return linked - open_to_all
