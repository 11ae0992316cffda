from django.conf import settings
from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.privacy import Privacy, Topic
from outcomes.models.outcome import Outcome


class Feedback(models.Model):
    """What a reader says of an outcome: "we tried this", and how it went."""

    outcome = models.ForeignKey(Outcome, models.CASCADE, related_name="feedback")
    name = models.CharField(_("your name"), max_length=150, blank=True)
    organization = models.CharField(_("your organization"), max_length=200, blank=True)
    email = models.EmailField(_("email address, if we may write to you"), blank=True)
    text = models.TextField(_("what you tried, and what happened"))
    given_at = models.DateTimeField(_("when"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="feedback",
        verbose_name=_("person"),
    )

    privacy = Privacy(
        person_path="by",
        topic=Topic.WORK,
        called=_("What you told us about outcomes"),
        personal="outcome name organization email text given_at",
    )

    class Meta:
        ordering = ["-given_at"]
        verbose_name = pgettext_lazy("one", "feedback")
        verbose_name_plural = _("feedback")

    def __str__(self):
        return Truncator(self.text).words(10)
