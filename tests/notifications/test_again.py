"""Staff may send again what a mail would come of; of the rest they read why not."""

from datetime import datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.lifecycle import InvalidTransition
from notifications import again, calendar, mails, outbox, sender
from notifications.models import Event, Message, Preference
from tests.applications.selecting import interviewing, invited
from tests.concurrency import at_once
from tests.factories import (
    BounceFactory,
    EventFactory,
    InviteeFactory,
    MessageFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db

State = Message.State


@pytest.fixture
def reminder():
    """Of a meeting that somebody is invited to, sent."""
    part = InviteeFactory(event=EventFactory())
    return MessageFactory(
        kind="test-reminder", recipient=part.person, event=part.event,
        schedule_version=0, state=State.SENT,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def kind(kinds):
    """A reminder in its own lane, as those of the apps are."""
    known = kinds["test-mail"]
    facts = {**vars(known), "name": "test-reminder", "lane": Message.Lane.REMINDER}
    kinds["test-reminder"] = mails.MailKind(**facts)


@pytest.mark.parametrize("state", [State.SENT, State.UNKNOWN, State.FAILED, State.EXPIRED])
def test_what_has_ended_goes_again_as_another_mail(reminder, state):
    Message.objects.update(state=state)
    reminder.refresh_from_db()

    copy = again.send(reminder, by=StaffFactory())
    sender.deliver_due()

    copy.refresh_from_db()
    reminder.refresh_from_db()
    assert (copy.recipient, copy.event) == (reminder.recipient, reminder.event)
    assert (copy.state, reminder.state) == (State.SENT, state)
    assert copy.message_id != reminder.message_id


@pytest.mark.parametrize("state", [State.DRAFT, State.QUEUED, State.SENDING, State.CANCELLED])
def test_what_has_not_gone_or_was_stopped_does_not_go_again(reminder, state):
    Message.objects.update(state=state)
    reminder.refresh_from_db()

    with pytest.raises(InvalidTransition, match=r"^This email cannot be sent again\.$"):
        again.send(reminder, by=StaffFactory())

    assert (again.can_go(reminder), Message.objects.count()) == (False, 1)


def settled(message):
    calendar.settle(message.event, message.recipient, tell=False)


def opted_out(message):
    Preference.objects.create(person=message.recipient, wants_reminders=False)


def bounced(message):
    BounceFactory(person=message.recipient)


def untrue(message):
    Message.objects.update(event=None, kind="event-left")
    Event.objects.update(cancelled_at=timezone.now())
    Message.objects.update(event=Event.objects.get())


def forgotten(message):
    Message.objects.update(kind="gone-long-ago")


def for_once(message):
    Message.objects.update(kind="words-tried")


def overtaken(message):
    """Of a letter that went, no new day is set any more."""
    interview = invited(interviewing())
    calendar.move(interview.deadline, datetime(2020, 1, 1))
    context = {"application": interview.application_id}
    Message.objects.exclude(pk=message.pk).delete()
    Message.objects.update(kind="application-interview", event=None, context=context)


def broken(message):
    Message.objects.update(kind="outcome-to-read", event=None)  # and knows of no outcome


WHY = {
    settled: "no longer invited, or cannot come",
    opted_out: "does not want reminders",
    bounced: "this address does not take our email",
    untrue: "no longer true",
    overtaken: "no longer true",
    forgotten: "it was for one time, and what it said is not kept",
    for_once: "it was for one time, and what it said is not kept",
    broken: "it cannot be rendered any more",
}


@pytest.mark.parametrize("change", WHY, ids=lambda change: change.__name__)
def test_of_what_no_mail_would_come_staff_read_why(client, sign_in, reminder, change):
    staff = StaffFactory()
    sign_in(client, staff)
    change(reminder)
    reminder.refresh_from_db()

    page = client.get(reverse("admin:notifications_message_change", args=[reminder.pk]))
    verb = reverse("admin:notifications_message_verb", args=[reminder.pk, "send_again"])
    client.post(verb)

    assert again.refusal(reminder) == WHY[change]
    assert (f"no: {WHY[change]}" in page.text, verb in page.text) == (True, False)
    assert Message.objects.count() == 1


def test_of_what_can_go_again_the_page_says_so_and_has_the_button(client, sign_in, reminder):
    sign_in(client, StaffFactory())

    page = client.get(reverse("admin:notifications_message_change", args=[reminder.pk]))

    verb = reverse("admin:notifications_message_verb", args=[reminder.pk, "send_again"])
    assert verb in page.text


def test_it_asks_in_the_words_of_her_language_and_leaves_ours(reminder, kinds):
    asked = []

    def facts(ids):
        from django.utils.translation import get_language

        asked.append(get_language())
        return {}

    kinds["test-reminder"] = mails.MailKind(**{**vars(kinds["test-reminder"]), "context": facts})
    reminder.recipient.language = "fr"

    assert (again.can_go(reminder), asked) == (True, ["fr"])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_send_it_once(reminder):
    one, other = StaffFactory(), StaffFactory()

    copies = at_once(*(lambda by=by: again.send(reminder, by=by) for by in (one, other)))

    assert copies[0] == copies[1]
    assert Message.objects.filter(created_at__gt=timezone.now() - timedelta(minutes=1)).count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_who_press_at_once_send_it_twice(reminder, monkeypatch):
    both_have_looked = Barrier(2, timeout=10)
    write = outbox.write
    monkeypatch.setattr(again, "_lock", lambda message: None)
    monkeypatch.setattr(
        outbox, "write", lambda **facts: (both_have_looked.wait(), write(**facts))[1]
    )
    by = StaffFactory()

    at_once(*[lambda: again.send(reminder, by=by)] * 2)

    assert Message.objects.count() == 3


def test_one_who_presses_twice_sends_it_once_and_later_once_more(reminder):
    by, copies = StaffFactory(), []
    for moment in ("12:00:59", "12:01:01", "12:02:00"):
        with time_machine.travel(f"2026-01-29T{moment}Z", tick=False):
            copies.append(again.send(reminder, by=by))

    assert copies[0] == copies[1] != copies[2]
    assert Message.objects.count() == 3
