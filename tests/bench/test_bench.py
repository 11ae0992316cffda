"""The bench from end to end, as short as it can be: that it measures, not what it finds."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

from tests.bench.pages import PAGES
from tests.bench.visitor import fill_in

pytestmark = pytest.mark.slow


def bench(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "tests.bench", *arguments],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.postgres
def test_the_bench_prints_a_line_for_every_page_and_tells_whether_all_is_reached():
    done = bench("quick")

    names = re.findall(r"^\| (\w.*?) +\|", done.stdout, re.MULTILINE)
    assert names == [
        "page", *(page.name for page in PAGES),
        "work", "a draft started", "an application sent", "typing, kept", "errors, 32 at once",
        "memory of a worker", "start to the first good page", "answers of 1000 as a file, memory",
        "100 mails queued, seconds", "mail sent, time", "by two senders, time",
        "500 reminders planned, seconds",
    ], done.stderr  # fmt: skip
    missed = done.stdout.count("MISS: ")
    assert done.stdout.endswith(f"{missed} missed of {len(names) - 2}.\n")
    assert done.returncode == (1 if missed else 0)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("sqlite:///x", "DATABASE_URL names no PostgreSQL server."),
        ("postgres://nobody@127.0.0.1:9/none", "PostgreSQL does not answer:"),
    ],
)
def test_the_bench_says_what_is_missing_and_how_to_get_it(address, said):
    done = bench(DATABASE_URL=address)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(said)
    assert "createuser --createdb" in done.stderr


def test_a_form_is_filled_in_as_a_hasty_person_would():
    page = """
      <form><button name="out">Sign out</button></form>
      <form>
        <input type="hidden" name="seen" value="42"><input name="town"><input name="email">
        <input type="number" name="years"><input type="checkbox" name="agrees">
        <input type="radio" name="level" value="newer"><input type="radio" name="level" value="old">
        <select name="region"><option value="">None<option value="7">Seven</select>
        <textarea name="idea"></textarea><button name="later" value="1">Later</button>
      </form>"""

    assert fill_in(page, {"email": "a@sample.example"}) == [
        ("seen", "42"), ("town", "Sample"), ("email", "a@sample.example"), ("years", "1"),
        ("agrees", "on"), ("level", "newer"), ("region", "7"),
        ("idea", "We would try it in one office, for a month."),
    ]  # fmt: skip
