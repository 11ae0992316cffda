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

    def take_back(self, *, source: str) -> int:
        """Let those that are live end now; ``source`` is where it was said, as in ``SOURCES``."""
        return self.live().update(withdrawn_at=timezone.now(), withdrawn_source=source)


class Consent(models.Model):
    """What a person agreed to: the words she read, when and where; withdrawn, never deleted."""

    class Purpose(models.TextChoices):
        NEWS = "news", _("news of new calls and outcomes")
        DATA = "data", _("use of what I write to run the Communities of Practice")
        QUOTE = "quote", _("being quoted without my name")

    SOURCES = {
        "application": _("application %(name)s"),
        "imported": _("form answered elsewhere, application %(name)s"),
        "interview": _("interview about application %(name)s"),
        "phone": _("read aloud over the phone, noted by %(name)s"),
        "paper": _("on paper, noted by %(name)s"),
        "mail": _("in an email or a letter, noted by %(name)s"),
        "webinar": _("registration for a webinar"),
        "news-form": _("form to hear of the next call"),
        "my-data": _("page about my data"),
        "my-mail": _("page to choose which email one gets"),
        "news-link": _("link in an email with news"),
        "one-click": _("unsubscribe button of the email program"),
        "merged": _("two records of one person, of which one had it not"),
        "complaint": _("email marked as unwanted"),
    }

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    wording = models.TextField(_("wording"))
    version = models.PositiveSmallIntegerField(_("version of the wording"), default=1)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    source = models.CharField(_("source"), max_length=100)
    given_at = models.DateTimeField(_("given"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_source = models.CharField(_("withdrawn where"), max_length=100, blank=True)

    privacy = Privacy(
        person_path="person",
        topic=Topic.CONSENTS,
        called=_("Consents"),
        personal=("purpose wording version language source given_at withdrawn_at withdrawn_source"),
        told_as={"source": "source_in_words", "withdrawn_source": "withdrawn_in_words"},
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
        return self._said(self.source)

    @property
    def withdrawn_in_words(self) -> str:
        return self._said(self.withdrawn_source)

    def _said(self, source) -> str:
        kind, _space, name = source.partition(" ")
        return self.SOURCES[kind] % {"name": name} if kind in self.SOURCES else source

    @property
    def is_live(self) -> bool:
        return self.withdrawn_at is None

    def withdraw(self, *, source: str = "my-data") -> None:
        """Take it back, from this moment on. Raises InvalidTransition when that is done already."""
        if not Consent.objects.filter(pk=self.pk).take_back(source=source):
            raise InvalidTransition(_t("You have taken this back already."))
        self.refresh_from_db(fields=["withdrawn_at", "withdrawn_source"])

    withdraw.alters_data = True
