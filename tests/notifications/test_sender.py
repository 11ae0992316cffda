import smtplib
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError
from types import SimpleNamespace

import pytest
import time_machine
from celery.exceptions import SoftTimeLimitExceeded
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Value
from django.utils import timezone

from accounts.lifecycle import InvalidTransition
from notifications import calendar, outbox, people, sender, tasks
from notifications.management.commands import run_sender
from notifications.models import Attempt, Bounce, Heartbeat, Message, Stop
from notifications.secret import reveal
from tests.concurrency import at_once
from tests.factories import (
    BounceFactory,
    EventFactory,
    InviteeFactory,
    PersonFactory,
    StaffFactory,
)
from tests.notifications.conftest import like_event_moved

pytestmark = pytest.mark.django_db

State, Result = Message.State, Attempt.Result


class Server:
    """A mail server that says to each mail what the test tells it to, then yes."""

    def __init__(self):
        self.answers = []
        self.accepted = []
        self.connections = 0
        self.is_down = False
        self.is_open = False

    def open(self):
        if self.is_down:
            raise ConnectionRefusedError("nobody there")
        self.connections += not self.is_open
        self.is_open = True

    def close(self):
        self.is_open = False

    def send_messages(self, emails):
        for email in emails:
            answer = self.answers.pop(0) if self.answers else None
            if answer:
                raise answer
            self.accepted.append(email)

    def message_ids(self):
        return [email.extra_headers["Message-ID"] for email in self.accepted]


@pytest.fixture
def server(monkeypatch):
    server = Server()
    monkeypatch.setattr(sender, "get_connection", lambda: server)
    return server


def waiting(number=1, **facts):
    event = EventFactory()
    return [
        outbox.write("test-mail", PersonFactory(), key=f"test:{place}", event=event, **facts)
        for place in range(number)
    ]


def ends(*messages):
    fresh = Message.objects.in_bulk([message.pk for message in messages])
    return [(fresh[message.pk].state, fresh[message.pk].reason) for message in messages]


def refused(code):
    return smtplib.SMTPRecipientsRefused({"a@b.test": (code, b"because")})


def test_what_waits_is_sent_once_and_what_was_said_is_kept(mailoutbox):
    (message,) = waiting()

    assert sender.deliver_due() == 1
    assert sender.deliver_due() == 0

    message.refresh_from_db()
    assert message.state == State.SENT
    assert message.subject == mailoutbox[0].subject
    assert [attempt.result for attempt in message.attempts.all()] == [Result.SENT]


def test_many_go_over_one_connection_the_urgent_first(server):
    late = waiting(30)
    (code,) = waiting_codes(1)

    assert sender.deliver_due() == 31

    assert server.connections == 1
    assert server.message_ids()[0] == code.message_id
    assert set(server.message_ids()[1:]) == {message.message_id for message in late}


def test_who_may_not_take_longer_stops_between_two_mails_and_has_the_next_begin(
    server, monkeypatch
):
    messages, rings = waiting(3), []
    each_takes_20 = SimpleNamespace(monotonic=lambda: 20 * len(server.accepted))
    monkeypatch.setattr(sender, "time", each_takes_20)
    monkeypatch.setattr(sender.bell, "ring", lambda: rings.append(True))

    assert sender.deliver_due(30) == 2

    assert [state for state, _reason in ends(*messages)] == [State.SENT, State.SENT, State.QUEUED]
    assert Message.objects.get(pk=messages[2].pk).attempts_made == 0
    assert rings == [True]
    assert Heartbeat.objects.filter(name="sender").exists()


def waiting_codes(number):
    return [
        outbox.write("sign-in-code", PersonFactory(), key=f"code:{n}", secret="XK42QP")
        for n in range(number)
    ]


def test_a_secret_is_encrypted_and_emptied_when_it_is_sent(mailoutbox):
    (message,) = waiting_codes(1)

    assert b"XK42QP" not in bytes(message.secret)
    assert reveal(message) == "XK42QP"
    sender.deliver_due()

    message.refresh_from_db()
    assert "XK42QP" in mailoutbox[0].body
    assert bytes(message.secret) == b""
    assert message.body == ""


def test_a_secret_is_emptied_when_it_expires(server):
    (message,) = waiting_codes(1)
    Message.objects.update(expires_at=timezone.now())

    sender.deliver_due()

    message.refresh_from_db()
    assert (message.state, bytes(message.secret), server.accepted) == (State.EXPIRED, b"", [])


def test_a_secret_can_still_be_read_after_the_key_was_changed(settings):
    (message,) = waiting_codes(1)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"

    assert reveal(message) == "XK42QP"


def test_a_mail_written_twice_is_one_mail():
    person, event = PersonFactory(), EventFactory()

    first = outbox.write("test-mail", person, key="same", event=event)
    second = outbox.write("test-mail", person, key="same", event=event)

    assert first == second
    assert Message.objects.count() == 1


def test_a_draft_waits_until_it_is_released(server):
    writer, first, second = PersonFactory.create_batch(3)
    message = outbox.draft("test-mail", PersonFactory(), key="a", by=writer, event=EventFactory())
    sender.deliver_due()
    assert server.accepted == []

    assert outbox.release(Message.objects.all(), by=first) == 1
    assert outbox.release(Message.objects.all(), by=second) == 0
    sender.deliver_due()
    assert server.accepted == []
    outbox.send_now(Message.objects.all())
    sender.deliver_due()

    assert server.message_ids() == [message.message_id]
    message.refresh_from_db()
    assert (message.created_by, message.released_by) == (writer, first)


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
    server.answers = [smtplib.SMTPDataError(452, b"full")]
    Message.objects.update(created_at=timezone.now() - timedelta(hours=73))

    sender.deliver_due()

    assert ends(message) == [(State.FAILED, "452 full")]


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


def test_a_mail_that_kills_its_sender_is_put_aside_and_costs_the_others_no_try(server, kinds):
    def deadly(ids):
        raise SystemExit

    kinds["deadly"] = like_event_moved("deadly", deadly)
    bad = outbox.write("deadly", PersonFactory(), key="deadly")
    good = waiting(2)
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for number in range(6):
            clock.move_to(start + (sender.LEASE + timedelta(seconds=1)) * number)
            with pytest.raises(SystemExit):
                sender.deliver_due()
        tries = [m.attempts_made for m in Message.objects.filter(pk__in=[g.pk for g in good])]
        clock.move_to(start + (sender.LEASE + timedelta(seconds=1)) * 6)
        sender.deliver_due()

    assert tries == [0, 0]
    assert ends(bad) == [(State.FAILED, "quarantined: begun five times, never ended")]
    assert ends(*good) == [(State.SENT, "")] * 2


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


def test_a_mail_that_cannot_be_rendered_fails_and_never_blocks_the_others(server, kinds):
    def broken(ids):
        raise KeyError("membership")

    kinds["broken"] = like_event_moved("broken", broken)
    bad = outbox.write("broken", PersonFactory(), key="bad")
    (good,) = waiting()

    sender.deliver_due()

    assert ends(bad, good) == [(State.FAILED, "KeyError: 'membership'"), (State.SENT, "")]


@pytest.mark.parametrize("trouble", [OperationalError, InterfaceError, SoftTimeLimitExceeded])
def test_a_database_or_a_worker_in_trouble_costs_no_mail(server, kinds, trouble):
    facts = [trouble("not now"), {"title": "It", "when": "soon", "until": "later"}]

    def troubled(ids):
        fact = facts.pop(0)
        if isinstance(fact, Exception):
            raise fact
        return fact

    kinds["troubled"] = like_event_moved("troubled", troubled)
    message = outbox.write("troubled", PersonFactory(), key="troubled")
    start = timezone.now()

    with time_machine.travel(start, tick=False) as clock:
        with pytest.raises(trouble):
            sender.deliver_due()
        clock.move_to(start + sender.LEASE + timedelta(seconds=1))
        sender.deliver_due()

    assert ends(message) == [(State.SENT, "")]
    assert server.message_ids() == [message.message_id]


def test_what_is_no_longer_true_is_not_sent(server, kinds):
    kinds["gone"] = like_event_moved("gone", lambda ids: None)
    message = outbox.write("gone", PersonFactory(), key="gone")

    sender.deliver_due()

    assert ends(message) == [(State.SUPPRESSED, "no longer true")]
    assert server.accepted == []


def test_a_message_begun_five_times_without_an_end_is_put_aside(server):
    (message,) = waiting()
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for number in range(6):
            clock.move_to(start + sender.LEASE * number + timedelta(seconds=number))
            (mine,) = sender.claim()
            assert (mine, sender._begin(mine)) == (message, True)
        clock.move_to(start + sender.LEASE * 7)
        sender.deliver_due()

    assert ends(message) == [(State.FAILED, "quarantined: begun five times, never ended")]
    assert server.accepted == []


def test_a_sender_that_dies_between_yes_and_record_costs_one_copy_with_the_same_id(
    server, monkeypatch
):
    (message,) = waiting()
    start = timezone.now()

    def die(*args, **kwargs):
        raise SystemExit

    with time_machine.travel(start, tick=False) as clock:
        with monkeypatch.context() as death:
            death.setattr(sender, "_record", die)
            with pytest.raises(SystemExit):
                sender.deliver_due()
        sender.deliver_due()
        assert len(server.accepted) == 1
        clock.move_to(start + sender.LEASE + timedelta(seconds=1))
        sender.deliver_due()
        sender.deliver_due()

    assert server.message_ids() == [message.message_id] * 2
    assert ends(message) == [(State.SENT, "")]


def test_a_message_taken_over_by_another_sender_keeps_the_others_record(server):
    (message,) = waiting()
    (mine,) = sender.claim()
    Message.objects.update(lease_token=None, state=State.SENT, reason="by the other")

    sender._record(mine, Result.REFUSED, "550 no")

    assert ends(message) == [(State.SENT, "by the other")]
    assert Attempt.objects.count() == 0


def test_a_sender_whose_lease_has_run_out_sends_nothing(server):
    waiting(2)
    batch = sender.claim()
    Message.objects.update(lease_until=timezone.now())

    assert sender._deliver(batch, server) == 0
    assert server.accepted == []


def test_an_event_that_moves_after_the_claim_is_noticed_before_sending(server):
    part = InviteeFactory()
    old = outbox.write("test-mail", part.person, key="old", event=part.event)
    batch = sender.claim()
    with transaction.atomic():
        calendar.move(part.event, place="Room 2")

    sender._deliver(batch, server)

    assert server.accepted == []
    assert ends(old) == [(State.SUPPRESSED, "the event has changed since")]


def test_a_moved_event_tells_those_invited_and_takes_old_mail_back():
    part = InviteeFactory()
    old = outbox.write("event-moved", part.person, key="old", event=part.event)

    with transaction.atomic():
        calendar.move(part.event, place="Room 2")

    notice = Message.objects.exclude(pk=old.pk).get()
    assert ends(old) == [(State.SUPPRESSED, "the event has changed since")]
    assert (notice.kind, notice.recipient, notice.schedule_version) == (
        "event-moved",
        part.person,
        1,
    )


def test_the_loop_without_celery_outlives_a_database_that_is_away(server, monkeypatch):
    (message,) = waiting()
    deliver, looks = sender.deliver_due, []

    def away_at_first():
        looks.append(len(looks))
        if len(looks) == 1:
            raise OperationalError("server closed the connection")
        return deliver()

    def sleep(seconds):
        if len(looks) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(sender, "deliver_due", away_at_first)
    monkeypatch.setattr(run_sender, "close_old_connections", lambda: None)
    monkeypatch.setattr(run_sender.time, "sleep", sleep)
    with pytest.raises(KeyboardInterrupt):
        call_command("run_sender")

    assert ends(message) == [(State.SENT, "")]


@pytest.mark.parametrize("number", [1, 20])
def test_a_batch_is_claimed_and_checked_in_as_many_queries(
    server, django_assert_num_queries, number
):
    waiting(number, lane=Message.Lane.REMINDER)
    with django_assert_num_queries(8):
        batch = sender.claim()
        sender.untrue(batch)


def due_again(server):
    waiting(8)
    server.is_down = True
    Stop.put(Message.Lane.SERVICE, "timed out")
    Stop.objects.update(next_try_at=timezone.now())


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_senders_one_tries_the_server(server):
    due_again(server)

    at_once(sender.deliver_due, sender.deliver_due)

    assert Attempt.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_turns_both_senders_try_it(server, monkeypatch):
    due_again(server)
    barrier = Barrier(2)

    def always(stop):
        with suppress(BrokenBarrierError):
            barrier.wait(timeout=2)
        return True

    monkeypatch.setattr(Stop, "take_turn", always)

    at_once(sender.deliver_due, sender.deliver_due)

    assert Attempt.objects.count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_message_once(server):
    messages = waiting(60)

    results = at_once(sender.deliver_due, sender.deliver_due)

    assert sum(results) == 60
    assert sorted(server.message_ids()) == sorted(m.message_id for m in messages)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_task_delivered_many_times_over_has_one_effect(server):
    messages = waiting(30)

    at_once(*[tasks.deliver_due] * 20)
    for _late in range(5):
        tasks.deliver_due()

    assert sorted(server.message_ids()) == sorted(m.message_id for m in messages)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_claim_two_senders_would_send_twice(server, monkeypatch):
    waiting(20)

    def take_all():
        return list(
            Message.objects.filter(state=State.QUEUED)
            .select_related("recipient", "event")
            .annotate(
                tries_ended=Value(0),
                put_off=Value(0),
                unknown=Value(0),
                tries_the_server=Value(False),
            )
        )

    def begin(message):
        message.has_changed = False
        return True

    monkeypatch.setattr(sender, "claim", take_all)
    monkeypatch.setattr(sender, "_begin", begin)

    at_once(sender.deliver_due, sender.deliver_due)

    assert len(server.accepted) > 20
