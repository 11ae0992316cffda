"""Her session ends while she types: she signs in beside it, and sends what she typed once more."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from meetings.models import HoursEntry
from tests.browser.person import Way
from tests.factories import MembershipFactory, days

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOTE = "Two calls & a “visit” to <the agency>, longer than one line of a field would ever show."
WAYS = [Way("1280"), Way("320-no-script", width=320, javascript=False)]


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_member_loses_nothing_when_her_session_is_gone(site, sign_in, way):
    membership = MembershipFactory(community__cohort__opens_at=days(-90))
    me = site.person(membership.person.email, str(membership.person), way)
    me.take_session(sign_in, membership.person)
    types_hours(me)

    Session.objects.all().delete()
    presses(me, "Add hours")
    expect(me.page.get_by_role("heading", level=1)).to_have_text("Your page was open for too long")
    expect(me.page.locator("[name=note]")).to_have_value(NOTE)
    assert HoursEntry.objects.count() == 0

    first, me.page = me.page, me.context.new_page()
    me.sign_in()
    me.page = first
    presses(me, "Send it again")
    if not way.javascript:  # her sign-in made the token stale: she is handed the new one
        assert HoursEntry.objects.count() == 0
        presses(me, "Send it again")

    entry = HoursEntry.objects.get()
    assert (entry.membership, entry.hours, entry.note) == (membership, 2.5, NOTE)
    only_complained_of(site, "403")


def test_the_same_words_on_a_new_page_are_asked_and_count_if_they_are_meant(site, sign_in):
    """A page is known by its token, so no script may give two pages the same."""
    membership = MembershipFactory(community__cohort__opens_at=days(-90))
    me = site.person(membership.person.email, str(membership.person))
    me.take_session(sign_in, membership.person)

    for _page in range(2):
        types_hours(me)
        presses(me, "Add hours")
    expect(me.page.get_by_role("heading", level=1)).to_have_text("You have just sent this")
    assert HoursEntry.objects.count() == 1
    presses(me, "Send it once more")

    assert list(HoursEntry.objects.values_list("note", flat=True)) == [NOTE, NOTE]
    only_complained_of(site, "409")


def only_complained_of(site, status):
    """That the page which hands back answered ``status``, and nothing else was wrong."""
    assert [line for line in site.complaints() if status not in line] == []
    site.problems.clear()


def types_hours(person):
    person.open("/me/hours/")
    person.page.locator("[name=hours]").fill("2.5")
    person.page.locator("[name=note]").fill(NOTE)


def presses(person, words):
    with person.page.expect_navigation():
        person.page.get_by_role("button", name=words).click()
