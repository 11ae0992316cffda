"""A sender that dies, loses its lease or its database: no mail is lost, none goes for ever."""

from datetime import timedelta

import pytest
import time_machine
from celery.exceptions import SoftTimeLimitExceeded
from django.core.management import call_command
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from notifications import outbox, sender
from notifications.management.commands import run_sender
from notifications.models import Attempt, Message
from tests.factories import PersonFactory
from tests.notifications.conftest import like_event_moved
from tests.notifications.sending import ends, waiting

pytestmark = pytest.mark.django_db

State, Result = Message.State, Attempt.Result


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
