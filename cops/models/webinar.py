"""The information webinar that recruits: an event that people register for without an account."""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.bilingual import Bilingual
from accounts.privacy import Privacy, Topic
from cops.models.cohort import Cohort
from notifications.models import Event


class WebinarQuerySet(models.QuerySet):
    def visible_to(self, person):
        return self if person.is_staff else self.exclude(cohort__published_at=None)

    def with_events(self):
        return self.select_related("event", "cohort")


class Webinar(Bilingual):
    """A webinar of one cohort; when and where is its event's."""

    JOIN_BEFORE = timedelta(hours=1)

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
    slides_url = models.URLField(_("slides"), blank=True)

    privacy = Privacy(
        person_path=None,
        because="A webinar; who takes part is its registrations.",
        public="cohort event slug title description seats recording_url slides_url",
    )

    objects = WebinarQuerySet.as_manager()

    class Meta:
        ordering = ["-event__starts_at"]
        verbose_name = _("webinar")
        verbose_name_plural = _("webinars")

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("cops:webinar", args=[self.slug])

    @property
    def has_started(self) -> bool:
        return self.event.starts_at <= timezone.now()

    @property
    def takes_registrations(self) -> bool:
        """Whether it still lies ahead; seats are another question."""
        return self.event.is_live and not self.has_started

    @property
    def shows_join_link(self) -> bool:
        """From an hour before the start until the end."""
        opens_at = self.event.starts_at - self.JOIN_BEFORE
        return self.event.is_live and opens_at <= timezone.now() and not self.event.is_over

    @property
    def seats_left(self) -> int | None:
        """Return how many may still register, or None where seats are not limited."""
        if self.seats is None:
            return None
        return max(0, self.seats - self.registrations.live().count())

    @property
    def is_full(self) -> bool:
        return self.seats_left == 0


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
    access_needs = models.TextField(_("access needs"), max_length=1000, blank=True)
    question = models.TextField(_("question in advance"), max_length=1000, blank=True)
    consent_wording = models.TextField(_("agreed to"), blank=True)
    wants_news = models.BooleanField(_("asked for news"), default=False)
    registered_at = models.DateTimeField(_("registered"), default=timezone.now)
    cancelled_at = models.DateTimeField(
        pgettext_lazy("registration", "cancelled"), null=True, blank=True
    )

    privacy = Privacy(
        person_path="person",
        topic=Topic.WORK,
        called=_("Webinars you registered for"),
        personal=(
            "webinar name organization question consent_wording wants_news registered_at "
            "cancelled_at"
        ),
        sensitive="access_needs",
    )

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

    @property
    def is_live(self) -> bool:
        return self.cancelled_at is None
