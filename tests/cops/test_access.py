"""Requests for access: due on a day, owed, taken, answered, closed."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from accounts.lifecycle import InvalidTransition
from cops import access
from cops.models import AccessRequest
from notifications import planner, render
from notifications.models import Event, Kind, Message, Role
from tests.cops.asking import (
    Source,
    State,
    Wish,
    ask,
    mails,
    owing,
)
from tests.factories import (
    AccessRequestFactory,
    PersonFactory,
    StaffFactory,
    wall,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        ({}, date(2027, 3, 8)),
        ({"kind": Wish.FORMAT}, date(2027, 3, 8)),
        ({"kind": Wish.CORRECTION}, date(2027, 3, 31)),
        ({"kind": Wish.ERASURE}, date(2027, 3, 31)),
        ({"before": timedelta(days=5)}, date(2027, 3, 4)),
        ({"before": timedelta(days=1)}, date(2027, 3, 1)),
        ({"before": timedelta(days=60)}, date(2027, 3, 8)),
    ],
)
def test_a_request_is_due_soon_enough_to_be_of_use(facts, due):
    with time_machine.travel("2027-03-01 17:00 +0000"):
        if "before" in facts:
            facts["before"] = timezone.now() + facts["before"]
        request = ask(**facts)

    assert (request.deadline.kind, request.deadline.local_on) == (Kind.ACCESS_DUE, due)


def test_while_nobody_took_it_all_staff_owe_the_answer_and_are_told():
    staff = [StaffFactory(), StaffFactory()]
    StaffFactory(is_active=False)

    request = ask()

    assert owing(request) == {person.email for person in staff}
    assert mails("access-request-due") == sorted(person.email for person in staff)
    assert set(request.deadline.invitees.values_list("role", flat=True)) == {Role.STAFF}


def test_whoever_takes_it_owes_it_alone():
    first, second = StaffFactory(), StaffFactory()
    request = ask()

    access.take(request, by=second)

    assert (request.owner, owing(request)) == (second, {second.email})
    access.take(request, by=first)
    assert (request.owner, owing(request)) == (first, {first.email})


def test_an_answer_closes_it_and_reaches_the_person():
    staff, person = StaffFactory(), PersonFactory()
    request = ask(person)

    with time_machine.travel("2027-03-02 17:00 +0000", tick=False):
        access.answer(request, "An interpreter is booked.", by=staff)
        now = timezone.now()

    assert (request.status, request.answer, request.answered_by, request.answered_at) == (
        State.ANSWERED,
        "An interpreter is booked.",
        staff,
        now,
    )
    assert owing(request) == set()
    assert list(request.changes.values_list("old", "new", "by")) == [
        (State.OPEN, State.ANSWERED, staff.pk)
    ]
    assert mails("access-request-answered") == [person.email]


def test_what_is_taken_back_is_owed_by_nobody():
    StaffFactory()
    request = ask()

    access.withdraw(request, by=request.person)

    assert (request.status, owing(request)) == (State.WITHDRAWN, set())


@pytest.mark.parametrize("language", ["en", "fr"])
def test_whom_nothing_is_arranged_for_is_told_why_in_her_language(language):
    person, staff = PersonFactory(language=language), StaffFactory()
    request = ask(person)

    access.close(request, "Un. Two.", by=staff)

    assert (request.status, request.answer, owing(request)) == (State.WITHDRAWN, "Un. Two.", set())
    assert list(request.changes.values_list("old", "new", "by")) == [
        (State.OPEN, State.WITHDRAWN, staff.pk)
    ]
    message = Message.objects.get(kind="access-request-closed")
    assert (message.recipient, message.created_by, message.lane) == (
        person,
        staff,
        Message.Lane.SERVICE,
    )
    mail = render.render(message)
    assert "Un. Two." in mail.text
    assert (
        mail.subject
        == {
            "en": "We have closed your request",
            "fr": "Nous avons fermé votre demande",
        }[language]
    )


def test_what_she_takes_back_herself_is_answered_with_no_mail():
    request = ask()

    access.withdraw(request, by=request.person)

    assert mails("access-request-closed") == []


@pytest.mark.parametrize("end", ["answer", "close", "withdraw"])
@pytest.mark.parametrize("act", ["take", "answer", "close", "withdraw"])
def test_a_closed_request_stays_as_it_is(act, end):
    staff = StaffFactory()
    request = ask()
    do = {
        "take": lambda: access.take(request, by=staff),
        "answer": lambda: access.answer(request, "Done.", by=staff),
        "close": lambda: access.close(request, "No.", by=staff),
        "withdraw": lambda: access.withdraw(request, by=request.person),
    }
    do[end]()
    before = AccessRequest.objects.values().get(), Message.objects.count()

    with pytest.raises(InvalidTransition):
        do[act]()

    assert (AccessRequest.objects.values().get(), Message.objects.count()) == before


def test_every_open_request_is_owed_and_every_closed_one_is_not():
    staff = StaffFactory()
    fresh, taken, answered, withdrawn = ask(), ask(), ask(), ask()
    access.take(taken, by=staff)
    access.answer(answered, "Done.", by=staff)
    access.withdraw(withdrawn, by=staff)

    owed = set(Event.objects.filter(invitees__until=None, invitees__isnull=False))

    assert owed == {fresh.deadline, taken.deadline}
    assert set(AccessRequest.objects.open()) == {fresh, taken}


def test_what_waits_is_found_by_where_it_stands():
    staff = StaffFactory()
    past = AccessRequestFactory(deadline__wall=wall(-1))
    mine = AccessRequestFactory(owner=staff)
    AccessRequestFactory(
        status=State.ANSWERED, answer="Yes", answered_at=timezone.now(), deadline__wall=wall(-1)
    )

    found = AccessRequest.objects
    assert set(found.open()) == {past, mine}
    assert set(found.late()) == {past}
    assert set(found.owned_by(staff)) == {mine}
    assert set(found.without_owner()) == {past}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_her_mails_say_by_when_and_what_in_her_language(language):
    person = PersonFactory(language=language)
    with translation.override(language):
        request = access.ask_from_form(person.email, name="Noor", words="X", kind=Wish.FORMAT)
    access.answer(request, "Un. Two.", by=StaffFactory())
    answered = Message.objects.get(kind="access-request-answered")
    mail = render.render(answered)

    assert (request.language, "Un. Two." in mail.text) == (language, True)
    assert (
        mail.subject
        == {
            "en": "Our answer to your request",
            "fr": "Notre réponse à votre demande",
        }[language]
    )


def test_a_mail_to_staff_holds_nothing_of_what_was_asked_for():
    StaffFactory()
    access.ask(PersonFactory(name="Noor"), "A wheelchair ramp", source=Source.OWN_PAGE)

    mail = render.render(Message.objects.get(kind="access-request-due"))

    for secret in ("wheelchair", "Noor"):
        assert secret not in mail.text + mail.html + mail.subject


def test_a_mail_about_a_request_that_is_closed_is_not_sent():
    StaffFactory()
    request = access.ask_from_form("noor@agency.test", name="Noor", words="X", kind=Wish.NEED)
    access.withdraw(request, by=request.person)

    for message in Message.objects.all():
        with pytest.raises(render.NoLongerTrue):
            render.render(message)


def test_who_owes_the_answer_is_reminded_two_days_before():
    staff = StaffFactory()
    with time_machine.travel("2027-03-01 17:00 +0000"):
        ask()
    Message.objects.all().delete()

    with time_machine.travel("2027-03-07 02:00 +0000"):  # 6 March, 9 p.m. in Toronto
        planner.plan()

    assert mails("access-request-due") == [staff.email]
