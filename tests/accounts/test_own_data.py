"""What a person sees and takes away of what is held about her, and what is withheld."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts import clock, links, own_data, privacy
from accounts.models import ContactNote, Export, SignIn
from applications.models import Application, ApplicationChange, Status
from cops.services import join
from notifications.models import Consent, Message
from tests.factories import (
    AccessRequestFactory,
    ApplicationFactory,
    AssessmentFactory,
    CommunityFactory,
    ConsentFactory,
    HoursEntryFactory,
    InsightFactory,
    InterviewFactory,
    InviteeFactory,
    MembershipFactory,
    MessageFactory,
    OfferFactory,
    PersonFactory,
    PlacementFactory,
    RegistrationFactory,
    ReviewFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db

PAGE, EXPORT = reverse("accounts:my-data"), reverse("accounts:my-data-export")


def page(response):
    return response.content.decode()


def rows_of(response, kind):
    found = {entry["kind"]: entry["rows"] for entry in json.loads(response.content)["records"]}
    return found.get(kind, [])


def full(person, mark):
    """Give ``person`` one record of most kinds, with ``mark`` in what she wrote or was sent."""
    membership = MembershipFactory(person=person)
    HoursEntryFactory(membership=membership, note=f"{mark} hours")
    application = ApplicationFactory(
        person=person, status=Status.OFFERED, motivation=f"{mark} motivation",
        access_needs=f"{mark} needs", availability=["mon-am"],
    )  # fmt: skip
    InterviewFactory(application=application)
    OfferFactory(application=application)
    RegistrationFactory(person=person, question=f"{mark} question")
    MessageFactory(recipient=person, state=Message.State.SENT, subject="Hello", body=f"{mark} mail")
    Consent.objects.filter(person=person).update(withdrawn_at=timezone.now())
    ConsentFactory(person=person, wording=f"{mark} wording")
    AccessRequestFactory(person=person, words=f"{mark} request")
    SignIn.objects.create(person=person)
    return application


HERS = ["hours", "motivation", "needs", "question", "mail", "wording", "request"]


def test_the_page_shows_what_is_held_about_her_and_nothing_about_others(client):
    person = PersonFactory(name="Noor Example")
    full(person, "MINE")
    full(PersonFactory(), "OTHERS")
    client.force_login(person)

    text = page(client.get(PAGE))

    assert [f"MINE {what}" in text for what in HERS] == [True] * len(HERS)
    assert "Monday morning" in text
    assert "OTHERS" not in text


def withheld_from(person):
    """Everything that others wrote about ``person``, each with a word to look for."""
    application = ApplicationFactory(
        person=person, status=Status.INTERVIEW, pending_status=Status.DECLINED,
        pending_reason="SECRET pending",
    )  # fmt: skip
    ReviewFactory(application=application, remark="SECRET remark")
    interview = InterviewFactory(application=application)
    AssessmentFactory(interview=interview, notes="SECRET notes")
    InsightFactory(interview=interview, text="SECRET insight", theme="SECRET theme")
    PlacementFactory(application=application, reason="SECRET placement")
    ApplicationChange.objects.create(
        record=application, old=Status.IN_REVIEW, new=Status.INTERVIEW,
        by=StaffFactory(name="SECRET staff"), reason="SECRET reason",
    )  # fmt: skip
    ContactNote.objects.create(
        person=person, by=StaffFactory(name="SECRET caller"), text="SECRET call"
    )
    MessageFactory(recipient=person, state=Message.State.DRAFT, body="SECRET draft")
    MessageFactory(recipient=person, state=Message.State.QUEUED, body="SECRET queued")


@pytest.mark.parametrize("form", ["page", "json", "html"])
def test_words_of_others_and_what_is_not_released_are_withheld(client, form):
    person = PersonFactory()
    withheld_from(person)
    client.force_login(person)

    response = client.get(PAGE) if form == "page" else client.post(EXPORT, {"form": form})

    text = page(response)
    assert "SECRET" not in text
    assert "not selected" not in text
    assert str(person.calendar_secret) not in text
    assert "invited to an interview" in text or '"interview"' in text


def test_the_page_says_that_calls_were_noted_and_that_their_words_are_not_here(client):
    person = PersonFactory()
    withheld_from(person)
    client.force_login(person)

    text = page(client.get(PAGE))

    assert "Calls and letters between us" in text
    assert "nor what they note of a call with you" in text


def test_the_copy_for_a_program_has_every_record_and_no_secret(client):
    person = PersonFactory(phone="705 555 0100")
    application = full(person, "MINE")
    for _number in range(own_data.SHOWN + 2):
        SignIn.objects.create(person=person)
    client.force_login(person)

    response = client.post(EXPORT, {"form": "json"})

    assert response["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert "no-store" in response["Cache-Control"]
    assert rows_of(response, "accounts.user")[0] | {"joined_at": ""} == {
        "last_login": rows_of(response, "accounts.user")[0]["last_login"],
        "email": person.email,
        "name": person.name,
        "language": "en",
        "time_zone": "America/Toronto",
        "phone": "705 555 0100",
        "organization": str(person.organization),
        "region": None,
        "is_staff": False,
        "is_active": True,
        "joined_at": "",
    }
    assert len(rows_of(response, "accounts.signin")) == own_data.SHOWN + 3
    sent = rows_of(response, "applications.application")[0]
    assert (sent["reference"], sent["availability"], sent["access_needs"]) == (
        application.reference,
        ["mon-am"],
        "MINE needs",
    )
    assert "pending_reason" not in sent


def test_the_copy_to_read_says_it_all_in_words(client):
    person = PersonFactory()
    full(person, "MINE")
    client.force_login(person)

    response = client.post(EXPORT, {"form": "html"})

    text = page(response)
    assert response["Content-Disposition"].endswith('.html"')
    assert [f"MINE {what}" in text for what in HERS] == [True] * len(HERS)


@pytest.mark.parametrize("form", ["json", "html"])
def test_that_a_copy_was_taken_is_noted(client, form):
    person = PersonFactory()
    client.force_login(person)

    before = timezone.now()
    client.post(EXPORT, {"form": form})

    noted = Export.objects.get()
    assert (noted.person, noted.what) == (person, "own-data")
    assert noted.records == 2  # she herself, and her address
    assert before <= noted.made_at <= timezone.now()
    assert "Files of data that you took" in page(client.get(PAGE))


def test_a_copy_in_an_unknown_form_is_neither_made_nor_noted(client):
    client.force_login(PersonFactory())

    response = client.post(EXPORT, {"form": "exe"})

    assert (response.status_code, response.url) == (302, PAGE)
    assert not Export.objects.exists()


def test_a_stranger_gets_neither_page_nor_copy(client):
    page_answer, copy = client.get(PAGE), client.post(EXPORT, {"form": "json"})

    assert (page_answer.status_code, copy.status_code) == (302, 403)
    assert not Export.objects.exists()


def test_looking_at_a_copy_changes_nothing(client):
    client.force_login(PersonFactory())

    assert client.get(EXPORT, {"form": "json"}).status_code == 405
    assert not Export.objects.exists()


def test_staff_take_a_copy_only_with_their_second_factor(client, sign_in, monkeypatch):
    staff = StaffFactory()
    monkeypatch.setattr("accounts.middleware.is_mfa_enabled", lambda user: True)
    monkeypatch.setattr("accounts.middleware.is_trusted_browser", lambda request, user: True)
    client.force_login(staff)

    trusted = [client.get(PAGE).status_code, client.post(EXPORT, {"form": "json"}).status_code]
    noted = Export.objects.count()
    sign_in(client, staff)
    fresh = [client.get(PAGE).status_code, client.post(EXPORT, {"form": "json"}).status_code]

    assert (trusted, noted, fresh) == ([302, 403], 0, [200, 200])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_as_often_for_three_records_of_a_kind_as_for_one(
    client, rows, django_assert_num_queries
):
    person = PersonFactory()
    for _number in range(rows):
        full(person, "MINE")
    client.force_login(person)
    client.get(PAGE)

    with django_assert_num_queries(16):
        client.get(PAGE)


def test_the_page_says_how_many_are_only_in_the_copy(client):
    person = PersonFactory()
    for _number in range(own_data.SHOWN + 2):
        SignIn.objects.create(person=person)
    client.force_login(person)

    text = page(client.get(PAGE))

    assert "2 older records are in the copy." in " ".join(text.split())


def test_what_a_reviewer_wrote_about_others_is_counted_and_not_shown(client):
    reviewer = PersonFactory()
    application = ApplicationFactory(status=Status.IN_REVIEW)
    ReviewFactory(reviewer=reviewer, application=application, remark="SECRET remark")
    client.force_login(reviewer)

    text = page(client.get(PAGE))
    copy = page(client.post(EXPORT, {"form": "json"}))

    assert "<dt>Reviews of applications</dt>\n          <dd>1</dd>" in text
    for secret in ("SECRET", application.reference, application.person.email):
        assert secret not in text + copy


def test_in_french_the_page_and_the_copy_are_french(client):
    person = PersonFactory(language="fr")
    full(person, "MINE")
    client.force_login(person)

    with translation.override("fr"):
        text = page(client.get(reverse("accounts:my-data")))
        answer = client.post(reverse("accounts:my-data-export"), {"form": "html"})
    copy, name = page(answer), answer["Content-Disposition"]

    assert "Vos candidatures et vos réponses" in text
    assert '<html lang="fr">' in copy
    assert name.startswith('attachment; filename="mes-donnees-')
    assert "Lundi matin" in copy


def test_the_calendars_she_stands_invited_to_have_their_name_in_her_language(client):
    community = CommunityFactory(name_en="Getting to work", name_fr="Se rendre au travail")
    client.force_login(join(community, PersonFactory()).person)

    told = {url: client.get(url + PAGE).text for url in ("", "/fr")}

    assert "<dd>Getting to work</dd>" in told[""]
    assert "<dd>Se rendre au travail</dd>" in told["/fr"]


def test_numbers_are_written_in_her_language(client):
    entry = HoursEntryFactory(hours="2.25")
    client.force_login(entry.membership.person)

    told = {url: client.get(url + PAGE).text for url in ("", "/fr")}

    assert "2.25" in told[""]
    assert "2,25" not in told[""]
    assert "2,25" in told["/fr"]
    assert "2.25" not in told["/fr"]


def test_what_she_is_invited_to_is_told_in_words(client):
    invitee = InviteeFactory()
    client.force_login(invitee.person)
    event = invitee.event

    assert f"Meeting, {clock.spoken(event.starts_at)}" in page(client.get(PAGE))


def test_every_kind_of_record_can_be_shown():
    """No declaration names a field or a word that fails on a row."""
    person = PersonFactory()
    full(person, "MINE")

    shown = {kind.label for section in own_data.sections(person) for kind in section.kinds}

    assert {
        "accounts.user", "accounts.signin", "account.emailaddress", "applications.application",
        "applications.interview", "applications.offer", "cops.membership", "cops.registration",
        "cops.accessrequest", "meetings.hoursentry", "notifications.message",
        "notifications.consent",
    } <= shown  # fmt: skip
    assert Application in privacy.models_about_people()


def test_signing_in_is_noted_for_the_person_to_see(client):
    person = PersonFactory()
    path = "/" + links.sign_in_url(person).split("/", 3)[3]

    client.get(path)
    noted_before = SignIn.objects.count()
    client.post(path)

    assert noted_before == 0
    assert list(SignIn.objects.values_list("person", flat=True)) == [person.pk]
