"""Her own page of a request."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import links
from cops import access
from tests.cops.asking import State, ask, page
from tests.factories import (
    AccessRequestFactory,
    PersonFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db


def test_the_mailed_link_shows_the_request_and_lets_her_take_it_back(client):
    request = AccessRequestFactory()
    path = "/go/" + links.url(request.person, "cops:access-request", request.uuid).split("/go/")[1]

    opened = client.get(path, follow=True)
    done = client.post(reverse("cops:access-withdraw", args=[request.uuid]), follow=True)

    assert "Captions, please" in page(opened)
    assert "Your request is taken back." in page(done)
    request.refresh_from_db()
    assert request.status == State.WITHDRAWN


def test_an_answer_stands_on_her_page(client):
    request = AccessRequestFactory(
        status=State.ANSWERED, answer="There will be captions.", answered_at=timezone.now()
    )
    client.force_login(request.person)

    text = page(client.get(request.get_absolute_url()))

    assert "There will be captions." in text
    assert "Take the request back" not in text


@pytest.mark.parametrize("is_hers", [True, False])
def test_her_page_tells_who_closed_the_request(client, is_hers):
    request = ask()
    if is_hers:
        access.withdraw(request, by=request.person, reason="SECRET")
    else:
        access.close(request, "The building has a ramp.", by=StaffFactory(name="SECRET"))
    client.force_login(request.person)

    text = page(client.get(request.get_absolute_url()))

    assert ("Taken back" in text, "Closed by First Work" in text) == (is_hers, not is_hers)
    assert ("Ask again" in text, "The building has a ramp." in text) == (not is_hers, not is_hers)
    assert "SECRET" not in text


def test_taking_back_what_was_answered_is_too_late_and_says_so(client):
    request = AccessRequestFactory(status=State.ANSWERED, answer="Yes.", answered_at=timezone.now())
    client.force_login(request.person)

    response = client.post(reverse("cops:access-withdraw", args=[request.uuid]), follow=True)

    assert "This can no longer be changed that way." in page(response)
    request.refresh_from_db()
    assert request.status == State.ANSWERED


def test_a_stranger_neither_reads_nor_takes_back_a_request(client, sign_in):
    request = AccessRequestFactory()
    urls = [request.get_absolute_url(), reverse("cops:access-withdraw", args=[request.uuid])]

    anonymous = [client.get(urls[0]).status_code, client.post(urls[1]).status_code]
    for stranger in (PersonFactory(), StaffFactory()):
        sign_in(client, stranger)
        assert [client.get(urls[0]).status_code, client.post(urls[1]).status_code] == [404, 404]

    assert anonymous == [302, 403]
    request.refresh_from_db()
    assert request.is_open


def test_her_page_names_what_she_waits_for(client):
    request = AccessRequestFactory()
    AccessRequestFactory()
    client.force_login(request.person)

    text = page(client.get(reverse("accounts:me")))

    assert text.count(request.get_absolute_url()) == 1
    assert text.count("/access/") == 2  # the other is the footer's
