"""The information webinar that recruits: an event that people register for without an account."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.bilingual import Bilingual
from cops.models.cohort import Cohort
from notifications.models import Event


class Webinar(Bilingual):
    """A webinar of one cohort; when and where is its event's."""

    BILINGUAL = ("title", "description")

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="webinars")
    event = models.OneToOneField(Event, models.PROTECT, related_name="webinar", editable=False)
    slug = models.SlugField(_("address"), unique=True)
    title_en = models.CharField(_("title (English)"), max_length=200)
    title_fr = models.CharField(_("title (French)"), max_length=200, blank=True)
    description_en = models.TextField(_("description (English)"), blank=True)
    description_fr = models.TextField(_("description (French)"), blank=True)
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    recording_url = models.URLField(_("recording"), blank=True)

    class Meta:
        ordering = ["-event__starts_at"]
        verbose_name = _("webinar")
        verbose_name_plural = _("webinars")

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("cops:webinar", args=[self.slug])

    @property
    def takes_registrations(self) -> bool:
        return self.event.is_live and not self.event.is_over


class RegistrationQuerySet(models.QuerySet):
    def live(self):
        return self.filter(cancelled_at=None)


class Registration(models.Model):
    """What a person typed to register; being invited and attending is her invitee's row."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    webinar = models.ForeignKey(Webinar, models.CASCADE, related_name="registrations")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="registrations",
        verbose_name=_("person"),
    )
    name = models.CharField(_("name"), max_length=150)
    organization = models.CharField(_("organization"), max_length=200, blank=True)
    access_needs = models.TextField(_("access needs"), blank=True)
    question = models.TextField(_("question in advance"), blank=True)
    registered_at = models.DateTimeField(_("registered"), default=timezone.now)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["-registered_at"]
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        constraints = [
            models.UniqueConstraint(
                fields=["webinar", "person"], name="one_registration_per_webinar"
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.webinar}"

    def get_absolute_url(self):
        return reverse("cops:registration", args=[self.uuid])
