"""Every page that the sample people reach, narrow and wide, light and dark."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.models import User
from accounts.sample_people import SAMPLE_PEOPLE
from cops.models import Cohort, Community, FocusArea
from outcomes.models import Outcome
from tests.browser.person import Way

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]

NARROW, WIDE = Way("320", width=320), Way("1280")
NARROW_DARK, WIDE_DARK = Way("320-dark", width=320, scheme="dark"), Way("1280-dark", scheme="dark")
PUBLIC = [
    "cops:home", "applications:apply", "outcomes:library", "accounts:privacy",
    "accounts:accessibility", "cops:access", "account_login",
]  # fmt: skip


def test_nobody_meets_a_broken_page(site, sign_in):
    """One test for all, because the sample is large to load."""
    call_command("load_sample", verbosity=0)

    for way in (NARROW, WIDE, NARROW_DARK, WIDE_DARK):
        looks_around(site.person("reader@elsewhere.test", "A reader", way))
    for email in SAMPLE_PEOPLE:
        for way in (NARROW_DARK, WIDE):
            record = User.objects.get(email=email)
            person = site.person(email, str(record), way)
            person.take_session(sign_in, record)
            follows_her_own_links(person, with_board=record.is_staff)


def looks_around(reader):
    records = [
        *Cohort.objects.published(),
        FocusArea.objects.first(),
        Community.objects.first(),
        Outcome.objects.published().first(),
    ]
    for path in [*map(reverse, PUBLIC), *(record.get_absolute_url() for record in records)]:
        reader.open(path)


def follows_her_own_links(person, *, with_board):
    """Open her page, and every page that its content leads to."""
    person.open(reverse("accounts:me"))
    links = person.page.locator("main a[href^='/']")
    paths = dict.fromkeys(links.evaluate_all("links => links.map(link => link.pathname)"))
    for path in [*paths, *([reverse("board")] if with_board else [])]:
        if not path.endswith(".ics"):
            person.open(path)
