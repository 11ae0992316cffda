"""A file of answers from another form on its way to become applications, and what was learnt."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.privacy import Privacy
from cops.models import Cohort

# How long the rows of a file stay that are not imported.
KEPT = timedelta(days=1)


class ImportQuerySet(models.QuerySet):
    def outlived(self):
        """Those whose rows are to be forgotten by now."""
        return self.filter(read_at__lt=timezone.now() - KEPT)


class Import(models.Model):
    """A file of answers for one call: its rows for a day at most, what became of it for good."""

    cohort = models.ForeignKey(
        Cohort, models.CASCADE, related_name="imports", verbose_name=_("cohort")
    )
    file_name = models.CharField(_("file"), max_length=100)
    # Of the whole file: chosen again on the same day by the same person, it is the same record.
    digest = models.CharField(max_length=64, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    read_at = models.DateTimeField(_("read"), default=timezone.now)
    headers = models.JSONField(default=list, blank=True)
    # Each a pair: its number in the file, its cells. Once imported, those that were left out.
    rows = models.JSONField(default=list, blank=True)
    # Which column is which answer, by the answer's key: places from 0.
    columns = models.JSONField(default=dict, blank=True)
    # What staff said that a word of a choice means: by the answer's key, then by the word.
    meanings = models.JSONField(default=dict, blank=True)
    is_day_first = models.BooleanField(_("dates are written day first"), null=True, blank=True)
    imported_at = models.DateTimeField(_("imported"), null=True, editable=False)
    made = models.PositiveIntegerField(_("applications made"), default=0, editable=False)
    left_out = models.PositiveIntegerField(_("rows left out"), default=0, editable=False)

    privacy = Privacy(
        person_path=None,
        because="A file for a whole call; its rows are forgotten after a day, or once imported.",
        writer_path="by",
        wrote=_("files of applications that you imported"),
        internal="cohort digest read_at columns is_day_first imported_at made left_out",
        personal="file_name by headers",
        sensitive="rows meanings",
    )

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-read_at", "-pk"]
        verbose_name = _("imported file")
        verbose_name_plural = _("imported files")

    def __str__(self):
        return f"{self.file_name}, {clock.brief(self.read_at)}"

    @property
    def told(self) -> str:
        """How an application came to us, for its person."""
        day = clock.spoken_day(timezone.localdate(self.imported_at, clock.ONTARIO))
        return _t("another form; entered here on %(day)s") % {"day": day}

    @property
    def is_waiting(self) -> bool:
        return self.imported_at is None

    @property
    def forgotten_at(self):
        """The instant at which the rows that are still kept are deleted."""
        return self.read_at + KEPT


class ImportedColumn(models.Model):
    """What staff said that a header of a file means, for the next file of the same form."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="imported_columns")
    header = models.CharField(max_length=300)
    # A key of ``importing.mapping``; empty where the column is not imported.
    answer = models.CharField(max_length=60, blank=True)
    meanings = models.JSONField(default=dict, blank=True)
    said_at = models.DateTimeField(default=timezone.now)

    privacy = Privacy(
        person_path=None,
        because="How a form elsewhere called its questions and choices.",
        internal="cohort header answer meanings said_at",
    )

    class Meta:
        ordering = ["cohort", "header"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "header"], name="one_meaning_per_header"),
        ]

    def __str__(self):
        return self.header
