from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.bilingual import Bilingual
from accounts.privacy import Privacy


class Organization(Bilingual):
    """An employer, a service provider or a partner that convenes a call."""

    class Size(models.TextChoices):
        SMALL = "small", _("under 20 people")
        MEDIUM = "medium", _("20 to 99 people")
        LARGE = "large", _("100 people or more")

    BILINGUAL = ("name",)

    name_en = models.CharField(_("name (English)"), max_length=200)
    name_fr = models.CharField(_("name (French)"), max_length=200, blank=True)
    mail_domain = models.CharField(
        _("email domain"),
        max_length=100,
        blank=True,
        help_text=_("What follows the @, for example agency.ca"),
    )
    size = models.CharField(_("size"), max_length=10, choices=Size, blank=True)
    website = models.URLField(_("website"), blank=True)

    privacy = Privacy(
        person_path=None,
        because="An organization.",
        public="name website",
        internal="mail_domain size",
    )

    class Meta:
        ordering = ["name_en"]
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints = [
            models.UniqueConstraint(Lower("name_en"), name="one_organization_per_name"),
        ]

    def __str__(self):
        return self.name
