import pytest
from django.urls import reverse

from notifications import sender
from notifications.models import Message
from notifications.secret import reveal
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


def ask_for_code(client, address):
    return client.post(reverse("account_request_login_code"), {"email": address})


def test_a_code_goes_through_the_outbox_and_signs_in(client, mailoutbox):
    person = PersonFactory()

    ask_for_code(client, person.email)
    message = Message.objects.get()
    code = reveal(message)
    sender.deliver_due()
    answer = client.post(reverse("account_confirm_login_code"), {"code": code})

    assert (message.kind, message.lane) == ("sign-in-code", Message.Lane.CODE)
    assert code in mailoutbox[0].body
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(person.pk)


def test_an_unknown_address_looks_the_same_and_gets_no_mail(client):
    known = ask_for_code(client, PersonFactory().email)
    client.logout()
    unknown = ask_for_code(client, "stranger@nowhere.test")

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert Message.objects.count() == 1


def test_nobody_can_sign_up(client):
    client.post(reverse("account_signup"), {"email": "new@nowhere.test"})

    assert Message.objects.count() == 0


@pytest.mark.parametrize("page", ["account_login", "account_logout", "account_inactive"])
def test_a_way_back_that_cannot_be_read_leads_nowhere(client, page):
    answer = client.get(reverse(page), {"next": "http://[::1"})

    assert answer.status_code in {200, 302}
    assert "[::1" not in answer.headers.get("Location", "")
