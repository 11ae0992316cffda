"""The desk of this app: its lists and pages, focus areas and communities."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cops.models import FocusAreaVersion, Membership
from tests.cops.desk import change_url, make_call, page, verb_url
from tests.factories import (
    AnchorFactory,
    CohortRoleFactory,
    CommunityFactory,
    FocusAreaFactory,
    FocusAreaVersionFactory,
    MembershipFactory,
    PersonFactory,
    ProgramFactory,
    RegistrationFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", ["cohort", "community", "webinar", "registration", "membership"])
def test_a_list_asks_as_many_questions_for_three_rows_as_for_one(
    client, staff, model, django_assert_max_num_queries
):
    url = reverse(f"admin:cops_{model}_changelist")
    make_rows()
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    make_rows()
    make_rows()

    with django_assert_max_num_queries(len(one)):
        client.get(url)


def make_rows():
    cohort = make_call()
    MembershipFactory(community__cohort=cohort)
    RegistrationFactory(webinar__cohort=cohort)


@pytest.mark.parametrize("name", ["add", "changelist"])
@pytest.mark.parametrize(
    "model", ["cohort", "criterion", "program", "focusarea", "community", "webinar"]
)
def test_staff_reach_every_list_and_form(client, staff, model, name):
    assert client.get(reverse(f"admin:cops_{model}_{name}")).status_code == 200


def test_staff_reach_every_record(client, staff):
    cohort = make_call()
    CohortRoleFactory(cohort=cohort)
    records = [
        cohort,
        AnchorFactory(criterion__cohort=cohort).criterion,
        ProgramFactory(),
        cohort.focus_versions.get().focus_area,
        cohort.focus_versions.get(),
        MembershipFactory(community__cohort=cohort),
        RegistrationFactory(webinar__cohort=cohort),
    ]
    records += [records[-2].community, records[-1].webinar]

    assert {record: client.get(change_url(record)).status_code for record in records} == (
        dict.fromkeys(records, 200)
    )


def test_refining_the_question_writes_the_next_version(client, staff):
    version = FocusAreaVersionFactory(question_en="First?")
    url = verb_url(version.focus_area, "refine")

    asked = client.get(url)
    client.post(
        url, {"cohort": version.cohort.pk, "question_en": "Second?", "question_fr": "Deuxième?"}
    )

    assert "First?" in page(asked)
    assert 'value="Ask or refine the guiding question"' in page(asked)
    assert list(FocusAreaVersion.objects.values_list("number", "question_en", "written_by")) == [
        (1, "First?", None),
        (2, "Second?", staff.pk),
    ]


def test_a_person_is_added_to_a_community_through_the_verb(client, staff):
    community = CommunityFactory()
    person = PersonFactory()
    url = verb_url(community, "add_person")

    unknown = client.post(url, {"person": "nobody@agency.test", "role": "member"})
    client.post(url, {"person": person.email, "role": "facilitator"})

    assert "Nobody is known by this address" in page(unknown)
    assert list(Membership.objects.values_list("person", "role")) == [(person.pk, "facilitator")]


def test_a_membership_is_ended_with_a_reason(client, staff):
    membership = MembershipFactory()

    client.post(verb_url(membership, "end"), {"reason": "A new job"})

    membership.refresh_from_db()
    assert (membership.left_at is not None, membership.left_because) == (True, "A new job")


def test_the_site_map_lists_public_pages_in_both_languages(client):
    cohort = make_call()
    hidden = make_call(published_at=None)

    text = page(client.get("/sitemap.xml"))

    focus_area = cohort.focus_versions.get().focus_area
    for path in ("/", cohort.get_absolute_url(), focus_area.get_absolute_url()):
        assert f"<loc>http://testserver{path}</loc>" in text
        assert f"<loc>http://testserver/fr{path}</loc>" in text
    assert hidden.get_absolute_url() not in text


def test_a_focus_area_page_is_staffs_until_a_call_asks_about_it(client, staff):
    assert client.get(FocusAreaFactory().get_absolute_url()).status_code == 200
