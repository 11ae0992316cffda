"""What every test may use, and which groups of tests this machine can run.

A group that cannot run is not collected, and the run ends with one line that says so.
REQUIRE=browser,postgres,redis turns such a line into a failure.
"""

import os
import shutil
from functools import cache
from importlib.util import find_spec
from types import SimpleNamespace

import psycopg2
import pytest
import redis
from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import translation

from accounts import office
from tests.permissions import table as permissions

NAMES = ["chromium", "chromium-browser", "google-chrome"]
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/15")
MOST_LETTERS = 600  # of one line that tells of a failure
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(autouse=True)
def in_english():
    """A page that was read in French leaves its language to whatever test comes next."""
    with translation.override("en"):
        yield


def why_not_browser():
    return "" if CHROMIUM else "no Chromium found"


def why_not_postgres():
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("postgresql"):
        return "DATABASE_URL names no PostgreSQL"
    try:
        psycopg2.connect(
            host=database["HOST"],
            port=database["PORT"] or None,
            user=database["USER"],
            password=database["PASSWORD"],
            dbname="postgres",
            connect_timeout=3,
        ).close()
    except psycopg2.OperationalError as error:
        return f"PostgreSQL does not answer: {str(error).splitlines()[0]}"
    return ""


def why_not_redis():
    server = redis.Redis.from_url(REDIS_URL, socket_connect_timeout=1)
    try:
        server.ping()
    except redis.RedisError as error:
        return f"Redis does not answer: {error}"
    finally:
        server.close()
    return ""


def why_not_generated():
    return "" if find_spec("hypothesis") else "hypothesis is not installed"


@cache
def groups_not_run():
    """Return why each group of tests cannot run here, by the name of the group."""
    reasons = {
        "browser": why_not_browser(),
        "postgres": why_not_postgres(),
        "redis": why_not_redis(),
        "generated": why_not_generated(),
    }
    return {group: reason for group, reason in reasons.items() if reason}


def groups_missed():
    required = filter(None, os.environ.get("REQUIRE", "").split(","))
    return [group for group in required if group in groups_not_run()]


def has_real_transactions(item):
    """Whether the test empties every table when it ends, for it cannot roll back."""
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or "live_server" in item.fixturenames


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Leave out what cannot run; put last what empties tables, and give it its rows back.

    The rows are those of the migrations: regions, programs, reminder rules.
    """

    def left_out(item):
        return any(item.get_closest_marker(group) for group in groups_not_run())

    config.hook.pytest_deselected(items=[item for item in items if left_out(item)])
    items[:] = sorted((item for item in items if not left_out(item)), key=has_real_transactions)
    with_their_rows = pytest.mark.django_db(transaction=True, serialized_rollback=True)
    for item in filter(has_real_transactions, items):
        item.add_marker(with_their_rows, append=False)


def pytest_sessionfinish(session, exitstatus):
    if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) and groups_missed():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def in_one_line(report):
    """Return which test failed and what was wrong: both sides, or what one has too much."""
    crash = getattr(report.longrepr, "reprcrash", None)
    why = crash.message if crash else report.longreprtext.splitlines()[-1]
    return f"{report.nodeid}: {' '.join(why.split())}".removesuffix(" Use -v to get more diff")


def pytest_terminal_summary(terminalreporter):
    for outcome in ("failed", "error"):
        for report in terminalreporter.stats.get(outcome, []):
            terminalreporter.write_line(in_one_line(report)[:MOST_LETTERS], red=True)
    for group, reason in groups_not_run().items():
        missed = group in groups_missed()
        line = f"not run: {group} ({reason})" + (", but REQUIRE asks for it" if missed else "")
        terminalreporter.write_line(line, red=missed)
    tried = ("passed", "failed", "error")
    ran = [report for outcome in tried for report in terminalreporter.stats.get(outcome, [])]
    cells = {one.nodeid: one.passed for one in ran if "permissions/test_cells.py" in one.nodeid}
    if cells:
        terminalreporter.write_line(permissions.summary(sum(cells.values())))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    # Playwright keeps an event loop in the thread of the test, which also uses the ORM.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": CHROMIUM_ARGUMENTS,
    }


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """Let every connection know the rows of the migrations, not only the one that made them.

    Playwright keeps an event loop running, and Django gives code inside one a
    connection of its own, from which nothing would be given back after a flush.
    """
    rows = getattr(connection, "_test_serialized_contents", None)
    if rows:
        BaseDatabaseWrapper._test_serialized_contents = rows


@pytest.fixture(scope="session")
def redis_url():
    return REDIS_URL


@pytest.fixture(autouse=True)
def office_of_the_environment(monkeypatch):
    """Let each test begin with what the environment says of the office, read already."""
    monkeypatch.setattr(office, "_kept", (float("inf"), office.of_environment()))


@pytest.fixture(scope="session")
def sign_in():
    """Sign a person in as the sign-in pages do; staff have used their second factor."""
    from allauth.account.internal.flows.login import record_authentication

    def act(client, person):
        client.force_login(person)
        request = SimpleNamespace(session=client.session)
        record_authentication(request, person, "code", email=person.email)
        if person.is_staff:
            record_authentication(request, person, "mfa", type="totp")
        request.session.save()

    return act


@pytest.fixture
def staff(client, sign_in):
    """Somebody of First Work, signed in in ``client``."""
    from tests.factories import StaffFactory

    person = StaffFactory()
    sign_in(client, person)
    return person
