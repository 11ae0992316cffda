"""Who we are: staff say it, and two who say it at once are told of each other."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail, signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import office
from accounts.models import Office
from cops import forms_start, start
from notifications import sender
from tests.concurrency import at_once
from tests.cops.starting import OFFICE, START, whole_office
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db


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


def saved_at_once(client, sign_in, *, is_first, then=lambda: None):
    """Two pages opened together, ``then`` saved together, each with another phone number."""
    other, whole = Client(), whole_office()
    for each in (client, other):
        sign_in(each, StaffFactory())
    if not is_first:
        client.post(OFFICE, whole)
    phones = {client: "416 555-0101", other: "416 555-0102"}
    typed = [opened(each, **whole | {"phone": phone}) for each, phone in phones.items()]
    then()
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
            barrier.wait(timeout=10)
        return facts

    def unlock():
        monkeypatch.setattr(office, "to_change", unlocked)

    assert saved_at_once(client, sign_in, is_first=False, then=unlock) == [302, 302]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_a_row_to_lock_neither_of_the_first_two_would_be_told(client, sign_in, monkeypatch):
    barrier, read = Barrier(2), office.read

    def without_a_row():
        facts = read(lock=True)
        with suppress(BrokenBarrierError):
            barrier.wait(timeout=10)
        return facts

    monkeypatch.setattr(office, "to_change", without_a_row)

    assert saved_at_once(client, sign_in, is_first=True) == [302, 302]
