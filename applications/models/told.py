"""What an applicant tells of herself, in columns: the part of an application that she types."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, Organization, Region
from accounts.phones import check_phone
from applications.models.answers import HALF_DAYS


class Told(models.Model):
    """Answers that every call asks for. Staff never edit them."""

    class Level(models.TextChoices):
        NEWER = "newer", _("newer to this work")
        EXPERIENCED = "experienced", _("more experienced")

    class Authority(models.TextChoices):
        DECIDE = "decide", _("I decide")
        RECOMMEND = "recommend", _("I recommend")
        APPROVAL = "approval", _("I need approval")

    class Meets(models.TextChoices):
        ENGLISH = "en", _("English")
        FRENCH = "fr", _("French")
        EITHER = "both", _("Either language")

    # Who
    name = models.CharField(_("your name"), max_length=150, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True, validators=[check_phone])
    town = models.CharField(_("town where you work"), max_length=100, blank=True)
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name=_("region"),
    )
    organization_name = models.CharField(_("organization"), max_length=200, blank=True)
    organization = models.ForeignKey(
        Organization,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name=_("organization on file"),
        editable=False,
    )
    job = models.CharField(_("your role"), max_length=150, blank=True)
    # The five criteria of the call
    level = models.CharField(
        _("newer or more experienced"), max_length=12, choices=Level, blank=True
    )
    authority = models.CharField(
        _("when your team tries something new"), max_length=10, choices=Authority, blank=True
    )
    motivation = models.TextField(_("what you want to change, and why now"), blank=True)
    trial_idea = models.TextField(_("something you would like to try"), blank=True)
    hours_plan = models.TextField(_("how you will find the hours"), blank=True)
    # For the groups
    availability = models.JSONField(_("half-days you can meet"), default=list, blank=True)
    mail_language = models.CharField(
        _("language for email"), max_length=2, choices=Language, blank=True
    )
    interview_language = models.CharField(
        _("language for the interview"), max_length=2, choices=Language, blank=True
    )
    meeting_language = models.CharField(
        _("language for meetings"), max_length=4, choices=Meets, blank=True
    )
    access_needs = models.TextField(_("what we should arrange for you"), blank=True)
    agrees_to_use = models.BooleanField(_("you agree that we use your answers"), default=False)
    wants_news = models.BooleanField(_("you want our news by email"), default=False)

    class Meta:
        abstract = True

    @property
    def half_days(self) -> list[str]:
        return [str(label) for key, label in HALF_DAYS if key in self.availability]

    @property
    def wishes(self) -> list[str]:
        """The names of the focus areas, the first choice first."""
        return [str(choice.focus_area) for choice in self.choices.select_related("focus_area")]

    @property
    def programs(self) -> list[str]:
        """What is known of each programme, see ``Experience.told``."""
        return [experience.told for experience in self.experiences.select_related("program")]
