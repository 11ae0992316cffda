"""Asking for one’s own data to be corrected or erased."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from accounts.lifecycle import InvalidTransition
from accounts.models import User
from applications.models import Application
from cops.models import AccessRequest
from tests.cops.asking import Source, Wish, ask, mails, page, reviewed
from tests.factories import (
    PersonFactory,
)

pytestmark = pytest.mark.django_db

CORRECT, ERASE = reverse("cops:ask-correction"), reverse("cops:ask-erasure")


@pytest.mark.parametrize(
    ("url", "typed", "kind", "words"),
    [
        (CORRECT, {"words": "My town is Kenora"}, Wish.CORRECTION, "My town is Kenora"),
        (ERASE, {"words": "", "sure": "on"}, Wish.ERASURE, "No reason given."),
        (ERASE, {"words": "I moved", "sure": "on"}, Wish.ERASURE, "I moved"),
    ],
)
def test_she_asks_about_her_own_data_and_has_an_answer_in_thirty_days(
    client, url, typed, kind, words
):
    person = PersonFactory()

    with time_machine.travel("2027-03-01 17:00 +0000"):
        client.force_login(person)
        response = client.post(url, typed)

    request = AccessRequest.objects.get()
    assert (response.status_code, response.url) == (302, request.get_absolute_url())
    assert (request.person, request.kind, request.words, request.source) == (
        person,
        kind,
        words,
        Source.OWN_PAGE,
    )
    assert request.deadline.local_on == date(2027, 3, 31)
    assert mails("access-request-received") == [person.email]


def test_asking_to_be_erased_erases_nothing_by_itself(client):
    application = reviewed()
    client.force_login(application.person)

    client.post(ERASE, {"sure": "on"})

    assert Application.objects.get() == application
    assert User.objects.filter(pk=application.person_id, is_active=True).exists()


@pytest.mark.parametrize(
    ("url", "typed", "complaint"),
    [
        (CORRECT, {"words": " "}, "Write what is wrong, and how it should be."),
        (CORRECT, {"words": "x" * 2001}, "Shorten this to 2000 characters; it has 2001."),
        (ERASE, {"words": "Kept words"}, "Tick the box if you want to be erased."),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_asked(client, url, typed, complaint):
    client.force_login(PersonFactory())

    response = client.post(url, typed)

    assert complaint in page(response)
    assert typed["words"].strip() in page(response)
    assert not AccessRequest.objects.exists()


def test_asking_twice_to_be_erased_is_refused_in_words(client):
    client.force_login(PersonFactory())
    client.post(ERASE, {"sure": "on"})

    response = client.post(ERASE, {"sure": "on", "words": "Again"})

    assert "You have asked for this already." in page(response)
    assert "Again" in page(response)
    assert AccessRequest.objects.count() == 1


@pytest.mark.parametrize("url", [CORRECT, ERASE])
def test_nobody_asks_about_data_without_signing_in(client, url):
    answers = [client.get(url).status_code, client.post(url, {"words": "x", "sure": "on"})]

    assert (answers[0], answers[1].status_code) == (302, 403)
    assert not AccessRequest.objects.exists()


def test_nobody_waits_twice_to_be_erased():
    person = PersonFactory()
    ask(person, kind=Wish.ERASURE)

    with pytest.raises(InvalidTransition):
        ask(person, kind=Wish.ERASURE)

    assert AccessRequest.objects.count() == 1
