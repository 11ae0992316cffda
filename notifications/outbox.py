"""The way into the outbox: a mail is a row, written in the transaction of its cause."""

import logging
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import office
from accounts.lifecycle import InvalidTransition
from accounts.models import User
from notifications import bell, mails, runs
from notifications.models import Event, Message
from notifications.reasons import CANCELLED, NOT_TRUE, TAKEN_BACK
from notifications.secret import hide

log = logging.getLogger(__name__)

# As long as this, what staff have released can be taken back.
RECALL_WINDOW = timedelta(minutes=10)
RELEASED_AT_ONCE = 100

UNSETTLED = {
    "subject": "", "body": "", "html": "", "facts_digest": "", "template": None,
    "fell_back": False, "released_at": None, "released_by": None, "stopped_by": None,
}  # fmt: skip
SETTLED = list(UNSETTLED)


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
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError:
        if first := Message.objects.filter(dedupe_key=key).first():
            return first
        raise
    if state == Message.State.QUEUED:
        bell.ring_on_commit()
    return fresh


def write_all(fresh: list[Message]) -> None:
    """Accept many mails made by ``unsaved``; those with a known key are left as they are."""
    Message.objects.bulk_create(fresh, ignore_conflicts=True)
    bell.ring_on_commit()


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
        secret=hide(secret) if secret else b"",
        **{"lane": mails.kind(kind).lane, **facts},
    )


def draft(kind: str, to: User, *, key: str, by: User, **facts) -> Message:
    """Write a mail that goes nowhere until staff have seen it and called ``release``."""
    return write(kind, to, key=key, by=by, state=Message.State.DRAFT, **facts)


def release(messages, *, by: User) -> int:
    """Let the drafts among ``messages`` (a queryset) go in ten minutes; returns how many.

    What each says is settled now, with a digest of its facts. One that is no longer true is
    suppressed; one that is overtaken, or cannot be rendered, stays a draft; each says why. Raises
    InvalidTransition where news among them would go without a postal address.
    """
    from notifications.wording import Wordings

    drafts = messages.filter(state=Message.State.DRAFT)
    if not office.current().postal_address and drafts.filter(lane=Message.Lane.NEWS).exists():
        raise InvalidTransition(_("News must carry your postal address: write it down first."))
    keys, released = list(drafts.order_by("pk").values_list("pk", flat=True)), 0
    for start in range(0, len(keys), RELEASED_AT_ONCE):
        batch = drafts.filter(pk__in=keys[start : start + RELEASED_AT_ONCE])
        batch = list(batch.select_related("recipient", "event"))
        wordings = Wordings()
        for message in batch:
            _settle(message, wordings, by)
        with transaction.atomic():
            still = set(_still_drafts(batch))
            kept = [message for message in batch if message.pk in still]
            Message.objects.bulk_update(kept, [*SETTLED, "state", "reason", "not_before"])
        released += sum(message.state == Message.State.QUEUED for message in kept)
    return released


def _settle(message: Message, wordings, by: User) -> None:
    from notifications.render import NoLongerTrue, freeze_text  # Markdown: few processes need it

    try:
        freeze_text(message, wordings)
    except NoLongerTrue:
        message.state, message.reason = Message.State.SUPPRESSED, NOT_TRUE
    except mails.Overtaken as error:
        message.reason = str(error)
    except (InterfaceError, OperationalError):
        raise
    except Exception as error:
        log.exception("Draft %s (%s) cannot be rendered", message.uuid, message.kind)
        message.reason = f"{type(error).__name__}: {error}"[:200]
    else:
        message.state, message.reason, message.stopped_by = Message.State.QUEUED, "", None
        message.released_at, message.released_by = timezone.now(), by
        message.not_before = message.released_at + RECALL_WINDOW


def _still_drafts(batch: list[Message]):
    """Lock what nobody else has let go, or cancelled, since it was read."""
    drafts = Message.objects.filter(state=Message.State.DRAFT, pk__in=[one.pk for one in batch])
    return drafts.select_for_update().order_by("pk").values_list("pk", flat=True)


def recall(messages, *, by: User) -> int:
    """Make what was released among ``messages``, and has not gone, drafts again; returns how many.

    Their text is made anew when they are next looked at.
    """
    return _not_gone(messages).update(
        state=Message.State.DRAFT, reason=TAKEN_BACK, **{**UNSETTLED, "stopped_by": by}
    )


def send_now(messages) -> int:
    """Do not wait for the end of the ten minutes; returns how many of ``messages`` that sped up."""
    now = timezone.now()
    hurried = _not_gone(messages).filter(not_before__gt=now).update(not_before=now)
    if hurried:
        bell.ring_on_commit()
    return hurried


def _not_gone(messages):
    return messages.filter(state=Message.State.QUEUED, released_at__isnull=False)


def cancel(messages, *, by: User) -> int:
    """Call back what has not gone yet among ``messages`` (a queryset); returns how many."""
    waiting = messages.filter(state__in=[Message.State.DRAFT, Message.State.QUEUED])
    return waiting.update(
        state=Message.State.CANCELLED, reason=CANCELLED, stopped_by=by, secret=b""
    )


def review_url(messages) -> str:
    """Return the admin page that shows ``messages`` before they go, each as it would be read."""
    ids = runs.written(message.pk for message in messages)
    return f"{reverse('admin:notifications_message_review')}?ids={ids}"
