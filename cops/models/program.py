from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.bilingual import Bilingual
from accounts.privacy import Privacy


class Program(Bilingual):
    """A funded programme, with the dates of its name: Second Career became Better Jobs Ontario."""

    BILINGUAL = ("name",)
    # The last on the list: whoever ticks it writes which one she means.
    OTHER = "other"

    key = models.SlugField(_("key"), unique=True)
    name_en = models.CharField(_("name (English)"), max_length=150)
    name_fr = models.CharField(_("name (French)"), max_length=150)
    active_from = models.DateField(_("name used from"), null=True, blank=True)
    active_until = models.DateField(_("name used until"), null=True, blank=True)
    renamed_to = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="former_names",
        verbose_name=_("renamed to"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    privacy = Privacy(
        person_path=None,
        because="A funded programme.",
        public="key name active_from active_until renamed_to position",
    )

    class Meta:
        ordering = ["position", "name_en"]
        verbose_name = _("program")
        verbose_name_plural = _("programs")

    def __str__(self):
        return self.name

    @property
    def is_other(self) -> bool:
        return self.key == self.OTHER

    @property
    def all_names(self) -> list[str]:
        """Every name of this programme, former and later ones too, in both languages."""
        line = [self, *self.former_names.all(), *([self.renamed_to] if self.renamed_to else [])]
        return [name for program in line for name in (program.name_en, program.name_fr)]
