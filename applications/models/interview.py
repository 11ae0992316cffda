"""Interviews: slots that interviewers publish, a booking, independent scores, and insights."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.lifecycle import Moves, StatusChange
from accounts.models import Zone
from applications.models.application import Application
from cops.models import Cohort, Criterion, FocusArea, FocusAreaVersion
from notifications.models import Event


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
        from django.db import connections

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
        return self.filter(panelists__person=person)


class Slot(models.Model):
    """A time offered for one interview. It never changes: a move is another slot."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    zone = models.CharField(_("clock"), max_length=40, choices=Zone, default=Zone.TORONTO)
    join_link = models.URLField(_("join link"), blank=True)
    dial_in = models.CharField(_("dial-in"), max_length=200, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, editable=False)

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
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


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


class InterviewQuerySet(models.QuerySet):
    def of_interviewer(self, person):
        return self.filter(slot__panelists__person=person)

    def visible_to(self, person):
        return self if person.is_staff else self.of_interviewer(person)


class Interview(Moves):
    """The talk with one applicant: invited, booked into a slot, held or missed."""

    class Status(models.TextChoices):
        INVITED = "invited", _("invited")
        BOOKED = "booked", _("booked")
        HELD = "held", _("held")
        MISSED = "missed", _("missed")

    NEXT = {
        Status.INVITED: {Status.BOOKED},
        Status.BOOKED: {Status.INVITED, Status.HELD, Status.MISSED},
        Status.MISSED: {Status.INVITED},
    }

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    application = models.OneToOneField(
        Application, models.CASCADE, related_name="interview", verbose_name=_("application")
    )
    deadline = models.OneToOneField(Event, models.PROTECT, related_name="booking", editable=False)
    event = models.OneToOneField(
        Event, models.PROTECT, null=True, related_name="interview", editable=False
    )
    slot = models.OneToOneField(
        Slot, models.PROTECT, null=True, related_name="interview", editable=False
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.INVITED, editable=False
    )

    objects = InterviewQuerySet.as_manager()

    class Meta:
        ordering = ["slot__starts_at", "pk"]
        verbose_name = _("interview")
        verbose_name_plural = _("interviews")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="invited") | Q(slot__isnull=False, event__isnull=False),
                name="booked_interview_has_slot_and_event",
            ),
        ]

    def __str__(self):
        return f"{self.application}"

    def get_absolute_url(self):
        return reverse("applications:interview", args=[self.uuid])


class InterviewChange(StatusChange):
    record = models.ForeignKey(Interview, models.CASCADE, related_name="changes")


class Assessment(models.Model):
    """What one interviewer noted, alone, before seeing what the other did."""

    interview = models.ForeignKey(Interview, models.CASCADE, related_name="assessments")
    interviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="assessments",
        verbose_name=_("interviewer"),
    )
    notes = models.TextField(_("notes"), blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    saved_at = models.DateTimeField(_("saved"), auto_now=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        ordering = ["interview", "pk"]
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "interviewer"], name="one_assessment_per_interviewer"
            ),
        ]

    def __str__(self):
        return f"{self.interview}, {self.interviewer}"


class AssessmentScore(models.Model):
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    value = models.PositiveSmallIntegerField(
        _("value"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )

    class Meta:
        ordering = ["criterion__number"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "criterion"], name="one_assessment_score_per_criterion"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=1, value__lte=5), name="assessment_score_from_1_to_5"
            ),
        ]

    def __str__(self):
        return f"{self.criterion.number}: {self.value}"


class Insight(models.Model):
    """A priority or experience heard in an interview; it may move a guiding question."""

    class Sort(models.TextChoices):
        PRIORITY = "priority", _("priority")
        EXPERIENCE = "experience", _("experience")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    interview = models.ForeignKey(Interview, models.CASCADE, related_name="insights")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="insights",
        verbose_name=_("noted by"),
    )
    focus_area = models.ForeignKey(
        FocusArea, models.PROTECT, related_name="insights", verbose_name=_("focus area")
    )
    sort = models.CharField(_("sort"), max_length=10, choices=Sort, default=Sort.PRIORITY)
    theme = models.CharField(_("theme"), max_length=100)
    text = models.TextField(_("what was said"))
    quotable = models.BooleanField(
        _("may be quoted"), default=False, help_text=_("Only if the person agreed to be quoted.")
    )
    moved = models.ManyToManyField(
        FocusAreaVersion,
        related_name="insights",
        blank=True,
        verbose_name=_("guiding questions it moved"),
    )
    noted_at = models.DateTimeField(_("noted"), default=timezone.now)

    class Meta:
        ordering = ["-noted_at"]
        verbose_name = _("insight")
        verbose_name_plural = _("insights")

    def __str__(self):
        return self.theme
