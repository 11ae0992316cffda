from calendar import monthrange
from decimal import Decimal
from uuid import uuid4

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.phrases import labelled
from accounts.privacy import Privacy, Topic
from cops.models import Membership
from meetings.models.meeting import Meeting
from notifications.models import Role


class HoursEntryQuerySet(models.QuerySet):
    def of_person(self, person):
        return self.filter(membership__person=person)

    def own_words_of(self, person):
        """Entries that ``person`` typed herself; those of meetings follow the attendance."""
        return self.of_person(person).filter(sort=HoursEntry.Sort.BETWEEN, membership__left_at=None)

    def in_month(self, day):
        return self.filter(worked_on__year=day.year, worked_on__month=day.month)

    def total(self):
        return self.aggregate(total=models.Sum("hours"))["total"] or 0


class HoursEntry(models.Model):
    """Hours a member gave, in a meeting or between meetings; the month is that of ``worked_on``."""

    class Sort(models.TextChoices):
        MEETING = "meeting", _("in a meeting")
        BETWEEN = "between", _("between meetings")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
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

    privacy = Privacy(
        person_path="membership__person",
        topic=Topic.WORK,
        called=_("Hours you gave"),
        change="meetings:hours",
        personal="sort meeting worked_on hours note",
    )

    objects = HoursEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-worked_on", "-pk"]
        indexes = [models.Index(fields=["-worked_on"], name="hours_in_order")]
        verbose_name = _("entry of hours")
        verbose_name_plural = _("entries of hours")
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
        what = f"{self.membership}, {clock.brief_day(self.worked_on)}"
        return labelled(what, number_format(self.hours))


def members_outside_hours(cohort, day):
    """Return the memberships whose hours in the month of ``day`` are not what was agreed.

    Annotated with ``total``. Only people who belonged to their group all through
    a month in which the cohort met; nobody, when it did not meet then.
    """
    first, last = day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    members = Membership.objects.current().filter(
        community__cohort=cohort, role=Role.MEMBER, joined_at__date__lte=first
    )
    if not cohort.meetings_from <= first <= last <= cohort.meetings_until:
        return members.none()
    in_month = Q(hours__worked_on__range=(first, last))
    total = Coalesce(models.Sum("hours__hours", filter=in_month), Decimal(0))
    return members.annotate(total=total).exclude(
        total__gte=cohort.hours_min, total__lte=cohort.hours_max
    )
