"""One table for time: everything that takes place, or falls due, at a time is an Event."""

from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import clock
from accounts.bilingual import Bilingual
from accounts.models import Zone
from accounts.privacy import Privacy, Topic


class Role(models.TextChoices):
    MEMBER = "member", _("member")
    FACILITATOR = "facilitator", pgettext_lazy("role", "facilitator")
    APPLICANT = "applicant", _("applicant")
    INTERVIEWER = "interviewer", _("interviewer")
    REVIEWER = "reviewer", _("reviewer")
    GUEST = "guest", _("guest")
    STAFF = "staff", _("First Work staff")


class Kind(models.TextChoices):
    """What takes place; the second group are deadlines, events without length."""

    WEBINAR = "webinar", _("webinar")
    INTERVIEW = "interview", _("interview")
    MEETING = "meeting", _("meeting")
    APPLICATION_DUE = "application-due", _("application to be sent by")
    REVIEW_DUE = "review-due", _("review due")
    BOOKING_DUE = "booking-due", _("interview to be booked by")
    OFFER_DUE = "offer-due", _("answer due")
    ACTION_DUE = "action-due", _("action due")
    NOTES_DUE = "notes-due", _("notes due")
    OUTCOME_DUE = "outcome-due", _("outcome to be read by")
    ACCESS_DUE = "access-due", _("answer to a request due")


DEADLINES = frozenset(
    {
        Kind.APPLICATION_DUE,
        Kind.REVIEW_DUE,
        Kind.BOOKING_DUE,
        Kind.OFFER_DUE,
        Kind.ACTION_DUE,
        Kind.NOTES_DUE,
        Kind.OUTCOME_DUE,
        Kind.ACCESS_DUE,
    }
)


class Series(Bilingual):
    """What events, rules and mail texts hang on: a cohort owns one, a community one below it."""

    BILINGUAL = ("name",)

    name_en = models.CharField(_("name (English)"), max_length=200)
    name_fr = models.CharField(_("name (French)"), max_length=200, blank=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )

    privacy = Privacy(
        person_path=None,
        because="A calendar of a cohort or a community.",
        internal="name parent",
    )

    class Meta:
        ordering = ["name_en"]
        verbose_name = _("series")
        verbose_name_plural = pgettext_lazy("more than one", "series")
        constraints = [
            models.CheckConstraint(
                condition=~Q(parent=F("id")), name="series_is_not_its_own_parent"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def line(self) -> list["Series"]:
        """This series and those above it, nearest first."""
        return [self, *(self.parent.line if self.parent_id else [])]


class Standing(models.Model):
    """Who is invited to whatever is added to a series. Written by ``calendar`` alone."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="standings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="standings")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    since = models.DateTimeField(_("since"), default=timezone.now)
    until = models.DateTimeField(_("until"), null=True, blank=True)

    privacy = Privacy(
        person_path="person",
        topic=Topic.WORK,
        called=_("Calendars you stand invited to"),
        personal="series role since until",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "person"], name="one_standing_per_series"),
        ]

    def __str__(self):
        return f"{self.person}, {self.series}"


class EventQuerySet(models.QuerySet):
    def live(self):
        return self.filter(cancelled_at=None)

    def ahead(self, of=None):
        """Events that end after the aware instant ``of`` (now)."""
        return self.filter(ends_at__gt=of or timezone.now())

    def past(self, of=None):
        return self.filter(ends_at__lte=of or timezone.now())

    def deadlines(self):
        return self.filter(kind__in=DEADLINES)

    def gatherings(self):
        return self.exclude(kind__in=DEADLINES)

    def for_everyone(self):
        """Gatherings of a whole series; an interview is the appointment of those invited to it."""
        return self.filter(kind__in=[Kind.WEBINAR, Kind.MEETING])

    def of_person(self, person):
        """Events to which ``person`` is invited now."""
        return self.filter(invitees__person=person, invitees__until=None)


class Event(Bilingual):
    """Something at a time: the instant in UTC, and the wall time and zone people agreed on.

    Only ``notifications.calendar`` writes rows here. ``schedule_version`` starts
    at 0 and rises when time, place or a way to join changes; it is the SEQUENCE
    of calendar files (RFC 5545, 3.8.7.4). ``scheduled_at`` is when it last rose.
    """

    BILINGUAL = ("title",)

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    series = models.ForeignKey(
        Series,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("series"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    title_en = models.CharField(_("title (English)"), max_length=200, blank=True)
    title_fr = models.CharField(_("title (French)"), max_length=200, blank=True)
    local_on = models.DateField(_("local date"))
    local_at = models.TimeField(_("local time"))
    zone = models.CharField(_("clock"), max_length=40, choices=Zone, default=Zone.TORONTO)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    join_link = models.URLField(_("join link"), blank=True)
    dial_in = models.CharField(_("dial-in"), max_length=200, blank=True)
    schedule_version = models.PositiveIntegerField(_("version"), default=0)
    scheduled_at = models.DateTimeField(_("time set"), default=timezone.now, editable=False)
    cancelled_at = models.DateTimeField(pgettext_lazy("event", "cancelled"), null=True, blank=True)
    cancel_reason = models.CharField(_("why it is cancelled"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    privacy = Privacy(
        person_path=None,
        because="What takes place; who is part of it is the invitee's row.",
        public="kind title local_on local_at zone starts_at ends_at place cancelled_at",
        internal="series join_link dial_in schedule_version scheduled_at cancel_reason created_at",
    )

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")), name="event_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=DEADLINES) | Q(ends_at=F("starts_at")),
                name="deadline_has_no_length",
            ),
        ]
        indexes = [models.Index(fields=["kind", "starts_at"], name="event_kind_start")]

    def __str__(self):
        return f"{self.title or self.get_kind_display()}, {clock.brief_day(self.local_on)}"

    @property
    def in_words(self) -> str:
        """What and when, as a person would say it."""
        what = self.title or self.get_kind_display()
        return f"{what}, {clock.spoken(self.starts_at, self.zone)}"

    @property
    def is_live(self) -> bool:
        return self.cancelled_at is None

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    @property
    def is_deadline(self) -> bool:
        return self.kind in DEADLINES

    @property
    def local_start(self):
        """The aware start on the event's own clock."""
        return self.starts_at.astimezone(ZoneInfo(self.zone))

    @property
    def local_end(self):
        return self.ends_at.astimezone(ZoneInfo(self.zone))

    @property
    def length_minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


class InviteeQuerySet(models.QuerySet):
    def current(self):
        return self.filter(until=None)

    def coming(self):
        return self.current().exclude(answer=Invitee.Answer.NO)

    def with_names(self):
        """What a list of guests shows of each, and no more of the person."""
        named = self.select_related("person")
        return named.only("event", "role", "answer", "attendance", "person__name", "person__email")


class Invitee(models.Model):
    """One person's part in one event; rejoining reopens the row, so there is never a second."""

    class Answer(models.TextChoices):
        NONE = "", _("no answer yet")
        YES = "yes", _("will come")
        NO = "no", _("cannot come")

    class Attendance(models.TextChoices):
        UNKNOWN = "", _("not noted")
        PRESENT = "present", _("present")
        LATE = "late", _("came late")
        EXCUSED = "excused", _("sent regrets")
        ABSENT = "absent", _("absent")

    CAME = (Attendance.PRESENT, Attendance.LATE)
    STAYED_AWAY = (Attendance.EXCUSED, Attendance.ABSENT)

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, models.CASCADE, related_name="invitees")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    since = models.DateTimeField(_("since"), default=timezone.now)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=5, choices=Answer, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    attendance = models.CharField(_("attendance"), max_length=10, choices=Attendance, blank=True)

    privacy = Privacy(
        person_path="person",
        topic=Topic.WORK,
        called=_("What you were invited to, and whether you came"),
        personal="event role since until answer answered_at attendance",
        told_as={"event": "event.in_words"},
    )

    objects = InviteeQuerySet.as_manager()

    class Meta:
        ordering = ["event", "role", "person__name"]
        verbose_name = _("invitee")
        verbose_name_plural = _("invitees")
        constraints = [
            models.UniqueConstraint(fields=["event", "person"], name="one_invitee_per_event"),
        ]

    def __str__(self):
        return f"{self.person}, {self.event}"

    @property
    def came(self) -> bool:
        return self.attendance in self.CAME

    @property
    def stayed_away(self) -> bool:
        return self.attendance in self.STAYED_AWAY

    def say(self, answer) -> None:
        """Record whether she will come."""
        self.answer, self.answered_at = answer, timezone.now()
        self.save(update_fields=["answer", "answered_at"])

    def mark(self, attendance) -> None:
        """Record whether she came."""
        self.attendance = attendance
        self.save(update_fields=["attendance"])

    say.alters_data = mark.alters_data = True
