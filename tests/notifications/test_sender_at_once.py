"""Senders that work at once share the work, and what would happen without the guards."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.db.models import Value
from django.utils import timezone

from notifications import sender, tasks
from notifications.models import Attempt, Message, Stop
from tests.concurrency import at_once
from tests.notifications.sending import waiting

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def due_again(server):
    waiting(8)
    server.is_down = True
    Stop.put(Message.Lane.SERVICE, "timed out")
    Stop.objects.update(next_try_at=timezone.now())


def test_of_two_senders_one_tries_the_server(server):
    due_again(server)

    at_once(sender.deliver_due, sender.deliver_due)

    assert Attempt.objects.count() == 1


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


def test_two_senders_at_once_send_each_message_once(server):
    messages = waiting(60)

    results = at_once(sender.deliver_due, sender.deliver_due)

    assert sum(results) == 60
    assert sorted(server.message_ids()) == sorted(m.message_id for m in messages)


def test_a_task_delivered_many_times_over_has_one_effect(server):
    messages = waiting(30)

    at_once(*[tasks.deliver_due] * 20)
    for _late in range(5):
        tasks.deliver_due()

    assert sorted(server.message_ids()) == sorted(m.message_id for m in messages)


def test_without_the_claim_two_senders_would_send_twice(server, monkeypatch):
    waiting(20)

    def take_all():
        return list(
            Message.objects.filter(state=Message.State.QUEUED)
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
