"""The problem a community works on, and its guiding question as the interviews refine it."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.bilingual import Bilingual
from accounts.privacy import Privacy
from cops.models.cohort import Cohort
from cops.models.program import Program


class FocusAreaQuerySet(models.QuerySet):
    def of(self, cohort: Cohort):
        """Those that ``cohort`` asks a question about."""
        return self.filter(versions__cohort=cohort).distinct()


class FocusArea(Bilingual):
    """A problem statement and its origin; a cohort takes it up by asking a question."""

    BILINGUAL = ("name", "problem", "origin")

    slug = models.SlugField(_("address"), unique=True)
    name_en = models.CharField(_("name (English)"), max_length=150)
    name_fr = models.CharField(_("name (French)"), max_length=150, blank=True)
    program = models.ForeignKey(
        Program,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="focus_areas",
        verbose_name=_("program"),
    )
    problem_en = models.TextField(_("problem statement (English)"))
    problem_fr = models.TextField(_("problem statement (French)"), blank=True)
    origin_en = models.TextField(_("where it came from (English)"), blank=True)
    origin_fr = models.TextField(_("where it came from (French)"), blank=True)

    privacy = Privacy(
        person_path=None,
        because="A problem statement.",
        public="slug name program problem origin",
    )

    objects = FocusAreaQuerySet.as_manager()

    class Meta:
        ordering = ["name_en"]
        verbose_name = _("focus area")
        verbose_name_plural = _("focus areas")

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("cops:focus-area", args=[self.slug])

    @transaction.atomic
    def ask(
        self, cohort: Cohort, question_en: str, question_fr: str, *, by, reason=""
    ) -> "FocusAreaVersion":
        """Write the next version of the guiding question for ``cohort``.

        Versions are numbered under a lock on the focus area's row.
        """
        FocusArea.objects.select_for_update().get(pk=self.pk)
        last = self.versions.filter(cohort=cohort).aggregate(last=Max("number"))["last"] or 0
        return self.versions.create(
            cohort=cohort,
            number=last + 1,
            question_en=question_en,
            question_fr=question_fr,
            written_by=by,
            reason=reason,
        )


class FocusAreaVersionQuerySet(models.QuerySet):
    def latest(self):
        """The question as it stands for each focus area of each cohort."""
        newer = self.model.objects.filter(
            cohort=models.OuterRef("cohort"),
            focus_area=models.OuterRef("focus_area"),
            number__gt=models.OuterRef("number"),
        )
        return (
            self.filter(~models.Exists(newer))
            .select_related("focus_area", "focus_area__program")
            .order_by("focus_area__name_en")
        )

    def latest_of(self, cohort):
        """The question as it stands for each focus area of ``cohort``."""
        return self.latest().filter(cohort=cohort)


class FocusAreaVersion(Bilingual):
    """The guiding question of a focus area in one cohort, numbered from 1 as it is refined."""

    BILINGUAL = ("question",)

    focus_area = models.ForeignKey(FocusArea, models.PROTECT, related_name="versions")
    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="focus_versions")
    number = models.PositiveSmallIntegerField(_("version"))
    question_en = models.TextField(_("guiding question (English)"))
    question_fr = models.TextField(_("guiding question (French)"), blank=True)
    reason = models.TextField(_("what changed and why"), blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("written by"),
    )
    written_at = models.DateTimeField(_("written"), auto_now_add=True)

    privacy = Privacy(
        person_path=None,
        because="The guiding question of a whole cohort.",
        writer_path="written_by",
        wrote=_("versions of a guiding question"),
        public="focus_area cohort number question",
        internal="reason written_at",
        personal="written_by",
    )

    objects = FocusAreaVersionQuerySet.as_manager()

    class Meta:
        ordering = ["cohort", "focus_area", "number"]
        verbose_name = _("guiding question")
        verbose_name_plural = _("guiding questions")
        constraints = [
            models.UniqueConstraint(
                fields=["focus_area", "cohort", "number"], name="question_versions_are_numbered"
            ),
        ]

    def __str__(self):
        return _t("%(area)s, version %(number)s") % {
            "area": self.focus_area,
            "number": self.number,
        }
