"""How sending fares: lanes that wait for the mail server, addresses that bounce, who is alive."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.lifecycle import InvalidTransition
from accounts.privacy import Privacy, Topic
from notifications.lanes import Lane


class Stop(models.Model):
    """A lane that waits because the mail server was not reached. One mail a minute tries it."""

    PAUSE = timedelta(minutes=1)

    lane = models.PositiveSmallIntegerField(_("lane"), choices=Lane, unique=True)
    since = models.DateTimeField(_("since"), default=timezone.now)
    next_try_at = models.DateTimeField(_("next try"))
    answer = models.CharField(_("answer"), max_length=200)

    privacy = Privacy(
        person_path=None,
        because="About the mail server, not about who gets mail.",
        internal="lane since next_try_at answer",
    )

    class Meta:
        ordering = ["lane"]
        verbose_name = _("lane that waits")
        verbose_name_plural = _("lanes that wait")

    def __str__(self):
        return self.get_lane_display()

    @classmethod
    def put(cls, lane: int, answer: str) -> None:
        """Let ``lane`` wait from now on; where it waits already, since when stays."""
        facts = {"next_try_at": timezone.now() + cls.PAUSE, "answer": answer[:200]}
        cls.objects.update_or_create(lane=lane, defaults=facts)

    def take_turn(self) -> bool:
        """Whether the caller, of all who ask at once, is the one to try the server now."""
        now = timezone.now()
        turn = Stop.objects.filter(pk=self.pk, next_try_at=self.next_try_at, next_try_at__lte=now)
        return bool(turn.update(next_try_at=now + self.PAUSE))

    take_turn.alters_data = True


class Heartbeat(models.Model):
    """When a part of the machinery was last at work."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    beat_at = models.DateTimeField(_("last at work"))

    privacy = Privacy(
        person_path=None,
        because="About the machinery.",
        internal="name beat_at",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    @classmethod
    def beat(cls, name: str) -> None:
        now = timezone.now()
        if not cls.objects.filter(name=name).update(beat_at=now):
            cls.objects.bulk_create([cls(name=name, beat_at=now)], ignore_conflicts=True)


class BounceQuerySet(models.QuerySet):
    def open(self):
        """Those that still hold: staff have not dealt with them, the address is still hers."""
        return self.filter(settled_at=None, address__iexact=F("person__email"))


class Bounce(models.Model):
    """A mail server said that an address is none, or its owner that our mail is not wanted.

    While one is open, reminders and news for the address are not sent; what she asks for
    herself and what she must know still is.
    """

    class Cause(models.TextChoices):
        REFUSED = "refused", _("the address was refused")
        BOUNCED = "bounced", _("the email came back")
        COMPLAINT = "complaint", _("marked as unwanted")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="bounces",
        verbose_name=_("person"),
    )
    address = models.EmailField(_("address"), max_length=254)
    cause = models.CharField(_("cause"), max_length=10, choices=Cause)
    answer = models.CharField(_("answer"), max_length=200, blank=True)
    message = models.ForeignKey(
        "notifications.Message",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="bounces",
        verbose_name=_("email"),
    )
    key = models.CharField(max_length=200, unique=True, editable=False)
    at = models.DateTimeField(_("when"), default=timezone.now)
    settled_at = models.DateTimeField(pgettext_lazy("bounce", "settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("settled by"),
    )

    privacy = Privacy(
        person_path="person",
        topic=Topic.MAIL,
        called=_("Addresses of yours that did not take our email"),
        internal="message key settled_at settled_by",
        personal="address cause answer at",
    )

    objects = BounceQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("address that bounces")
        verbose_name_plural = _("addresses that bounce")
        indexes = [
            models.Index(fields=["person"], name="bounce_open", condition=Q(settled_at=None)),
        ]

    def __str__(self):
        return f"{self.address}: {self.get_cause_display()}"

    def settle(self, *, by) -> None:
        """Let mail go to the address again. Raises InvalidTransition when that is done already."""
        rows = Bounce.objects.filter(pk=self.pk, settled_at=None)
        if not rows.update(settled_at=timezone.now(), settled_by=by):
            raise InvalidTransition(_t("Email goes to this address again already."))
        self.refresh_from_db()

    settle.alters_data = True
