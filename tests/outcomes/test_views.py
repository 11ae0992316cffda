"""The library and one outcome, as the public, a member and staff see them."""

import csv
from io import StringIO
from urllib.parse import quote_plus

import pytest
import time_machine
from django.db import IntegrityError
from django.urls import reverse
from django.utils import translation

from cops.services import leave
from notifications.models import Role
from outcomes.models import Evidence, Feedback, Outcome
from tests.factories import (
    CompleteOutcomeFactory,
    DecisionFactory,
    EvidenceFactory,
    FocusAreaVersionFactory,
    InsightFactory,
    MeetingFactory,
    MembershipFactory,
    OutcomeFactory,
    PersonFactory,
    ProgramFactory,
    StaffFactory,
    TrialFactory,
    days,
)

Status = Outcome.Status
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", [1, 3])
def test_the_library_asks_as_many_queries_for_one_outcome_as_for_three(
    client, rows, django_assert_num_queries
):
    for _ in range(rows):
        OutcomeFactory(status=Status.PUBLISHED)

    with django_assert_num_queries(5):
        response = client.get("/outcomes/")

    assert len(response.context["outcomes"]) == rows


def test_the_library_draws_the_trials_of_those_who_published_each_once(client):
    outcome = OutcomeFactory(status=Status.PUBLISHED)
    OutcomeFactory(status=Status.PUBLISHED, community=outcome.community)
    unpublished = OutcomeFactory(status=Status.APPROVED)
    for community, verdict in (
        (outcome.community, "adopt"),
        (outcome.community, "abandon"),
        (unpublished.community, "adapt"),
    ):
        TrialFactory(
            community=community,
            status="finished",
            prediction="Fewer",
            verdict=verdict,
            finished_on="2021-08-01",
        )

    response = client.get("/outcomes/")

    assert response.context["trials"] == {"adopt": 1, "abandon": 1}
    assert "Trials by result" in response.text
    assert client.get("/outcomes/?q=nothing").context["trials"] == {}


def test_an_outcome_draws_the_trials_of_its_community_once_some_have_ended(client):
    outcome = OutcomeFactory(status=Status.PUBLISHED)
    address = outcome.get_absolute_url()
    before = client.get(address).text
    TrialFactory(
        community=outcome.community,
        status="finished",
        prediction="Fewer",
        verdict="abandon",
        finished_on="2021-08-01",
    )

    after = client.get(address)

    assert "Trials by result" not in before
    assert "Trials by result" in after.text
    assert after.context["trials"] == {"adopt": 0, "adapt": 0, "abandon": 1}


def test_the_library_lists_what_is_published_and_nothing_else(client):
    published = OutcomeFactory(status=Status.PUBLISHED)
    OutcomeFactory(status=Status.APPROVED)
    OutcomeFactory(status=Status.WITHDRAWN)

    response = client.get("/outcomes/")

    assert list(response.context["outcomes"]) == [published]


def test_a_draft_is_there_for_its_community_and_staff_and_for_nobody_else(client):
    draft = OutcomeFactory(status=Status.DRAFT)
    member = MembershipFactory(community=draft.community, role=Role.MEMBER).person
    url = draft.get_absolute_url()

    seen = {}
    for who, person in {
        "public": None,
        "stranger": PersonFactory(),
        "member": member,
        "another community's member": MembershipFactory().person,
    }.items():
        client.logout()
        if person:
            client.force_login(person)
        seen[who] = client.get(url).status_code

    assert seen == {
        "public": 404,
        "stranger": 404,
        "member": 200,
        "another community's member": 404,
    }


def test_how_we_came_to_this_shows_sentences_and_no_private_word(client):
    outcome = OutcomeFactory(status=Status.PUBLISHED)
    community = outcome.community
    person = PersonFactory(name="Marker Person")
    records = {
        "insight": InsightFactory(
            text="marker insight", theme="marker theme", author=person,
            focus_area=community.focus_area, interview__application__cohort=community.cohort,
        ),
        "question": FocusAreaVersionFactory(
            focus_area=community.focus_area, cohort=community.cohort, reason="marker reason"
        ),
        "decision": DecisionFactory(meeting__community=community, text="marker decision"),
        "trial": TrialFactory(community=community, lead=person, title="marker trial"),
        "meeting": MeetingFactory(community=community),
    }  # fmt: skip
    for sort, record in records.items():
        EvidenceFactory(
            outcome=outcome, sentence_en=f"Public sentence on the {sort}.",
            **{"trial": None, sort: record},
        )  # fmt: skip

    response = client.get(outcome.get_absolute_url())

    assert [step["text"] for step in response.context["steps"]] == [
        f"Public sentence on the {sort}." for sort in Evidence.SOURCES
    ]
    assert response.context["steps"][0]["when"] == "1 interview"
    body = response.content.decode()
    assert "Public sentence on the trial." in body
    assert "marker" not in body.lower()


def test_an_address_of_an_old_version_leads_to_the_new_one(client):
    old = OutcomeFactory(status=Status.SUPERSEDED)
    new = OutcomeFactory(status=Status.PUBLISHED, supersedes=old)

    response = client.get(old.get_absolute_url())

    assert (response.status_code, response.url) == (302, new.get_absolute_url())


def test_a_reader_tells_that_she_tried_it(client):
    outcome = OutcomeFactory(status=Status.PUBLISHED)

    response = client.post(
        reverse("outcomes:feedback", args=[outcome.slug]), {"text": "It halved our no-shows."}
    )

    assert response.url == outcome.get_absolute_url()
    assert [(f.outcome, f.text, f.by) for f in Feedback.objects.all()] == [
        (outcome, "It halved our no-shows.", None)
    ]


def test_feedback_on_what_is_not_public_finds_nothing(client):
    draft = OutcomeFactory(status=Status.APPROVED)

    response = client.post(reverse("outcomes:feedback", args=[draft.slug]), {"text": "Good."})

    assert (response.status_code, Feedback.objects.count()) == (404, 0)


@pytest.mark.parametrize(
    "text", ["", "nul \x00 byte", "lone \ud800 surrogate", "x" * 1_000_000], ids=str.__len__
)
def test_nonsense_is_answered_by_the_field_and_kept(client, text):
    outcome = OutcomeFactory(status=Status.PUBLISHED)
    body = "text=" + quote_plus(text.encode("utf-8", "surrogatepass"))

    response = client.post(
        reverse("outcomes:feedback", args=[outcome.slug]),
        body + "&organization=Kept+Agency",
        content_type="application/x-www-form-urlencoded",
    )

    if "surrogate" in text:
        assert response.status_code in {302, 400, 422}
    else:
        assert response.status_code == 422
        assert "text" in response.context["form"].errors
        assert "Kept Agency" in response.content.decode()


def test_the_library_offers_only_what_finds_something(client):
    published = OutcomeFactory(status=Status.PUBLISHED)
    published.programs.add(shown := ProgramFactory())
    draft = OutcomeFactory(status=Status.DRAFT)
    draft.programs.add(ProgramFactory())

    fields = client.get("/outcomes/").context["filter"].fields

    assert list(fields["focus"].queryset) == [published.community.focus_area]
    assert list(fields["program"].queryset) == [shown]
    assert client.get(f"/outcomes/?focus={draft.community.focus_area.slug}").status_code == 200


@pytest.mark.parametrize(
    "query", ["?focus=nowhere", "?program=x&rules=y", "?page=99999", "?q=" + "x" * 5000]
)
def test_a_nonsense_search_answers_with_a_page(client, query):
    OutcomeFactory(status=Status.PUBLISHED)

    assert client.get(f"/outcomes/{query}").status_code in {200, 404}


def test_open_data_holds_the_published_outcomes_in_both_languages(client):
    outcome = OutcomeFactory(status=Status.PUBLISHED, title_en="=cmd", title_fr="Résultat")
    OutcomeFactory(status=Status.DRAFT)

    listed = client.get("/api/v1/outcomes.json").json()["outcomes"]
    sheet = client.get("/api/v1/outcomes.csv").getvalue().decode()

    assert [(row["url"], row["title_fr"]) for row in listed] == [
        (f"http://testserver{outcome.get_absolute_url()}", "Résultat")
    ]
    assert [row["title_en"] for row in csv.DictReader(StringIO(sheet))] == ["'=cmd"]


@pytest.mark.parametrize("path", ["/fr/api/v1/outcomes.json", "/fr/api/v1/outcomes.csv"])
def test_open_data_that_is_read_in_french_leads_to_the_french_pages(client, path):
    outcome = OutcomeFactory(status=Status.PUBLISHED)

    text = client.get(path).getvalue().decode()

    assert f"http://testserver/fr/outcomes/{outcome.slug}/" in text


def test_the_feed_names_each_outcome_once_and_for_good(client):
    outcome = OutcomeFactory(status=Status.PUBLISHED)

    body = client.get("/outcomes/feed.atom").content.decode()

    assert body.count(f"urn:uuid:{outcome.uuid}") == 1


def test_staff_publish_from_the_admin(client, sign_in):
    sign_in(client, StaffFactory())
    outcome = CompleteOutcomeFactory(status=Status.APPROVED)

    response = client.post(reverse("admin:outcomes_outcome_verb", args=[outcome.pk, "publish"]))

    outcome.refresh_from_db()
    assert (response.status_code, outcome.status) == (302, Status.PUBLISHED)


def test_a_published_outcome_cannot_be_edited_in_place(client, sign_in):
    sign_in(client, StaffFactory())
    outcome = OutcomeFactory(status=Status.PUBLISHED)
    url = reverse("admin:outcomes_outcome_change", args=[outcome.pk])

    client.post(url, {"title_en": "Changed", "slug": "changed"})

    outcome.refresh_from_db()
    assert (outcome.title_en == "Changed", outcome.slug == "changed") == (False, False)


@pytest.mark.parametrize("rows", [1, 3])
def test_an_outcome_takes_the_same_queries_for_any_number_of_steps(
    client, rows, django_assert_num_queries
):
    outcome = OutcomeFactory(status=Status.PUBLISHED)
    outcome.programs.add(*ProgramFactory.create_batch(rows))
    for _ in range(rows):
        community = outcome.community
        MembershipFactory(community=community)
        EvidenceFactory(outcome=outcome)
        decision = DecisionFactory(meeting__community=community)
        EvidenceFactory(outcome=outcome, trial=None, decision=decision)
        insight = InsightFactory(focus_area=community.focus_area)
        EvidenceFactory(outcome=outcome, trial=None, insight=insight)

    with django_assert_num_queries(4):
        client.get(outcome.get_absolute_url())


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("path", "queries"), [
    ("/api/v1/outcomes.json", 1), ("/api/v1/outcomes.csv", 1), ("/outcomes/feed.atom", 1),
    ("/api/v1/cohorts.json", 1),
])  # fmt: skip
def test_open_data_takes_one_query_for_any_number(
    client, rows, path, queries, django_assert_num_queries
):
    for _ in range(rows):
        OutcomeFactory(status=Status.PUBLISHED)

    with django_assert_num_queries(queries):
        client.get(path).getvalue()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_staffs_page_of_an_outcome_looks_its_records_up_once(
    client, sign_in, rows, django_assert_num_queries
):
    sign_in(client, StaffFactory())
    outcome = OutcomeFactory()
    for row in range(rows):
        EvidenceFactory(outcome=outcome)
        community = outcome.community
        decision = DecisionFactory(meeting__community=community)
        EvidenceFactory(outcome=outcome, trial=None, decision=decision)
        InsightFactory(
            focus_area=community.focus_area, interview__application__cohort=community.cohort
        )
        FocusAreaVersionFactory(
            focus_area=community.focus_area, cohort=community.cohort, number=row + 2
        )
    url = reverse("admin:outcomes_outcome_change", args=[outcome.pk])
    client.get(url)

    with django_assert_num_queries(23):
        client.get(url)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("model", "queries"), [("outcome", 5), ("feedback", 5)])
def test_the_lists_of_the_staff_take_the_same_queries_for_any_number(
    client, sign_in, rows, model, queries, django_assert_num_queries
):
    sign_in(client, StaffFactory())
    outcomes = [OutcomeFactory() for _ in range(rows)]
    Feedback.objects.bulk_create(Feedback(outcome=outcome, text="Good") for outcome in outcomes)
    url = reverse(f"admin:outcomes_{model}_changelist")
    client.get(url)

    with django_assert_num_queries(queries):
        client.get(url)


def test_an_old_version_is_not_public_again_when_the_new_one_is_withdrawn(client):
    old = OutcomeFactory(status=Status.SUPERSEDED)
    OutcomeFactory(status=Status.WITHDRAWN, supersedes=old)

    public = client.get(old.get_absolute_url()).status_code
    client.force_login(MembershipFactory(community=old.community).person)

    assert (public, client.get(old.get_absolute_url()).status_code) == (404, 200)


def test_who_left_the_community_sees_its_drafts_no_longer(client):
    membership = MembershipFactory(community=OutcomeFactory(slug="a-draft").community)
    client.force_login(membership.person)
    before = client.get("/outcomes/a-draft/").status_code

    leave(membership)

    assert (before, client.get("/outcomes/a-draft/").status_code) == (200, 404)


def test_an_outcome_cannot_replace_itself():
    outcome = OutcomeFactory()
    outcome.supersedes = outcome

    with pytest.raises(IntegrityError):
        outcome.save()


def test_a_community_its_call_and_its_focus_area_lead_to_what_came_out(client):
    outcome = CompleteOutcomeFactory(
        status=Status.PUBLISHED, community__cohort__opens_at=days(-100)
    )
    elsewhere = CompleteOutcomeFactory(status=Status.PUBLISHED)
    community = outcome.community

    for place in (community, community.cohort):
        page = client.get(place.get_absolute_url()).content.decode()
        assert outcome.get_absolute_url() in page
        assert elsewhere.get_absolute_url() not in page


@pytest.mark.parametrize(
    ("language", "day"), [("en", "Tuesday 2\u00a0March 2027"), ("fr", "mardi 2\u00a0mars 2027")]
)
def test_a_printed_outcome_tells_where_and_when_it_was_read(client, language, day):
    outcome = OutcomeFactory(status="published")
    with translation.override(language), time_machine.travel("2027-03-02 15:00Z", tick=False):
        address = outcome.get_absolute_url()
        page = client.get(address).text

    assert f'<p class="print-only">http://testserver{address} · {day}</p>' in page


@pytest.mark.parametrize(
    ("address", "written", "note"),
    [
        ("/outcomes/", {"summary_en": "", "summary_fr": "Un résumé"}, "In French"),
        ("/fr/outcomes/", {"summary_en": "A summary", "summary_fr": ""}, "En anglais"),
        ("/", {"summary_en": "", "summary_fr": "Un résumé"}, "In French"),
        ("/fr/", {"summary_en": "A summary", "summary_fr": ""}, "En anglais"),
        ("/outcomes/", {"title_en": "", "title_fr": "Un titre"}, "Title in French"),
        ("/fr/", {"title_en": "A title", "title_fr": ""}, "Titre en anglais"),
    ],
)
def test_an_outcome_in_the_other_language_says_so(client, address, written, note):
    OutcomeFactory(status=Status.PUBLISHED)
    usual = client.get(address).content.decode()
    OutcomeFactory(status=Status.PUBLISHED, **written)

    told = client.get(address).content.decode()

    assert [text.count(f"{note} ·") for text in (usual, told)] == [0, 1]
