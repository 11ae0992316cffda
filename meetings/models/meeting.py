"""Meetings of a community: one text box and attendance is a finished meeting."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.lifecycle import Moves, StatusChange
from accounts.privacy import Privacy
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

    def without_notes(self):
        return self.filter(status=Meeting.Status.PLANNED)

    def editable(self):
        """Meetings whose notes may still be changed."""
        return self.live().exclude(status=Meeting.Status.LOCKED).with_events()

    def visible_to(self, person):
        return self.filter(community__in=Community.objects.inside_for(person))

    def attended_by(self, person):
        """Meetings of the groups that ``person`` belongs to; staff belong to none by office."""
        return self.filter(community__in=Community.objects.of_person(person))

    def run_by(self, person):
        """Meetings that ``person`` may plan, move and cancel: facilitators and staff."""
        return self.filter(community__in=Community.objects.run_by(person))

    def logged_by(self, person):
        """Meetings whose notes ``person`` may write: the group's facilitators alone."""
        return self.filter(community__in=Community.objects.facilitated_by(person))

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
        Status.NOTES_READY: {Status.CIRCULATED},
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

    privacy = Privacy(
        person_path=None,
        because="A meeting of a group; who came is the invitee's row.",
        internal="community number event notes_due status",
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
        return _now("%(community)s, Meeting %(number)s") % {
            "community": self.community,
            "number": self.number,
        }

    def get_absolute_url(self):
        return reverse("meetings:meeting", args=[self.uuid])

    @property
    def name(self) -> str:
        return _now("Meeting %(number)s") % {"number": self.number}

    @property
    def has_begun(self) -> bool:
        return self.event.starts_at <= timezone.now()

    @property
    def takes_answers(self) -> bool:
        """Whether those invited may still say that they come, or cannot."""
        return self.event.is_live and not self.has_begun

    @property
    def is_final(self) -> bool:
        return self.status == self.Status.LOCKED

    @property
    def notes_may_be_edited(self) -> bool:
        return not self.is_final and self.event.is_live

    @property
    def may_be_moved(self) -> bool:
        """Whether it can still be moved or called off."""
        return self.event.is_live and not self.notes_are_ready and not self.event.is_over

    @property
    def notes_are_ready(self) -> bool:
        return self.status != self.Status.PLANNED

    @property
    def notes_are_sent(self) -> bool:
        """Whether the group has them: until then only the facilitators and staff read them."""
        return self.status in (self.Status.CIRCULATED, self.Status.LOCKED)

    @property
    def wants_notes(self) -> bool:
        """Whether it took place and nobody has finished its notes."""
        return not self.notes_are_ready and self.event.is_live and self.event.is_over

    @property
    def group_notes(self) -> str:
        return self.text_for(Note.Audience.GROUP)

    @property
    def shared_notes(self) -> str:
        return self.text_for(Note.Audience.SHARED)

    def text_for(self, audience) -> str:
        return next((note.body for note in self.notes.all() if note.audience == audience), "")

    def following(self):
        """Return the next live meeting of the group, or None."""
        return (
            self.community.meetings.live()
            .select_related("event")
            .filter(event__starts_at__gt=self.event.starts_at)
            .order_by("event__starts_at")
            .first()
        )

    def preceding(self):
        """Return the live meeting of the group before this one, or None."""
        return (
            self.community.meetings.live()
            .select_related("event")
            .filter(event__starts_at__lt=self.event.starts_at)
            .order_by("-event__starts_at")
            .first()
        )

    def add_to_agenda(self, title: str, **facts) -> "AgendaItem":
        last = self.agenda.aggregate(last=models.Max("position"))["last"] or 0
        return self.agenda.create(title=title, position=last + 1, **facts)

    def mark_ready(self, *, by):
        self._move_to(self.Status.NOTES_READY, by=by)

    def mark_circulated(self, *, by):
        self._move_to(self.Status.CIRCULATED, by=by)

    def mark_final(self, *, by):
        self._move_to(self.Status.LOCKED, by=by)

    mark_ready.alters_data = mark_circulated.alters_data = mark_final.alters_data = True
    add_to_agenda.alters_data = True


class MeetingChange(StatusChange):
    record = models.ForeignKey(Meeting, models.CASCADE, related_name="changes")

    privacy = Privacy(
        person_path=None,
        because="Moves of a record that is a group's.",
        writer_path="by",
        internal="record",
    )


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

    privacy = Privacy(
        person_path=None,
        because="A point that a group talks about.",
        internal="meeting position title minutes carried_from is_done",
    )

    class Meta:
        ordering = ["meeting", "position", "pk"]
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")

    def __str__(self):
        return self.title


class NoteConflict(Exception):
    """Somebody else saved the text after it was read; ``note`` is what stands now."""

    def __init__(self, note: "Note", typed: str):
        super().__init__(note, typed)
        self.note, self.typed = note, typed


class NoteQuerySet(models.QuerySet):
    def write(self, meeting: Meeting, audience: str, body: str, *, over: int, by) -> "Note":
        """Save ``body`` as the version after ``over``, the version that was read.

        Raises NoteConflict, and writes nothing, when another version stands by now.
        """
        note, _is_new = self.get_or_create(meeting=meeting, audience=audience)
        written = self.still(note, over).update(
            body=body, version=F("version") + 1, saved_by=by, saved_at=timezone.now()
        )
        note.refresh_from_db()
        if not written:
            raise NoteConflict(note, body)
        return note

    def still(self, note, version):
        """``note``, as long as ``version`` is the one that stands."""
        return self.filter(pk=note.pk, version=version)


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

    privacy = Privacy(
        person_path=None,
        because="What a group wrote down together.",
        writer_path="saved_by",
        wrote=_("notes of meetings, saved last by you"),
        internal="meeting audience version saved_at",
        personal="saved_by",
        sensitive="body",
    )

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "audience"]
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "audience"], name="one_note_per_audience"),
        ]

    def __str__(self):
        return f"{self.meeting}, {self.get_audience_display()}"
