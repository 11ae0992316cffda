from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cops.models import Membership
from meetings.models.meeting import Meeting


class HoursEntry(models.Model):
    """Hours a member gave, in a meeting or between meetings; the month is that of ``worked_on``."""

    class Sort(models.TextChoices):
        MEETING = "meeting", _("in a meeting")
        BETWEEN = "between", _("between meetings")

    membership = models.ForeignKey(
        Membership, models.PROTECT, related_name="hours", verbose_name=_("member")
    )
    sort = models.CharField(_("sort"), max_length=10, choices=Sort, default=Sort.BETWEEN)
    meeting = models.ForeignKey(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hours",
        verbose_name=_("meeting"),
    )
    worked_on = models.DateField(_("day"), default=timezone.localdate)
    hours = models.DecimalField(
        _("hours"),
        max_digits=4,
        decimal_places=2,
        validators=[MinValueValidator(0.25), MaxValueValidator(24)],
    )
    note = models.CharField(_("what for"), max_length=200, blank=True)

    class Meta:
        ordering = ["-worked_on", "-pk"]
        verbose_name = _("hours")
        verbose_name_plural = _("hours")
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__gt=0, hours__lte=24), name="hours_between_0_and_24"
            ),
            models.CheckConstraint(
                condition=Q(sort="meeting", meeting__isnull=False)
                | Q(sort="between", meeting__isnull=True),
                name="meeting_hours_name_their_meeting",
            ),
            models.UniqueConstraint(
                fields=["membership", "meeting"],
                condition=Q(meeting__isnull=False),
                name="one_entry_per_member_and_meeting",
            ),
        ]

    def __str__(self):
        return f"{self.membership}, {self.worked_on}: {self.hours}"
