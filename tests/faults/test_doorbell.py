"""Redis stopped, frozen, slow or wiped: people at the site notice nothing, and no mail is lost."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress

import pytest
import redis
from django.contrib.auth import get_user
from django.urls import reverse

from config.celery import app
from cops.models import Registration
from notifications import bell, sender
from notifications.models import Message
from tests.factories import WebinarFactory
from tests.faults.conftest import IS_LONG
from tests.faults.sink import free_port, wait_until
from tests.faults.slow import slow_way

pytestmark = [
    pytest.mark.redis,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

FORMS = 500 if IS_LONG else 40
LONGEST_SECONDS = 1.5


@pytest.fixture
def broker(tmp_path, settings, monkeypatch):
    """A Redis of this test's own, which the doorbell rings at. CI never does without."""
    if not shutil.which("redis-server"):
        leave = pytest.fail if "redis" in os.environ.get("REQUIRE", "") else pytest.skip
        leave("redis-server is not installed")
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    settings.RING, settings.CELERY_BROKER_URL = True, url
    kept = {name: app.conf[name] for name in ("broker_url", "task_always_eager")}
    app.conf.update(broker_url=url, task_always_eager=False)
    monkeypatch.setattr(bell, "_quiet_until", 0.0)
    with redis.Redis.from_url(url) as server.client:
        assert wait_until(lambda: answers(server.client), 10)
        yield server
    app.conf.update(kept)
    with suppress(ProcessLookupError):
        server.send_signal(signal.SIGCONT)
    server.kill()
    server.wait(timeout=10)


@pytest.fixture
def rung(monkeypatch):
    """The seconds that each try took in which the doorbell really turned to Redis, as it does so.

    Its pause lasts longer than any test, however slow the machine.
    """
    send, seconds = bell._send, []

    def timed(task):
        began = time.monotonic()
        try:
            return send(task)
        finally:
            seconds.append(time.monotonic() - began)

    monkeypatch.setattr(bell, "BREAKER_SECONDS", 3600)
    monkeypatch.setattr(bell, "_send", timed)
    return seconds


def answers(client) -> bool:
    with suppress(redis.ConnectionError):
        return client.ping()
    return False


def send_forms(client, number) -> list[float]:
    """Register so many guests for a webinar; return the seconds that each waited."""
    address = reverse("cops:webinar-register", args=[WebinarFactory().slug])
    waits = []
    for place in range(number):
        typed = {"email": f"guest-{place}@agency.test", "name": "A guest", "agrees": "on"}
        began = time.monotonic()
        answer = client.post(address, typed)
        waits.append(time.monotonic() - began)
        assert answer.status_code == 302
    return waits


def test_with_redis_the_doorbell_rings(client, broker):
    send_forms(client, 1)

    assert broker.client.llen("celery") == 1


@pytest.mark.parametrize("fault", ["stopped", "frozen"])
def test_without_redis_every_form_is_kept_soon_and_its_mail_goes(
    client, broker, mailoutbox, rung, fault
):
    if fault == "stopped":
        broker.kill()
        broker.wait(timeout=10)
    else:
        broker.send_signal(signal.SIGSTOP)

    waits = send_forms(client, FORMS)
    sender.deliver_due()

    (waited,) = rung
    assert waited < LONGEST_SECONDS
    assert max(waits) < 2 * LONGEST_SECONDS  # all else a form does, on any machine
    assert Registration.objects.count() == FORMS
    assert set(Message.objects.values_list("state", flat=True)) == {Message.State.SENT}
    assert len({mail.to[0] for mail in mailoutbox}) == FORMS


@pytest.fixture(params=[100, 200, 400])
def slow_broker(broker, settings, request):
    """The same Redis, where each command arrives so many milliseconds late."""
    port = broker.client.connection_pool.connection_kwargs["port"]
    with slow_way(port, seconds=request.param / 1000) as slow_port:
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{slow_port}/0"
        app.conf.update(broker_url=settings.CELERY_BROKER_URL)
        yield broker


def test_a_slow_redis_makes_one_form_wait_and_the_others_not(client, slow_broker, rung):
    waits = send_forms(client, FORMS)

    (waited,) = rung
    assert 0.1 <= waited < LONGEST_SECONDS
    assert max(waits) < 2 * LONGEST_SECONDS


@pytest.mark.parametrize("slow_broker", [100], indirect=True)
def test_if_it_did_not_mind_a_slow_ping_and_did_not_pause_a_slow_redis_would_hold_all_up(
    client, slow_broker, monkeypatch
):
    monkeypatch.setattr(bell, "BREAKER_SECONDS", 0)
    monkeypatch.setattr(bell, "PING_SECONDS", 10)

    waits = send_forms(client, 2)

    assert min(waits) >= LONGEST_SECONDS


def test_if_it_rang_without_asking_first_and_without_a_pause_a_frozen_redis_would_hold_all_up(
    client, broker, monkeypatch
):
    monkeypatch.setattr(bell, "BREAKER_SECONDS", 0)
    monkeypatch.setattr(bell, "_ping", lambda url, **options: 0)
    broker.send_signal(signal.SIGSTOP)

    waits = send_forms(client, 3)

    assert sum(waits) >= LONGEST_SECONDS


def test_a_wiped_redis_loses_no_mail_and_signs_nobody_out(client, broker, mailoutbox, sign_in):
    guest = Registration.objects.select_related("person")
    send_forms(client, 3)
    sign_in(client, guest.first().person)

    broker.client.flushall()
    sender.deliver_due()

    assert get_user(client) == guest.first().person
    assert len({mail.to[0] for mail in mailoutbox}) == 3
