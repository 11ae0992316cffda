"""What a meeting gives rise to: decisions, actions and trials."""

from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.lifecycle import InvalidTransition, Moves, StatusChange
from accounts.models import Organization
from accounts.privacy import Privacy, Topic
from cops.models import Community, Membership
from meetings.models.meeting import Meeting
from notifications import calendar
from notifications.models import Event, Role


class Decision(models.Model):
    """What the group decided, on the day of its meeting."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    text = models.TextField(_("decision"))
    may_be_shared = models.BooleanField(_("may be shared"), default=False)
    noted_at = models.DateTimeField(_("noted"), default=timezone.now)

    privacy = Privacy(
        person_path=None,
        because="What a group decided.",
        internal="meeting text may_be_shared noted_at",
    )

    class Meta:
        ordering = ["meeting", "pk"]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")

    def __str__(self):
        return self.text[:80]


class ActionItemQuerySet(models.QuerySet):
    def open(self):
        return self.filter(done_at=None)

    def overdue(self):
        return self.open().filter(deadline__starts_at__lte=timezone.now())

    def left_behind(self):
        """Open ones whose owner left the group: nobody owes them until somebody takes over."""
        staying = Membership.objects.current().filter(
            community=OuterRef("meeting__community"), person=OuterRef("owner")
        )
        return self.open().exclude(Exists(staying))

    def in_community(self, community):
        return self.filter(meeting__community=community)

    def in_groups_of(self, facilitator):
        return self.filter(meeting__community__in=Community.objects.facilitated_by(facilitator))

    def may_be_done_by(self, person):
        """Actions that ``person`` promised, or that her group's facilitator may tick for others."""
        return self.filter(
            Q(owner=person, meeting__community__in=Community.objects.of_person(person))
            | Q(meeting__community__in=Community.objects.facilitated_by(person))
        )

    def with_deadlines(self):
        return self.select_related("deadline", "owner", "meeting__community")


class ActionItem(models.Model):
    """What one person promised in a meeting, by when; carried along until it is done."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="actions", verbose_name=_("raised in")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="actions",
        verbose_name=_("who"),
    )
    text = models.CharField(_("what"), max_length=300)
    deadline = models.OneToOneField(Event, models.PROTECT, related_name="action", editable=False)
    done_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False)
    closed_in = models.ForeignKey(
        Meeting,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="closed_actions",
        verbose_name=_("closed in"),
    )

    privacy = Privacy(
        person_path="owner",
        topic=Topic.WORK,
        called=_("What you promised to do"),
        personal="meeting text deadline done_at closed_in",
        told_as={"deadline": "deadline.local_on"},
        labels={"deadline": _("to be done by")},
    )

    objects = ActionItemQuerySet.as_manager()

    class Meta:
        ordering = ["deadline__starts_at", "pk"]
        verbose_name = _("action")
        verbose_name_plural = _("actions")

    def __str__(self):
        return self.text

    @property
    def is_overdue(self) -> bool:
        return self.done_at is None and self.deadline.is_over

    @transaction.atomic
    def finish(self, *, in_meeting: Meeting | None = None) -> None:
        """Note that the promise is kept, once; with it the reminders end."""
        still_open = ActionItem.objects.open().filter(pk=self.pk)
        if not still_open.update(done_at=timezone.now(), closed_in=in_meeting):
            raise InvalidTransition(_now("This action is already done."))
        self.refresh_from_db(fields=["done_at", "closed_in"])
        calendar.settle(self.deadline)

    @transaction.atomic
    def hand_over(self, person) -> None:
        """Let ``person`` owe it from now on, because its owner left."""
        if not ActionItem.objects.open().filter(pk=self.pk).update(owner=person):
            raise InvalidTransition(_now("This action is already done."))
        self.owner = person
        calendar.settle(self.deadline)
        calendar.owe(self.deadline, person, Role.MEMBER)

    finish.alters_data = hand_over.alters_data = True


class TrialQuerySet(models.QuerySet):
    def running(self):
        return self.filter(status=Trial.Status.RUNNING)

    def unfinished(self):
        return self.exclude(status=Trial.Status.FINISHED)

    def by_result(self):
        """Running ones first, then planned ones, then the finished by verdict."""
        return self.select_related("lead", "organization").order_by("-status", "verdict", "pk")

    def decided_in(self, meeting):
        decided = self.filter(decision__meeting=meeting)
        return decided.select_related("lead", "organization").order_by("pk")


class Trial(Moves):
    """An idea tried at one place: predicted, run, measured, then adopted, adapted or abandoned."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        RUNNING = "running", _("running")
        FINISHED = "finished", _("finished")

    class Verdict(models.TextChoices):
        NONE = "", _("not finished")
        ADOPT = "adopt", _("adopt")
        ADAPT = "adapt", _("adapt")
        ABANDON = "abandon", _("abandon")

    NEXT = {Status.PLANNED: {Status.RUNNING}, Status.RUNNING: {Status.FINISHED}}

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    community = models.ForeignKey(Community, models.PROTECT, related_name="trials")
    decision = models.ForeignKey(
        Decision,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="trials",
        verbose_name=_("decided as"),
    )
    title = models.CharField(_("idea"), max_length=200)
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="trials", verbose_name=_("who")
    )
    organization = models.ForeignKey(
        Organization,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="trials",
        verbose_name=_("where"),
    )
    prediction = models.TextField(_("what we expect"), blank=True)
    measure = models.CharField(_("how we will know"), max_length=300, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.PLANNED, editable=False
    )
    started_on = models.DateField(_("started"), null=True, blank=True, editable=False)
    finished_on = models.DateField(_("finished"), null=True, blank=True, editable=False)
    result = models.TextField(_("what happened"), blank=True)
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict, blank=True)

    privacy = Privacy(
        person_path="lead",
        topic=Topic.WORK,
        called=_("Trials you lead"),
        internal="decision",
        personal=(
            "community title organization prediction measure status started_on finished_on result "
            "verdict"
        ),
    )

    objects = TrialQuerySet.as_manager()

    class Meta:
        ordering = ["community", "pk"]
        verbose_name = _("trial")
        verbose_name_plural = _("trials")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="finished", finished_on__isnull=False) & ~Q(verdict="")
                | ~Q(status="finished") & Q(verdict=""),
                name="finished_trial_has_a_verdict",
            ),
            models.CheckConstraint(
                condition=Q(status="planned") | ~Q(prediction=""),
                name="trial_is_predicted_before_it_runs",
            ),
        ]

    def __str__(self):
        return self.title

    def start(self, *, by, on=None):
        """Begin; from here on the prediction is locked."""
        if not self.prediction:
            raise InvalidTransition(_now("Write down what you expect before the trial starts."))
        self._move_to(self.Status.RUNNING, by=by, started_on=on or timezone.localdate())

    def finish(self, verdict, *, result, by, on=None):
        self._move_to(
            self.Status.FINISHED,
            by=by,
            verdict=verdict,
            result=result,
            finished_on=on or timezone.localdate(),
        )

    start.alters_data = finish.alters_data = True


class TrialChange(StatusChange):
    record = models.ForeignKey(Trial, models.CASCADE, related_name="changes")

    privacy = Privacy(
        person_path="record__lead",
        topic=Topic.WORK,
        called=_("What became of these trials"),
    )
