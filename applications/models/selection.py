"""Groups are proposed, placed, then offered; the offer alone holds the answer."""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import clock
from accounts.lifecycle import InvalidTransition, Moves, StatusChange
from accounts.privacy import Privacy, Topic
from applications.models.application import Application
from applications.models.queryset import days_wait
from applications.models.status import Status
from cops.models import Cohort, Community
from notifications.models import Event


class Proposal(models.Model):
    """One way to compose the groups of a cohort; staff decide which becomes offers."""

    cohort = models.ForeignKey(
        Cohort, models.CASCADE, related_name="proposals", verbose_name=_("cohort")
    )
    name = models.CharField(_("name"), max_length=100)
    note = models.TextField(_("note"), blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("made by"),
    )
    created_at = models.DateTimeField(pgettext_lazy("proposal", "created"), auto_now_add=True)
    accepted_at = models.DateTimeField(
        pgettext_lazy("proposal", "accepted"), null=True, editable=False
    )

    privacy = Privacy(
        person_path=None,
        because="A way to compose all groups; who is placed where is its placements.",
        writer_path="created_by",
        wrote=_("proposals for groups"),
        internal="cohort name note created_at accepted_at",
        personal="created_by",
    )

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("proposal for groups")
        verbose_name_plural = _("proposals for groups")

    def __str__(self):
        return self.name

    @property
    def is_accepted(self) -> bool:
        return self.accepted_at is not None

    def accept(self):
        """Close the proposal: what it places can be offered from now on."""
        still = type(self).objects.filter(pk=self.pk, accepted_at=None)
        if not still.update(accepted_at=timezone.now()):
            raise InvalidTransition(_t("This proposal is already accepted."))
        self.refresh_from_db(fields=["accepted_at"])

    accept.alters_data = True


class Placement(models.Model):
    """An applicant in a group of one proposal, and why."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="placements")
    application = models.ForeignKey(
        Application, models.CASCADE, related_name="placements", verbose_name=_("application")
    )
    community = models.ForeignKey(
        Community, models.CASCADE, related_name="placements", verbose_name=_("community")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    privacy = Privacy(
        person_path="application__person",
        internal="proposal",
        sensitive="community reason",
        withheld="application community reason",
    )

    class Meta:
        ordering = ["community", "pk"]
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "application"], name="one_group_per_person_and_proposal"
            ),
        ]

    def __str__(self):
        return f"{self.application}, {self.community}"


class OfferQuerySet(models.QuerySet):
    def of_person(self, person):
        return self.filter(application__in=Application.objects.pursued_by(person))

    def open(self):
        return self.filter(status=Offer.Status.OPEN)

    def overdue(self):
        """Open offers whose answer is past due."""
        return self.open().filter(deadline__starts_at__lte=timezone.now())

    def untold(self):
        """Open offers whose letter waits, so that the days to answer have not begun."""
        return self.open().filter(days_wait(Status.OFFERED, Offer.LEAST))

    def with_people(self):
        return self.select_related(
            "application__person", "application__cohort", "community__cohort", "deadline"
        )


class Offer(Moves):
    """A place in a community, open until its deadline. A second offer is a second row."""

    class Status(models.TextChoices):
        OPEN = "open", _("waiting for an answer")
        ACCEPTED = "accepted", pgettext_lazy("offer", "accepted")
        TURNED_DOWN = "turned-down", _("turned down")
        LAPSED = "lapsed", _("lapsed")
        WITHDRAWN = "withdrawn", pgettext_lazy("offer", "withdrawn")

    LEAST = timedelta(days=1)  # in which to answer a letter that was long on its way

    NEXT = {
        Status.OPEN: {Status.ACCEPTED, Status.TURNED_DOWN, Status.LAPSED, Status.WITHDRAWN},
    }

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="offers", verbose_name=_("application")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="offers", verbose_name=_("community")
    )
    deadline = models.OneToOneField(Event, models.PROTECT, related_name="offer", editable=False)
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.OPEN, editable=False
    )
    made_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)

    privacy = Privacy(
        person_path="application__person",
        topic=Topic.OFFERS,
        called=_("Places offered to you"),
        personal="community deadline status made_at answered_at",
        told_as={"deadline": "deadline.starts_at"},
        labels={"deadline": _("to be answered by")},
    )

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status="open"),
                name="one_open_offer_per_application",
            ),
        ]

    def __str__(self):
        return f"{self.application}, {self.community}"

    def get_absolute_url(self):
        return reverse("applications:offer", args=[self.uuid])

    @property
    def is_late(self) -> bool:
        return self.deadline.starts_at <= timezone.now()

    @property
    def may_be_answered(self) -> bool:
        return self.status == self.Status.OPEN and not self.is_late

    def accept(self, *, by):
        self._answer(self.Status.ACCEPTED, by=by)

    def turn_down(self, *, by, reason=""):
        self._answer(self.Status.TURNED_DOWN, by=by, reason=reason)

    def lapse(self):
        if not self.is_late:
            raise InvalidTransition(_t("This offer can still be answered."))
        self._move_to(self.Status.LAPSED, by=None)

    def withdraw(self, *, by, reason=""):
        self._move_to(self.Status.WITHDRAWN, by=by, reason=reason)

    def _answer(self, status, **facts):
        if self.status == self.Status.OPEN and self.is_late:
            raise InvalidTransition(
                _t("The time to answer ended on %(when)s.")
                % {"when": clock.spoken(self.deadline.starts_at, self.deadline.zone)}
            )
        self._move_to(status, answered_at=timezone.now(), **facts)

    for _verb in (accept, turn_down, lapse, withdraw):
        _verb.alters_data = True
    del _verb


class OfferChange(StatusChange):
    record = models.ForeignKey(Offer, models.CASCADE, related_name="changes")

    privacy = Privacy(
        person_path="record__application__person",
        topic=Topic.OFFERS,
        called=_("What became of these offers"),
    )
