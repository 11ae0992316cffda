import pytest
import time_machine
from django.urls import reverse

from accounts import links
from applications.models import Offer
from applications.words import standing
from tests.applications.selecting import offered
from tests.factories import MembershipFactory, OfferFactory, PersonFactory

pytestmark = pytest.mark.django_db


def answer(client, offer, said, **facts):
    return client.post(
        reverse("applications:offer-answer", args=[offer.uuid]), {"answer": said} | facts
    )


@pytest.fixture
def offer(client):
    offer = offered()
    client.force_login(offer.application.person)
    return offer


def test_the_page_says_what_she_gets_and_until_when(client, offer):
    facilitator = MembershipFactory(community=offer.community, role="facilitator").person

    text = client.get(offer.get_absolute_url()).content.decode()

    assert offer.community.name in text
    assert facilitator.name in text
    assert "11:59" in text


@pytest.mark.parametrize(("said", "status"), [("accept", "accepted"), ("turn-down", "turned-down")])
def test_she_answers_once(client, offer, said, status):
    answer(client, offer, said, reason="Because.")
    answer(client, offer, "accept")

    offer.refresh_from_db()
    assert offer.status == status
    assert client.get(offer.get_absolute_url()).status_code == 200


def test_a_stranger_finds_no_offer(client, offer):
    client.force_login(PersonFactory())

    assert client.get(offer.get_absolute_url()).status_code == 404
    assert answer(client, offer, "accept").status_code == 404
    offer.refresh_from_db()
    assert offer.status == Offer.Status.OPEN


def test_without_a_session_nothing_is_answered(client):
    offer = offered()

    assert client.get(offer.get_absolute_url()).status_code == 302
    assert answer(client, offer, "accept").status_code == 403


def test_after_the_deadline_the_page_says_so(client, offer):
    with time_machine.travel(offer.deadline.starts_at.timestamp() + 60):
        page = client.get(offer.get_absolute_url())
        said = answer(client, offer, "accept").wsgi_request

    assert "could be answered until" in page.content.decode()
    assert said.method == "POST"
    offer.refresh_from_db()
    assert offer.status == Offer.Status.OPEN


def test_a_full_group_is_said_and_the_offer_stays(client, offer):
    for _ in range(offer.community.cohort.group_max):
        MembershipFactory(community=offer.community)

    page = client.post(
        reverse("applications:offer-answer", args=[offer.uuid]), {"answer": "accept"}, follow=True
    )

    assert "full" in page.content.decode()
    offer.refresh_from_db()
    assert offer.status == Offer.Status.OPEN


@pytest.mark.parametrize(
    "typed",
    [
        {"answer": "maybe"},
        {},
        {"answer": "accept\x00"},
        {"answer": "turn-down", "reason": "x" * 5000},
    ],
)
def test_nonsense_answers_nothing(client, offer, typed):
    page = client.post(reverse("applications:offer-answer", args=[offer.uuid]), typed)

    assert page.status_code == 422
    offer.refresh_from_db()
    assert offer.status == Offer.Status.OPEN


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Offer.Status.OPEN, "We offer you a place in Small employers."),
        (Offer.Status.ACCEPTED, "The place is yours. Welcome!"),
        (Offer.Status.TURNED_DOWN, "You turned this place down. Thank you for telling us."),
        (Offer.Status.WITHDRAWN, "This offer no longer stands."),
    ],
)
def test_where_she_stands_follows_her_answer(answer, said):
    offer = OfferFactory(status=answer, community__name_en="Small employers")

    assert standing(offer.application)["sentence"] == said


def test_her_link_counts_though_another_of_her_addresses_is_signed_in(client, offer):
    application = offer.application
    client.force_login(PersonFactory())
    path = links.url(application.person, "applications:application", application.uuid)
    client.get(path[path.index("/go/") :])

    answer(client, offer, "accept")

    offer.refresh_from_db()
    assert offer.status == Offer.Status.ACCEPTED


def test_a_reason_that_is_too_long_stays_in_its_field(client, offer):
    page = answer(client, offer, "turn-down", reason="why " * 300)

    offer.refresh_from_db()
    assert (page.status_code, offer.status) == (422, "open")
    assert list(page.context["form"].errors) == ["reason"]
    assert "why why" in page.text


def test_an_answer_that_is_none_keeps_the_reason(client, offer):
    page = answer(client, offer, "perhaps", reason="I have to ask at work")

    offer.refresh_from_db()
    assert (page.status_code, offer.status) == (422, "open")
    assert "I have to ask at work" in page.text
