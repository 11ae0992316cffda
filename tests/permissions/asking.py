"""Knocking at a door as somebody, and judging what came back."""

import re
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.urls import reverse

from accounts import links
from tests.permissions import table, targets

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
SAFE = {"GET", "HEAD", "OPTIONS"}
WRITES = re.compile(r'^(?:INSERT INTO|INSERT OR IGNORE INTO|UPDATE|DELETE FROM) "(\w+)"')
# Written by looking: that the session lives, and how often somebody knocked.
BY_LOOKING = {"django_session", "cache"}
LINK = re.compile(r"/go/(?:in/)?[\w:-]{30,}")
# What differs between two answers that say the same.
CHANGING = re.compile(r'(csrfmiddlewaretoken" value=")\w+|(nonce=")[^"]+')
OPEN_TO_ALL = {door.route for row in table.rows() if row.cells["Pub"] == "Y" for door in row.doors}


@dataclass
class Answer:
    status: int
    body: str
    location: str
    wrote: set


@contextmanager
def undone():
    """Take back whatever is done inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def writes():
    """Collect the names of the tables that are written to meanwhile."""
    tables = set()

    def note(execute, sql, params, many, context):
        if found := WRITES.match(sql):
            tables.add(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield tables
    tables -= BY_LOOKING


def send(client, method, address, data=None) -> Answer:
    kind = {} if method in {"GET", "HEAD", "POST"} else {"content_type": "application/json"}
    if method not in {"POST", "PUT", "PATCH"}:
        data = None
    with writes() as tables:
        response = getattr(client, method.lower())(address, data, **kind)
    streamed = getattr(response, "streaming", False)
    content = b"".join(response.streaming_content) if streamed else response.content
    return Answer(
        response.status_code,
        content.decode(errors="replace"),
        response.headers.get("Location", ""),
        tables,
    )


def address_of(door, aim) -> str:
    if door.path:
        return door.path
    return reverse(door.route, args=aim.args) + (f"?{aim.query}" if aim.query else "")


class Asker:
    """The person of one column, at the doors of one row."""

    def __init__(self, world, column):
        self.world, self.column = world, column
        self.person = world.people[column]

    def aim(self, door, *, own):
        if not door.target:
            return targets.Aim()
        return targets.aim(door.target, self.world, self.person, own)

    def client(self):
        return self.world.client(self.column)

    def judge(self, answer, aim=None, route=""):
        """No answer fails inside, carries a link that signs in, or shows what is not hers."""
        assert answer.status < 500 or route == "healthz-mail"  # which so answers its one question
        typed = str(aim.data) if aim else ""
        allowed = aim.own_words if aim else ()
        leaks = [
            key
            for key in self.world.leaks(self.column, answer.body, allowed)
            if self.world.marks[key].text not in typed  # her own words come back to her
        ]
        assert leaks == [], f"{self.column} reads {leaks}"
        if route != "accounts:sign-in-link":
            assert not LINK.search(answer.body), "a link of a mail stands in the page"

    # ---------------------------------------------------------------------------------- allowed

    def is_let_in(self, door, aim, client=None):
        answer = send(client or self.client(), door.method, address_of(door, aim), aim.data)
        self.judge(answer, aim, door.route)
        expected = door.answers or ((200,) if door.method == "GET" else (302,))
        where = f"{door.method} {door.route} answered {answer.status} {answer.location}"
        assert answer.status in expected, where
        if not door.answers:
            assert not answer.location.startswith("/accounts/login/"), where
        absent = [key for key in door.shows if self.world.marks[key].text not in answer.body]
        assert absent == [], f"{door.route} does not show {absent}"
        assert door.shows_words in answer.body, f"{door.route} does not say {door.shows_words!r}"
        if door.writes:
            assert door.writes in answer.wrote, f"{door.route} wrote {sorted(answer.wrote)}"
        return answer

    def browser(self, door, aim, letter):
        """Her browser in front of ``door``: where it takes the link of a mail, that is open."""
        needs_link = door.route not in OPEN_TO_ALL or aim.own_words
        by_link = door.link_only or (self.column == "Pub" and letter == "o" and needs_link)
        return self.with_link(door, aim) if by_link else self.client()

    def with_link(self, door, aim):
        """Her browser, after it opened the link of a mail to this record."""
        client = self.client()
        record = aim.args[0] if aim.args else None
        token = links.url(aim.reader or self.person, door.link, record)
        assert client.get(token[token.index("/go/") :]).status_code == 302
        return client

    # ----------------------------------------------------------------------------------- refused

    def is_refused(self, door, aim, client=None, *, hers=False):
        """Of what is ``hers`` she may know; then the answer may also say that it is closed."""
        kept = self.stored(door.keeps)
        answer = send(client or self.client(), door.method, address_of(door, aim), aim.data)
        self.judge(answer, aim, door.route)
        where = f"{door.method} {door.route} answered {answer.status} {answer.location}"
        if door.refuses == "kept":
            assert self.stored(door.keeps) == kept, where
        else:
            assert answer.wrote == set(), f"{where} and wrote"
        shown = [key for key in door.shows if self.world.marks[key].text in answer.body]
        assert shown == [], where
        if door.refuses == "hidden":
            assert not door.shows_words or door.shows_words not in answer.body, where
        elif door.refuses != "kept" or self.column not in ("Stf", "Sup"):
            also = {403} if hers else set()
            assert answer.status in {self.expected(door, answer), *also}, where
        if answer.status == 404:
            self.is_the_same_as_nothing(door, aim, answer, client)
        for method in METHODS:
            knock = self.column, method, self.kept_out_by(door), hers, client is None
            if method != door.method and knock not in self.world.tried:
                self.is_refused_by(method, door, aim, client)
                self.world.tried.add(knock)

    def kept_out_by(self, door) -> str:
        """What refuses her whatever the method: for another record of the route it is the same.

        The desk keeps out who is no staff before any of its pages is asked.
        """
        is_desk = door.route.startswith("admin:") and self.column not in ("Stf", "Sup")
        return "admin" if is_desk else door.route

    def expected(self, door, answer) -> int:
        if self.column != "Pub":
            return 403 if door.refuses == "kept" else door.refuses
        if door.route in OPEN_TO_ALL or door.is_secret:
            return 404
        if door.method in SAFE:
            assert answer.location.startswith("/accounts/login/"), answer.location
            return 302
        return 403

    def is_the_same_as_nothing(self, door, aim, answer, client):
        """What she may not know of answers like what does not exist."""
        if not aim.args or not isinstance(aim.args[0], str | UUID):
            return
        nothing = uuid4() if isinstance(aim.args[0], UUID) else "nothing-at-all"
        address = reverse(door.route, args=[nothing, *aim.args[1:]])
        other = send(client or self.client(), door.method, address, aim.data)
        assert other.status == answer.status

        def said(body, record):
            return CHANGING.sub("", body.replace(str(record), "record"))

        assert said(other.body, nothing) == said(answer.body, aim.args[0])

    def is_refused_by(self, method, door, aim, client):
        """The same address by another method: nothing is written, and nothing shown."""
        answer = send(client or self.client(), method, address_of(door, aim), aim.data)
        self.judge(answer, aim, door.route)
        where = f"{method} {door.route} answered {answer.status}"
        if method == "POST" and self.may("POST", door.route):
            return
        assert answer.wrote == set(), f"{where} and wrote {sorted(answer.wrote)}"
        if answer.status == 200 and door.refuses not in {"hidden", "kept"}:
            as_get = "GET" if method == "HEAD" else method
            assert (method == "OPTIONS" and not answer.body) or self.may(as_get, door.route), where

    def may(self, method, route) -> bool:
        """Whether some row opens this method at this route to her."""
        return any(
            row.cells[self.column] != "-" and self.column in door.by
            for row in table.rows()
            for door in row.doors
            if (door.method, door.route) == (method, route)
        ) or (self.column in ("Stf", "Sup") and route.startswith("admin:"))

    def stored(self, columns) -> list:
        """The values of ``columns``, "table.column", of every row."""
        values = []
        with connection.cursor() as cursor:
            for column in columns:
                name, field = column.split(".")
                cursor.execute(f"SELECT id, {field} FROM {name} ORDER BY id")
                values.append(cursor.fetchall())
        return values
