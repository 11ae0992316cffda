from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.lifecycle import InvalidTransition
from accounts.models import Language
from accounts.privacy import Privacy, Topic


class ConsentQuerySet(models.QuerySet):
    def live(self):
        return self.filter(withdrawn_at=None)

    def of_person(self, person):
        return self.filter(person=person)


class Consent(models.Model):
    """What a person agreed to: the words she read, when and where; withdrawn, never deleted."""

    class Purpose(models.TextChoices):
        NEWS = "news", _("news of new calls and outcomes")
        DATA = "data", _("use of what I write to run the Communities of Practice")
        QUOTE = "quote", _("being quoted without my name")

    SOURCES = {
        "application": _("application %(name)s"),
        "interview": _("interview about application %(name)s"),
        "webinar": _("registration for a webinar"),
    }

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    wording = models.TextField(_("wording"))
    language = models.CharField(_("language"), max_length=2, choices=Language)
    source = models.CharField(_("source"), max_length=100)
    given_at = models.DateTimeField(_("given"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    privacy = Privacy(
        person_path="person",
        topic=Topic.CONSENTS,
        called=_("Consents"),
        personal="purpose wording language source given_at withdrawn_at",
        told_as={"source": "source_in_words"},
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at"]
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"],
                condition=Q(withdrawn_at=None),
                name="one_live_consent_per_purpose",
            ),
        ]

    def __str__(self):
        return f"{self.person}, {self.get_purpose_display()}"

    def get_absolute_url(self):
        return reverse("notifications:consent", args=[self.purpose])

    @property
    def source_in_words(self) -> str:
        """Where it was given: the source is kept as a word of ours and a key."""
        kind, _space, name = self.source.partition(" ")
        return self.SOURCES[kind] % {"name": name} if kind in self.SOURCES else self.source

    @property
    def is_live(self) -> bool:
        return self.withdrawn_at is None

    def withdraw(self) -> None:
        """Take it back, from this moment on. Raises InvalidTransition when that is done already."""
        live = Consent.objects.filter(pk=self.pk, withdrawn_at=None)
        if not live.update(withdrawn_at=timezone.now()):
            raise InvalidTransition(_t("You have taken this back already."))
        self.refresh_from_db(fields=["withdrawn_at"])

    withdraw.alters_data = True
