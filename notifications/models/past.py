"""How an event stood before it was changed."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Zone
from accounts.privacy import Privacy
from notifications.models.time import Event


class PastSchedule(models.Model):
    """When and where ``event`` was to be, ``until`` it was changed. ``calendar.move`` writes it.

    It has what a mail compares of an event, under the same names.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="past")
    schedule_version = models.PositiveIntegerField(_("version"))
    zone = models.CharField(_("clock"), max_length=40, choices=Zone)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    join_link = models.URLField(_("join link"), blank=True)
    dial_in = models.CharField(_("dial-in"), max_length=200, blank=True)
    until = models.DateTimeField(_("until"), default=timezone.now)

    privacy = Privacy(
        person_path=None,
        because="How an event stood; who was told is on the mail.",
        internal="event schedule_version zone starts_at ends_at place join_link dial_in until",
    )

    class Meta:
        ordering = ["event", "schedule_version"]
        verbose_name = _("past schedule")
        verbose_name_plural = _("past schedules")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "schedule_version"], name="one_past_schedule_per_version"
            ),
        ]

    def __str__(self):
        return f"{self.event}: {self.schedule_version}"

    @property
    def length_minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)
