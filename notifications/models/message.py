"""The outbox. The row is the queue, Celery is the doorbell."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.privacy import Privacy, Topic
from notifications import mails
from notifications.lanes import Lane
from notifications.models.template import MailTemplate
from notifications.models.time import Event
from notifications.reasons import BY_SOMEBODY, NOT_TRUE

COPY = "again:"  # how the key of what goes once more begins
ASKED = ":asked:"  # what stands in the key of what somebody asked for


class Message(models.Model):
    """One mail to one person: accepted when the row commits, sent once, its end named.

    ``context`` holds ids only; the text is rendered when it is sent, or frozen
    when staff release a draft, with a digest of the facts it was made from (see
    ``notifications.freeze``). ``message_id`` is fixed at insert, so that any
    further copy of the same mail carries the same Message-ID.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft, to be released")
        QUEUED = "queued", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        UNKNOWN = "unknown", _("perhaps sent")
        FAILED = "failed", _("failed")
        EXPIRED = "expired", _("too late to be of use")
        CANCELLED = "cancelled", _("cancelled")
        SUPPRESSED = "suppressed", _("not sent: no longer true")

    Lane = Lane
    NOT_GONE = (State.DRAFT, State.QUEUED, State.SENDING)

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=60)
    dedupe_key = models.CharField(_("key"), max_length=200, unique=True)
    message_id = models.CharField(_("Message-ID"), max_length=200, unique=True, editable=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="messages",
        verbose_name=_("to"),
    )
    event = models.ForeignKey(
        Event,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("event"),
    )
    schedule_version = models.PositiveIntegerField(_("version"), null=True, blank=True)
    context = models.JSONField(_("about"), default=dict, blank=True)
    secret = models.BinaryField(blank=True, default=b"", editable=False)
    lane = models.PositiveSmallIntegerField(_("lane"), choices=Lane, default=Lane.SERVICE)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.QUEUED)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    not_before = models.DateTimeField(_("not before"), default=timezone.now)
    expires_at = models.DateTimeField(_("useful until"), null=True, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    body = models.TextField(_("text"), blank=True)
    html = models.TextField(_("HTML"), blank=True, editable=False)
    facts_digest = models.CharField(max_length=64, blank=True, editable=False)
    template = models.ForeignKey(
        MailTemplate,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("words"),
    )
    fell_back = models.BooleanField(_("the built-in text went instead"), default=False)
    attempts_made = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("caused by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    released_at = models.DateTimeField(_("released"), null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("released by"),
    )
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken back or cancelled by"),
    )
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    privacy = Privacy(
        person_path="recipient",
        writer_path="created_by",
        topic=Topic.MAIL,
        called=_("Email to you"),
        internal=(
            "kind dedupe_key message_id event schedule_version context lane not_before expires_at "
            "attempts_made lease_token lease_until created_by released_at released_by "
            "stopped_by reason facts_digest template fell_back"
        ),
        personal="subject body html state created_at sent_at",
        sensitive="secret",
        withheld="secret html",
        told=Q(state=State.SENT),
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(
                fields=["lane", "not_before"],
                name="message_waiting",
                condition=Q(state__in=["queued", "sending"]),
            ),
            models.Index(
                fields=["state"],
                name="message_for_staff",
                condition=Q(state__in=["draft", "queued", "failed"]),
            ),
            models.Index(fields=["recipient", "-created_at"], name="message_of_person"),
            models.Index(fields=["-created_at"], name="messages_in_order"),
        ]

    def __str__(self):
        return f"{mails.title(self.kind)}, {self.recipient}"

    @property
    def is_copy(self) -> bool:
        """Whether it goes once more to who was told: staff sent it again, or it was asked for."""
        return self.dedupe_key.startswith(COPY) or ASKED in self.dedupe_key

    @property
    def language(self) -> str:
        """What it is written in: the language of its reader, or of the text that she tries on."""
        return self.context.get("language") or self.recipient.language

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_frozen(self) -> bool:
        """Whether what it says was settled when staff released it."""
        return bool(self.facts_digest)

    @property
    def can_be_recalled(self) -> bool:
        """Whether staff let it go, and it has not gone yet."""
        return self.state == self.State.QUEUED and self.released_at is not None

    @property
    def can_be_cancelled(self) -> bool:
        return self.state in {self.State.DRAFT, self.State.QUEUED}

    @property
    def why_not_gone(self) -> str:
        """Why it has not gone, or never will, in words; "" where its state says it all."""
        if self.state == self.State.SUPPRESSED and self.reason == NOT_TRUE:
            return ""
        if self.reason in BY_SOMEBODY:
            return gettext(self.reason) % {"name": self.stopped_by or gettext("somebody")}
        if self.reason:
            return gettext(self.reason)
        if self.state != self.State.QUEUED or self.not_before <= timezone.now():
            return ""
        when = {"when": clock.spoken(self.not_before)}
        if self.can_be_recalled:
            return gettext("It can be taken back until %(when)s.") % when
        return gettext("It goes on %(when)s.") % when


class Attempt(models.Model):
    """One try to hand a message to the mail server, and what came back. Never edited."""

    class Result(models.TextChoices):
        SENT = "sent", _("accepted")
        LATER = "later", _("asked to try later")
        REFUSED = "refused", _("refused for good")
        NO_ADDRESS = "no-address", _("address refused for good")
        UNKNOWN = "unknown", _("handed over, no answer came")
        UNREACHABLE = "unreachable", _("email server not reached")
        BROKEN = "broken", _("could not be rendered")

    message = models.ForeignKey(Message, models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField(_("number"))
    result = models.CharField(_("result"), max_length=12, choices=Result)
    answer = models.CharField(_("answer"), max_length=200, blank=True)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    privacy = Privacy(
        person_path="message__recipient",
        topic=Topic.MAIL,
        called=_("Attempts to deliver email to you"),
        internal="number",
        personal="result answer at",
        withheld="message",
        told=Q(message__state=Message.State.SENT),
    )

    class Meta:
        ordering = ["message", "number", "pk"]
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")

    def __str__(self):
        return f"{self.number}: {self.result}"
