from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.privacy import Privacy, Topic


class Preference(models.Model):
    """Which reminders a person wants; without a row, what the fields begin with holds.

    Codes, letters, changes and cancellations always come; news follows her consent.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail_preference"
    )
    wants_reminders = models.BooleanField(_("reminders"), default=True)
    wants_last_hours = models.BooleanField(
        _("one more reminder, 2 hours before a meeting"), default=False
    )

    privacy = Privacy(
        person_path="person",
        topic=Topic.MAIL,
        called=_("Which email you want"),
        personal="wants_reminders wants_last_hours",
    )

    class Meta:
        verbose_name = _("email preference")
        verbose_name_plural = _("email preferences")

    def __str__(self):
        return str(self.person)
