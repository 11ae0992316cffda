"""The walk through sign-in, as the pages lead: code by mail, second factor, the desk."""

import re
from io import StringIO

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications import bell, sender
from notifications.models import Message
from tests.factories import PersonFactory, StaffFactory

pytestmark = pytest.mark.django_db


def mailed_code(mailoutbox):
    sender.deliver_due()
    return re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", mailoutbox[-1].body, re.M)[1]


def totp(secret):
    counter = sorted(yield_hotp_counters_from_time())[0]
    return format_hotp_value(hotp_value(secret, counter))


@pytest.fixture
def sign_in_by_code(mailoutbox, django_capture_on_commit_callbacks):
    """Ask for a code, read it in the mail, type it."""

    def act(client, person, follow_to="/me/"):
        with django_capture_on_commit_callbacks(execute=True):
            asked = client.post("/accounts/login/", {"login": person.email, "next": follow_to})
        assert asked.status_code == 302
        assert asked.url.startswith("/accounts/login/code/confirm/")
        return client.post(asked.url, {"code": mailed_code(mailoutbox), "next": follow_to})

    return act


def test_a_practitioner_signs_in_with_a_code_and_lands_where_she_wanted(client, sign_in_by_code):
    person = PersonFactory(verified=False)

    response = sign_in_by_code(client, person, "/me/details/")

    assert response.url == "/me/details/"
    assert client.get("/me/").status_code == 200
    assert person.is_verified


@time_machine.travel("2026-03-02 14:00Z", tick=False)  # one code of the app lasts 30 seconds
def test_staff_go_from_nothing_to_the_desk_and_come_back_with_two_factors(client, sign_in_by_code):
    staff = StaffFactory()

    asked = client.get("/admin/", follow=True)
    assert asked.redirect_chain[-1] == ("/accounts/login/?next=/admin/", 302)
    signed_in = sign_in_by_code(client, staff, "/admin/")
    assert signed_in.url == "/admin/"
    assert client.get("/admin/").url == "/accounts/2fa/"
    assert client.get("/me/").url == "/accounts/2fa/"
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert client.post("/accounts/2fa/totp/activate/", {"code": totp(secret)}).status_code == 302
    assert client.get("/admin/").status_code == 200

    again = Client()
    second_step = sign_in_by_code(again, staff, "/admin/")
    assert second_step.url.startswith("/accounts/2fa/authenticate/")
    assert "placeholder" not in again.get(second_step.url).text
    assert again.get("/admin/").status_code == 302
    assert "_auth_user_id" not in again.session
    asked_to_trust = again.post(second_step.url, {"code": totp(secret)})
    assert asked_to_trust.url.startswith("/accounts/2fa/trust/")
    again.post(asked_to_trust.url, {"action": "trust"})
    assert again.get("/admin/").status_code == 200

    again.post("/accounts/logout/")
    trusted = sign_in_by_code(again, staff, "/admin/")
    assert trusted.url == "/admin/"
    assert again.get("/admin/").status_code == 200
    for address in (reverse("admin:notifications_message_review"), person_page(staff)):
        asked_once_more = again.get(address)
        assert asked_once_more.url == f"/accounts/2fa/reauthenticate/?next={address}"


def person_page(person):
    return reverse("admin:accounts_user_change", args=[person.pk])


def test_a_wrong_code_signs_nobody_in(client):
    person = PersonFactory()
    asked = client.post("/accounts/login/", {"login": person.email})

    response = client.post(asked.url, {"code": "AAAAAA"})

    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_an_unknown_address_is_answered_like_a_known_one():
    person = PersonFactory()

    known = Client().post("/accounts/login/", {"login": person.email}, follow=True)
    unknown = Client().post("/accounts/login/", {"login": "nobody@agency.test"}, follow=True)

    def without_what_differs(response, address):
        text = re.sub(r'(csrfmiddlewaretoken" value=")\w+', r"\1", response.text)
        return text.replace(address, "ADDRESS")

    assert known.redirect_chain == unknown.redirect_chain
    assert without_what_differs(known, person.email) == without_what_differs(
        unknown, "nobody@agency.test"
    )
    assert User.objects.count() == 1


@pytest.mark.parametrize("address", ["a\x00b@agency.test", "no address", "", "a" * 1_000_000])
def test_an_address_that_is_none_is_answered_by_the_field(client, address):
    response = client.post("/accounts/login/", {"login": address})

    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["login"]


def test_asking_for_codes_for_one_person_without_end_is_paused():
    person = PersonFactory()

    answers = [Client().post("/accounts/login/", {"login": person.email}) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 200]
    assert list(answers[-1].context["form"].errors) == ["login"]


def test_trying_one_address_after_the_other_is_paused(client):
    answers = [client.post("/accounts/login/", {"login": "no address"}) for _ in range(31)]

    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert "Too many tries in a short time" in answers[-1].text


def test_nobody_makes_an_account_without_a_reason(client):
    response = client.get("/accounts/signup/")
    posted = client.post("/accounts/signup/", {"email": "new@agency.test"})

    assert "You get one by itself" in response.text
    assert "You get one by itself" in posted.text
    assert User.objects.count() == 0


@pytest.mark.parametrize("path", ["change/", "set/", "reset/", "reset/key/1-abc/"])
def test_there_are_no_passwords(client, path):
    response = client.get(f"/accounts/password/{path}")

    assert response.url == "/accounts/login/"


def test_a_sign_in_link_works_once_and_leaves_the_second_factor_to_come(client):
    staff = StaffFactory()
    TOTP.activate(staff, generate_totp_secret())
    printed = StringIO()
    call_command("sign_in_link", staff.email.upper(), stdout=printed)
    path = printed.getvalue().strip().removeprefix("http://127.0.0.1:8000")

    assert "_auth_user_id" not in client.session
    assert client.get(path).status_code == 200
    response = client.post(path)

    assert response.url.startswith("/accounts/2fa/authenticate/")
    assert "_auth_user_id" not in client.session


def test_a_sign_in_link_lets_a_practitioner_in_once(client):
    person = PersonFactory(verified=False)  # no code can be mailed to confirm her address
    printed = StringIO()
    call_command("sign_in_link", person.email, stdout=printed)
    path = printed.getvalue().strip().removeprefix("http://127.0.0.1:8000")

    assert client.post(path).url == "/me/"
    assert client.get("/me/").status_code == 200
    assert Client().post(path).status_code == 410


def test_a_sign_in_link_is_made_for_people_who_may_sign_in_only():
    PersonFactory(email="gone@agency.test", is_active=False)

    with pytest.raises(CommandError):
        call_command("sign_in_link", "gone@agency.test")
    with pytest.raises(CommandError):
        call_command("sign_in_link", "nobody@agency.test")


def test_the_sample_door_leaves_the_records_of_a_real_sign_in(client):
    staff = StaffFactory(email="staff@sample.example")

    response = client.post("/dev/sign-in/", {"email": staff.email})

    assert response.url == "/admin/board/"
    assert client.get("/admin/").status_code == 200
    assert [record["method"] for record in client.session["account_authentication_methods"]] == [
        "code",
        "mfa",
    ]
    assert not Authenticator.objects.exists()


def test_the_sample_door_knows_the_sample_people_only(client):
    person = PersonFactory()

    response = client.post("/dev/sign-in/", {"email": person.email})

    assert response.status_code == 400
    assert "_auth_user_id" not in client.session


def test_a_passkey_with_an_endless_number_is_a_broken_request(client):
    answer = client.post(reverse("mfa_login_webauthn"), {"credential": "9" * 5_000})

    assert answer.status_code == 400
    assert "We could not read this request" in answer.text


def test_while_mail_is_down_nobody_learns_who_is_known(
    settings, monkeypatch, django_capture_on_commit_callbacks
):
    settings.RING, settings.CELERY_BROKER_URL = True, "redis://127.0.0.1:1/0"
    monkeypatch.setattr(bell, "_quiet_until", 0.0)
    seen = []
    for address in (PersonFactory().email, "nobody@else.test"):
        client = Client()
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(reverse("account_login"), {"login": address})
        page = client.get(answer.url).text.replace(address, "…")
        tokens = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
        seen.append((answer.status_code, answer.url, tokens.sub("", page)))

    assert seen[0] == seen[1]
    assert Message.objects.count() == 1
