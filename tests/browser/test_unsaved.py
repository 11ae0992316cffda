"""Two forms on one page: sending the one asks before it leaves what was typed into the other."""

import pytest
from playwright.sync_api import expect

from tests.applications.selecting import booked, interviewing
from tests.factories import FocusAreaVersionFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_insight_does_not_leave_unsaved_notes_behind_unasked(site, sign_in):
    interview = booked(interviewing())
    FocusAreaVersionFactory(cohort=interview.application.cohort)
    interviewer = interview.slot.interviewers[0]
    me = site.person(interviewer.email, str(interviewer))
    me.take_session(sign_in, interviewer)
    asked = []
    me.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    me.open(interview.get_absolute_url())
    notes = me.page.locator("[name=notes]")
    notes.press_sequentially("She knows eleven employers.")
    me.page.get_by_label("Focus area").select_option(index=1)
    me.page.get_by_label("Theme").fill("Employers")
    me.page.get_by_label("What was said").fill("Nobody asks them twice.")

    me.page.get_by_role("button", name="Add this insight").click()

    expect(notes).to_have_value("She knows eleven employers.")
    assert (asked, interview.insights.count()) == (["beforeunload"], 0)
