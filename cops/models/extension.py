"""That the deadline of a call was moved: what it was, what it became."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.privacy import Privacy
from cops.models.cohort import Cohort


class Extension(models.Model):
    """One extension of the deadline of a call. Written by ``cops.deadline`` alone.

    ``later_were`` holds the dates that moved along, by name, as ISO days before they moved.
    """

    cohort = models.ForeignKey(
        Cohort, models.CASCADE, related_name="extensions", verbose_name=_("cohort")
    )
    was_until = models.DateTimeField(_("applications were to close"))
    until = models.DateTimeField(_("applications close"))
    later_were = models.JSONField(
        _("what the later dates were"), default=dict, blank=True, editable=False
    )
    at = models.DateTimeField(_("when"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("by"),
    )

    privacy = Privacy(
        person_path=None,
        because="When a call was to close, and when it does.",
        writer_path="by",
        public="cohort was_until until at",
        internal="later_were by",
    )

    class Meta:
        ordering = ["cohort", "at", "pk"]
        verbose_name = _("extension of the deadline")
        verbose_name_plural = _("extensions of the deadline")
        constraints = [
            models.CheckConstraint(condition=Q(was_until__lt=F("until")), name="extended_to_later"),
        ]

    def __str__(self):
        return clock.brief(self.until)

    def moved(self, *names: str) -> list[tuple[str, date, date]]:
        """Return which of the dates ``names`` moved along, see ``moved``."""
        return moved(self.cohort, self.later_were, names)


def moved(cohort: Cohort, were: dict[str, str], names) -> list[tuple[str, date, date]]:
    """Return which of the dates ``names`` still differ from what they ``were``, as ISO days:
    name, before, now.
    """
    days = [
        (name, date.fromisoformat(were[name]), getattr(cohort, name))
        for name in names
        if name in were
    ]
    return [(name, was, now) for name, was, now in days if was != now]
