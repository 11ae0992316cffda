"""A person's page in the admin: where things stand, what is concealed, and acting from there."""

import re

import pytest
from django.urls import reverse

from applications import desk
from applications.models import Application, Interview, Offer, Status
from tests.applications.person_page import applied, do, page_of, unbooked_and_late
from tests.applications.selecting import (
    booked,
    interviewed,
    interviewing,
    invited,
    offered,
    slot_of,
)
from tests.factories import (
    AccessRequestFactory,
    ApplicationFactory,
    CohortFactory,
    InterviewFactory,
    MessageFactory,
    OfferFactory,
    PersonFactory,
    ReviewFactory,
    days,
)

pytestmark = pytest.mark.django_db


def reread(application):
    return Application.objects.with_outlook().get(pk=application.pk)


SITUATIONS = {
    "Draft": lambda: applied(status=Status.DRAFT),
    "Not sent": lambda: applied(status=Status.DRAFT, cohort=CohortFactory(opens_at=days(-40))),
    "Reopened": lambda: applied(status=Status.DRAFT, submitted_at=days(-1)),
    "Address to be confirmed": lambda: applied(status=Status.SUBMITTED, awaits_confirmation=True),
    "Received": lambda: applied(status=Status.SUBMITTED),
    "Being read": applied,
    "Interview not booked": lambda: invited(interviewing()).application,
    "Interview booked": lambda: booked(interviewing()).application,
    "Interviewed": lambda: interviewed(interviewing()),
    "Offer open": lambda: offered().application,
    "On the waitlist": lambda: applied(status=Status.WAITLISTED),
    "Not selected": lambda: applied(status=Status.DECLINED),
    "Withdrawn": lambda: applied(status=Status.WITHDRAWN),
}


@pytest.mark.parametrize("label", SITUATIONS)
def test_staff_read_in_one_sentence_where_it_stands(client, staff, label):
    application = SITUATIONS[label]()

    stands = desk.stands(reread(application))

    assert stands["label"] == label
    text = client.get(page_of(application.person)).text
    assert f"</strong> {stands['sentence']}" in text
    assert stands["next_step"] in text


@pytest.mark.parametrize("status", [Offer.Status.ACCEPTED, Offer.Status.TURNED_DOWN,
                                    Offer.Status.LAPSED, Offer.Status.WITHDRAWN])  # fmt: skip
def test_an_offer_that_ended_says_how(status):
    offer = OfferFactory(status=status, community__name_en="Getting to work")

    stands = desk.stands(reread(offer.application))

    assert "Getting to work" in stands["sentence"]


def test_a_booking_that_is_late_asks_to_book_for_the_applicant():
    stands = desk.stands(reread(unbooked_and_late()))

    assert (stands["tone"], stands["label"]) == ("danger", "Interview not booked")


def test_a_missed_interview_and_one_without_a_letter_say_so():
    missed = booked(interviewing())
    Interview.objects.filter(pk=missed.pk).update(status=Interview.Status.MISSED)

    assert desk.stands(reread(missed.application))["label"] == "Interview missed"
    assert desk.stands(reread(applied(status=Status.INTERVIEW)))["label"] == (
        "Invited to an interview"
    )


def test_who_still_has_reviews_to_do_learns_of_nobody_which_answers_are_hers(client, staff):
    cohort = CohortFactory()
    hers, other = applied(cohort=cohort), applied(cohort=cohort)
    review = ReviewFactory(application=hers, reviewer=staff)
    for application in (hers, other):
        MessageFactory(
            recipient=application.person, context={"application": application.pk},
            subject=f"We have your application {application.reference}",
        )  # fmt: skip

    for application in (hers, other):
        AccessRequestFactory(
            person=application.person, cohort=cohort, source="application", words="Large print"
        )

    def told(application):
        text = client.get(page_of(application.person)).text
        words = (application.reference, "Week two", "Kenora",
                 f"/application/{application.pk}/", "Large print")  # fmt: skip
        return [word for word in words if word in text]

    assert [told(hers), told(other)] == [[], []]
    assert "Being read" in client.get(page_of(hers.person)).text
    type(review).objects.filter(pk=review.pk).update(status="done", done_at=days(0))
    assert told(hers) == [
        hers.reference,
        "Week two",
        "Kenora",
        f"/application/{hers.pk}/",
        "Large print",
    ]
    assert told(other) == [
        other.reference,
        "Week two",
        "Kenora",
        f"/application/{other.pk}/",
        "Large print",
    ]


@pytest.mark.parametrize("typed", ["AB12CD", "ab12cd", "807-555", "kaur kenora", "Job Place"])
def test_somebody_is_found_by_what_she_wrote_in_her_application(client, staff, typed):
    application = ApplicationFactory(
        person=PersonFactory(name="", organization=None), name="Amrita Kaur", town="Kenora",
        reference="AB12CD", phone="(807) 555-0199", organization_name="Job Place",
    )  # fmt: skip

    assert client.post("/admin/people/", {"q": typed}).url == page_of(application.person)


def test_without_an_organization_on_file_the_newest_application_names_it(client, staff):
    application = ApplicationFactory(
        person=PersonFactory(organization=None), organization_name="Job Place"
    )

    page = client.get(page_of(application.person))

    assert "<dt>Organization</dt><dd>Job Place</dd>" in page.text


@pytest.mark.parametrize("typed", ["AB12CD", "807-555", "kenora"])
def test_what_is_concealed_helps_to_find_nobody(client, staff, typed):
    ReviewFactory(
        reviewer=staff,
        application=applied(
            reference="AB12CD", phone="(807) 555-0199", organization=None, organization_name=""
        ),
    )

    page = client.post("/admin/people/", {"q": typed}, follow=True)

    assert "Nobody was found for “" in page.text


def test_reviews_in_one_call_conceal_nothing_in_another(client, staff):
    ReviewFactory(reviewer=staff)
    application = applied()

    assert application.reference in client.get(page_of(application.person)).text


@pytest.mark.parametrize("number", [1, 3])
def test_many_rounds_cost_no_more_than_one(client, staff, number, django_assert_num_queries):
    person = PersonFactory()
    for _each in range(number):
        offer = OfferFactory(application__person=person)
        InterviewFactory(application=offer.application)
        offer.application.changes.create(old="draft", new="submitted", by=person)
        offer.changes.create(old="open", new="accepted", by=staff)
    client.get(page_of(person))

    with django_assert_num_queries(34):
        client.get(page_of(person))


def test_what_can_be_done_stands_beside_where_it_stands(client, staff):
    application = applied(status=Status.SUBMITTED)

    text = client.get(page_of(application.person)).text

    for name in ("give_back", "send_link", "withdraw"):
        assert reverse("admin:applications_application_verb", args=[application.pk, name]) in text


def test_reopening_leads_back_to_the_person(client, staff):
    application = applied(status=Status.SUBMITTED)

    response = do(client, application, "give_back", reason="She asked.")

    application.refresh_from_db()
    assert (response.url, application.status) == (page_of(application.person), Status.DRAFT)


def test_a_time_is_booked_on_her_behalf_and_leads_back_to_the_person(client, staff):
    interview = invited(interviewing())
    slot = slot_of(interview.application.cohort)
    person = interview.application.person

    times = do(client, interview, "book_for_her").url
    response = client.post(times, {"slot": slot.pk})

    interview.refresh_from_db()
    assert (response.url, interview.slot) == (page_of(person), slot)


def test_staff_read_the_answers_under_headings_that_do_not_speak_to_them(client, staff):
    text = client.get(page_of(applied().person)).text

    assert re.findall("<summary>([^<]*)</summary>", text.partition('id="answers"')[2])[:4] == [
        "About the applicant", "Experience", "Ideas", "Meeting",
    ]  # fmt: skip
