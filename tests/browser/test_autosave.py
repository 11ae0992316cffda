"""In a real browser: what is typed is kept without a press, and that it is not kept is said."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from applications.models import Application
from tests.browser.person import Way
from tests.factories import ApplicationFactory, CohortFactory, FocusAreaVersionFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = "We wait for people to come. I would like to go to them."


@pytest.fixture
def writer(site, sign_in):
    """Somebody on the page of her ideas."""
    draft = ApplicationFactory(cohort=CohortFactory(), mail_language="en")
    FocusAreaVersionFactory(cohort=draft.cohort)
    me = site.person(draft.person.email, str(draft.person), Way("390", width=390))
    me.take_session(sign_in, draft.person)
    me.open(f"{draft.get_absolute_url()}edit/ideas/")
    me.draft = draft
    return me


def field(person):
    return person.page.get_by_label("What would you like to change, and why now?")


def forgive(person, noted):
    """What the browser itself notes of a failure that was meant is no fault of the page."""
    site = person.site
    assert any(noted in problem for problem in site.problems)
    site.problems[:] = [problem for problem in site.problems if noted not in problem]


def kept(person) -> str:
    return Application.objects.get(pk=person.draft.pk).motivation


def test_what_is_typed_is_kept_without_a_press(writer):
    field(writer).press_sequentially(TEXT)

    expect(writer.page.get_by_text("Saved at")).to_be_visible()
    assert kept(writer) == TEXT


def test_saving_after_it_was_kept_is_no_change_made_elsewhere(writer):
    field(writer).press_sequentially(TEXT)
    expect(writer.page.get_by_text("Saved at")).to_be_visible()
    field(writer).press_sequentially(" Soon.")

    writer.page.get_by_role("button", name="Save for later").click()

    expect(writer.page.get_by_text("Saved. Come back when it suits you.")).to_be_visible()
    assert kept(writer) == f"{TEXT} Soon."


def test_a_press_while_it_is_being_kept_waits_for_it(writer):
    writer.page.route("**/edit/ideas/", lambda route: _slowly(writer, route))
    with writer.page.expect_request("**/edit/ideas/"):
        field(writer).press_sequentially(TEXT)
    field(writer).press_sequentially(" Soon.")

    writer.page.get_by_role("button", name="Save for later").click()

    expect(writer.page.get_by_text("Saved. Come back when it suits you.")).to_be_visible()
    assert kept(writer) == f"{TEXT} Soon."


def _slowly(person, route):
    person.page.wait_for_timeout(600)
    route.continue_()


def type_and_leave(person):
    """Type and follow a link in one moment: nothing is kept in between."""
    field(person).evaluate(
        """(area, text) => {
            area.value = text;
            area.dispatchEvent(new Event("input", { bubbles: true }));
            document.querySelector("a.back-link").click();
        }""",
        TEXT,
    )


def test_a_link_is_followed_once_what_was_typed_is_kept(writer):
    type_and_leave(writer)

    expect(field(writer)).to_have_count(0)
    assert kept(writer) == TEXT


def test_a_link_does_not_leave_what_cannot_be_kept(writer, sign_in):
    change_elsewhere(writer, sign_in)

    type_and_leave(writer)

    expect(writer.page.get_by_role("alert")).to_contain_text("This part was changed elsewhere.")
    expect(field(writer)).to_have_value(TEXT)
    writer.page.locator("a.back-link").click()
    expect(field(writer)).to_have_count(0)
    forgive(writer, "409 (Conflict)")


def test_without_a_connection_it_says_so_and_keeps_it_once_there_is_one(writer):
    writer.context.set_offline(True)
    field(writer).press_sequentially(TEXT)
    expect(writer.page.get_by_role("alert")).to_have_text(
        "Not saved yet. What you typed stays on this page, and we try again."
    )

    writer.context.set_offline(False)

    expect(writer.page.get_by_text("Saved at")).to_be_visible()
    expect(writer.page.locator("[data-autosave-trouble]")).to_be_empty()
    assert kept(writer) == TEXT
    forgive(writer, "ERR_INTERNET_DISCONNECTED")


def test_what_is_pressed_without_a_connection_leaves_neither_page_nor_text(writer):
    field(writer).press_sequentially(TEXT)
    expect(writer.page.get_by_text("Saved at")).to_be_visible()
    writer.context.set_offline(True)
    field(writer).press_sequentially(" Soon.")

    writer.page.get_by_role("button", name="Save and continue").click()

    expect(writer.page.get_by_role("alert")).to_contain_text("Not saved yet.")
    expect(writer.page.get_by_text("Saved at")).to_have_count(0)
    expect(field(writer)).to_have_value(f"{TEXT} Soon.")
    writer.context.set_offline(False)
    writer.page.get_by_role("button", name="Save for later").click()
    expect(writer.page.get_by_text("Saved. Come back when it suits you.")).to_be_visible()
    assert kept(writer) == f"{TEXT} Soon."
    forgive(writer, "ERR_INTERNET_DISCONNECTED")


def change_elsewhere(person, sign_in):
    other = Client()
    sign_in(other, person.draft.person)
    seen = person.page.locator("[name=seen]").input_value()
    address = f"{person.draft.get_absolute_url()}edit/ideas/"
    other.post(address, {"seen": seen, "motivation": "Elsewhere", "autosave": "1"})


def test_what_was_changed_elsewhere_is_said_and_both_are_kept(writer, sign_in):
    change_elsewhere(writer, sign_in)
    field(writer).press_sequentially(TEXT)

    expect(writer.page.get_by_role("alert")).to_contain_text("This part was changed elsewhere.")
    assert kept(writer) == "Elsewhere"
    writer.page.get_by_role("button", name="Save and continue").click()
    expect(field(writer)).to_have_value(TEXT)
    expect(writer.page.get_by_text("Elsewhere", exact=True)).to_be_visible()
    forgive(writer, "409 (Conflict)")
