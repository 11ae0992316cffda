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

    def complaints(self):
        """Return what was wrong with its pages: one line each, who met it on which page."""
        return list(dict.fromkeys(self.problems))

    def close(self):
        for person in self.people:
            person.context.close()


@pytest.fixture
def site(live_server, browser):
    """An empty site, but for what the migrations wrote: mark tests with serialized_rollback."""
    with override_settings(SITE_URL=live_server.url):
        site = Site(live_server.url, browser)
        yield site
        site.close()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem):
    """Let a test fail by the pages it met, or tell them beside what stopped it earlier."""
    site = pyfuncitem.funcargs.get("site")
    try:
        result = yield
    except Exception as error:
        for complaint in site.complaints() if site else []:
            error.add_note(complaint)
        raise
    if site and site.complaints():
        raise AssertionError("\n".join(site.complaints()))
    return result
