from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.bilingual import Bilingual
from accounts.privacy import Privacy
from notifications import mails
from notifications.models.time import Series


class MailTemplateQuerySet(models.QuerySet):
    def holding(self):
        """Those that are on; of one kind and place, the one with the highest version holds."""
        return self.filter(is_on=True)

    def of_place(self, kind: str, series: Series | None):
        return self.filter(kind=kind, series=series)

    def with_standing(self):
        """With ``goes_out``: whether it is what goes out in its place, see ``holds``."""
        newer = (
            MailTemplate.objects.holding()
            .annotate(place_id=Coalesce("series_id", 0))
            .filter(
                kind=OuterRef("kind"),
                place_id=Coalesce(OuterRef("series_id"), 0),
                version__gt=OuterRef("version"),
            )
        )
        return self.annotate(goes_out=Q(is_on=True) & ~Exists(newer))


class MailTemplate(Bilingual):
    """One version of what staff let a kind of mail say, everywhere or in one series.

    ``subject`` is a line, ``body`` Markdown; both may hold the placeholders of the kind. A row is
    never edited: each save is a new version. The nearest series wins: community, cohort,
    everywhere; where no version is on, the built-in text goes out.
    """

    BILINGUAL = ("subject", "body")

    kind = models.CharField(_("kind of email"), max_length=60)
    series = models.ForeignKey(
        Series,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="mail_templates",
        verbose_name=_("series"),
    )
    version = models.PositiveIntegerField(_("version"))
    subject_en = models.CharField(_("subject (English)"), max_length=200)
    subject_fr = models.CharField(_("subject (French)"), max_length=200)
    body_en = models.TextField(_("text (English)"))
    body_fr = models.TextField(_("text (French)"))
    is_on = models.BooleanField(_("on"), default=True)
    saved_at = models.DateTimeField(_("saved"), auto_now_add=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("saved by"),
    )

    privacy = Privacy(
        person_path=None,
        because="What a kind of mail says to everybody.",
        writer_path="saved_by",
        internal="kind series version subject body is_on saved_at saved_by",
    )

    objects = MailTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "series", "-version"]
        verbose_name = _("version of a text")
        verbose_name_plural = _("versions of texts")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "version"],
                condition=Q(series=None),
                name="one_text_everywhere_per_version",
            ),
            models.UniqueConstraint(
                fields=["kind", "series", "version"],
                condition=Q(series__isnull=False),
                name="one_text_of_series_per_version",
            ),
        ]

    def __str__(self):
        return gettext("%(kind)s, %(place)s, version %(version)s") % {
            "kind": mails.title(self.kind), "place": self.place, "version": self.version,
        }  # fmt: skip

    @property
    def place(self) -> str:
        return str(self.series) if self.series_id else gettext("everywhere")

    @property
    def holds(self) -> bool:
        """Whether it is what goes out in its place."""
        newest = type(self).objects.holding().of_place(self.kind, self.series_id)
        return self.is_on and newest.order_by("-version").values_list("pk").first() == (self.pk,)

    def source(self, language: str) -> str:
        """Return the subject line and the Markdown below it, in ``language``."""
        subject, body = (self.in_language(name, language) for name in self.BILINGUAL)
        return f"Subject: {subject}\n\n{body}"
