"""She changes her own address: signed in, and by a link that only the new mailbox holds."""

import base64
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from accounts import links
from accounts.lifecycle import InvalidTransition
from notifications import people, sender
from notifications.models import Message
from notifications.render import render
from tests.concurrency import at_once
from tests.factories import PersonFactory, StaffFactory

pytestmark = pytest.mark.django_db
ASK = "/me/address/"


@pytest.fixture
def amrita(client):
    person = PersonFactory(email="amrita@agency.test", name="Amrita Gill")
    client.force_login(person)
    return person


def path_to(person, address="amrita@new.test"):
    url = people.new_address_url(person, address)
    return url[url.index("/go/") :]


def test_nothing_changes_before_the_link_is_opened(client, amrita):
    client.post(ASK, {"address": "Amrita@New.test"})
    sender.deliver_due()

    amrita.refresh_from_db()
    assert amrita.email == "amrita@agency.test"
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["amrita@new.test"], "Is this your new address?")
    ]
    message = Message.objects.get()
    assert (bytes(message.secret), message.body, message.context) == (b"", "", {})


def test_the_link_and_a_press_make_it_hers_and_the_old_address_is_told(client, amrita):
    old_link = links.url(amrita, "accounts:me")
    page = client.get(path_to(amrita))

    client.post(path_to(amrita))
    sender.deliver_due()

    assert "You then sign in with amrita@new.test" in page.text
    # With "no-referrer" a browser names no origin, and the form that is pressed is refused.
    assert page["Referrer-Policy"] == "same-origin"
    amrita.refresh_from_db()
    assert amrita.email == "amrita@new.test"
    rows = EmailAddress.objects.filter(user=amrita).values_list("email", "primary", "verified")
    assert list(rows) == [("amrita@new.test", True, True)]
    assert [letter.to for letter in mail.outbox] == [["amrita@agency.test"]]
    assert client.get("/me/").status_code == 200
    assert client.get(old_link[old_link.index("/go/") :]).status_code == 410


def test_opened_without_being_signed_in_it_asks_for_that_first(client, amrita):
    client.logout()

    opened = client.get(path_to(amrita))
    pressed = client.post(path_to(amrita))

    amrita.refresh_from_db()
    assert opened.url.startswith("/accounts/login/?next=/go/address/")
    assert (pressed.status_code, amrita.email) == (403, "amrita@agency.test")


def test_somebody_else_takes_nothing_by_her_link(client, amrita):
    client.force_login(PersonFactory())

    assert client.get(path_to(amrita)).status_code == 410
    assert client.post(path_to(amrita)).status_code == 404
    amrita.refresh_from_db()
    assert amrita.email == "amrita@agency.test"


def test_her_page_does_not_tell_an_address_that_is_known(client, amrita):
    PersonFactory(email="known@agency.test")

    def said(address):
        client.post(ASK, {"address": address})
        return client.get("/me/details/").text.count(f"We have written to {address}.")

    assert (said("known@agency.test"), said("unknown@agency.test")) == (1, 1)
    sent = [render(message) for message in Message.objects.order_by("pk")]
    assert [(each.to, "/go/" in each.text) for each in sent] == [
        ("known@agency.test", False),
        ("unknown@agency.test", True),
    ]
    assert "amrita" not in sent[0].text.casefold()


def test_an_address_that_somebody_has_by_now_is_not_taken(client, amrita):
    path = path_to(amrita)
    PersonFactory(email="amrita@new.test")

    client.post(path)

    amrita.refresh_from_db()
    assert amrita.email == "amrita@agency.test"
    assert "This address stands in our records by now." in client.get("/me/details/").text
    assert Message.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter your new email address."),
        ("nonsense", "Enter an email address like name@agency.ca."),
        ("AMRITA@agency.test", "This is the address we have."),
    ],
)
def test_what_cannot_be_an_address_is_said_beside_it(client, amrita, typed, said):
    page = client.post(ASK, {"address": typed})

    assert page.context["form"].errors == {"address": [said]}
    assert page.context["form"]["address"].value() == typed
    assert Message.objects.count() == 0


def test_the_link_ends_after_three_days_and_with_the_old_address(client, amrita):
    path = path_to(amrita)
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
        client.force_login(amrita)
        late = client.get(path).status_code
    client.force_login(amrita)
    client.post(path_to(amrita, "first@new.test"))

    assert (late, client.get(path).status_code) == (410, 410)


def test_the_link_names_nobody(amrita):
    token = people.new_address_url(amrita, "amrita@new.test").rstrip("/").rpartition("/")[2]

    assert b"amrita" not in base64.urlsafe_b64decode(token + "==")


def test_a_link_that_was_tampered_with_is_none(client, amrita):
    assert client.get(path_to(amrita)[:-2] + "x/").status_code == 410


def test_three_links_a_day_are_enough(client, amrita):
    for number in range(3):
        people.ask_to_change(amrita, f"new{number}@x.test")

    page = client.post(ASK, {"address": "new4@x.test"})

    assert "You have asked for this three times today." in page.text
    assert Message.objects.count() == 3
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        people.ask_to_change(amrita, "new5@x.test")
    assert Message.objects.count() == 4


def test_staff_ask_a_superuser(client, sign_in):
    staff = StaffFactory()
    sign_in(client, staff)

    page = client.get(ASK)
    client.post(ASK, {"address": "other@firstwork.test"})

    assert "Only a superuser changes the address of staff." in page.text
    assert Message.objects.count() == 0
    assert client.post(path_to(staff)).status_code == 404


def test_the_letters_are_french_for_who_reads_french():
    person = PersonFactory(language="fr")
    PersonFactory(email="known@x.test")
    people.ask_to_change(person, "new@x.test")
    people.ask_to_change(person, "known@x.test")

    to_new, to_known = [render(message) for message in Message.objects.order_by("pk")]

    assert to_new.subject == "Est-ce votre nouvelle adresse\u00a0?"
    assert "Elle figure déjà dans nos dossiers" in " ".join(to_known.text.split())


def test_what_she_has_of_the_letters_does_not_tell_an_address_that_is_known(amrita):
    """The subject of a mail that went is in the copy of her data."""
    PersonFactory(email="known@agency.test")
    for address in ("known@agency.test", "unknown@agency.test"):
        people.ask_to_change(amrita, address)

    sender.deliver_due()

    known, unknown = Message.objects.order_by("pk").values("subject", "body", "html", "state")
    assert known == unknown


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_pressed_twice_at_once_it_is_changed_once():
    person = PersonFactory()
    seen = [type(person).objects.get(pk=person.pk) for _each in range(2)]

    results = at_once(
        *[
            lambda each=each: people.change_address(each, "n@x.test", by=each, is_proved=True)
            for each in seen
        ]
    )

    assert sorted(map(type, results), key=str) == [type(None), InvalidTransition]
    assert Message.objects.filter(kind="address-changed").count() == 1


def asks_almost_too_often():
    person = PersonFactory()
    for number in range(people.ASKED_MOST - 1):
        people.ask_to_change(person, f"new{number}@x.test")
    return person


def ask_for_the_last_twice(person) -> int:
    at_once(*[lambda: people.ask_to_change(person, "last@x.test")] * 2)
    return Message.objects.filter(kind="address-asked").count()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_only_the_last_of_a_day_is_mailed():
    assert ask_for_the_last_twice(asks_almost_too_often()) == people.ASKED_MOST


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_row_held_it_would_be_one_too_many(monkeypatch):
    person = asks_almost_too_often()
    both, write = Barrier(2, timeout=10), people.outbox.write

    def together(*args, **facts):
        both.wait()
        return write(*args, **facts)

    users = type(people.User.objects)
    monkeypatch.setattr(users, "select_for_update", lambda self: self.all())
    monkeypatch.setattr(people.outbox, "write", together)

    assert ask_for_the_last_twice(person) == people.ASKED_MOST + 1
