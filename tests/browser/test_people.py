"""A call comes in: staff find a person by the keyboard, read her page, act; and set the site up."""

import pytest
from django.urls import reverse

from accounts.models import ContactNote
from applications.models import Status
from tests.browser.person import Way
from tests.factories import (
    AccessRequestFactory,
    ApplicationFactory,
    HoursEntryFactory,
    InviteeFactory,
    MeetingFactory,
    MembershipFactory,
    MessageFactory,
    PersonFactory,
    RegistrationFactory,
    StaffFactory,
    days,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WAYS = [
    Way("1280"),
    Way("320-dark", width=320, scheme="dark"),
    Way("320-no-script", width=320, javascript=False),
    Way("fr-1280", language="fr"),
    Way("fr-320", language="fr", width=320),
]


def called(name, email):
    """Somebody with something of everything, and long names."""
    person = PersonFactory(
        name=name, email=email, phone="(807) 555-0199",
        organization__name_en=f"Northern Employment and Settlement Services Consortium of {name}",
        organization__name_fr="Consortium de services d’emploi et d’établissement du Nord",
    )  # fmt: skip
    membership = MembershipFactory(person=person)
    ApplicationFactory(
        person=person, cohort=membership.community.cohort, status=Status.SUBMITTED,
        motivation="Supercalifragilisticexpialidocious" * 4,
    )  # fmt: skip
    RegistrationFactory(person=person)
    AccessRequestFactory(person=person)
    MessageFactory(
        recipient=person, subject="Reminder", state="failed", sent_at=days(-1),
        reason="550 " + "mailbox-unavailable" * 8,
    )  # fmt: skip
    meeting = MeetingFactory(community=membership.community)
    InviteeFactory(event=meeting.event, person=person)
    HoursEntryFactory(membership=membership)
    return person


def looks_for(colleague, text):
    box = colleague.page.locator("#people-search")
    box.focus()
    box.fill(text)
    with colleague.page.expect_navigation():
        box.press("Enter")
    return colleague.arrives()


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_staff_find_a_caller_and_act(site, sign_in, way):
    amrita = called("Amrita Kaur-Vandermeulen-Featherstonehaugh", "amrita@agency.test")
    called("Amrit Singh", "amrit@agency.test")
    record = StaffFactory(name="Colleen Sample", is_superuser=True, language=way.language)
    colleague = site.person(record.email, str(record), way)
    colleague.take_session(sign_in, record)
    prefix = "" if way.language == "en" else f"/{way.language}"

    colleague.open(f"{prefix}/admin/")
    looks_for(colleague, "amri")
    colleague.click_words(str(amrita))
    colleague.page.locator("#id_what").fill("Never got the link.")
    colleague.click("Note it")
    assert ContactNote.objects.get().text == "Never got the link."
    colleague.click("Send a sign-in link")
    for details in colleague.page.locator("details").all():
        details.locator("summary").click()
    colleague._measure()
    colleague.press(colleague.page.locator(".stands .verbs a.button").first)
    colleague.click("No, go back")

    looks_for(colleague, "nobody like this")
    for name in ("start", "start-office", "start-invite"):
        colleague.open(f"{prefix}{reverse(name)}")
    colleague.fill("Email address", record.email)
    colleague.fill("Name", "New Colleague")
    colleague.fill("Why", "Hired")
    colleague.click("Invite")
    colleague.sees("This person is staff already, or may not sign in.")
