"""Two records of one person: found, and made one."""

import pytest
from django.utils import translation

from accounts import links
from accounts.lifecycle import InvalidTransition
from accounts.models import ContactNote, User
from applications import duplicates
from applications.models import Application, Status
from applications.services import intake, merging
from cops.models import AccessRequest
from notifications import duties
from notifications.models import Consent, Invitee, Message, Preference, Role
from notifications.render import render
from tests.concurrency import at_once
from tests.factories import (
    AccessRequestFactory,
    ActionItemFactory,
    ApplicationFactory,
    CohortFactory,
    CohortRoleFactory,
    CommunityFactory,
    ConsentFactory,
    InviteeFactory,
    MembershipFactory,
    MessageFactory,
    OrganizationFactory,
    PersonFactory,
    RegistrationFactory,
    ReviewFactory,
    StaffFactory,
    SupportFactory,
    days,
)

pytestmark = pytest.mark.django_db

News, Data = Consent.Purpose.NEWS, Consent.Purpose.DATA


@pytest.fixture
def kept():
    return PersonFactory(name="Noor Haddad", email="noor@agency.test", phone="")


@pytest.fixture
def lost():
    return PersonFactory(name="Noor Haddad", email="noor@home.test", phone="416 555 0123")


def merge(kept, lost, **facts):
    merging.merge(kept, lost, by=facts.pop("by", None) or StaffFactory(), reason="Phoned", **facts)
    kept.refresh_from_db()
    lost.refresh_from_db()


@pytest.mark.parametrize(
    ("hers", "theirs", "goes_by"),
    [(False, True, "America/Winnipeg"), (True, True, "America/Toronto"),
     (False, False, "America/Toronto")],
)  # fmt: skip
def test_a_clock_that_one_of_them_chose_stays_chosen(kept, lost, hers, theirs, goes_by):
    User.objects.filter(pk=kept.pk).update(chose_clock=hers)
    User.objects.filter(pk=lost.pk).update(chose_clock=theirs, time_zone="America/Winnipeg")

    merge(kept, lost)

    assert (kept.time_zone, kept.chose_clock) == (goes_by, hers or theirs)


def page(kept, lost):
    return f"/admin/people/{kept.uuid}/merge/{lost.uuid}/"


def test_staff_merge_and_both_addresses_are_told(client, sign_in, kept, lost):
    sign_in(client, StaffFactory())
    application = ApplicationFactory(person=lost)
    action = ActionItemFactory(owner=lost)

    answer = client.post(page(kept, lost), {"reason": "She phoned"})

    for record in (kept, lost, application, action):
        record.refresh_from_db()
    assert answer.url == f"/admin/people/{kept.uuid}/"
    assert (lost.is_active, lost.merged_into) == (False, kept)
    assert (application.person, action.owner, kept.phone) == (kept, kept, "416 555 0123")
    assert ContactNote.objects.get().text == "Merged with noor@home.test. She phoned"
    told = Message.objects.filter(kind="records-merged")
    assert {render(message).to for message in told} == {"noor@agency.test", "noor@home.test"}
    assert not any("/go/" in render(message).text for message in told)


def test_what_moves_stands_side_by_side(client, sign_in, kept, lost):
    sign_in(client, StaffFactory())
    ApplicationFactory(person=lost)
    RegistrationFactory.create_batch(2, person=kept)

    rows = {label: counts for label, *counts in client.get(page(kept, lost)).context["rows"]}

    assert rows["applications"] == [0, 1]
    assert rows["registrations"] == [2, 0]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "invitations and deadlines"), ("fr", "invitations et échéances")],
)
def test_what_moves_is_called_by_what_she_has(client, sign_in, kept, lost, language, said):
    sign_in(client, StaffFactory(language=language))
    InviteeFactory(person=lost)
    prefix = "/fr" if language == "fr" else ""

    page_text = client.get(prefix + page(kept, lost)).text

    assert f'<th scope="row">{said.capitalize()}</th>' in page_text
    assert not any(word in page_text for word in ("Invitees", "Personnes conviées"))


def test_whatever_may_move_has_a_name_in_both_languages(kept):
    with translation.override("en"):
        english = set(merging.rows_of(kept))
    with translation.override("fr"):
        french = set(merging.rows_of(kept))

    assert english & french == {"actions"}
    assert len(english) == len(french)


def test_the_way_in_by_the_record_that_ends_is_closed(client, kept, lost):
    application = ApplicationFactory(person=lost)
    link = links.url(lost, "applications:application", application.uuid)
    client.force_login(lost)
    feed = f"/me/calendar/{lost.calendar_secret}.ics"

    merge(kept, lost)

    assert client.get("/me/").status_code == 302
    assert client.get(feed).status_code == 404
    client.get(link[link.index("/go/") :])
    assert client.get(f"/applications/{application.uuid}/").status_code == 302
    assert lost.emailaddress_set.count() == 0
    with pytest.raises(InvalidTransition):
        merge(kept, lost)


def test_who_types_the_old_address_is_taken_to_the_record_that_stays(kept, lost):
    merge(kept, lost)

    assert User.objects.person("Noor@Home.test") == kept


def test_a_draft_is_owed_by_the_record_that_stays(kept, lost):
    draft = ApplicationFactory(person=lost)
    intake.keep_owed(draft)

    merge(kept, lost)

    assert [each.person for each in Invitee.objects.current()] == [kept]
    assert duties.audit() == []


def test_where_both_were_invited_one_invitation_stands(kept, lost):
    mine = InviteeFactory(person=kept)
    InviteeFactory(person=lost, event=mine.event, role=Role.MEMBER)

    merge(kept, lost)

    assert [each.person for each in Invitee.objects.current()] == [kept]


def test_the_stricter_consent_holds(kept, lost):
    ConsentFactory(person=kept, purpose=News)
    ConsentFactory(person=lost, purpose=Data)

    merge(kept, lost)

    live = Consent.objects.live().values_list("person__email", "purpose")
    assert list(live) == [("noor@agency.test", Data)]
    assert Consent.objects.get(purpose=News).withdrawn_source == "merged"


def test_what_both_agreed_to_stands_once(kept, lost):
    for person in (kept, lost):
        ConsentFactory(person=person, purpose=News)

    merge(kept, lost)

    assert Consent.objects.live().get().person == kept
    assert Consent.objects.filter(person=kept).count() == 2


def test_what_one_took_back_of_the_use_of_answers_holds_for_both(kept, lost):
    ConsentFactory(person=kept, purpose=Data)
    ConsentFactory(person=lost, purpose=Data).withdraw()

    merge(kept, lost)

    assert not Consent.objects.live().exists()


def test_reminders_that_one_turned_off_are_off(kept, lost):
    Preference.objects.create(person=lost, wants_reminders=False, wants_last_hours=True)

    merge(kept, lost)

    assert Preference.objects.get().person == kept
    assert not Preference.objects.get().wants_reminders


def test_where_both_registered_one_registration_stands(kept, lost):
    mine = RegistrationFactory(person=kept)
    theirs = RegistrationFactory(person=lost, webinar=mine.webinar)

    merge(kept, lost)

    theirs.refresh_from_db()
    mine.refresh_from_db()
    assert (mine.cancelled_at, theirs.cancelled_at is None) == (None, False)


@pytest.mark.parametrize(("chosen", "place"), [("kept", 0), ("lost", 1)])
def test_of_two_applications_in_one_call_staff_choose(client, sign_in, kept, lost, chosen, place):
    sign_in(client, StaffFactory())
    mine = ApplicationFactory(person=kept, status=Status.SUBMITTED)
    theirs = ApplicationFactory(person=lost, cohort=mine.cohort)

    missing = client.post(page(kept, lost), {"reason": "x"})
    client.post(page(kept, lost), {"reason": "x", f"stays_{mine.cohort_id}": chosen})

    live = Application.objects.exclude(status=Status.WITHDRAWN)
    assert missing.context["form"].errors
    assert list(live) == [[mine, theirs][place]]
    assert live.get().person == kept


def test_what_was_sent_first_is_offered_and_what_happens_to_the_other_is_said(
    client, sign_in, kept, lost
):
    sign_in(client, StaffFactory())
    draft = ApplicationFactory(person=kept)
    sent = ApplicationFactory(
        person=lost, cohort=draft.cohort, status=Status.SUBMITTED, submitted_at=days(-1)
    )

    field = client.get(page(kept, lost)).context["form"].fields[f"stays_{draft.cohort_id}"]

    assert field.initial == "lost"
    assert [label.startswith(each.reference) for (_name, label), each in zip(
        field.choices, (draft, sent), strict=True)] == [True, True]  # fmt: skip
    assert all(label.endswith("The other is withdrawn.") for _name, label in field.choices)


def test_the_one_that_is_being_read_is_all_there_is_to_choose(client, sign_in, kept, lost):
    sign_in(client, StaffFactory())
    mine = ApplicationFactory(person=kept, status=Status.SUBMITTED)
    ApplicationFactory(person=lost, cohort=mine.cohort, status=Status.IN_REVIEW)

    field = client.get(page(kept, lost)).context["form"].fields[f"stays_{mine.cohort_id}"]

    assert ([name for name, _label in field.choices], field.initial) == (["lost"], "lost")


def test_both_addresses_hear_which_application_stays(kept, lost):
    mine = ApplicationFactory(person=kept, status=Status.SUBMITTED)
    theirs = ApplicationFactory(person=lost, cohort=mine.cohort)

    merge(kept, lost)

    said = f"{mine.reference} stays, {theirs.reference} is withdrawn."
    mails = [render(message) for message in Message.objects.filter(kind="records-merged")]
    assert [said in " ".join(mail.text.split()) for mail in mails] == [True, True]


@pytest.mark.parametrize(
    ("answer", "is_asked_too", "said"),
    [
        ("", False, "That question about the hours needs no answer any more."),
        ("yes", False, "Your answer about the hours no longer counts for anything."),
        ("yes", True, "You were asked about the other one too: that question stands."),
    ],
)
def test_whoever_was_asked_for_the_hours_hears_which_question_ends(
    kept, lost, answer, is_asked_too, said
):
    mine = ApplicationFactory(person=kept, status=Status.SUBMITTED, name="Noor Haddad")
    theirs = ApplicationFactory(
        person=lost, cohort=mine.cohort, status=Status.SUBMITTED, name="Noor Haddad"
    )
    support = SupportFactory(application=theirs, answer=answer)
    MessageFactory(dedupe_key=f"support-asked:{support.pk}", kind="support-asked",
                   state=Message.State.SENT)  # fmt: skip
    if is_asked_too:
        SupportFactory(application=mine, person=support.person)

    merge(kept, lost)

    (told,) = Message.objects.filter(kind="support-withdrawn")
    text = " ".join(render(told).text.split())
    assert told.recipient == support.person
    assert "Noor Haddad goes on in" in text
    assert "has withdrawn" not in text
    assert said in text


def test_of_one_that_is_declined_nobody_is_told_that_it_goes_on(kept, lost):
    declined = ApplicationFactory(person=kept, status=Status.DECLINED)
    theirs = ApplicationFactory(person=lost, cohort=declined.cohort, status=Status.SUBMITTED)
    SupportFactory(application=theirs, answer="yes")

    merge(kept, lost)

    (told,) = Message.objects.filter(kind="support-withdrawn")
    assert "goes on in" not in render(told).text


def test_so_does_whoever_was_asked_when_she_keeps_her_newer_application():
    first = ApplicationFactory(status=Status.SUBMITTED)
    newer = ApplicationFactory(person=first.person, cohort=first.cohort, awaits_confirmation=True)
    support = SupportFactory(application=first, answer="yes")

    intake.keep_one(newer)

    (told,) = Message.objects.filter(kind="support-withdrawn")
    assert (told.recipient, "goes on in" in render(told).text) == (support.person, True)


@pytest.mark.parametrize(
    ("signed_in", "stays"), [((), "a"), (("a",), "a"), (("b",), "b"), (("a", "b"), "a")]
)
def test_the_record_she_signs_in_with_is_offered_to_stay(client, sign_in, signed_in, stays):
    for name in ("a", "b"):
        last = days(-1) if name in signed_in else None
        person("Noor", f"{name}@one.test", phone="416 555 0123", last_login=last)
    sign_in(client, StaffFactory())

    shown = client.get("/admin/people/twice/").text

    people = {each.email[0]: each for each in User.objects.filter(name="Noor")}
    ends = {"a": "b", "b": "a"}[stays]
    assert page(people[stays], people[ends]) in shown
    assert page(people[ends], people[stays]) not in shown


def test_the_application_that_is_being_read_stays(kept, lost):
    mine = ApplicationFactory(person=kept, status=Status.SUBMITTED)
    theirs = ApplicationFactory(person=lost, cohort=mine.cohort, status=Status.IN_REVIEW)

    merge(kept, lost)

    assert Application.objects.exclude(status=Status.WITHDRAWN).get() == theirs


def staff(kept, lost):
    User.objects.filter(pk=lost.pk).update(is_staff=True)


def closed(kept, lost):
    User.objects.filter(pk=lost.pk).update(is_active=False)


def reviewer(kept, lost):
    CohortRoleFactory(person=lost)


def members(kept, lost):
    cohort = CohortFactory()
    for person in (kept, lost):
        MembershipFactory(person=person, community=CommunityFactory(cohort=cohort))


def both_read(kept, lost):
    mine = ApplicationFactory(person=kept, status=Status.INTERVIEW)
    ApplicationFactory(person=lost, status=Status.INTERVIEW, cohort=mine.cohort)


@pytest.mark.parametrize("spoil", [staff, closed, reviewer, members, both_read])
def test_what_cannot_be_one_is_refused_with_words(client, sign_in, kept, lost, spoil):
    sign_in(client, StaffFactory())
    spoil(kept, lost)

    shown = client.get(page(kept, lost))
    refused = client.post(page(kept, lost), {"reason": "x"})

    assert shown.context["why"] in refused.text
    assert User.objects.filter(merged_into=None, pk=lost.pk).exists()


def test_no_reason_no_merging(client, sign_in, kept, lost):
    sign_in(client, StaffFactory())

    answer = client.post(page(kept, lost), {"reason": ""})

    assert "Write how you know." in answer.text
    assert User.objects.get(pk=lost.pk).is_active


@pytest.mark.parametrize("where", ["/admin/people/twice/", None])
def test_a_stranger_finds_and_merges_nothing(client, kept, lost, where):
    client.force_login(PersonFactory())

    assert client.get(where or page(kept, lost)).status_code == 403
    assert client.post(where or page(kept, lost), {"reason": "x"}).status_code == 403


def test_who_reads_one_of_them_blind_learns_nothing(client, sign_in, kept, lost):
    reader = StaffFactory()
    sign_in(client, reader)
    ReviewFactory(reviewer=reader, application__person=lost, application__name="Noor Haddad")

    answer = client.get(page(kept, lost))

    assert (answer.status_code, answer.url) == (302, "/admin/people/twice/")


def test_two_addresses_that_staff_know_lead_to_the_comparison(client, sign_in, kept, lost):
    sign_in(client, StaffFactory())
    typed = {"kept": kept.email, "lost": lost.email.upper()}

    assert client.post("/admin/people/twice/", typed).url == page(kept, lost)
    assert "Nobody has this address." in client.post(
        "/admin/people/twice/", typed | {"lost": "no@body.test"}
    ).text  # fmt: skip


def pairs():
    found = duplicates.likely(StaffFactory())
    return [(pair.older.email, pair.newer.email, pair.why) for pair in found]


def test_the_list_ends_somewhere_and_says_so(client, staff, monkeypatch):
    monkeypatch.setattr(duplicates, "SHOWN_MOST", 2)
    for each in range(3):
        person("Noor", f"{each}@one.test", phone="416 555 0123")

    page = client.get("/admin/people/twice/")

    assert [(pair.older.email, pair.newer.email) for pair in page.context["pairs"]] == [
        ("0@one.test", "1@one.test"),
        ("0@one.test", "2@one.test"),
    ]
    assert "There may be more" in page.text


def person(name, email, **facts):
    return PersonFactory(name=name, email=email, **{"organization": None, "phone": ""} | facts)


def test_the_same_name_and_one_thing_more_is_a_likely_pair():
    agency = OrganizationFactory()
    person("Zoé Côté", "a@one.test", organization=agency)
    person("COTE, Zoe", "b@two.test", organization=agency)
    person("Zoé Côté", "c@three.test")

    assert pairs() == [("a@one.test", "b@two.test", "the same name, the same organization")]


def test_the_same_phone_is_a_likely_pair_whatever_the_name():
    person("Noor", "a@one.test", phone="416 555 0123")
    person("N. Haddad", "b@two.test", phone="+1 (416) 555-0123")

    assert pairs() == [("a@one.test", "b@two.test", "the same phone")]


def test_the_same_name_in_the_same_town_is_a_likely_pair():
    for email in ("a@one.test", "b@two.test"):
        applicant = person("Noor", email)
        ApplicationFactory(person=applicant, town="Kenora", organization=None, organization_name="")

    assert pairs() == [("a@one.test", "b@two.test", "the same name, the same town")]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_few_pairs_and_many(
    client, sign_in, rows, django_assert_num_queries
):
    sign_in(client, StaffFactory())
    for number in range(rows):
        for address in ("one", "two"):
            person("Noor", f"{number}@{address}.test", phone=f"416 555 012{number}")
    client.get("/admin/people/twice/")

    with django_assert_num_queries(6):
        found = client.get("/admin/people/twice/")

    assert len(found.context["pairs"]) == rows


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_merged_both_ways_at_once_one_record_stays(kept, lost):
    by = StaffFactory()

    results = at_once(
        lambda: merging.merge(kept, lost, by=by, reason="x"),
        lambda: merging.merge(lost, kept, by=by, reason="x"),
    )

    assert sorted(type(each).__name__ for each in results) == ["InvalidTransition", "NoneType"]
    assert User.objects.filter(merged_into=None, pk__in=(kept.pk, lost.pk)).count() == 1


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"kind": "erasure"}, {"kind": "erasure", "source": "staff"}),
        (
            {"source": "details", "about": "Jobs North"},
            {"source": "details", "about": "Jobs South"},
        ),
        ({"source": "webinar", "about": "ask-us"}, {"source": "webinar", "about": "ask-us"}),
    ],
    ids=["to be erased", "an employer to be added", "what is needed at a webinar"],
)
def test_who_waits_twice_for_what_one_person_asks_once_is_answered_first(kept, lost, mine, theirs):
    AccessRequestFactory(person=kept, **mine)
    AccessRequestFactory(person=lost, **theirs)

    with pytest.raises(InvalidTransition, match="answer one of them first"):
        merge(kept, lost)

    lost.refresh_from_db()
    assert (lost.is_active, lost.merged_into) == (True, None)


@pytest.mark.parametrize(
    "asked",
    [
        {"source": "own-page", "kind": "correction", "about": ""},
        {"source": "form", "about": "/webinars/"},
        {"source": "staff", "about": ""},
    ],
    ids=["corrections", "from the public form", "noted by staff"],
)
def test_what_one_person_may_ask_several_times_waits_on_from_both(kept, lost, asked):
    mine = AccessRequestFactory(person=kept, words="My name is Ada.", **asked)
    theirs = AccessRequestFactory(person=lost, words="My town is Kenora.", **asked)

    merge(kept, lost)

    waiting = AccessRequest.objects.open().filter(person=kept).order_by("pk")
    assert list(waiting.values_list("pk", "words")) == [
        (mine.pk, "My name is Ada."),
        (theirs.pk, "My town is Kenora."),
    ]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_each_would_have_ended_in_the_other(kept, lost, monkeypatch):
    by = StaffFactory()
    monkeypatch.setattr(User.objects, "select_for_update", lambda **_facts: User.objects.all())
    monkeypatch.setattr(merging, "why_not", lambda *_people: "")

    at_once(
        lambda: merging.merge(kept, lost, by=by, reason="x"),
        lambda: merging.merge(lost, kept, by=by, reason="x"),
    )

    assert User.objects.filter(merged_into=None, pk__in=(kept.pk, lost.pk)).count() == 0
