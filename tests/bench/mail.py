"""What mail costs, measured by a process with the packages of production.

    python -m tests.bench.mail MESSAGES ROUNDS

Prints, as JSON, seconds and queries: to queue a notice to so many people, to send it, to send the
same mails by smtplib alone (before and after, because a machine does not keep its pace), to send
them by two senders, and to plan five times as many reminders that are due.
"""

import json
import smtplib
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import get_context

import django
from django.conf import settings

REMINDED = 5
GROUP = 100  # people invited to one event


@contextmanager
def counted():
    """Yield a dict that holds ``seconds`` and ``queries`` of the block when it has ended."""
    from django.db import connection

    found = {"queries": 0}

    def count(execute, *what):
        found["queries"] += 1
        return execute(*what)

    began = time.perf_counter()
    with connection.execute_wrapper(count):
        yield found
    found["seconds"] = time.perf_counter() - began


def invited(number: int):
    """Return a webinar's event that lies ahead, with ``number`` more people invited."""
    from accounts.models import User
    from cops.models import Webinar
    from notifications.models import Invitee, Role

    people = User.objects.bulk_create(
        User(email=f"person-{place}@agency.test", name=f"Person {place}") for place in range(number)
    )
    event = Webinar.objects.latest("event__starts_at").event
    event.invitees.all().delete()
    Invitee.objects.bulk_create(
        Invitee(event=event, person=person, role=Role.GUEST) for person in people
    )
    return event, people


def wall(**ahead):
    from django.utils import timezone

    return (timezone.localtime() + timedelta(**ahead)).replace(tzinfo=None, second=0, microsecond=0)


def by_smtplib_alone(messages, mail) -> float:
    """Build the mails that ``messages`` are, the texts of ``mail`` at hand, and send them all."""
    from notifications.render import envelope

    began = time.perf_counter()
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=10) as server:
        for message in messages:
            server.send_message(envelope(message, mail).message())
    return time.perf_counter() - began


def deliver(_sender: int) -> int:
    from notifications import sender

    return sender.deliver_due()


def by_two_senders() -> tuple[int, float]:
    """Send what is due from two processes at once; return how many mails and seconds it took."""
    from django.db import connections

    connections.close_all()
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        began = time.perf_counter()
        sent = sum(pool.map(deliver, range(2)))
        return sent, time.perf_counter() - began


def due_reminders(people, number: int) -> None:
    """Let ``people``, in groups, owe answers of which they are to be reminded right now.

    Of a deadline, because it is the last reminder before one that never waits for another day;
    counted in hours, because days wait for the morning, and the bench may run at night.
    """
    from django.utils import timezone

    from notifications import calendar
    from notifications.models import Event, Invitee, Kind, Role, Rule
    from notifications.models.reminder import Unit

    last = Rule.objects.filter(kind=Kind.OFFER_DUE, amount=1, unit=Unit.DAYS)
    last.update(amount=24, unit=Unit.HOURS)
    long_ago = timezone.now() - timedelta(days=30)
    events = [
        calendar.hold(Kind.OFFER_DUE, wall(days=1, minutes=-5)) for _ in range(number // GROUP)
    ]
    Event.objects.filter(pk__in=[event.pk for event in events]).update(scheduled_at=long_ago)
    Invitee.objects.bulk_create(
        Invitee(event=event, person=person, role=Role.APPLICANT, since=long_ago)
        for event in events
        for person in people[:GROUP]
    )


def measure(number: int, rounds: int) -> dict:
    from notifications import calendar, planner, sender
    from notifications.models import Message
    from notifications.render import render

    event, people = invited(number)
    found = {"queue": [], "send": [], "floor": []}
    for place in range(rounds):
        with counted() as queued:
            calendar.move(event, place=f"Room {place}")
        found["queue"].append(queued)
        waiting = Message.objects.filter(state=Message.State.QUEUED, event=event)
        Message.objects.exclude(event=event).filter(state=Message.State.QUEUED).delete()
        waiting.update(not_before=event.created_at)
        messages = list(waiting.select_related("recipient", "event"))
        mail = render(messages[0])
        before = by_smtplib_alone(messages, mail)
        with counted() as sending:
            sent = sender.deliver_due()
        assert sent == number, f"{sent} of {number} were sent"
        found["send"].append(sending["seconds"])
        found["floor"].append((before + by_smtplib_alone(messages, mail)) / 2)
    calendar.move(event, place="Room of two")
    Message.objects.filter(state=Message.State.QUEUED).update(not_before=event.created_at)
    sent, found["two"] = by_two_senders()
    assert sent == number, f"{sent} of {number} were sent by two"
    due_reminders(people, number * REMINDED)
    with counted() as planning:
        planned = planner.plan()
    assert planned == number * REMINDED, f"{planned} of {number * REMINDED} were planned"
    return {**found, "plan": planning, "planned": planned}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(measure(*map(int, sys.argv[1:]))))
