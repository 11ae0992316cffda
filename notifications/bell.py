"""The doorbell: asks a worker to look at the outbox sooner than the minute tick would.

The task is called by its name, so that writing a mail knows nothing of sending it.
"""

import logging
import time

from django.conf import settings
from django.db import connection, transaction

log = logging.getLogger(__name__)

TASK = "notifications.tasks.deliver_due"
BREAKER_SECONDS = 30
SLOW_SECONDS = 0.8  # the first ring of a process also loads its client
PING_SECONDS = 0.1  # Celery's client asks some twenty times over
LOG_SECONDS = 60
_quiet_until = _next_log = 0.0


def ring_on_commit() -> None:
    """Ring once when the transaction commits, however many mails it wrote."""
    if not any(waiting[1] is ring for waiting in connection.run_on_commit):
        transaction.on_commit(ring)


def ring() -> None:
    """Ask a worker to look at the outbox now. Never fails: the minute tick looks anyway.

    After an error, or a slow answer, nobody rings for half a minute, so that a dead or
    a tired Redis costs one request at most a second and the others nothing.
    """
    global _quiet_until
    if not settings.RING or time.monotonic() < _quiet_until:
        return
    try:
        seconds = _send(TASK)
    except Exception as error:
        _say(repr(error))
    else:
        if seconds < SLOW_SECONDS:
            return
        _say("slow to answer")
    _quiet_until = time.monotonic() + BREAKER_SECONDS


def _say(trouble: str) -> None:
    global _next_log
    if time.monotonic() >= _next_log:
        _next_log = time.monotonic() + LOG_SECONDS
        log.warning("The doorbell is silent, the minute tick goes on: %s", trouble)


def _send(task: str) -> float:
    """Hand ``task`` to the broker and return the seconds it took, or raise within 1.5 of them.

    Celery's own client would try a frozen Redis several times over, and ask a slow one
    many things, so it is asked only after Redis has soon answered a ping.
    """
    from config.celery import app  # a web process that writes no mail does not need Celery

    began, options = time.monotonic(), {}
    if settings.CELERY_BROKER_URL.startswith("redis"):
        options = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
        if _ping(settings.CELERY_BROKER_URL, **{**options, "socket_timeout": 0.2}) > PING_SECONDS:
            raise TimeoutError("slow to answer")
    with app.connection_for_write(connect_timeout=1, transport_options=options) as broker:
        app.send_task(task, connection=broker, retry=False, expires=55, ignore_result=True)
    return time.monotonic() - began


def _ping(url: str, **options) -> float:
    """Return the seconds that Redis takes to answer: its client asks five things at most."""
    # 6 MB and a tenth of what starting a process takes, which most never need.
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    with Redis.from_url(url, protocol=2, retry=Retry(NoBackoff(), 0), **options) as server:
        began = time.monotonic()
        server.ping()
        return time.monotonic() - began
