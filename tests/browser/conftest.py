"""The site in a thread of the test, and people who walk through it."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from pytest_django.live_server_helper import LiveServer

from tests.browser.person import Person, Way


@dataclass
class Site:
    """The running site: who is on it, and all that was found wrong with its pages."""

    url: str
    browser: object
    people: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    judged: set = field(default_factory=set)
    shots: int = 0

    # Django's own templates, which we style but do not write.
    NOT_OURS = {"/admin/": ()}

    def person(self, email, name="", way=None, **facts):
        person = Person(self, way or Way("en 1280", **facts), email, name)
        self.people.append(person)
        return person

    def rules_off(self, url):
        path = urlsplit(url).path
        return [
            rule
            for prefix, rules in self.NOT_OURS.items()
            if path.startswith((prefix, f"/fr{prefix}"))
            for rule in rules
        ]

    def shoot(self, person):
        if not os.environ.get("WALK_SHOTS"):
            return
        folder = Path(settings.BASE_DIR) / "test-results" / "walk" / str(person.way)
        folder.mkdir(parents=True, exist_ok=True)
        self.shots += 1
        person.screenshot(folder / f"{self.shots:03}-{person.title_slug()}.png")

    def say_goodbye(self):
        """Close every browser, and say in one line each what was wrong."""
        for person in self.people:
            person.context.close()
        problems = list(dict.fromkeys(self.problems))
        assert not problems, "\n" + "\n".join(problems)


@pytest.fixture
def site(live_server, browser, django_db_serialized_rollback):
    """An empty site, but for what the migrations wrote."""
    with override_settings(SITE_URL=live_server.url):
        site = Site(live_server.url, browser)
        yield site
        site.say_goodbye()


@pytest.fixture(scope="module")
def sample_site(browser, django_db_setup, django_db_blocker):
    """The site with the sample data, for all tests of a module: they only read."""
    with django_db_blocker.unblock():
        call_command("load_sample", verbosity=0)
        server = LiveServer("localhost")
        server._live_server_modified_settings.enable()
        with override_settings(SITE_URL=server.url):
            yield Site(server.url, browser)
        server._live_server_modified_settings.disable()
        server.stop()
        call_command("flush", verbosity=0, interactive=False)
