"""The public form, and how much it takes."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cops import access
from cops.models import AccessRequest
from tests.cops.asking import TYPED, Source, Wish, mails, page
from tests.factories import (
    AccessRequestFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db


def test_anybody_asks_without_an_account_and_hears_that_it_arrived(client):
    response = client.post(reverse("cops:access"), TYPED, follow=True)

    request = AccessRequest.objects.get()
    assert response.redirect_chain == [(reverse("cops:access-sent"), 302)]
    assert (request.person.email, request.name, request.kind, request.words, request.about) == (
        "noor@agency.test",
        "Noor Example",
        Wish.FORMAT,
        "Large print, please",
        "The call of 2021",
    )
    assert mails("access-request-received") == ["noor@agency.test"]


def test_a_known_and_an_unknown_address_get_the_same_answer(client):
    known = PersonFactory(name="Secret Name")

    answers = [
        client.post(reverse("cops:access"), {**TYPED, "email": email})
        for email in (known.email, "noor@agency.test")
    ]

    assert [(answer.status_code, answer.url, answer.content) for answer in answers] == [
        (302, reverse("cops:access-sent"), b"")
    ] * 2
    known.refresh_from_db()
    assert known.name == "Secret Name"


def test_who_is_signed_in_asks_as_herself(client):
    person = PersonFactory()
    client.force_login(person)

    form = page(client.get(reverse("cops:access")))
    response = client.post(reverse("cops:access"), TYPED)

    request = AccessRequest.objects.get()
    assert ('name="email"' in form, response.url) == (False, request.get_absolute_url())
    assert (request.person, request.source) == (person, Source.OWN_PAGE)


def test_a_program_that_fills_in_everything_is_thanked_and_not_heard(client):
    response = client.post(reverse("cops:access"), {**TYPED, "website": "https://spam.test"})

    assert response.url == reverse("cops:access-sent")
    assert not AccessRequest.objects.exists()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "complaint"),
    [
        ("kind", "", "Choose what you ask for."),
        ("kind", "erasure", "Choose from the list"),
        ("words", "", "Write what you need."),
        ("words", "x" * 2001, "Shorten this to 2000 characters"),
        ("words", "\x00", "Null characters are not allowed."),
        ("about", "x" * 201, "Shorten this to 200 characters"),
        ("name", "", "Enter your name."),
        ("email", "noor@", "Enter a whole email address"),
    ],
)
def test_a_mistake_is_named_beside_the_field_and_nothing_typed_is_lost(
    client, field, typed, complaint
):
    response = client.post(reverse("cops:access"), {**TYPED, field: typed})

    assert response.status_code == 200
    assert complaint in page(response)
    kept = next(text for name, text in TYPED.items() if name not in (field, "kind"))
    assert kept in page(response)
    assert not AccessRequest.objects.exists()


def test_a_fourth_request_for_one_address_waits_until_one_is_answered(client):
    answers = [client.post(reverse("cops:access"), TYPED, follow=True) for _number in range(4)]
    assert AccessRequest.objects.count() == 3
    access.withdraw(AccessRequest.objects.first(), by=User.objects.get())
    client.post(reverse("cops:access"), TYPED)

    assert AccessRequest.objects.count() == 4
    assert [answer.redirect_chain for answer in answers] == [
        [(reverse("cops:access-sent"), 302)]
    ] * 4
    assert len({page(answer) for answer in answers}) == 1
    assert "we answer those first" in page(answers[0])


def test_the_form_rests_when_it_is_flooded_and_names_another_way(client, monkeypatch):
    monkeypatch.setattr(access, "AN_HOUR_MAX", 2)
    for number in range(2):
        client.post(reverse("cops:access"), {**TYPED, "email": f"n{number}@agency.test"})

    refused = page(client.post(reverse("cops:access"), TYPED))
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        client.post(reverse("cops:access"), TYPED)

    assert "Too many requests arrive right now." in refused
    assert "Large print, please" in refused
    assert AccessRequest.objects.count() == 3


@pytest.mark.parametrize("url", ["cops:access", "cops:ask-correction"])
def test_one_person_does_not_ask_without_end(client, monkeypatch, url):
    monkeypatch.setattr(access, "OWN_MAX", 1)
    client.force_login(PersonFactory())
    client.post(reverse(url), TYPED)

    refused = page(client.post(reverse(url), TYPED))

    assert "Several of these requests wait for our answer already." in refused
    assert "Large print, please" in refused
    assert AccessRequest.objects.count() == 1


def test_the_choices_and_the_title_speak_with_one_voice(client):
    french, english = client.get("/fr/access/").text, client.get("/access/").text

    for text in (
        "Something we publish, in another",
        "Something you need so that you can take part",
    ):
        assert text in english
    for text in ("Un de nos contenus", "dont vous avez besoin pour participer"):
        assert text in french
    title = "Ask for another format, or for something to take part"
    assert f"<h1>{title}</h1>" in english
    assert f"<title>{title} " in english


def test_her_page_tells_her_requests_apart_by_their_words(client, sign_in):
    person = PersonFactory()
    for words in ("Captions on the screen", "A phone call instead"):
        AccessRequestFactory(person=person, words=words)
    sign_in(client, person)

    mine = client.get("/me/").text

    assert "Captions on the screen</p>" in mine
    assert "A phone call instead</p>" in mine
