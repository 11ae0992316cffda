"""The way into the outbox: a mail is a row, written in the transaction of its cause."""

import base64
import hashlib
from uuid import uuid4

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import office
from accounts.lifecycle import InvalidTransition
from accounts.models import User
from notifications import bell, mails
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
    ``facts`` may be ``secret`` (text, kept encrypted), ``not_before`` and ``expires_at``.
    """
    fresh = unsaved(kind, to, key=key, context=context, event=event, state=state, by=by, **facts)
    names = [field.attname for field in Message._meta.concrete_fields if not field.primary_key]
    message, is_new = Message.objects.get_or_create(
        dedupe_key=key, defaults={name: getattr(fresh, name) for name in names}
    )
    if is_new and state == Message.State.QUEUED:
        bell.ring_on_commit()
    return message


def write_all(fresh: list[Message]) -> list[Message]:
    """Accept many mails made by ``unsaved``; those with a known key are left as they are."""
    keys = [message.dedupe_key for message in fresh]
    Message.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
    bell.ring_on_commit()
    return [
        message
        for start in range(0, len(keys), 500)
        for message in Message.objects.filter(dedupe_key__in=keys[start : start + 500])
    ]


def unsaved(
    kind: str,
    to: User,
    *,
    key: str,
    context: dict | None = None,
    event: Event | None = None,
    state: str = Message.State.QUEUED,
    by: User | None = None,
    secret: str = "",
    **facts,
) -> Message:
    """Return the row that ``write`` would insert."""
    uuid = uuid4()
    return Message(
        uuid=uuid,
        dedupe_key=key,
        message_id=f"<{uuid}@{settings.SITE_HOST}>",
        kind=kind,
        recipient=to,
        context=context or {},
        event=event,
        schedule_version=event.schedule_version if event else None,
        state=state,
        created_by=by,
        secret=_fernet().encrypt(secret.encode()) if secret else b"",
        **{"lane": mails.kind(kind).lane, **facts},
    )


def reveal(message: Message) -> str:
    """Return the code or link that only this mail may carry."""
    return _fernet().decrypt(bytes(message.secret)).decode()


def draft(kind: str, to: User, *, key: str, by: User, **facts) -> Message:
    """Write a mail that goes nowhere until staff have seen it and called ``release``."""
    return write(kind, to, key=key, by=by, state=Message.State.DRAFT, **facts)


def release(messages, *, by: User) -> int:
    """Let the drafts among ``messages`` (a queryset) go; returns how many went.

    Raises InvalidTransition where news among them would go without a postal address.
    """
    news = messages.filter(state=Message.State.DRAFT, lane=Message.Lane.NEWS)
    if not office.current().postal_address and news.exists():
        raise InvalidTransition(_("News must carry your postal address: write it down first."))
    now = timezone.now()
    released = messages.filter(state=Message.State.DRAFT).update(
        state=Message.State.QUEUED, released_at=now, released_by=by, not_before=now
    )
    if released:
        bell.ring_on_commit()
    return released


def cancel(messages, *, by: User) -> int:
    """Call back what has not gone yet among ``messages`` (a queryset); returns how many."""
    waiting = messages.filter(state__in=[Message.State.DRAFT, Message.State.QUEUED])
    return waiting.update(
        state=Message.State.CANCELLED, reason=_("cancelled by %(name)s") % {"name": by}, secret=b""
    )


def can_go_again(message: Message) -> bool:
    """Whether staff may send ``message`` again: it has an end, and held no secret."""
    ended = {Message.State.SENT, Message.State.FAILED, Message.State.EXPIRED}
    return message.state in ended and message.lane != Message.Lane.CODE


def send_again(message: Message, *, by: User) -> Message:
    """Write a further mail with the same facts, rendered anew; the first keeps its record.

    ``by`` may press twice within a minute: it is still one mail. Raises
    InvalidTransition where there is nothing to send again.
    """
    if not can_go_again(message):
        raise InvalidTransition(_("This email cannot be sent again."))
    return write(
        message.kind,
        message.recipient,
        key=f"again:{message.pk}:{timezone.now():%Y%m%d%H%M}",
        context=message.context,
        event=message.event,
        by=by,
    )


def review_url(messages) -> str:
    """Return the admin page that shows ``messages`` before they go, each as it would be read."""
    ids = ",".join(str(message.pk) for message in messages)
    return f"{reverse('admin:notifications_message_review')}?ids={ids}"


def _fernet():
    from cryptography.fernet import Fernet, MultiFernet  # most processes keep no secret

    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(f"notifications.outbox:{key}".encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
