"""The way into the outbox: a mail is a row, written in the transaction of its cause."""

from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from notifications import mails
from notifications.models import Event, Message


def write(
    kind: str,
    to: User,
    *,
    key: str,
    context: dict | None = None,
    event: Event | None = None,
    state: str = Message.State.QUEUED,
    by: User | None = None,
    **facts,
) -> Message:
    """Accept one mail to one person, once: a second call with the same ``key`` returns the first.

    ``context`` holds ids only. ``event`` binds the mail to its schedule version:
    when the event moves before the mail is sent, the mail is suppressed.
    ``facts`` may be ``secret`` (bytes), ``not_before`` and ``expires_at``.
    """
    uuid = uuid4()
    message, is_new = Message.objects.get_or_create(
        dedupe_key=key,
        defaults={
            "uuid": uuid,
            "message_id": f"<{uuid}@{settings.SITE_HOST}>",
            "kind": kind,
            "lane": mails.kind(kind).lane,
            "recipient": to,
            "context": context or {},
            "event": event,
            "schedule_version": event.schedule_version if event else None,
            "state": state,
            "created_by": by,
            **facts,
        },
    )
    if is_new and state == Message.State.QUEUED:
        transaction.on_commit(ring)
    return message


def draft(kind: str, to: User, *, key: str, by: User, **facts) -> Message:
    """Write a mail that goes nowhere until staff have seen it and called ``release``."""
    return write(kind, to, key=key, by=by, state=Message.State.DRAFT, **facts)


def release(messages, *, by: User) -> int:
    """Let the drafts among ``messages`` (a queryset) go; returns how many went."""
    released = messages.filter(state=Message.State.DRAFT).update(
        state=Message.State.QUEUED, released_at=timezone.now(), not_before=timezone.now()
    )
    if released:
        transaction.on_commit(ring)
    return released


def ring() -> None:
    """Ask a worker to look at the outbox now. Never fails: the minute tick looks anyway."""
