"""The ground that the servers stand on: packages, style sheets, databases with sample data."""

import json
import os
import subprocess
import sys
from contextlib import closing, contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from tests.bench.servers import ROOT, environment
from tests.bench.visitor import Wrong

HERE = ROOT / "var" / "bench"
PYTHON = HERE / "venv" / "bin" / "python"
PRODUCTION = {
    "SECRET_KEY": "only-for-measuring-and-never-for-anything-else-0123456789",
    "SITE_URL": "http://127.0.0.1",
    "REDIS_URL": "redis://127.0.0.1:6379/15",
    "EMAIL_URL": "dummymail://",
    "RING": "0",
    "LOG_LEVEL": "WARNING",
    "STATIC_ROOT": str(HERE / "static"),
    "DJANGO_SETTINGS_MODULE": "config.settings",
}


class Missing(Exception):
    """Something this machine has to offer is not there."""


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def run(*command, around=None, **settings) -> str:
    """Return what a command prints; it knows ``settings``, and of this shell the least."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**(around or environment()), **settings},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Wrong(f"{' '.join(map(str, command))}\n{done.stderr[-3000:]}")
    return done.stdout


def packages() -> None:
    """Put what production installs, and nothing else, into an environment of its own."""
    uv, lock = ROOT / ".venv" / "bin" / "uv", ROOT / "requirements-prod.txt"
    shell = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}  # it knows the way to the packages
    if not PYTHON.exists():
        run(uv, "venv", "--python", ROOT / ".venv/bin/python", HERE / "venv", around=shell)
    run(uv, "pip", "sync", "--require-hashes", "--python", PYTHON, lock, around=shell)


def server_address() -> str:
    """Return DATABASE_URL if it leads to a PostgreSQL where databases may be made."""
    address = os.environ.get("DATABASE_URL", "")
    how = (
        "The bench needs a PostgreSQL server and a role that may create databases, for example:\n"
        "    createuser --createdb --pwprompt cops && createdb --owner=cops cops\n"
        "    make bench DATABASE_URL=postgres://cops:PASSWORD@127.0.0.1:5432/cops"
    )
    if not address.startswith("postgres"):
        raise Missing(f"DATABASE_URL names no PostgreSQL server.\n{how}")
    try:
        with session(address) as cursor:
            cursor.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            )
            may_create = cursor.fetchone()[0]
    except psycopg2.OperationalError as error:
        raise Missing(f"PostgreSQL does not answer: {str(error).splitlines()[0]}\n{how}") from error
    if not may_create:
        raise Missing(f"The role in DATABASE_URL may not create databases.\n{how}")
    return address


@contextmanager
def session(address: str):
    """Yield a cursor whose statements count at once."""
    with closing(psycopg2.connect(address, connect_timeout=3)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


@contextmanager
def databases(address: str, *purposes: str, keep: bool = False):
    """Make one empty database for each purpose; yield their addresses, and drop them again."""
    parts = urlsplit(address)
    prefix = f"{parts.path.strip('/')}_bench_"
    made = {purpose: urlunsplit(parts._replace(path=f"/{prefix}{purpose}")) for purpose in purposes}

    def drop_all(cursor):
        for purpose in purposes:
            name = sql.Identifier(f"{prefix}{purpose}")
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    with session(address) as cursor:
        drop_all(cursor)
        for purpose in purposes:
            name = sql.Identifier(f"{prefix}{purpose}")
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            yield made
        finally:
            if not keep:
                drop_all(cursor)


def load(address: str, scale: int) -> dict:
    """Migrate, load sample data of ``scale``; return where the pages are."""
    settings = PRODUCTION | {"DATABASE_URL": address}
    run(PYTHON, "manage.py", "migrate", "--verbosity=0", **settings)
    sized = [f"--scale={scale}"] if scale != 1 else []
    run(PYTHON, "manage.py", "load_sample", *sized, **settings)
    with session(address) as cursor:
        cursor.execute("VACUUM ANALYZE")
    return json.loads(run(PYTHON, "-m", "tests.bench.places", "product", **settings))


def add_applicants(settings: dict, count: int) -> dict:
    """Let ``count`` more people have applied; return where their answers are."""
    return json.loads(run(PYTHON, "-m", "tests.bench.places", "applicants", count, **settings))


def load_floor(address: str, rows: int) -> dict:
    return json.loads(run(PYTHON, "-m", "tests.bench.places", "floor", rows, DATABASE_URL=address))


def style_sheets() -> None:
    run(
        PYTHON, "manage.py", "collectstatic", "--noinput", "--verbosity=0",
        **PRODUCTION, DATABASE_URL="sqlite://:memory:",
    )  # fmt: skip
