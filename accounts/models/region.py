from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.bilingual import Bilingual
from accounts.privacy import Privacy


class Part(models.TextChoices):
    """The parts of the province: what a blind reader is told of where somebody works."""

    GTA = "gta", _("Greater Toronto Area")
    CENTRAL = "central", _("Central Ontario")
    EAST = "east", _("Eastern Ontario")
    SOUTHWEST = "southwest", _("Southwestern Ontario")
    NORTH = "north", _("Northern Ontario")


class RegionQuerySet(models.QuerySet):
    def alphabetical(self):
        """By their names in the reader's language; what is no catchment stands last."""
        name = "name_fr" if get_language() == "fr" else "name_en"
        return self.order_by("-is_catchment", name)


class Region(Bilingual):
    """One of Ontario's 15 employment catchments, or "province-wide", or "not sure"."""

    BILINGUAL = ("name",)

    key = models.SlugField(_("key"), unique=True)
    name_en = models.CharField(_("name (English)"), max_length=100)
    name_fr = models.CharField(_("name (French)"), max_length=100)
    macro = models.CharField(_("part of the province"), max_length=20, blank=True, choices=Part)
    places = models.JSONField(_("towns"), default=list, blank=True)
    is_catchment = models.BooleanField(_("is a catchment"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = RegionQuerySet.as_manager()

    privacy = Privacy(
        person_path=None,
        because="A part of the province.",
        public="key name macro places is_catchment position",
    )

    class Meta:
        ordering = ["position", "name_en"]
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def __str__(self):
        return self.name
