import logging
import socket
import time

import pytest
from django.db import transaction

from config.celery import app
from notifications import bell, outbox
from notifications.models import Message
from tests.concurrency import at_once
from tests.factories import EventFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def doorbell(settings, monkeypatch):
    """A doorbell that works, and knows nothing of the tests before."""
    settings.RING = True
    monkeypatch.setattr(bell, "_quiet_until", 0.0)
    monkeypatch.setattr(bell, "_next_log", 0.0)
    rung = []
    monkeypatch.setattr(bell, "_send", lambda task: rung.append(task) or 0.01)
    return rung


def write(number):
    return outbox.write("test-mail", PersonFactory(), key=f"t{number}", event=EventFactory())


def test_many_mails_of_one_transaction_ring_once_when_it_commits(
    doorbell, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        for number in range(5):
            write(number)
        assert doorbell == []

    assert len(doorbell) == 1


@pytest.mark.postgres
@pytest.mark.parametrize("number", [10, 1000])
def test_to_write_to_many_asks_as_much_as_to_write_to_few(django_assert_num_queries, number):
    event, people = EventFactory(), PersonFactory.create_batch(2)
    fresh = [
        outbox.unsaved("test-mail", people[place % 2], key=f"t{place}", event=event)
        for place in range(number)
    ]

    with django_assert_num_queries(1):
        outbox.write_all(fresh)

    assert Message.objects.count() == number


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_write_the_same_mail_at_once_both_get_the_one_and_go_on():
    person = PersonFactory()

    def write_both(other):
        with transaction.atomic():
            same = outbox.write("test-mail", person, key="same")
            outbox.write("test-mail", person, key=other)
        return same.pk

    first, second = at_once(lambda: write_both("one"), lambda: write_both("two"))

    assert first == second
    keys = Message.objects.order_by("dedupe_key").values_list("dedupe_key", flat=True)
    assert list(keys) == ["one", "same", "two"]


def test_a_draft_rings_nobody(doorbell, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        outbox.draft("test-mail", PersonFactory(), key="d", by=PersonFactory())

    assert doorbell == []


def test_a_broken_doorbell_is_silent_for_a_while_and_says_so_once(doorbell, monkeypatch, caplog):
    tries = []

    def broken(task):
        tries.append(task)
        raise OSError("no Redis")

    monkeypatch.setattr(bell, "_send", broken)

    with caplog.at_level(logging.WARNING):
        for _attempt in range(5):
            bell.ring()
        bell._quiet_until = 0.0
        bell.ring()

    assert len(tries) == 2
    assert len(caplog.records) == 1


def test_a_quick_doorbell_rings_for_each(doorbell):
    for _attempt in range(3):
        bell.ring()

    assert len(doorbell) == 3


def test_a_slow_doorbell_is_left_alone_for_a_while(doorbell, monkeypatch):
    rung = []

    def slow(task):
        rung.append(task)
        return bell.SLOW_SECONDS

    monkeypatch.setattr(bell, "_send", slow)

    for _attempt in range(3):
        bell.ring()

    assert len(rung) == 1


def test_a_frozen_broker_costs_a_request_little_and_loses_nothing(settings, monkeypatch):
    monkeypatch.setattr(bell, "_quiet_until", 0.0)
    settings.RING = True
    with socket.create_server(("127.0.0.1", 0)) as takes_calls_and_never_answers:
        port = takes_calls_and_never_answers.getsockname()[1]
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{port}/0"
        message = write(1)
        begun = time.monotonic()
        bell.ring()
        took = time.monotonic() - begun

    assert took < 1.5
    assert bell._quiet_until > time.monotonic()
    assert Message.objects.get() == message


def test_the_bell_calls_a_task_that_exists():
    app.loader.import_default_modules()

    assert bell.TASK in app.tasks
