"""Interviews: slots that interviewers publish, a booking, independent scores, and insights."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connections, models, transaction
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.lifecycle import InvalidTransition, Moves, StatusChange
from accounts.models import Zone
from applications.models.application import Application, Status
from cops.models import Cohort, CohortRole, Criterion, FocusArea, FocusAreaVersion
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
        if connections[using].vendor == "postgresql":
            super().validate(model, instance, exclude, using)


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


def from_her_organization(application) -> list[int]:
    """Return the ids of the cohort's interviewers who share the applicant's organization.

    The same organization on file, its name as she typed it, or its mail domain.
    """
    typed = application.organization_name.strip().casefold()
    domain = application.person.email.rpartition("@")[2].casefold()
    hers = {application.organization_id, application.person.organization_id} - {None}
    return [
        role.person_id
        for role in application.cohort.roles.filter(
            role=CohortRole.Role.INTERVIEWER
        ).select_related("organization", "person__organization")
        for organization in filter(None, (role.organization, role.person.organization))
        if organization.pk in hers
        or (typed and typed in {organization.name_en.casefold(), organization.name_fr.casefold()})
        or (domain and domain == organization.mail_domain.casefold())
    ]


class SlotQuerySet(models.QuerySet):
    def live(self):
        return self.filter(cancelled_at=None)

    def free(self):
        """Slots ahead that nobody has booked."""
        return self.live().filter(starts_at__gt=timezone.now(), interview=None)

    def of_person(self, person):
        return self.filter(panelists__person=person)

    def offered_to(self, application):
        """Free slots of her cohort, none with an interviewer of her own organization."""
        conflicted = Panelist.objects.filter(person__in=from_her_organization(application))
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

    def of_applicant(self, person):
        return self.filter(application__person=person)

    def visible_to(self, person):
        return self if person.is_staff else self.of_interviewer(person)

    def open(self):
        """Interviews that are still to take place, of applications that are still alive."""
        return self.filter(
            status__in=[Interview.Status.INVITED, Interview.Status.BOOKED],
            application__status=Status.INTERVIEW,
        )

    def unbooked(self):
        return self.open().filter(status=Interview.Status.INVITED)

    def overdue(self):
        """Invitations whose last day to book has passed."""
        return self.unbooked().filter(deadline__starts_at__lte=timezone.now())

    def booked(self):
        return self.filter(status=Interview.Status.BOOKED)

    def this_week(self):
        """Booked interviews of the next seven days."""
        now = timezone.now()
        return self.booked().filter(
            slot__starts_at__gte=now, slot__starts_at__lt=now + timedelta(days=7)
        )

    def with_people(self):
        return self.select_related(
            "application__person", "application__cohort", "slot", "event", "deadline"
        )


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
    # Until how long before its start the applicant may move or cancel it.
    CUT_OFF = timedelta(hours=24)

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

    @property
    def changes_until(self):
        """The last moment at which the applicant may move or cancel it; None while unbooked."""
        return self.slot.starts_at - self.CUT_OFF if self.slot_id else None

    @property
    def may_be_changed(self) -> bool:
        return self.status == self.Status.BOOKED and timezone.now() <= self.changes_until

    @property
    def may_be_booked(self) -> bool:
        """Whether the applicant may pick a first time: invited, and not past the last day."""
        return (
            self.status == self.Status.INVITED
            and self.application.status == Status.INTERVIEW
            and timezone.now() <= self.deadline.starts_at
        )

    @property
    def has_begun(self) -> bool:
        return self.slot_id is not None and self.slot.starts_at <= timezone.now()

    def book(self, slot, event, *, by):
        self._move_to(self.Status.BOOKED, by=by, slot=slot, event=event)

    def change_slot(self, slot, *, by):
        """Take another slot in place of the one it has; it stays booked."""
        unchanged = type(self).objects.filter(
            pk=self.pk, status=self.Status.BOOKED, slot=self.slot_id
        )
        with transaction.atomic():
            if not unchanged.update(slot=slot):
                raise InvalidTransition(_t("This interview was changed in the meantime."))
            self.changes.create(old=self.Status.BOOKED, new=self.Status.BOOKED, by=by)
        self.refresh_from_db(fields=["status", "slot"])

    def free(self, *, by, reason=""):
        """Give its slot back: the applicant is invited again."""
        self._move_to(self.Status.INVITED, by=by, reason=reason, slot=None, event=None)

    def mark_held(self, *, by):
        self._after_its_start(self.Status.HELD, by=by)

    def mark_missed(self, *, by, reason=""):
        self._after_its_start(self.Status.MISSED, by=by, reason=reason)

    def _after_its_start(self, status, **facts):
        if self.status == self.Status.BOOKED and not self.has_begun:
            raise InvalidTransition(_t("This interview has not begun yet."))
        self._move_to(status, **facts)

    for _verb in (book, change_slot, free, mark_held, mark_missed):
        _verb.alters_data = True
    del _verb


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

    @property
    def mean(self) -> float | None:
        """The weighted mean of the values given, 1.0 to 5.0; None without any."""
        given = [(score.value, score.criterion.weight) for score in self.scores.all()]
        total = sum(weight for _value, weight in given)
        return sum(value * weight for value, weight in given) / total if total else None


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
