"""Somebody who sends bad input, and what every answer to it owes her."""

import logging
import re
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import quote_from_bytes, urlsplit

from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.test import Client

from tests.fuzz.forms import Page

FORM = "application/x-www-form-urlencoded"
EXPECTED = {200, 302, 304, 400, 403, 404, 405, 409, 410, 413, 422, 429}
# What a refused request may write: sessions, how often somebody tried, and that a form is being
# looked at, which is taken back.
OF_NO_ACCOUNT = {"django_session", "cache", "accounts_sentform"}
WRITES = re.compile(r'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)"?', re.IGNORECASE)


def encoded(pairs):
    """Return names and values, text or bytes, as the body of a form."""
    return "&".join(
        f"{quote_from_bytes(_bytes(name))}={quote_from_bytes(_bytes(value))}"
        for name, value in pairs
    ).encode()


def _bytes(value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Known:
    """What is kept of an answer that would be the same however often it was asked for."""

    said: str  # what is wrong with it
    status: int
    leads_to: str
    read: tuple
    forms: tuple
    seen: dict  # what ``look`` returned

    @property
    def asks_to_sign_in(self):
        """Whether nothing of what was sent was looked at: she has to sign in first."""
        return self.leads_to.startswith("/accounts/login/")

    @property
    def is_shut(self):
        return self.status in {403, 404, 405} or self.asks_to_sign_in


class Visitor:
    """A person of one kind in front of the site; what she changes is undone after each request."""

    def __init__(self, kind, cookies):
        self.kind = kind
        self.cookies = cookies.output(header="", sep=";") if cookies else ""
        self.client = Client(raise_request_exception=False)
        self._known = {}

    def known(self, method, path, pairs=(), look=None):
        """Return what comes of opening ``path``, or of sending ``pairs`` there; asked for once."""
        asked = method, path, pairs, look
        if asked not in self._known:
            answer = self.send(method, path, encoded(pairs), look=look)
            is_page = answer.status_code == 200 and "html" in answer.headers.get("Content-Type", "")
            has_forms = method == "GET" and is_page
            self._known[asked] = Known(
                complaint(answer),
                answer.status_code,
                answer.headers.get("Location", ""),
                tuple(answer.read),
                tuple(Page(answer.text).forms_from(path)) if has_forms else (),
                answer.seen,
            )
        return self._known[asked]

    def get(self, path):
        return self.send("GET", path)

    def post(self, path, pairs, look=None):
        return self.send("POST", path, encoded(pairs), look=look)

    def send(self, method, path, body=b"", content_type=FORM, look=None, **extra):
        """Return the answer, with what was read, written, logged and raised on the way to it.

        ``look`` is told the tables that were written to before all is undone; what it returns
        is the answer's ``seen``.
        """
        self.client.cookies = SimpleCookie(self.cookies)
        with (
            listening() as heard, reading() as read, writing() as written, transaction.atomic(),
        ):  # fmt: skip
            response = self.client.generic(method, path, body, content_type, **extra)
            if response.streaming:  # read to its end, so that what it reads from is closed
                response.streaming_content = list(response.streaming_content)
            response.written = {table for table in written if table not in OF_NO_ACCOUNT}
            response.seen = {}
            if response.written:
                try:
                    connection.check_constraints()
                    response.seen = look(response.written) if look else {}
                except IntegrityError:  # it would have failed as the request's transaction ended
                    response.exc_info = sys.exc_info()
            transaction.set_rollback(True)
        response.read, response.heard = read, heard
        return response


def complaint(answer):
    """Return in a few words what is wrong with ``answer``, or nothing."""
    exception = getattr(answer, "exc_info", None)
    if exception:
        trace = exception[2]
        while trace.tb_next:
            trace = trace.tb_next
        code = trace.tb_frame.f_code
        return (
            f"{answer.status_code} {exception[0].__name__}: {str(exception[1])[:80]!r} "
            f"in {code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno}"
        )
    if (answer.status_code, answer.request["PATH_INFO"]) == (503, "/healthz/mail"):
        return ""  # which so answers its one question
    if answer.status_code not in EXPECTED:
        return str(answer.status_code)
    target = urlsplit(answer.headers.get("Location", ""))
    if target.netloc not in {"", "testserver"} or target.scheme not in {"", "http"}:
        return f"led away to {answer.headers['Location']}"
    if answer.heard:
        return f"{answer.status_code}, logged {answer.heard[0][:100]}"
    if answer.status_code >= 400 and answer.written:
        return f"{answer.status_code}, but wrote {', '.join(sorted(answer.written))}"
    return ""


def unless(right, *facts):
    """Return one line that tells ``facts`` of a request, or none where it was answered right."""
    return [] if right else [" ".join(map(shown, facts))]


def shown(fact):
    """Return ``fact`` short enough for one line."""
    text = fact if isinstance(fact, str) else repr(fact)
    return text if len(text) <= 160 else f"{text[:40]}… ({len(text)} long)"


@contextmanager
def listening():
    """Collect what the server logs, but for the requests that it refused."""
    heard = []

    class Listener(logging.Handler):
        def emit(self, record):
            refused = record.name == "django.request" and record.levelno == logging.WARNING
            if not (refused or record.name.startswith(("django.security", "security"))):
                heard.append(f"{record.name} {record.levelname}: {record.getMessage()}")

    listener, root = Listener(logging.WARNING), logging.getLogger()
    root.addHandler(listener)
    try:
        yield heard
    finally:
        root.removeHandler(listener)


@contextmanager
def reading():
    """Collect the names that the site looks for in the address and in the form."""
    names = {}
    original = {name: getattr(QueryDict, name) for name in ("__getitem__", "getlist")}
    contains = QueryDict.__dict__.get("__contains__")

    def noting(method):
        def look(self, key, *args, **kwargs):
            names[key] = None
            return method(self, key, *args, **kwargs)

        return look

    QueryDict.__getitem__ = noting(original["__getitem__"])
    QueryDict.getlist = noting(original["getlist"])
    QueryDict.__contains__ = noting(dict.__contains__)
    try:
        yield names
    finally:
        del QueryDict.__getitem__, QueryDict.getlist, QueryDict.__contains__
        if contains:
            QueryDict.__contains__ = contains


@contextmanager
def writing():
    """Collect the tables that were written to, but for what was rolled back."""
    tables, before = [], {}

    def note(execute, sql, params, many, context):
        if match := WRITES.match(sql):
            tables.append(match[1])
        elif sql.startswith("SAVEPOINT "):
            before[sql.split()[-1]] = len(tables)
        elif sql.startswith("ROLLBACK TO SAVEPOINT "):
            del tables[before.get(sql.split()[-1], 0) :]
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield tables
