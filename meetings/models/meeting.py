"""Meetings of a community: one text box and attendance is a finished meeting."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.lifecycle import Moves, StatusChange
from cops.models import Community
from notifications.models import Event


class MeetingQuerySet(models.QuerySet):
    def live(self):
        return self.filter(event__cancelled_at=None)

    def ahead(self):
        return self.live().filter(event__ends_at__gt=timezone.now())

    def held(self):
        """Meetings that took place: not cancelled, and over."""
        return self.live().filter(event__ends_at__lte=timezone.now())

    def visible_to(self, person):
        return self.filter(community__in=Community.objects.inside_for(person))

    def run_by(self, person):
        return self.filter(community__in=Community.objects.run_by(person))

    def with_events(self):
        return self.select_related("event", "community", "community__cohort")


class Meeting(Moves):
    """One meeting; when, where and who came are its event's and the invitees'."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        NOTES_READY = "notes-ready", _("notes ready")
        CIRCULATED = "circulated", _("notes sent to the group")
        LOCKED = "locked", _("notes final")

    NEXT = {
        Status.PLANNED: {Status.NOTES_READY},
        Status.NOTES_READY: {Status.PLANNED, Status.CIRCULATED},
        Status.CIRCULATED: {Status.LOCKED},
    }

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="meetings", verbose_name=_("community")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    event = models.OneToOneField(Event, models.PROTECT, related_name="meeting", editable=False)
    notes_due = models.OneToOneField(
        Event, models.PROTECT, related_name="notes_of", null=True, editable=False
    )
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.PLANNED, editable=False
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["community", "event__starts_at"]
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        constraints = [
            models.UniqueConstraint(fields=["community", "number"], name="meetings_are_numbered"),
        ]

    def __str__(self):
        return f"{self.community}, {self.number}"

    def get_absolute_url(self):
        return reverse("meetings:meeting", args=[self.uuid])

    @property
    def notes_may_be_edited(self) -> bool:
        return self.status != self.Status.LOCKED


class MeetingChange(StatusChange):
    record = models.ForeignKey(Meeting, models.CASCADE, related_name="changes")


class AgendaItem(models.Model):
    """A point of the agenda, carried forward from the last meeting when it stayed open."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=200)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    carried_from = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="carried_to",
        verbose_name=_("carried forward from"),
    )
    is_done = models.BooleanField(_("done"), default=False)

    class Meta:
        ordering = ["meeting", "position", "pk"]
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")

    def __str__(self):
        return self.title


class Note(models.Model):
    """What was said: a text that stays in the group, and one that may be shared.

    ``version`` rises with each save; a save against an older one is refused,
    so two people typing never lose a word.
    """

    class Audience(models.TextChoices):
        GROUP = "group", _("stays in the group")
        SHARED = "shared", _("may be shared")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="notes")
    audience = models.CharField(
        _("who may read it"), max_length=8, choices=Audience, default=Audience.GROUP
    )
    body = models.TextField(_("notes"), blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    saved_at = models.DateTimeField(_("saved"), auto_now=True)

    class Meta:
        ordering = ["meeting", "audience"]
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "audience"], name="one_note_per_audience"),
        ]

    def __str__(self):
        return f"{self.meeting}, {self.get_audience_display()}"
