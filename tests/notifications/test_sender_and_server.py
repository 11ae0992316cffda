"""What a mail server says, or does not say, and what becomes of the mail then."""

import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.lifecycle import InvalidTransition
from notifications import outbox, people, sender
from notifications.models import Attempt, Bounce, Message, Stop
from tests.factories import BounceFactory, InviteeFactory, PersonFactory, StaffFactory
from tests.notifications.sending import ends, refused, waiting, waiting_codes

pytestmark = pytest.mark.django_db

State, Result = Message.State, Attempt.Result


def test_a_temporary_no_is_tried_again_with_growing_pauses(server):
    (message,) = waiting()
    server.answers = [refused(451)] * 2
    start = timezone.now()
    sent_after = []
    with time_machine.travel(start, tick=False) as clock:
        for seconds in (0, 29, 31, 60, 92):
            clock.move_to(start + timedelta(seconds=seconds))
            sent_after.append(sender.deliver_due())

    assert sent_after == [0, 0, 0, 0, 1]
    assert [a.result for a in message.attempts.all()] == [Result.LATER, Result.LATER, Result.SENT]


def test_a_final_no_fails_at_once_and_the_others_go(server):
    first, second = waiting(2)
    server.answers = [refused(550)]

    sender.deliver_due()

    assert ends(first, second) == [(State.FAILED, "550 because"), (State.SENT, "")]


def test_a_temporary_no_is_not_asked_for_ever(server):
    (message,) = waiting()
    server.answers = [smtplib.SMTPDataError(452, b"full")] * 2
    found = []
    for hours in (0, 73):
        with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=False):
            sender.deliver_due()
        found += ends(message)

    assert found == [(State.QUEUED, "452 full"), (State.FAILED, "452 full")]


def test_what_waited_for_days_before_its_first_try_is_tried_for_as_long(server):
    (message,) = waiting()
    server.answers = [smtplib.SMTPDataError(452, b"full")]
    Message.objects.update(created_at=timezone.now() - timedelta(hours=73))

    sender.deliver_due()

    assert ends(message) == [(State.QUEUED, "452 full")]


def test_a_dead_server_costs_one_try_and_loses_nothing(server):
    messages = waiting(3)
    server.is_down = True
    start = timezone.now()

    with time_machine.travel(start, tick=False) as clock:
        assert sender.deliver_due() == 0
        assert Attempt.objects.count() == 1
        assert {m.attempts_made - m.attempts.count() for m in Message.objects.all()} == {0}
        server.is_down = False
        clock.move_to(start + timedelta(seconds=59))
        assert sender.deliver_due() == 0
        clock.move_to(start + timedelta(seconds=60))
        assert sender.deliver_due() == 3

    assert ends(*messages) == [(State.SENT, "")] * 3


def test_a_dead_server_for_hours_never_uses_a_message_up(server):
    (message,) = waiting()
    server.is_down = True
    start = timezone.now()

    with time_machine.travel(start, tick=False) as clock:
        for hours in range(12):
            clock.move_to(start + timedelta(hours=hours))
            sender.deliver_due()
        server.is_down = False
        clock.move_to(start + timedelta(hours=13))
        sender.deliver_due()

    assert ends(message) == [(State.SENT, "")]


def test_an_outage_costs_one_try_a_minute_whoever_rings_and_drains_in_order(server):
    messages = waiting(4)
    for place, message in enumerate(messages):
        Message.objects.filter(pk=message.pk).update(
            not_before=timezone.now() - timedelta(minutes=9 - place)
        )
    server.is_down = True
    start = timezone.now()

    with time_machine.travel(start, tick=False) as clock:
        tried = []
        for minute in range(5):
            for second in (0, 20, 59):
                clock.move_to(start + timedelta(minutes=minute, seconds=second))
                sender.deliver_due()
            tried.append(Attempt.objects.count())
        server.is_down = False
        clock.move_to(start + timedelta(minutes=5))
        sender.deliver_due()

    assert tried == [1, 2, 3, 4, 5]
    assert {a.message_id for a in Attempt.objects.filter(number=1)} == {m.pk for m in messages}
    assert server.message_ids() == [message.message_id for message in messages]
    assert Stop.objects.count() == 0


def test_a_lane_that_waits_does_not_hold_up_another(server):
    (reminder,) = waiting(lane=Message.Lane.REMINDER)
    Stop.put(Message.Lane.REMINDER, "timed out")
    (letter,) = waiting_codes(1)

    sender.deliver_due()

    assert ends(letter, reminder) == [(State.SENT, ""), (State.QUEUED, "")]


def test_a_lane_in_which_nothing_waits_any_more_keeps_no_later_mail_waiting(server):
    (code,) = waiting_codes(1)
    server.is_down = True
    start = timezone.now()

    with time_machine.travel(start, tick=False) as clock:
        sender.deliver_due()
        Message.objects.update(expires_at=start + timedelta(seconds=30))
        server.is_down = False
        for minutes in (1, 2):
            clock.move_to(start + timedelta(minutes=minutes))
            sender.deliver_due()
        later = outbox.write("sign-in-code", PersonFactory(), key="later", secret="XK42QP")
        sender.deliver_due()

    assert [state for state, _reason in ends(code, later)] == [State.EXPIRED, State.SENT]


def test_without_an_answer_after_the_mail_was_out_it_is_tried_once_more(server, monkeypatch):
    (message,) = waiting()
    start = timezone.now()
    monkeypatch.setattr(sender, "hand_over", lambda *_: (Result.UNKNOWN, "timed out"))

    with time_machine.travel(start, tick=False) as clock:
        for minute in range(4):
            clock.move_to(start + timedelta(minutes=minute))
            sender.deliver_due()

    assert ends(message) == [(State.UNKNOWN, "timed out")]
    assert message.attempts.count() == 2


def test_an_address_refused_for_good_gets_what_must_be_and_no_reminder(server):
    (message,) = waiting()
    person = message.recipient
    server.answers = [refused(550)]
    sender.deliver_due()
    invited = InviteeFactory(person=person)
    facts = {"event": invited.event, "lane": Message.Lane.REMINDER}
    reminder = outbox.write("test-mail", person, key="reminder", **facts)
    letter = outbox.write("test-mail", person, key="letter", event=invited.event)

    sender.deliver_due()

    (bounce,) = Bounce.objects.all()
    assert (bounce.person, bounce.address, bounce.cause, bounce.answer, bounce.message) == (
        person, person.email, Bounce.Cause.REFUSED, "550 because", message,
    )  # fmt: skip
    assert ends(reminder, letter) == [
        (State.SUPPRESSED, "this address does not take our email"),
        (State.SENT, ""),
    ]


@pytest.mark.parametrize("way", ["settled", "another address"])
def test_a_settled_bounce_or_another_address_gets_reminders_again(server, way):
    bounce = BounceFactory()
    if way == "settled":
        bounce.settle(by=StaffFactory())
    else:
        people.change_address(bounce.person, "new@agency.test", by=StaffFactory())
        Message.objects.all().delete()
    invited = InviteeFactory(person=bounce.person)
    facts = {"event": invited.event, "lane": Message.Lane.REMINDER}
    reminder = outbox.write("test-mail", bounce.person, key="reminder", **facts)

    sender.deliver_due()

    assert ends(reminder) == [(State.SENT, "")]


def test_a_bounce_is_settled_once():
    bounce = BounceFactory()
    bounce.settle(by=StaffFactory())

    with pytest.raises(InvalidTransition):
        bounce.settle(by=StaffFactory())
