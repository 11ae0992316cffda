"""Senders that are killed, frozen, poisoned or left without a mail server: who gets what."""

import random
import signal
import time

import pytest
from django.db import connection

from notifications import outbox
from notifications.models import Attempt, Message
from tests.factories import PersonFactory
from tests.faults.conftest import IS_LONG, LEASE_SECONDS, PATIENCE_SECONDS
from tests.faults.sink import wait_until

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

MESSAGES, KILLS = (2000, 100) if IS_LONG else (200, 10)
State = Message.State


def killed(ground, name, kills, *guards_off):
    """Two senders at work; again and again one of them is killed, and another one starts."""
    chance = random.Random(kills)
    pause = max(1, len(ground.messages) // (kills + 1))
    with ground.sink.open():
        for _ in range(2):
            ground.start(*guards_off)
        for _ in range(kills):
            assert ground.accepted_more(chance.randint(1, pause)), ground.said()
            ground.kill(chance.choice(ground.alive()))
            ground.start(*guards_off)
        assert ground.finish(), ground.said()
    return ground.outcome(name, kills)


def test_of_senders_that_are_killed_nothing_is_lost_and_at_most_one_copy_each(ground, report):
    ground.write(MESSAGES)

    outcome = killed(ground, "senders killed", KILLS)

    report.append(outcome)
    assert outcome.missing == 0
    assert outcome.extra <= KILLS
    assert set(Message.objects.values_list("state", flat=True)) == {State.SENT}


def test_if_it_were_recorded_before_it_is_sent_mail_would_be_lost(ground):
    ground.sink.takes = 0.05  # so that a kill finds the mail on its way
    ground.write(60)

    outcome = killed(ground, "recorded first", 10, "record first")

    assert outcome.missing > 0


def test_if_leases_ended_at_once_there_would_be_more_copies_than_kills(ground):
    ground.write(60)

    outcome = killed(ground, "no leases", 0, "leases end at once")

    assert outcome.extra > 0


def test_a_sender_that_thaws_after_its_lease_costs_at_most_one_copy(ground, report):
    ground.write(MESSAGES // 4)
    with ground.sink.open():
        frozen = ground.start()
        assert ground.accepted_more(5), ground.said()
        frozen.send_signal(signal.SIGSTOP)
        time.sleep(LEASE_SECONDS + 1)
        ground.start()
        assert ground.finish(), ground.said()
        frozen.send_signal(signal.SIGCONT)
        time.sleep(2)
    outcome = ground.outcome("a sender frozen past its lease", 1)

    report.append(outcome)
    assert outcome.missing == 0
    assert outcome.extra <= 1


def dropped(ground, name, drops, *guards_off):
    """Two senders at work; again and again the database hangs up on both."""
    with ground.sink.open():
        for _ in range(2):
            ground.start(*guards_off)
        for _ in range(drops):
            assert ground.accepted_more(5), ground.said()
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        assert ground.finish(), ground.said()
    assert len(ground.alive()) == 2
    return ground.outcome(name, drops)


def test_senders_outlive_a_database_that_hangs_up_and_forget_nothing(ground, report):
    ground.write(MESSAGES // 4)

    outcome = dropped(ground, "the database hangs up on all", 5)

    report.append(outcome)
    assert (outcome.missing, outcome.extra) == (0, 0)


def test_if_it_were_recorded_in_one_try_a_hang_up_would_cost_copies(ground):
    ground.write(100)

    outcome = dropped(ground, "recorded once", 15, "record once")

    assert outcome.missing == 0
    assert outcome.extra > 0


def test_without_a_mail_server_one_mail_a_pause_tries_and_all_go_when_it_is_back(ground, report):
    ground.write(MESSAGES // 4)
    with ground.sink.open():
        for _ in range(2):
            ground.start()
        assert ground.accepted_more(5), ground.said()
    away_seconds = 5
    time.sleep(away_seconds)
    tries = Attempt.objects.exclude(result=Attempt.Result.SENT).count()
    with ground.sink.open():
        assert ground.finish(), ground.said()
    outcome = ground.outcome("the mail server away for 5 s", 1)

    report.append(outcome)
    assert outcome.missing == 0
    assert outcome.extra <= 2
    assert 1 <= tries <= away_seconds + 2


def test_a_mail_that_kills_every_sender_is_put_aside_and_the_others_go(ground, report):
    ground.write(30)
    deadly = outbox.write("event-moved", PersonFactory(), key="deadly", lane=Message.Lane.CODE)
    Message.objects.filter(pk=deadly.pk).update(kind="deadly")
    deaths = 0
    with ground.sink.open():
        ground.start()
        while not ground.is_done() and deaths < 10:
            wait_until(lambda: ground.is_done() or not ground.alive(), PATIENCE_SECONDS)
            if not ground.alive():
                deaths += 1
                ground.start()
    outcome = ground.outcome("a mail that kills its sender", deaths)

    report.append(outcome)
    deadly.refresh_from_db()
    assert (deadly.state, deaths) == (State.FAILED, 6)
    assert outcome.missing == 0
    assert outcome.extra == 0
