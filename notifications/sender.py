"""Out of the outbox: claim a few, check that they are still true, send, record each by itself.

What is promised: nothing accepted is lost, and each mail is sent once, plus at
most one copy for each time a sender dies, or the server falls silent, between the
server's yes and our record; that copy has the same Message-ID.
"""

import logging
import math
import time
from datetime import timedelta
from uuid import uuid4

from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail import get_connection
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Count, Exists, F, Min, OuterRef, Q, Value
from django.utils import timezone

from accounts import office
from notifications import bell, bounces, readers
from notifications.mails import Overtaken
from notifications.models import Attempt, Consent, Event, Heartbeat, Invitee, Message, Stop
from notifications.reasons import (
    BOUNCES,
    CHANGED,
    NO_ADDRESS,
    NOT_AGREED,
    NOT_INVITED,
    NOT_TRUE,
    OPTED_OUT,
    OTHER_FACTS,
    QUARANTINED,
    TOO_LATE,
)
from notifications.render import FactsChanged, NoLongerTrue, envelope, render
from notifications.server import hand_over, hang_up
from notifications.wording import Wordings

log = logging.getLogger(__name__)

BATCH = 25
LEASE = timedelta(seconds=120)
NEWS_WAITS = timedelta(hours=1)
LEASE_NEEDED = timedelta(seconds=30)
BACK_OFF = [timedelta(minutes=m) for m in (0.5, 1, 2, 5, 10, 30)]
GIVE_UP_AFTER = timedelta(hours=72)
LOST_LEASES_ALLOWED = 5
RECORD_AGAIN_AFTER = (0, 1, 2, 4, 8)  # seconds

EVENT_AS_IT_WAS = Exists(
    Event.objects.filter(pk=OuterRef("event"), schedule_version=OuterRef("schedule_version"))
)

State, Result = Message.State, Attempt.Result


class Unreachable(Exception):
    """The mail server does not answer, or does not want to talk to us at all."""


def deliver_due(seconds: float = math.inf) -> int:
    """Send what is due and return how many the server accepted. Two at once share the work.

    No mail is begun after ``seconds``: whoever may not take longer stops between two mails, not
    in the midst of one, and has the next begin at once.
    """
    sent, ends_at = 0, time.monotonic() + seconds
    server = get_connection()
    try:
        while batch := claim():
            Heartbeat.beat("sender")
            sent += _deliver(batch, server, ends_at)
            if time.monotonic() >= ends_at:
                bell.ring()
                break
    except Unreachable as error:
        log.warning("The mail server is not reached: %s", error)
    finally:
        hang_up(server)
    Heartbeat.beat("sender")
    if sent:
        log.info("%s mails sent", sent)
    return sent


def claim() -> list[Message]:
    """Take up to 25 due messages for two minutes, or one of a lane that waits for the server."""
    stops = list(Stop.objects.all())
    for stop in stops:
        if stop.take_turn():
            if one := _take(Q(lane=stop.lane), 1, tries_the_server=True):
                return one
            stop.delete()  # nothing waits there, and the next mail need not
    return _take(~Q(lane__in=[stop.lane for stop in stops]), BATCH)


def _take(which: Q, number: int, *, tries_the_server=False) -> list[Message]:
    """Put a lease on the first ``number`` that are due. The update decides who has them."""
    now, token = timezone.now(), uuid4()
    due = Q(state=State.QUEUED, not_before__lte=now) | Q(state=State.SENDING, lease_until__lt=now)
    with transaction.atomic():
        rows = Message.objects.filter(due, which).order_by("lane", "not_before", "pk")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        ids = list(rows.values_list("pk", flat=True)[:number])
        Message.objects.filter(due, pk__in=ids).update(
            state=State.SENDING, lease_token=token, lease_until=now + LEASE
        )
    batch = list(
        Message.objects.filter(lease_token=token)
        .select_related("recipient", "event")
        .annotate(
            tries_ended=Count("attempts"),
            first_tried_at=Min("attempts__at"),
            put_off=Count("attempts", filter=Q(attempts__result=Result.LATER)),
            unknown=Count("attempts", filter=Q(attempts__result=Result.UNKNOWN)),
            tries_the_server=Value(tries_the_server),
        )
        .order_by("lane", "not_before", "pk")
    )
    events = {message.event_id: message.event for message in batch}
    for message in batch:
        message.event = events[message.event_id]  # what one mail reads of it, the next has at hand
    return batch


def _deliver(batch: list[Message], server, ends_at: float = math.inf) -> int:
    sent = 0
    ends, wordings = untrue(batch), Wordings()
    readers.gather(batch)
    for position, message in enumerate(batch):
        if message.pk in ends:
            _end(message, *ends[message.pk])
        elif message.lane == Message.Lane.NEWS and not office.current().postal_address:
            _hold(message, NO_ADDRESS)
        elif time.monotonic() >= ends_at or not _begin(message):
            _put_back(batch[position:])
            break
        elif message.has_changed:
            _end(message, State.SUPPRESSED, CHANGED)
        else:
            try:
                sent += _send(message, server, wordings)
            except Unreachable:
                _put_back(batch[position + 1 :])
                raise
    return sent


def untrue(batch: list[Message]) -> dict[int, tuple[str, str]]:
    """Return, by pk, the end and the reason of each message that should not be sent now."""
    now = timezone.now()
    unwanted = _unwanted([m for m in batch if m.lane == Message.Lane.REMINDER])
    news = {m.recipient_id for m in batch if m.lane == Message.Lane.NEWS}
    agreed = set()
    if news:
        consents = Consent.objects.live().filter(purpose=Consent.Purpose.NEWS, person__in=news)
        agreed = set(consents.values_list("person_id", flat=True))
    unreached = bounces.people_not_reached(batch)
    ends = {}
    for message in batch:
        if message.expires_at and message.expires_at <= now:
            ends[message.pk] = (State.EXPIRED, TOO_LATE)
        elif message.pk in unwanted:
            ends[message.pk] = (State.SUPPRESSED, unwanted[message.pk])
        elif message.lane == Message.Lane.NEWS and message.recipient_id not in agreed:
            ends[message.pk] = (State.SUPPRESSED, NOT_AGREED)
        elif message.lane in bounces.HELD_BACK and message.recipient_id in unreached:
            ends[message.pk] = (State.SUPPRESSED, BOUNCES)
        elif message.attempts_made - message.tries_ended > LOST_LEASES_ALLOWED:
            ends[message.pk] = (State.FAILED, QUARANTINED)
    return ends


def _unwanted(reminders: list[Message]) -> dict[int, str]:
    """Return, by pk, why reminders should not go: nothing is owed any more, or none are wanted."""
    causes = {message.pk: _causes(message) for message in reminders}
    events = {event for of_one in causes.values() for event, _version in of_one}
    if not events:
        return {}
    coming = Invitee.objects.coming().filter(event__in=events)
    wishes = "person__mail_preference__wants_reminders"
    versions, unwilling = {}, set()
    for event, person, version, wants in coming.values_list(
        "event", "person", "event__schedule_version", wishes
    ):
        versions[event, person] = version
        if wants is False:
            unwilling.add(person)
    reasons = {}
    for message in reminders:
        person = message.recipient_id
        owed = [
            (event, person) in versions and version in (None, versions[event, person])
            for event, version in causes[message.pk]
        ]
        if owed and not any(owed):
            reasons[message.pk] = NOT_INVITED
        elif person in unwilling:
            reasons[message.pk] = OPTED_OUT
    return reasons


def _causes(message: Message) -> list[tuple[int, int | None]]:
    """Return the events that ``message`` reminds of: one at any version, those of a digest at
    the version that it was written for."""
    if message.event_id:
        return [(message.event_id, None)]  # ``_begin`` looks whether it has changed
    return message.context.get("events", [])


def _begin(message: Message) -> bool:
    """Count a try, if the lease still lasts for one. ``has_changed`` says that its event moved."""
    held = Message.objects.filter(
        pk=message.pk,
        lease_token=message.lease_token,
        lease_until__gt=timezone.now() + LEASE_NEEDED,
    )
    as_it_was = held if message.schedule_version is None else held.filter(EVENT_AS_IT_WAS)
    is_begun = bool(as_it_was.update(attempts_made=F("attempts_made") + 1))
    message.has_changed = not is_begun and held.exists()
    return is_begun or message.has_changed


def _send(message: Message, server, wordings: Wordings) -> bool:
    """Render and send one message and record what became of it. Raises Unreachable."""
    try:
        mail = render(message, wordings)
        email = envelope(message, mail)
    except NoLongerTrue:
        _end(message, State.SUPPRESSED, NOT_TRUE)
        return False
    except FactsChanged:
        _make_draft_again(message, OTHER_FACTS)
        return False
    except Overtaken as error:
        if message.is_copy:  # what the first one said has passed, and nobody has to say it again
            _end(message, State.SUPPRESSED, NOT_TRUE)
        else:
            _make_draft_again(message, str(error))
        return False
    except (InterfaceError, OperationalError, SoftTimeLimitExceeded):
        raise  # nothing is wrong with the mail: its lease runs out, and it is tried again
    except Exception as error:
        log.exception("Message %s (%s) cannot be rendered", message.uuid, message.kind)
        _record(message, Result.BROKEN, f"{type(error).__name__}: {error}")
        return False
    result, answer = hand_over(email, server)
    kept = {}
    if not message.is_frozen:
        kept = {"template": mail.template, "fell_back": mail.fell_back}
    if result == Result.SENT or not message.is_frozen:  # until then the stand-ins are needed
        kept["subject"] = mail.subject[:300]
        if not message.secret:
            kept["body"] = mail.masked().text
    _record(message, result, answer, **kept)
    if result == Result.NO_ADDRESS:
        bounces.refused(message, email.to[0], answer)
    if result in {Result.UNREACHABLE, Result.UNKNOWN}:
        Stop.put(message.lane, answer)
        raise Unreachable(answer)
    if message.tries_the_server:
        Stop.objects.filter(lane=message.lane).delete()
    return result == Result.SENT


def _record(message: Message, result: str, answer: str, **kept) -> None:
    """Write down what came of one try, if the message is still ours.

    What the server has said must not be forgotten because the database is away for seconds.
    """
    facts = {**_what_next(message, result, answer[:200]), **kept}
    for pause in RECORD_AGAIN_AFTER:
        try:
            return _write_down(message, result, answer[:200], facts)
        except (InterfaceError, OperationalError):
            if connection.in_atomic_block:
                raise
            log.warning("Message %s: what came of it cannot be recorded yet", message.uuid)
            connection.close()
            time.sleep(pause)
    return _write_down(message, result, answer[:200], facts)


@transaction.atomic
def _write_down(message, result, answer, facts) -> None:
    if _close_lease(message, **facts):
        tries = message.tries_ended + 1
        Attempt(message=message, number=tries, result=result, answer=answer).save(force_insert=True)


def _what_next(message: Message, result: str, answer: str) -> dict:
    """Return what becomes of a message whose try ended with ``result``."""
    now = timezone.now()
    match result:
        case Result.SENT:
            return {"state": State.SENT, "sent_at": now, "reason": ""}
        case Result.REFUSED | Result.NO_ADDRESS | Result.BROKEN:
            return {"state": State.FAILED, "reason": answer}
        case Result.UNKNOWN if message.unknown:
            return {"state": State.UNKNOWN, "reason": answer}
        case Result.LATER if (message.first_tried_at or now) + GIVE_UP_AFTER < now:
            return {"state": State.FAILED, "reason": answer}
        case Result.LATER:
            pause = BACK_OFF[min(message.put_off, len(BACK_OFF) - 1)]
            return {"state": State.QUEUED, "not_before": now + pause, "reason": answer}
    return {"state": State.QUEUED, "reason": answer}


def _end(message: Message, state: str, reason: str) -> None:
    _close_lease(message, state=state, reason=reason)


def _hold(message: Message, reason: str) -> None:
    """Let a message wait and be looked at again: nothing accepted is lost."""
    again = timezone.now() + NEWS_WAITS
    _close_lease(message, state=State.QUEUED, reason=reason, not_before=again)


def _make_draft_again(message: Message, reason: str) -> None:
    """Hold what would say something else than staff released; the old text stays to compare."""
    _close_lease(
        message,
        state=State.DRAFT,
        reason=reason,
        html="",
        facts_digest="",
        released_at=None,
        released_by=None,
        attempts_made=F("attempts_made") - 1,
    )


def _close_lease(message: Message, **facts) -> int:
    if facts["state"] != State.QUEUED:
        facts["secret"] = b""
    closed = Message.objects.filter(pk=message.pk, lease_token=message.lease_token).update(
        lease_token=None, lease_until=None, **facts
    )
    if not closed:
        log.warning("Message %s was taken over by another sender", message.uuid)
    return closed


def _put_back(messages: list[Message]) -> None:
    """Return what was claimed but never begun, as if it had not been claimed."""
    for message in messages:
        Message.objects.filter(pk=message.pk, lease_token=message.lease_token).update(
            state=State.QUEUED, lease_token=None, lease_until=None
        )
