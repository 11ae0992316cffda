"""A colleague's way in: who may invite whom."""

import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.urls import reverse

from accounts.lifecycle import InvalidTransition
from accounts.models import User
from cops import start
from notifications import sender
from notifications.models import Message
from tests.concurrency import at_once
from tests.cops.starting import INVITE, START, invitation
from tests.factories import PersonFactory, StaffFactory

pytestmark = pytest.mark.django_db


def test_a_superuser_invites_a_colleague_who_gets_the_way_in(client, superuser):
    response = client.post(INVITE, invitation())
    sender.deliver_due()

    colleague = User.objects.get(email="new@firstwork.test")
    assert (colleague.is_staff, colleague.is_superuser, colleague.name) == (
        True, False, "New Colleague",
    )  # fmt: skip
    assert response.url == START
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["new@firstwork.test"], "You are staff of the Communities of Practice now")
    ]
    assert "/accounts/login/?next=%2Fadmin%2F" in mail.outbox[0].body
    assert "Sasha Sample" in mail.outbox[0].body
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_repr) == (superuser, "New Colleague")
    assert entry.get_change_message() == "Invited as staff: Hired"


def test_somebody_known_becomes_staff_and_keeps_her_name(client, superuser):
    person = PersonFactory(email="new@firstwork.test", name="Her Own Name")

    client.post(INVITE, invitation())

    person.refresh_from_db()
    assert (person.is_staff, person.name) == (True, "Her Own Name")


def test_staff_who_are_no_superusers_invite_nobody(client, staff):
    answers = [client.get(INVITE).status_code, client.post(INVITE, invitation()).status_code]

    assert answers == [403, 403]
    assert not User.objects.filter(email="new@firstwork.test").exists()
    assert "Only a superuser says who is staff." in client.get(START).text


def test_a_browser_that_is_merely_trusted_does_not_invite(client, client_of_trusted_superuser):
    response = client.post(INVITE, invitation())

    assert (client.get(INVITE).status_code, response.status_code) == (302, 403)
    assert "new@firstwork.test" in response.text
    assert not User.objects.filter(email="new@firstwork.test").exists()


def test_a_browser_that_is_merely_trusted_changes_nobodys_address(
    client, client_of_trusted_superuser
):
    person = PersonFactory(email="old@agency.test")
    url = reverse("admin:accounts_user_verb", args=[person.pk, "change_address"])

    response = client.post(url, {"address": "new@agency.test"})

    person.refresh_from_db()
    assert (response.status_code, person.email) == (403, "old@agency.test")


@pytest.fixture
def client_of_trusted_superuser(client, monkeypatch):
    """Signed in by code alone, in a browser that proved the second factor some days ago."""
    person = StaffFactory(is_superuser=True)
    TOTP.activate(person, generate_totp_secret())
    client.force_login(person)
    request = type("Request", (), {"session": client.session})()
    record_authentication(request, person, "code", email=person.email)
    request.session.save()
    monkeypatch.setattr("accounts.middleware.is_trusted_browser", lambda *facts: True)
    assert client.get(START).status_code == 200


@pytest.mark.parametrize(
    ("field", "typed"),
    [("email", ""), ("email", "nonsense"), ("name", ""), ("reason", ""), ("reason", "x" * 201)],
)
def test_an_invitation_that_cannot_be_is_refused_and_kept(client, superuser, field, typed):
    page = client.post(INVITE, invitation(**{field: typed}))

    assert list(page.context["form"].errors) == [field]
    assert page.context["form"]["reason" if field != "reason" else "name"].value()
    assert not User.objects.filter(email="new@firstwork.test").exists()


@pytest.mark.parametrize("facts", [{"is_staff": True}, {"is_active": False}])
def test_it_is_too_late_to_invite_who_is_staff_or_may_not_sign_in(client, superuser, facts):
    person = PersonFactory(email="new@firstwork.test", **facts)

    page = client.post(INVITE, invitation())

    assert "staff already, or may not sign in" in page.context["form"].errors["email"][0]
    person.refresh_from_db()
    assert person.is_staff == facts.get("is_staff", False)
    assert not Message.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_invitations_at_once_are_one():
    by = StaffFactory(is_superuser=True)
    PersonFactory(email="new@firstwork.test")

    results = at_once(*[lambda: start.invite("new@firstwork.test", name="New", by=by)] * 2)

    assert sorted(type(result) for result in results if isinstance(result, Exception)) == [
        InvalidTransition
    ]
    assert Message.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_guard_two_invitations_would_be_two(monkeypatch):
    by = StaffFactory(is_superuser=True)
    PersonFactory(email="new@firstwork.test")
    rows = type(User.objects.all())
    guarded = rows.filter

    def unguarded(self, *conditions, **facts):
        facts.pop("is_staff", None)
        return guarded(self, *conditions, **facts)

    monkeypatch.setattr(rows, "filter", unguarded)
    at_once(*[lambda: start.invite("new@firstwork.test", name="New", by=by)] * 2)

    assert Message.objects.count() == 2
