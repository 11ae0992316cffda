"""Setting up: five things read off the data, the test mail's way, and a colleague's way in."""

import re
from contextlib import suppress
from itertools import count
from threading import Barrier, BrokenBarrierError

import pytest
import time_machine
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.admin.models import LogEntry
from django.core import mail, signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import office
from accounts.lifecycle import InvalidTransition
from accounts.models import Office, User
from cops import forms_start, start
from notifications import sender
from notifications.models import Message
from tests.concurrency import at_once
from tests.factories import CohortFactory, OrganizationFactory, PersonFactory, StaffFactory, days

pytestmark = pytest.mark.django_db

START = "/admin/start/"
OFFICE = "/admin/start/office/"
INVITE = "/admin/start/invite/"


@pytest.fixture
def staff(client, sign_in):
    person = StaffFactory(name="Colleen Sample")
    sign_in(client, person)
    return person


@pytest.fixture
def superuser(client, sign_in):
    person = StaffFactory(name="Sasha Sample", is_superuser=True)
    sign_in(client, person)
    return person


def to_do():
    return [task.key for task in start.tasks() if not task.is_done]


def whole_office(**facts):
    return {
        "name": "First Work", "convenor": OrganizationFactory().pk, "phone": "416 555-0100",
        "postal_address": "1 Sample Street\nToronto", "mailbox": "cops@firstwork.test", **facts,
    }  # fmt: skip


def invitation(**facts):
    return {"email": "new@firstwork.test", "name": "New Colleague", "reason": "Hired", **facts}


def path_in(letter):
    return re.search(r"https?://[^/]+(/go/\S+)", letter.body)[1]


def test_a_new_site_has_five_things_to_do():
    assert to_do() == ["organization", "address", "mail", "staff", "cohort"]


def test_each_thing_is_done_by_its_own_data():
    office.write(convenor=OrganizationFactory())
    assert to_do() == ["address", "mail", "staff", "cohort"]
    office.write(postal_address="1 Sample Street", phone="416 555-0100")
    assert to_do() == ["mail", "staff", "cohort"]
    start.note_arrival()
    assert to_do() == ["staff", "cohort"]
    StaffFactory()
    StaffFactory(is_active=False)
    assert to_do() == ["staff", "cohort"]
    StaffFactory()
    assert to_do() == ["cohort"]
    CohortFactory()
    assert to_do() == []


def test_the_page_leads_to_each_thing(client, superuser):
    page = client.get(START)

    assert "0 of 5 are done." in page.text
    for address in (OFFICE, INVITE, reverse("start-test-mail"), reverse("admin:cops_cohort_add")):
        assert f'"{address}' in page.text


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_few_and_many(client, staff, number, django_assert_num_queries):
    StaffFactory.create_batch(number)
    CohortFactory.create_batch(number)
    for _each in range(number):
        Message.objects.create(
            kind="mail-test", recipient=staff, dedupe_key=f"t{next(KEYS)}",
            message_id=f"<{next(KEYS)}@test>",
        )  # fmt: skip
    client.get(START)

    with django_assert_num_queries(6):
        client.get(START)


KEYS = count()


def test_what_is_left_shows_on_the_desk_and_the_board_until_all_is_done(client, staff):
    before = [client.get(address).text for address in ("/admin/", "/admin/board/")]
    office.write(
        convenor=OrganizationFactory(), postal_address="1 Sample Street", phone="416 555-0100"
    )
    start.note_arrival()
    StaffFactory()
    CohortFactory()
    after = [client.get(address).text for address in ("/admin/", "/admin/board/")]

    assert ["5 things are left to set up." in text for text in before] == [True, True]
    assert ["left to set up" in text for text in after] == [False, False]
    assert f'href="{START}"' in after[0]


@pytest.mark.parametrize("address", [START, OFFICE, INVITE, "/admin/start/mail/"])
@pytest.mark.parametrize("who", ["nobody", "a person"])
def test_a_stranger_sets_nothing_up(client, sign_in, address, who):
    if who == "a person":
        sign_in(client, PersonFactory())

    answers = [client.get(address), client.post(address, whole_office() | invitation())]

    assert [answer.status_code for answer in answers if answer.status_code not in {302, 403}] == []
    assert (Office.objects.count(), Message.objects.count()) == (0, 0)
    assert not User.objects.filter(email="new@firstwork.test").exists()


# Who we are


def test_staff_say_who_they_are_and_pages_and_mail_follow(client, staff):
    response = client.post(OFFICE, whole_office(name="First Work Ontario"))

    assert response.url == START
    facts = office.current()
    assert (facts.name, facts.postal_address.splitlines(), facts.phone, facts.mailbox) == (
        "First Work Ontario", ["1 Sample Street", "Toronto"], "416 555-0100",
        "cops@firstwork.test",
    )  # fmt: skip
    start.send_test_mail(staff)
    sender.deliver_due()
    letter = mail.outbox[0]
    assert letter.from_email.startswith("First Work Ontario <")
    assert letter.reply_to == ["cops@firstwork.test"]
    assert "1 Sample Street" in letter.body
    assert LogEntry.objects.get().object_repr == "First Work Ontario"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""), ("name", "x" * 201), ("name", "a\x00b"), ("convenor", ""),
        ("convenor", "999"), ("convenor", "x"), ("mailbox", "nonsense"), ("mailbox", ""),
        ("postal_address", "x" * 501), ("phone", "x" * 41),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_beside_its_field_and_kept(client, staff, field, typed):
    page = client.post(OFFICE, whole_office(**{field: typed}))

    assert list(page.context["form"].errors) == [field]
    assert page.context["form"][field].value() == typed
    assert not Office.objects.exists()


def test_fields_that_are_not_asked_for_change_nothing(client, staff):
    client.post(OFFICE, whole_office(mail_arrived_at="2027-01-01", id="2", pk="2"))

    row = Office.objects.get()
    assert (row.pk, row.mail_arrived_at) == (1, None)


def opened(client, **typed):
    """What the page holds as ``client`` opens it, and ``typed`` over it."""
    form = client.get(OFFICE).context["form"]
    return {name: form[name].value() or "" for name in form.fields} | typed


def row():
    facts = Office.objects.get()
    return facts.name, facts.phone


def test_two_who_change_different_things_keep_both(client, staff):
    client.post(OFFICE, whole_office())
    mine, theirs = opened(client, name="First Work Ontario"), opened(client, phone="705 555-0100")

    answers = [client.post(OFFICE, typed).status_code for typed in (theirs, mine)]

    assert (answers, row()) == ([302, 302], ("First Work Ontario", "705 555-0100"))
    changed = [entry.get_change_message() for entry in LogEntry.objects.order_by("-pk")[:2]]
    assert changed == ["Changed name.", "Changed phone."]


def test_without_what_the_page_showed_the_second_would_undo_the_first(client, staff, monkeypatch):
    client.post(OFFICE, whole_office())
    mine, theirs = opened(client, name="First Work Ontario"), opened(client, phone="705 555-0100")
    monkeypatch.setattr(forms_start, "_shown", lambda seen: None)

    for typed in (theirs, mine):
        client.post(OFFICE, typed)

    assert row() == ("First Work Ontario", "416 555-0100")


def test_who_changes_the_same_is_told_of_it_and_then_has_the_last_word(client, staff):
    client.post(OFFICE, whole_office())
    mine, theirs = opened(client, phone="705 555-0199"), opened(client, phone="705 555-0100")
    client.post(OFFICE, theirs)

    page = client.post(OFFICE, mine)

    form = page.context["form"]
    assert (form["phone"].value(), row()) == ("705 555-0199", ("First Work", "705 555-0100"))
    assert form.errors == {
        "phone": [
            "Somebody else has just changed this to “705 555-0100”. Save again to keep yours."
        ]
    }
    client.post(OFFICE, {**mine, "seen": form["seen"].value()})
    assert row() == ("First Work", "705 555-0199")


def test_what_the_page_showed_is_believed_in_our_own_hand_alone(client, staff):
    client.post(OFFICE, whole_office())
    forged = signing.dumps({"phone": "416 555-0100"}, key="another", salt=forms_start.SALT)

    answer = client.post(OFFICE, opened(client, name="First Work Ontario", seen=forged))

    assert (answer.status_code, row()[0]) == (302, "First Work Ontario")


@pytest.mark.parametrize("meanwhile", [{}, {"mailbox": "ada@firstwork.test"}])
def test_the_same_page_sent_twice_is_nobody_elses_change(client, staff, meanwhile):
    typed = opened(client, **whole_office())

    client.post(OFFICE, typed)
    office.write(**meanwhile)
    again = client.post(OFFICE, typed)

    told = list(again.context["form"].errors) if meanwhile else again.url
    assert told == (["mailbox"] if meanwhile else START)
    assert LogEntry.objects.count() == 1


@pytest.mark.postgres
def test_to_look_at_the_office_waits_for_nobody(client, staff):
    office.write(phone="416 555-0100")

    with CaptureQueriesContext(connection) as asked:
        client.get(OFFICE)

    assert [query["sql"] for query in asked if "FOR UPDATE" in query["sql"]] == []


def saved_at_once(client, sign_in, *, is_first):
    """Two pages opened together and saved together, each with another phone number."""
    other, whole = Client(), whole_office()
    for each in (client, other):
        sign_in(each, StaffFactory())
    if not is_first:
        client.post(OFFICE, whole)
    phones = {client: "416 555-0101", other: "416 555-0102"}
    typed = [opened(each, **whole | {"phone": phone}) for each, phone in phones.items()]
    answers = at_once(
        lambda: client.post(OFFICE, typed[0]).status_code,
        lambda: other.post(OFFICE, typed[1]).status_code,
    )
    return sorted(answers)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_first", [True, False])
def test_of_two_who_save_at_once_one_is_told_of_the_other(client, sign_in, is_first):
    assert saved_at_once(client, sign_in, is_first=is_first) == [200, 302]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_neither_of_the_two_would_be_told(client, sign_in, monkeypatch):
    barrier, read = Barrier(2), office.read

    def unlocked():
        facts = read()
        with suppress(BrokenBarrierError):
            barrier.wait(timeout=1)
        return facts

    monkeypatch.setattr(office, "to_change", unlocked)

    assert saved_at_once(client, sign_in, is_first=False) == [302, 302]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_a_row_to_lock_neither_of_the_first_two_would_be_told(client, sign_in, monkeypatch):
    barrier, read = Barrier(2), office.read

    def without_a_row():
        facts = read(lock=True)
        with suppress(BrokenBarrierError):
            barrier.wait(timeout=1)
        return facts

    monkeypatch.setattr(office, "to_change", without_a_row)

    assert saved_at_once(client, sign_in, is_first=True) == [302, 302]


# A test mail


def test_a_test_mail_comes_back_by_its_link_and_a_press(client, staff):
    client.post(reverse("start-test-mail"))
    sender.deliver_due()

    path = path_in(mail.outbox[0])
    page = client.get(path, follow=True)
    assert (page.status_code, Office.objects.exists()) == (200, False)
    response = client.post(page.request["PATH_INFO"])

    assert mail.outbox[0].to == [staff.email]
    assert response.url == START
    assert office.current().mail_arrived_at is not None
    assert "A test mail came through on" in client.get(START).text


def test_it_may_be_opened_on_a_phone_that_nobody_signed_in_on(client, staff):
    start.send_test_mail(staff)
    sender.deliver_due()
    client.logout()

    page = client.get(path_in(mail.outbox[0]), follow=True)
    done = client.post(page.request["PATH_INFO"])

    assert "Good: mail arrives." in done.text
    assert office.current().mail_arrived_at is not None


def test_a_stranger_cannot_say_that_it_arrived(client, sign_in):
    address = reverse("cops:mail-arrived", args=[StaffFactory().uuid])
    sign_in(client, StaffFactory())

    answers = [client.get(address).status_code, client.post(address).status_code]

    assert answers == [302, 403]
    assert not Office.objects.exists()


def test_it_is_too_late_once_the_link_is_old_or_its_reader_no_longer_staff(client, staff):
    start.send_test_mail(staff)
    sender.deliver_due()
    path = path_in(mail.outbox[0])
    client.logout()

    with time_machine.travel(days(3)):
        assert client.get(path).status_code == 410
    User.objects.filter(pk=staff.pk).update(is_staff=False)
    page = client.get(path, follow=True)
    assert page.status_code == 404
    assert not Office.objects.exists()


def test_a_test_mail_that_failed_says_why(client, staff):
    message = start.send_test_mail(staff)
    Message.objects.filter(pk=message.pk).update(state="failed", reason="535 wrong password")

    text = client.get(START).text

    assert "535 wrong password" in text
    assert "Send another test mail" in text


# A colleague


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


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one_test_mail():
    staff = StaffFactory()

    with time_machine.travel(timezone.now(), tick=False):
        results = at_once(*[lambda: start.send_test_mail(staff)] * 2)

    assert results[0] == results[1]
    assert Message.objects.count() == 1
