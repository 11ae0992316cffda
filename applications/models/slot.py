"""Times that interviewers offer, and who sits on the panel of each."""

from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import connections, models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import clock
from accounts.models import Zone
from accounts.privacy import Privacy, Topic
from applications.conflicts import near_interviewers
from cops.models import Cohort, CohortRole


class ExclusionOnPostgres(ExclusionConstraint):
    """An exclusion constraint where the database has them, nothing where it has not.

    One migration history serves both engines; on SQLite the unique start of a
    panelist's slot is what is left.
    """

    def _here(self, schema_editor) -> bool:
        return schema_editor.connection.vendor == "postgresql"

    def constraint_sql(self, model, schema_editor):
        return super().constraint_sql(model, schema_editor) if self._here(schema_editor) else None

    def create_sql(self, model, schema_editor):
        return super().create_sql(model, schema_editor) if self._here(schema_editor) else None

    def remove_sql(self, model, schema_editor):
        return super().remove_sql(model, schema_editor) if self._here(schema_editor) else None

    def validate(self, model, instance, exclude=None, using="default"):
        if connections[using].vendor == "postgresql":
            super().validate(model, instance, exclude, using)


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class SlotQuerySet(models.QuerySet):
    def live(self):
        return self.filter(cancelled_at=None)

    def free(self):
        """Slots ahead that nobody has booked."""
        return self.live().filter(starts_at__gt=timezone.now(), interview=None)

    def of_person(self, person):
        """Those of her panels, for as long as she interviews in that call."""
        return self.filter(
            panelists__person=person,
            cohort__roles__person=person,
            cohort__roles__role=CohortRole.Role.INTERVIEWER,
        )

    def offered_to(self, application):
        """Free slots of her cohort, none with an interviewer who is too near to her."""
        conflicted = Panelist.objects.filter(person__in=near_interviewers(application))
        return (
            self.free()
            .filter(cohort=application.cohort)
            .exclude(pk__in=conflicted.values("slot"))
            .order_by("starts_at", "pk")
        )

    def with_panels(self):
        return self.prefetch_related("panelists__person")


class Slot(models.Model):
    """A time offered for one interview. It never changes: a move is another slot."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    zone = models.CharField(_("clock"), max_length=40, choices=Zone, default=Zone.TORONTO)
    join_link = models.URLField(_("join link"), blank=True)
    dial_in = models.CharField(_("dial-in"), max_length=200, blank=True)
    cancelled_at = models.DateTimeField(
        pgettext_lazy("slot", "cancelled"), null=True, editable=False
    )

    privacy = Privacy(
        person_path=None,
        because="A time; who offers it is its panel, who took it the interview.",
        internal="cohort starts_at ends_at zone join_link dial_in cancelled_at",
    )

    objects = SlotQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name = _("interview slot")
        verbose_name_plural = _("interview slots")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_it_starts"
            ),
        ]

    def __str__(self):
        return clock.spoken(self.starts_at, self.zone)

    @property
    def local_start(self):
        """The aware start on the slot's own clock."""
        return self.starts_at.astimezone(ZoneInfo(self.zone))

    @property
    def length_minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    @property
    def interviewers(self) -> list:
        return [panelist.person for panelist in self.panelists.all()]


class Panelist(models.Model):
    """An interviewer of a slot, with the slot's times: the constraint needs them here."""

    slot = models.ForeignKey(Slot, models.CASCADE, related_name="panelists")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="panels",
        verbose_name=_("interviewer"),
    )
    starts_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(editable=False)
    is_live = models.BooleanField(default=True, editable=False)

    privacy = Privacy(
        person_path="person",
        topic=Topic.DUTIES,
        called=_("Times you offered for interviews"),
        labels={"slot": _("time")},
        internal="starts_at ends_at is_live",
        personal="slot",
    )

    class Meta:
        ordering = ["slot", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["slot", "person"], name="one_seat_on_a_panel"),
            models.UniqueConstraint(
                fields=["person", "starts_at"],
                condition=Q(is_live=True),
                name="one_slot_at_a_time",
            ),
            ExclusionOnPostgres(
                name="no_overlapping_slots",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(is_live=True),
            ),
        ]

    def __str__(self):
        return f"{self.person}"
