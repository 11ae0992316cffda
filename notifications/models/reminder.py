"""Rules say when people are reminded; the ledger keeps what became of each reminder."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts.privacy import Privacy, Topic
from notifications.models.time import Event, Kind, Role, Series


def before(offset: str) -> str:
    """Return "2 days before" for "2d", "1 hour before" for "1h"."""
    amount = int(offset[:-1])
    if offset.endswith("d"):
        said = ngettext("%(amount)s day before", "%(amount)s days before", amount)
    else:
        said = ngettext("%(amount)s hour before", "%(amount)s hours before", amount)
    return said % {"amount": amount}


class Unit(models.TextChoices):
    DAYS = "d", _("days, same time on the wall clock")
    HOURS = "h", _("hours, elapsed")


class Rule(models.Model):
    """How long before an event of one kind whom to mail what.

    A rule belongs to an event, a series or neither (then it is the default).
    For one event, kind and offset the nearest rule wins: event, community,
    cohort, default; a nearer rule with ``is_on`` False switches a farther one off.
    """

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
    amount = models.PositiveSmallIntegerField(_("how many"))
    unit = models.CharField(_("unit"), max_length=1, choices=Unit)
    role = models.CharField(
        _("only to"),
        max_length=20,
        choices=Role,
        blank=True,
        help_text=_("Leave empty to remind everyone invited."),
    )
    mail = models.CharField(_("email"), max_length=60, help_text=_("The kind of email to send."))
    is_on = models.BooleanField(_("on"), default=True)

    privacy = Privacy(
        person_path=None,
        because="When people are reminded, whoever they are.",
        internal="event series kind amount unit role mail is_on",
    )

    class Meta:
        ordering = ["kind", "-unit", "-amount"]
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")
        constraints = [
            models.CheckConstraint(
                condition=Q(event=None) | Q(series=None), name="rule_has_one_place_at_most"
            ),
            models.UniqueConstraint(
                fields=["kind", "amount", "unit", "role"],
                condition=Q(event=None, series=None),
                name="one_default_rule_per_offset",
            ),
            models.UniqueConstraint(
                fields=["series", "kind", "amount", "unit", "role"],
                condition=Q(series__isnull=False),
                name="one_series_rule_per_offset",
            ),
            models.UniqueConstraint(
                fields=["event", "kind", "amount", "unit", "role"],
                condition=Q(event__isnull=False),
                name="one_event_rule_per_offset",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {before(self.offset_key)}"

    @property
    def offset_key(self) -> str:
        """ "2d" or "2h": the part of the ledger's key that names the offset."""
        return f"{self.amount}{self.unit}"


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
    mail = models.CharField(_("email"), max_length=60)
    due_at = models.DateTimeField(_("due"))
    useful_until = models.DateTimeField(_("useful until"))
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.PLANNED)
    message = models.OneToOneField(
        "notifications.Message", models.SET_NULL, null=True, blank=True, related_name="reminder"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    privacy = Privacy(
        person_path="person",
        topic=Topic.MAIL,
        called=_("Reminders planned for you"),
        internal="schedule_version offset_key mail useful_until message created_at",
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
        return f"{self.person}, {before(self.offset_key)}"
