"""The talk with one applicant: an invitation, a booking, and what became of it."""

from datetime import timedelta
from uuid import uuid4

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.lifecycle import InvalidTransition, Moves, StatusChange
from accounts.privacy import Privacy, Topic
from applications.models.application import Application
from applications.models.queryset import days_wait
from applications.models.slot import Slot
from applications.models.status import Status
from cops.models import CohortRole
from notifications.models import Event


class InterviewQuerySet(models.QuerySet):
    def of_interviewer(self, person):
        """Those of her panels, for as long as she interviews in that call."""
        return self.filter(
            slot__panelists__person=person,
            application__cohort__roles__person=person,
            application__cohort__roles__role=CohortRole.Role.INTERVIEWER,
        )

    def of_applicant(self, person):
        return self.filter(application__in=Application.objects.pursued_by(person))

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

    def untold(self):
        """Invitations whose letter waits, so that the days to book have not begun."""
        return self.unbooked().filter(days_wait(Status.INTERVIEW))

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

    privacy = Privacy(
        person_path="application__person",
        topic=Topic.INTERVIEWS,
        called=_("Your interviews"),
        internal="event",
        personal="deadline slot status",
        told_as={"deadline": "deadline.starts_at"},
        labels={"deadline": _("to be booked by"), "slot": _("time")},
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
    def is_ahead(self) -> bool:
        """Whether its time is booked, and not over."""
        return bool(self.slot) and self.is_open and self.slot.ends_at > timezone.now()

    @property
    def is_open(self) -> bool:
        """Whether it is still to take place, and its application still alive."""
        return (
            self.status in (self.Status.INVITED, self.Status.BOOKED)
            and self.application.status == Status.INTERVIEW
        )

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
            and self.is_open
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

    privacy = Privacy(
        person_path="record__application__person",
        topic=Topic.INTERVIEWS,
        called=_("What became of your interviews"),
    )
