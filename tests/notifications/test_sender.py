"""What goes out, what is kept of it, and what is not sent."""

from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone

from notifications import calendar, outbox, sender
from notifications.models import Attempt, Heartbeat, Message
from notifications.secret import reveal
from tests.factories import EventFactory, InviteeFactory, PersonFactory
from tests.notifications.conftest import like_event_moved
from tests.notifications.sending import ends, waiting, waiting_codes

pytestmark = pytest.mark.django_db

State, Result = Message.State, Attempt.Result


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


def test_a_mail_that_cannot_be_rendered_fails_and_never_blocks_the_others(server, kinds):
    def broken(ids):
        raise KeyError("membership")

    kinds["broken"] = like_event_moved("broken", broken)
    bad = outbox.write("broken", PersonFactory(), key="bad")
    (good,) = waiting()

    sender.deliver_due()

    assert ends(bad, good) == [(State.FAILED, "KeyError: 'membership'"), (State.SENT, "")]


def test_what_is_no_longer_true_is_not_sent(server, kinds):
    kinds["gone"] = like_event_moved("gone", lambda ids: None)
    message = outbox.write("gone", PersonFactory(), key="gone")

    sender.deliver_due()

    assert ends(message) == [(State.SUPPRESSED, "no longer true")]
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


@pytest.mark.parametrize("number", [1, 20])
def test_a_batch_is_claimed_and_checked_in_as_many_queries(
    server, django_assert_num_queries, number
):
    waiting(number, lane=Message.Lane.REMINDER)
    with django_assert_num_queries(8):
        batch = sender.claim()
        sender.untrue(batch)
