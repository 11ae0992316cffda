"""That the deadline of a call was moved: what it was, what it became."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.privacy import Privacy
from cops.models.cohort import Cohort


class Extension(models.Model):
    """One extension of the deadline of a call. Written by ``cops.deadline`` alone."""

    cohort = models.ForeignKey(
        Cohort, models.CASCADE, related_name="extensions", verbose_name=_("cohort")
    )
    was_until = models.DateTimeField(_("applications were to close"))
    until = models.DateTimeField(_("applications close"))
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
        internal="by",
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
