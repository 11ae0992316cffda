"""The page of an interview asks for notes and for an insight: whatever is pressed keeps both."""

import pytest
from playwright.sync_api import expect

from applications.models import Interview
from tests.applications.selecting import booked, interviewing
from tests.browser.person import Way
from tests.factories import FocusAreaVersionFactory, days

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WAYS = [Way("1280"), Way("320-no-script", width=320, javascript=False)]


@pytest.fixture(params=WAYS, ids=str)
def at_work(site, sign_in, request):
    """An interviewer on the page of an interview that has begun, with all of it typed."""
    interview = booked(interviewing())
    FocusAreaVersionFactory(cohort=interview.application.cohort)
    slot, interviewer = interview.slot, interview.slot.interviewers[0]
    type(slot).objects.filter(pk=slot.pk).update(starts_at=days(0))
    me = site.person(interviewer.email, str(interviewer), request.param)
    me.take_session(sign_in, interviewer)
    me.open(interview.get_absolute_url())
    me.page.locator("[name=notes]").press_sequentially("She knows eleven employers.")
    me.page.get_by_label("Focus area").select_option(index=1)
    me.page.get_by_label("What was said").fill("Nobody asks them twice.")
    me.page.get_by_label("Theme").fill("Employers")
    return me, interview


def kept(interview):
    return (
        [(row.notes, row.done_at) for row in interview.assessments.all()],
        [row.text for row in interview.insights.all()],
    )


ALL_OF_IT = [("She knows eleven employers.", None)], ["Nobody asks them twice."]


def test_to_add_an_insight_keeps_the_notes(at_work):
    me, interview = at_work

    me.page.get_by_role("button", name="Add this insight").click()

    expect(me.page.locator("[name=notes]")).to_have_value("She knows eleven employers.")
    assert kept(interview) == ALL_OF_IT


def test_enter_saves_and_says_nothing_about_who_came(at_work):
    me, interview = at_work

    me.page.get_by_label("Theme").press("Enter")

    expect(me.page.get_by_text("The insight is kept too.")).to_be_visible()
    assert kept(interview) == ALL_OF_IT
    interview.refresh_from_db()
    assert interview.status == Interview.Status.BOOKED


def test_nobody_came_keeps_what_was_typed(at_work):
    me, interview = at_work

    me.page.get_by_role("button", name="Nobody came").click()

    expect(me.page.get_by_text("Noted: nobody came.")).to_be_visible()
    assert kept(interview) == ALL_OF_IT
    interview.refresh_from_db()
    assert interview.status == Interview.Status.MISSED
