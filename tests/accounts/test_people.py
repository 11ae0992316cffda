"""The search in the admin's header, a person's page, and what staff note there."""

import re

import pytest
from django.urls import reverse

from accounts.models import ContactNote
from tests.factories import (
    AccessRequestFactory,
    ApplicationFactory,
    CohortFactory,
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

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/people/"


@pytest.fixture
def staff(client, sign_in):
    person = StaffFactory(name="Colleen Sample")
    sign_in(client, person)
    return person


def page_of(person):
    return reverse("admin:person", args=[person.uuid])


def note(person):
    return reverse("admin:accounts_user_verb", args=[person.pk, "log_contact"])


def timeline(client, person):
    """What the page says happened: (text, by, words) of each line, the first line first."""
    lines = client.get(page_of(person)).text.partition("person-timeline")[2].partition("</ol>")[0]
    return re.findall(
        r"<p>([^<]*?) ?(?:<span class=\"meta\">by ([^<]*)</span>)?</p>\s*"
        r"(?:<p class=\"person-words\">([^<]*)</p>)?",
        lines,
    )


def test_the_board_and_every_page_of_the_admin_have_the_search(client, staff):
    for address in (
        reverse("board"),
        "/admin/",
        "/admin/accounts/organization/",
        "/admin/accounts/user/add/",
    ):
        assert f'action="{PEOPLE}"' in client.get(address).text


def test_one_hit_is_opened_at_once(client, staff):
    person = PersonFactory(name="Amrita Kaur")

    response = client.post(PEOPLE, {"q": "amrita"})

    assert response.url == page_of(person)


def test_several_hits_are_a_list_with_where_each_stands(client, staff):
    amrita = PersonFactory(name="Amrita Kaur")
    PersonFactory(name="Amrit Singh")
    ApplicationFactory(person=amrita, cohort=CohortFactory(name_en="Spring round"))

    page = client.post(PEOPLE, {"q": "amrit"}, follow=True)

    assert page.redirect_chain == [(PEOPLE, 302)]
    assert [person.name for person in page.context["people"]] == ["Amrit Singh", "Amrita Kaur"]
    assert re.search(r'chip-info">Draft</strong>\s*Spring round', page.text)
    assert "2 people" in page.text


def test_what_was_typed_stands_in_no_address(client, staff):
    PersonFactory(name="Amrita Kaur")
    PersonFactory(name="Amrit Singh")

    response = client.post(PEOPLE, {"q": "amrit"})

    assert response.url == PEOPLE
    assert 'value="amrit"' in client.get(PEOPLE).text


def test_nobody_found_says_what_to_do(client, staff):
    page = client.post(PEOPLE, {"q": "nobody"}, follow=True)

    assert "Nobody was found for “nobody”." in page.text
    assert page.text.count('name="q" maxlength="100" required value="nobody"') == 1
    assert page.text.count('name="q" maxlength="100" value="nobody"') == 1
    assert reverse("admin:accounts_user_add") in page.text


@pytest.mark.parametrize("typed", ["", " ", "a" * 101, "a\x00b"])
def test_a_search_that_cannot_be_is_refused_beside_the_field(client, staff, typed):
    page = client.post(PEOPLE, {"q": typed})

    assert page.status_code == 400
    assert page.context["form"].errors["q"]
    assert "id_q_error" in page.text


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_hits_costs_the_same_for_few_and_many(
    client, staff, number, django_assert_num_queries
):
    for person in PersonFactory.create_batch(number + 1, name="Amrita"):
        ApplicationFactory(person=person)
        MembershipFactory(person=person)
    client.post(PEOPLE, {"q": "amrita"}, follow=True)

    with django_assert_num_queries(8):
        client.get(PEOPLE)


def test_one_page_tells_everything(client, staff):
    person = PersonFactory(
        name="Amrita Kaur", email="amrita@agency.test", phone="(807) 555-0199", verified=False
    )
    membership = MembershipFactory(person=person, community__name_en="Getting to work")
    ApplicationFactory(
        person=person,
        cohort=membership.community.cohort,
        motivation="Week two",
        access_needs="CART",
    )
    RegistrationFactory(person=person, webinar__title_en="About the call")
    AccessRequestFactory(person=person, words="Captions in real time")
    MessageFactory(
        recipient=person, subject="Your letter", state="failed", reason="550 no such mailbox"
    )
    meeting = MeetingFactory(community=membership.community, number=4)
    InviteeFactory(event=meeting.event, person=person, attendance="late")
    HoursEntryFactory(membership=membership, hours=2)

    text = client.get(page_of(person)).text

    for told in (
        "amrita@agency.test", "not confirmed", "(807) 555-0199", person.organization.name,
        "Has begun an application and not sent it.", "Week two", "Getting to work",
        "About the call", "Captions in real time", "Your letter", "550 no such mailbox",
        "Meeting 4", "came late", "March 2027",
    ):  # fmt: skip
        assert told in text, told


def full_life(person, number):
    """``number`` of each thing that a person's page tells."""
    for each in range(number):
        membership = MembershipFactory(person=person)
        ApplicationFactory(person=person, cohort=membership.community.cohort)
        RegistrationFactory(person=person)
        MessageFactory(recipient=person, sent_at=days(-each), state="sent", created_by=person)
        meeting = MeetingFactory(community=membership.community)
        InviteeFactory(event=meeting.event, person=person)
        HoursEntryFactory(membership=membership)
        ContactNote.objects.create(person=person, by=person, text="Called.")
        AccessRequestFactory(person=person)


@pytest.mark.parametrize("number", [1, 3])
def test_a_persons_page_costs_the_same_for_a_short_and_a_long_life(
    client, staff, number, django_assert_num_queries
):
    person = PersonFactory()
    full_life(person, number)
    client.get(page_of(person))

    with django_assert_num_queries(34):
        client.get(page_of(person))


def test_the_timeline_is_newest_first(client, staff):
    person = PersonFactory()
    ContactNote.objects.create(person=person, by=staff, at=days(-3), text="First call")
    MessageFactory(recipient=person, subject="The letter", sent_at=days(-2), state="sent")
    ContactNote.objects.create(person=person, by=staff, at=days(-1), text="Second call")

    assert timeline(client, person) == [
        ("Contact", "Colleen Sample", "Second call"),
        ("Email: The letter", "", ""),
        ("Contact", "Colleen Sample", "First call"),
    ]


def test_a_call_is_noted_in_two_lines_and_leads_back(client, staff):
    person = PersonFactory()

    response = client.post(f"{note(person)}?next={page_of(person)}", {"what": "Lost the link."})

    assert response.url == page_of(person)
    kept = ContactNote.objects.get()
    assert (kept.person, kept.by, kept.text) == (person, staff, "Lost the link.")
    assert timeline(client, person) == [("Contact", "Colleen Sample", "Lost the link.")]


def test_what_staff_changed_is_told_in_the_words_of_the_button(client, staff):
    person = PersonFactory(name="Amrita", organization=None)
    client.post(reverse("admin:accounts_user_verb", args=[person.pk, "send_sign_in_link"]))
    details = {"name": "Amrita Kaur", "language": "en", "time_zone": "America/Toronto"}
    client.post(f"/admin/accounts/user/{person.pk}/change/", details)

    assert timeline(client, person) == [
        ("Changed: Name", "Colleen Sample", ""),
        ("Send a sign-in link", "Colleen Sample", ""),
    ]


def test_a_note_that_is_empty_or_too_long_is_asked_for_again(client, staff):
    person = PersonFactory()

    empty = client.post(note(person), {"what": " "})
    long = client.post(note(person), {"what": "x" * 1001})

    assert empty.context["form"].errors == {"what": ["Write what was said."]}
    assert "x" * 1001 in long.text
    assert not ContactNote.objects.exists()


def test_her_own_page_says_that_calls_were_noted_and_keeps_their_words(client, staff, sign_in):
    person = PersonFactory()
    ContactNote.objects.create(person=person, by=staff, text="Lost the link.")
    sign_in(client, person)

    text = client.get("/me/data/").text

    assert "Calls and letters between us" in text
    assert "Lost the link." not in text


def test_a_verb_leads_to_no_other_site(client, staff):
    person = PersonFactory()

    response = client.post(f"{note(person)}?next=https://evil.test/", {"what": "Called."})

    assert response.url == page_of(person)


@pytest.mark.parametrize("who", ["nobody", "a person"])
def test_a_stranger_finds_nobody_and_notes_nothing(client, sign_in, who):
    person = PersonFactory(name="Amrita Kaur")
    if who == "a person":
        sign_in(client, PersonFactory())

    answers = [
        client.get(PEOPLE), client.post(PEOPLE, {"q": "amrita"}), client.get(page_of(person)),
        client.post(note(person), {"what": "x"}),
    ]  # fmt: skip

    assert all(answer.status_code in {302, 403} for answer in answers)
    assert not any("Amrita" in answer.text or str(person.uuid) in answer.get("Location", "")
                   for answer in answers[:2])  # fmt: skip
    assert not ContactNote.objects.exists()


def test_somebody_who_is_not_there_has_no_page(client, staff):
    assert client.get(f"{PEOPLE}00000000-0000-4000-8000-000000000000/").status_code == 404


def test_staff_read_nothing_about_themselves_here(client, staff):
    ApplicationFactory(person=staff, motivation="Week two", status="in-review")

    text = client.get(page_of(staff)).text

    assert "This is you." in text
    assert "Week two" not in text
    assert "Being read" not in text


def test_the_list_of_people_leads_to_their_pages(client, staff):
    person = PersonFactory()

    assert f'href="{page_of(person)}"' in client.get("/admin/accounts/user/").text


def test_saving_the_details_leads_to_the_persons_page(client, staff):
    person = PersonFactory(name="Amrita")
    change = f"/admin/accounts/user/{person.pk}/change/"

    response = client.post(
        change,
        {
            "name": "Amrita Kaur",
            "language": "fr",
            "time_zone": "America/Winnipeg",
            "phone": "807 555-0199",
        },
    )

    person.refresh_from_db()
    assert (response.url, person.name, person.phone) == (
        page_of(person),
        "Amrita Kaur",
        "807 555-0199",
    )


def test_the_search_works_while_the_site_is_seen_as_on_another_day(client, staff):
    person = PersonFactory(name="Amrita Kaur")
    client.post(reverse("accounts:as-of"), {"day": "2027-03-01"})

    assert client.post(PEOPLE, {"q": "amrita"}).url == page_of(person)
