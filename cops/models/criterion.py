"""What applications to a cohort are read for, and what each value of an answer means."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.bilingual import Bilingual
from accounts.phrases import labelled
from accounts.privacy import Privacy
from cops.models.cohort import Cohort


class Criterion(Bilingual):
    """What an application is read for, and the question the reviewer answers with 1 to 5."""

    BILINGUAL = ("text", "question")

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="criteria")
    number = models.PositiveSmallIntegerField(_("number"))
    text_en = models.TextField(_("criterion (English)"))
    text_fr = models.TextField(_("criterion (French)"), blank=True)
    question_en = models.CharField(_("what is rated (English)"), max_length=200)
    question_fr = models.CharField(_("what is rated (French)"), max_length=200, blank=True)
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=1, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )

    privacy = Privacy(
        person_path=None,
        because="What applications are read for.",
        public="cohort number text",
        internal="question weight",
    )

    class Meta:
        ordering = ["cohort", "number"]
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        constraints = [
            models.UniqueConstraint(fields=["cohort", "number"], name="criteria_are_numbered"),
        ]

    def __str__(self):
        return f"{self.number}. {self.question}"


class Anchor(Bilingual):
    """What one value of a criterion means, in a sentence."""

    BILINGUAL = ("sentence",)

    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="anchors")
    value = models.PositiveSmallIntegerField(
        _("value"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    sentence_en = models.CharField(_("meaning (English)"), max_length=300)
    sentence_fr = models.CharField(_("meaning (French)"), max_length=300, blank=True)

    privacy = Privacy(
        person_path=None,
        because="What a value means.",
        internal="criterion value sentence",
    )

    class Meta:
        ordering = ["criterion", "value"]
        verbose_name = _("anchor")
        verbose_name_plural = _("anchors")
        constraints = [
            models.UniqueConstraint(fields=["criterion", "value"], name="one_anchor_per_value"),
        ]

    def __str__(self):
        return labelled(self.value, self.sentence)
