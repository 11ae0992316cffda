"""Groups are proposed, placed, then offered; the offer alone holds the answer."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.lifecycle import Moves, StatusChange
from applications.models.application import Application
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
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("proposal for groups")
        verbose_name_plural = _("proposals for groups")

    def __str__(self):
        return self.name


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
    def open(self):
        return self.filter(status=Offer.Status.OPEN)

    def overdue(self):
        """Open offers whose answer is past due."""
        return self.open().filter(deadline__starts_at__lte=timezone.now())


class Offer(Moves):
    """A place in a community, open until its deadline. A second offer is a second row."""

    class Status(models.TextChoices):
        OPEN = "open", _("waiting for an answer")
        ACCEPTED = "accepted", _("accepted")
        TURNED_DOWN = "turned-down", _("turned down")
        LAPSED = "lapsed", _("lapsed")
        WITHDRAWN = "withdrawn", _("withdrawn")

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


class OfferChange(StatusChange):
    record = models.ForeignKey(Offer, models.CASCADE, related_name="changes")
