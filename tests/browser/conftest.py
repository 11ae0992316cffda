"""The site in a thread of the test, and people who walk through it."""

import os
from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.test import override_settings

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

    def person(self, email, name="", way=None, **facts):
        person = Person(self, way or Way("en 1280", **facts), email, name)
        self.people.append(person)
        return person

    def shoot(self, person):
        if not os.environ.get("WALK_SHOTS"):
            return
        folder = settings.VAR_DIR / "walk" / str(person.way)
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
def site(live_server, browser):
    """An empty site, but for what the migrations wrote: mark tests with serialized_rollback."""
    with override_settings(SITE_URL=live_server.url):
        site = Site(live_server.url, browser)
        yield site
        site.say_goodbye()
