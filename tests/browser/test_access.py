"""What axe cannot see, on every page that the sample people reach.

By keyboard: every stop is reached, in order, in sight, with a ring around it, the
link to the content first. With text spaced as WCAG 1.4.12 asks, at 320 pixels (which
is 1280 at 400 %), nothing is cut off. Nothing moves for who asked for less motion;
what has an edge keeps it when the system replaces the colours; one first heading, no
level left out; each part of the page and each link of its content has a name of its own.
"""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import resolve, reverse
from django.utils import translation

from accounts.models import User
from accounts.sample_people import SAMPLE_PEOPLE
from applications.models import Application
from cops.models import Cohort, Community, FocusArea, Webinar
from meetings.models import Meeting
from outcomes.models import Outcome
from tests.browser.person import Way

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]

LOOKS = Path(__file__).with_suffix("").parent / "access.js"
# At most so many stops are walked through; the rest of a long list repeats them.
STOPS = 120


def test_every_page_can_be_used_by_whoever_comes(site, sign_in):
    """One test for all, because the sample is large to load."""
    call_command("load_sample", verbosity=0)
    looked_at = set()

    for language in ("en", "fr"):
        reader = site.person("reader@elsewhere.test", "A reader", Way(language, language))
        for path in public_paths(reader):
            look_at(reader, path, looked_at)
    for email in SAMPLE_PEOPLE:
        record = User.objects.get(email=email)
        person = site.person(email, str(record), Way("1280"))
        person.take_session(sign_in, record)
        for path in own_paths(person, record):
            look_at(person, path, looked_at)


def public_paths(reader):
    records = [
        *Cohort.objects.published(),
        FocusArea.objects.first(),
        Community.objects.first(),
        Outcome.objects.published().first(),
        Webinar.objects.order_by("-pk").first(),
    ]
    names = [
        "cops:home", "applications:apply", "outcomes:library", "accounts:privacy",
        "accounts:accessibility", "cops:access", "account_login", "cops:news", "cops:news-sent",
    ]  # fmt: skip
    call = Cohort.objects.published().first()
    paths = [
        *map(reverse, names),
        reverse("cops:for-employers", args=[call.slug]),
        *(record.get_absolute_url() for record in records),
    ]
    return (
        paths
        if reader.way.language == "en"
        else [f"/{reader.way.language}{path}" for path in paths]
    )


def own_paths(person, record):
    """Return her own page and what its content leads to; for staff, the desk and its work."""
    person.open(reverse("accounts:me"))
    links = person.page.locator("main a[href^='/']")
    paths = dict.fromkeys(links.evaluate_all("links => links.map(link => link.pathname)"))
    own = [reverse("accounts:me"), *(path for path in paths if not path.endswith(".ics"))]
    return own + desk_paths() if record.is_staff else own


def desk_paths():
    application, meeting = Application.objects.order_by("pk").first(), Meeting.objects.first()
    return [
        reverse("admin:index"),
        reverse("board"),
        reverse("admin:applications_application_changelist"),
        reverse("admin:applications_application_change", args=[application.pk]),
        reverse("admin:meetings_meeting_change", args=[meeting.pk]),
        reverse("admin:cops_cohort_add"),
        reverse("admin:notifications_message_changelist"),
        reverse("mail-health"),
        reverse("mail-forecast"),
        reverse("admin:notifications_mailtemplate_write", args=["meeting-reminder"]),
        reverse("admin:notifications_event_change", args=[meeting.event_id]),
        reverse("admin:person", args=[application.person.uuid]),
    ]


def look_at(person, path, looked_at):
    """Walk and measure one page; one of each kind is enough for each person."""
    with translation.override(person.way.language):
        seen = person.who, person.way.language, resolve(path).view_name
    if seen in looked_at:
        return
    looked_at.add(seen)
    page = person.page
    page.set_viewport_size({"width": 1280, "height": 900})
    person.open(path)
    page.evaluate(LOOKS.read_text())
    found = [
        *page.evaluate("access.headings()"),
        *page.evaluate("access.lists()"),
        *page.evaluate("access.moving()"),
    ]
    for _ in range(min(page.evaluate("access.listen()"), STOPS)):
        page.keyboard.press("Tab")
    if page.evaluate("access.listen()") <= STOPS:
        found += page.evaluate("access.afterTabs()")
    page.emulate_media(forced_colors="active")
    found += page.evaluate("access.withoutColours()")
    page.emulate_media(forced_colors="none")
    page.set_viewport_size({"width": 320, "height": 800})
    found += [*page.evaluate("access.clipped()"), *page.evaluate("access.withSpacedText()")]
    for complaint in found:
        person.complain(complaint)
