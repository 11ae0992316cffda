"""Members have two weeks to read what is to be published, and are reminded of it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from cops.services import join, leave
from notifications import duties, forecast, outbox, sender
from notifications.models import Invitee, Message, Role
from notifications.render import NoLongerTrue, render
from outcomes import services
from tests.factories import OutcomeFactory, PersonFactory, StaffFactory
from tests.reminding import read, sent_until

pytestmark = pytest.mark.django_db

START = datetime(2027, 2, 1, 15, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def outcome(clock):
    """With one member and one facilitator, sent to the members now."""
    outcome = OutcomeFactory()
    join(outcome.community, PersonFactory(name="Amal"))
    join(outcome.community, PersonFactory(name="Fatima"), Role.FACILITATOR)
    staff = StaffFactory()
    services.send_to_members(outcome, by=staff)
    outbox.release(Message.objects.all(), by=staff)
    return outcome


def owing(outcome):
    current = Invitee.objects.current().filter(event=outcome.reading_due)
    return [part.person.name for part in current.order_by("pk")]


def test_the_members_owe_the_reading_for_two_weeks(outcome):
    assert owing(outcome) == ["Amal"]
    assert outcome.reading_due.local_on == datetime(2027, 2, 15).date()
    assert duties.audit() == []


def test_they_are_reminded_half_way_and_the_day_before(clock, outcome):
    mails = sent_until(clock, START + timedelta(days=20), step=timedelta(hours=5))

    assert [(kind, person.name) for kind, person in mails] == [("outcome-unread", "Amal")] * 2
    due = outcome.reading_due.reminders.order_by("due_at").values_list("due_at", flat=True)
    end = outcome.reading_due.starts_at
    assert list(due) == [START + (end - START) / 2, datetime(2027, 2, 15, 1, tzinfo=UTC)]


def test_nobody_is_reminded_of_what_staff_have_not_let_go(clock, outcome):
    Message.objects.filter(kind="outcome-to-read").update(state=Message.State.DRAFT)

    mails = sent_until(clock, START + timedelta(days=8))

    assert mails == []
    assert {row.reason for row in outcome.reading_due.reminders.filter(offset_key="half")} == {
        "waits: the letter itself has not been let go yet"
    }


def test_one_members_letter_that_waits_holds_nobody_elses_reminder(clock, outcome):
    join(outcome.community, PersonFactory(name="Beth"))
    told = OutcomeFactory(community=outcome.community)
    services.send_to_members(told, by=StaffFactory())
    letters = Message.objects.filter(kind="outcome-to-read", context__outcome=told.pk)
    outbox.release(letters.filter(recipient__name="Amal"), by=StaffFactory())
    outbox.send_now(letters)
    sender.deliver_due()

    foreseen = [
        (row.person_id, row.state, row.reason)
        for row in forecast.foresee()
        if row.event_id == told.reading_due_id and row.offset_key == "half"
    ]
    sent_until(clock, START + timedelta(days=8))

    lines = told.reading_due.reminders.filter(offset_key="half").order_by("person")
    waits = "waits: the letter itself has not been let go yet"
    amal, beth = (letters.get(recipient__name=name).recipient_id for name in ("Amal", "Beth"))
    assert [(row.person_id, row.state, row.reason) for row in lines] == [
        (amal, "enqueued", ""),
        (beth, "planned", waits),
    ]
    assert foreseen == [(amal, "enqueued", ""), (beth, "planned", waits)]


@pytest.mark.parametrize("verb", ["send_to_editor", "send_back", "withdraw"])
def test_nobody_owes_it_once_it_is_elsewhere(outcome, verb):
    facts = {} if verb == "send_to_editor" else {"reason": "unclear"}

    getattr(outcome, verb)(by=StaffFactory(), **facts)

    assert owing(outcome) == []
    assert duties.audit() == []


def test_another_round_gives_two_weeks_again(clock, outcome):
    staff = StaffFactory()
    outcome.send_back(by=staff, reason="unclear")
    clock.shift(timedelta(days=10))

    services.send_to_members(outcome, by=staff)

    outcome.reading_due.refresh_from_db()
    assert outcome.reading_due.local_on == datetime(2027, 2, 25).date()
    assert owing(outcome) == ["Amal"]
    assert duties.audit() == []


def test_who_joins_meanwhile_reads_it_and_who_leaves_does_not(outcome):
    join(outcome.community, PersonFactory(name="Bo"))
    leave(outcome.community.memberships.get(person__name="Amal"))

    assert owing(outcome) == ["Bo"]
    assert duties.audit() == []


@pytest.mark.parametrize(
    ("language", "subject", "said"),
    [
        ("en", "Please read by Monday 15\u00a0February 2027: ", "You have read it"),
        ("fr", "À lire d’ici le lundi 15\u00a0février 2027\u00a0: ", "Vous l’avez lu"),
    ],
)
def test_what_the_reminder_says(outcome, language, subject, said):
    member = outcome.community.members.get().person
    message = outbox.write("outcome-unread", member, key="1", event=outcome.reading_due)

    told, text = read(message, language)

    assert told == subject + outcome.in_language("title", language)
    assert said in text


def test_the_first_email_says_until_when(outcome):
    message = outcome.community.members.get().person.messages.get(kind="outcome-to-read")

    assert "You have until Monday 15 February 2027." in read(message, "en")[1]


def test_what_the_members_no_longer_read_is_not_reminded_of(outcome):
    member = outcome.community.members.get().person
    message = outbox.write("outcome-unread", member, key="1", event=outcome.reading_due)

    outcome.send_to_editor(by=StaffFactory())

    with pytest.raises(NoLongerTrue):
        render(message)


def test_what_the_members_read_already_gets_its_two_weeks_once(clock):
    from importlib import import_module

    from django.apps import apps

    reading = OutcomeFactory(status="member-review")
    join(reading.community, PersonFactory(name="Amal"))
    draft = OutcomeFactory()
    owe = import_module("outcomes.migrations.0008_readings_are_owed").owe

    owe(apps, None)
    owe(apps, None)

    for outcome in (reading, draft):
        outcome.refresh_from_db()
    assert (draft.reading_due, owing(reading)) == (None, ["Amal"])
    assert reading.reading_due.local_on == datetime(2027, 2, 15).date()
    assert reading.reading_due.starts_at == datetime(2027, 2, 16, 4, 59, tzinfo=UTC)
    assert duties.audit() == []
