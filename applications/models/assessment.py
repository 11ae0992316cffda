"""What an interview yields: independent notes and scores, and insights."""

from uuid import uuid4

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext_lazy as _

from accounts.phrases import labelled
from accounts.privacy import Privacy
from applications.models.interview import Interview
from applications.models.review import weighted_mean
from cops.models import Criterion, FocusArea, FocusAreaVersion
from notifications.models import Consent


class Assessment(models.Model):
    """What one interviewer noted, alone, before seeing what the other did."""

    interview = models.ForeignKey(Interview, models.CASCADE, related_name="assessments")
    interviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="assessments",
        verbose_name=_("interviewer"),
    )
    notes = models.TextField(_("notes"), blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    saved_at = models.DateTimeField(_("saved"), auto_now=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    privacy = Privacy(
        person_path="interview__application__person",
        writer_path="interviewer",
        wrote=_("interview notes"),
        internal="version",
        personal="interviewer saved_at done_at",
        sensitive="notes",
        withheld="interview interviewer notes saved_at done_at",
    )

    class Meta:
        ordering = ["interview", "pk"]
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "interviewer"], name="one_assessment_per_interviewer"
            ),
        ]

    def __str__(self):
        return f"{self.interview}, {self.interviewer}"

    @property
    def mean(self) -> float | None:
        return weighted_mean(self.scores.all())


class AssessmentScore(models.Model):
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    value = models.PositiveSmallIntegerField(
        _("value"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )

    privacy = Privacy(
        person_path="assessment__interview__application__person",
        writer_path="assessment__interviewer",
        wrote=_("scores of interviews"),
        internal="criterion",
        sensitive="value",
        withheld="assessment value",
    )

    class Meta:
        ordering = ["criterion__number"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "criterion"], name="one_assessment_score_per_criterion"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=1, value__lte=5), name="assessment_score_from_1_to_5"
            ),
        ]

    def __str__(self):
        return labelled(self.criterion.number, self.value)


class InsightQuerySet(models.QuerySet):
    def with_consent(self):
        """With ``may_be_quoted``: it was said so, and has not been taken back since."""
        agreed = Consent.objects.live().filter(
            purpose=Consent.Purpose.QUOTE, person=models.OuterRef("interview__application__person")
        )
        return self.annotate(
            may_be_quoted=models.ExpressionWrapper(
                Q(quotable=True) & models.Exists(agreed), output_field=models.BooleanField()
            )
        )


class Insight(models.Model):
    """A priority or experience heard in an interview; it may move a guiding question."""

    class Sort(models.TextChoices):
        PRIORITY = "priority", _("priority")
        EXPERIENCE = "experience", _("experience")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    interview = models.ForeignKey(Interview, models.CASCADE, related_name="insights")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="insights",
        verbose_name=_("noted by"),
    )
    focus_area = models.ForeignKey(
        FocusArea, models.PROTECT, related_name="insights", verbose_name=_("focus area")
    )
    sort = models.CharField(_("sort"), max_length=10, choices=Sort, default=Sort.PRIORITY)
    theme = models.CharField(_("theme"), max_length=100)
    text = models.TextField(_("what was said"), max_length=5000)
    quotable = models.BooleanField(
        _("may be quoted"), default=False, help_text=_("Only if the person agreed to be quoted.")
    )
    moved = models.ManyToManyField(
        FocusAreaVersion,
        related_name="insights",
        blank=True,
        verbose_name=_("guiding questions it moved"),
    )
    noted_at = models.DateTimeField(_("noted"), default=timezone.now)

    privacy = Privacy(
        person_path="interview__application__person",
        writer_path="author",
        wrote=_("insights from interviews"),
        internal="moved noted_at",
        personal="author focus_area sort theme quotable",
        sensitive="text",
        withheld="interview author focus_area sort theme quotable text",
    )

    objects = InsightQuerySet.as_manager()

    class Meta:
        ordering = ["-noted_at"]
        verbose_name = _("insight")
        verbose_name_plural = _("insights")

    def __str__(self):
        return labelled(capfirst(self.theme), Truncator(self.text).chars(80))
