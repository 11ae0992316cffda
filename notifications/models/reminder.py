"""Rules say when people are reminded; the ledger keeps what became of each reminder."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts.privacy import Privacy, Topic
from notifications import mails
from notifications.models.time import Event, Invitee, Kind, Role, Series

HALF_WAY = "half"
OFFSET_AND_AUDIENCE = ["kind", "anchor", "amount", "unit", "role", "answer", "attendance"]


def in_words(offset: str) -> str:
    """Return what an offset's key says: "2 days before" for "2d", "1 day after" for "+1d",
    "2 days after the invitation" for "i2d", "half way to the deadline" for "half".
    """
    if offset == HALF_WAY:
        return _t("half way to the deadline")
    anchor, unit = offset[0], offset[-1]
    amount = int(offset[:-1].lstrip("+i"))
    match anchor, unit:
        case "+", "d":
            said = ngettext("%(amount)s day after", "%(amount)s days after", amount)
        case "+", "h":
            said = ngettext("%(amount)s hour after", "%(amount)s hours after", amount)
        case "i", "d":
            said = ngettext(
                "%(amount)s day after the invitation",
                "%(amount)s days after the invitation",
                amount,
            )
        case "i", "h":
            said = ngettext(
                "%(amount)s hour after the invitation",
                "%(amount)s hours after the invitation",
                amount,
            )
        case _, "d":
            said = ngettext("%(amount)s day before", "%(amount)s days before", amount)
        case _:
            said = ngettext("%(amount)s hour before", "%(amount)s hours before", amount)
    return said % {"amount": amount}


class Unit(models.TextChoices):
    DAYS = "d", _("days, same time on the wall clock")
    HOURS = "h", _("hours, elapsed")


class Rule(models.Model):
    """How long before or after what, in the life of an event of one kind, whom to mail what.

    A rule belongs to an event, a series or neither (then it is the default).
    For one person and offset the nearest rule that is about her wins: event,
    community, cohort, default; a nearer rule with ``is_on`` False switches a
    farther one off.
    """

    class Anchor(models.TextChoices):
        BEFORE = "before", _("before the start, or the deadline")
        AFTER = "after", _("after the end, or the deadline")
        INVITED = "invited", _("after the invitation")
        HALF = "half", _("half way between invitation and deadline")

    class Answer(models.TextChoices):
        NOT_NO = "any", _("everyone who has not said no")
        NONE = "none", _("only who has not answered yet")

    class Attendance(models.TextChoices):
        ANY = "any", _("whether they came or not")
        CAME = "came", _("only who came, or was not noted")
        MISSED = "missed", _("only who did not come")

    PREFIX = {Anchor.BEFORE: "", Anchor.AFTER: "+", Anchor.INVITED: "i"}
    LONGEST = {Unit.DAYS: 60, Unit.HOURS: 168}

    event = models.ForeignKey(
        Event, models.CASCADE, null=True, blank=True, related_name="rules", verbose_name=_("event")
    )
    series = models.ForeignKey(
        Series,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="rules",
        verbose_name=_("series"),
    )
    kind = models.CharField(_("for every"), max_length=20, choices=Kind)
    anchor = models.CharField(_("counted"), max_length=10, choices=Anchor, default=Anchor.BEFORE)
    amount = models.PositiveSmallIntegerField(_("how many"), default=2)
    unit = models.CharField(_("unit"), max_length=1, choices=Unit, default=Unit.DAYS)
    role = models.CharField(
        _("only to"),
        max_length=20,
        choices=Role,
        blank=True,
        help_text=_("Leave empty to remind everyone invited."),
    )
    answer = models.CharField(_("by answer"), max_length=5, choices=Answer, default=Answer.NOT_NO)
    attendance = models.CharField(
        _("by attendance"), max_length=10, choices=Attendance, default=Attendance.ANY
    )
    only_chosen = models.BooleanField(
        _("only to those who chose it"),
        default=False,
        help_text=_("Each person chooses it in her own settings for email."),
    )
    mail = models.CharField(_("email"), max_length=60, help_text=_("The kind of email to send."))
    is_on = models.BooleanField(_("on"), default=True)

    privacy = Privacy(
        person_path=None,
        because="When people are reminded, whoever they are.",
        internal=(
            "event series kind anchor amount unit role answer attendance only_chosen mail is_on"
        ),
    )

    class Meta:
        ordering = ["kind", "anchor", "-unit", "-amount"]
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")
        constraints = [
            models.CheckConstraint(
                condition=Q(event=None) | Q(series=None), name="rule_has_one_place_at_most"
            ),
            models.CheckConstraint(
                condition=Q(anchor="half", amount=0, unit=Unit.DAYS)
                | (
                    ~Q(anchor="half")
                    & (
                        Q(unit=Unit.DAYS, amount__range=(1, 60))
                        | Q(unit=Unit.HOURS, amount__range=(1, 168))
                    )
                ),
                name="rule_has_a_possible_offset",
            ),
            models.CheckConstraint(
                condition=Q(attendance="any") | Q(anchor="after"), name="rule_knows_who_came_after"
            ),
            *(
                models.UniqueConstraint(
                    fields=[*place, *OFFSET_AND_AUDIENCE], condition=condition, name=name
                )
                for place, condition, name in (
                    ([], Q(event=None, series=None), "one_default_rule_per_offset"),
                    (["series"], Q(series__isnull=False), "one_series_rule_per_offset"),
                    (["event"], Q(event__isnull=False), "one_event_rule_per_offset"),
                )
            ),
        ]

    def __str__(self):
        kind = self.get_kind_display()
        if self.amount is None and self.anchor != self.Anchor.HALF:  # a form was sent without it
            return kind
        return f"{kind}, {in_words(self.offset_key)}"

    @property
    def offset_key(self) -> str:
        """ "2d" or "2h" before, "+1d" after, "i2d" after the invitation, "half": the part of the
        ledger's key that names the offset."""
        if self.anchor == self.Anchor.HALF:
            return HALF_WAY
        return f"{self.PREFIX[self.anchor]}{self.amount}{self.unit}"

    @property
    def place(self) -> str:
        """Where it holds, in words: this event, a community, a cohort, everywhere."""
        if self.event_id:
            return _t("only %(event)s") % {"event": self.event}
        if self.series_id is None:
            return _t("everywhere")
        kind = _t("community %(name)s") if self.series.parent_id else _t("cohort %(name)s")
        return kind % {"name": self.series}

    @property
    def audience(self) -> str:
        """Whom it is about, in words."""
        parts = [
            self.get_role_display() if self.role else _t("everyone invited"),
            self.get_answer_display() if self.answer != self.Answer.NOT_NO else "",
            self.get_attendance_display() if self.attendance != self.Attendance.ANY else "",
            _t("only to those who chose it") if self.only_chosen else "",
        ]
        return ", ".join(str(part) for part in parts if part)

    def is_about(self, part: Invitee) -> bool:
        """Whether the part that a person has in an event is one that this rule speaks of."""
        if self.role not in {"", part.role}:
            return False
        if self.answer == self.Answer.NONE and part.answer != Invitee.Answer.NONE:
            return False
        match self.attendance:
            case self.Attendance.CAME:
                return not part.stayed_away
            case self.Attendance.MISSED:
                return part.stayed_away
        return True


class Reminder(models.Model):
    """One line of the ledger: this version of this event, this person, this offset, once."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("reminder", "planned")
        ENQUEUED = "enqueued", _("handed to the email queue")
        CANCELLED = "cancelled", _("cancelled")
        SUPERSEDED = "superseded", _("replaced by a newer one")
        LATE = "skipped-late", _("skipped: too late to be of use")
        JOINED_LATE = "skipped-joined-late", _("skipped: joined after it was due")
        OPTED_OUT = "skipped-opted-out", _("skipped: does not want reminders")

    event = models.ForeignKey(Event, models.CASCADE, related_name="reminders")
    schedule_version = models.PositiveIntegerField(_("version"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminders")
    offset_key = models.CharField(_("offset"), max_length=10)
    rule = models.ForeignKey(
        Rule, models.SET_NULL, null=True, related_name="reminders", verbose_name=_("rule")
    )
    mail = models.CharField(_("email"), max_length=60)
    due_at = models.DateTimeField(_("due"))
    useful_until = models.DateTimeField(_("useful until"))
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.PLANNED)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    waits_until = models.DateTimeField(_("waits until"), null=True, blank=True)
    is_optional = models.BooleanField(_("could have waited"), default=False)
    message = models.OneToOneField(
        "notifications.Message", models.SET_NULL, null=True, blank=True, related_name="reminder"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    privacy = Privacy(
        person_path="person",
        topic=Topic.MAIL,
        called=_("Reminders planned for you"),
        internal=(
            "schedule_version offset_key rule mail useful_until reason waits_until is_optional "
            "message created_at"
        ),
        personal="event due_at state",
        told_as={"event": "event.in_words"},
    )

    class Meta:
        ordering = ["due_at", "pk"]
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "schedule_version", "person", "offset_key"],
                name="one_reminder_per_version_person_offset",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="reminder_planned", condition=Q(state="planned")),
        ]

    def __str__(self):
        return f"{self.person}, {in_words(self.offset_key)}"

    @property
    def why(self) -> str:
        """Why it does not go, or not yet, in the reader's words; empty where it goes."""
        if self.reason:
            return _t(self.reason)
        goes = self.state in {self.State.PLANNED, self.State.ENQUEUED}
        return "" if goes else self.get_state_display()

    @property
    def said(self) -> str:
        """What it would send, in words of staff."""
        return mails.title(self.mail)

    @property
    def ahead(self) -> str:
        return in_words(self.offset_key)
