from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models.person import User
from accounts.privacy import Privacy, Topic


class ContactNote(models.Model):
    """A call, a letter or a talk that staff had with a person, in two lines. Never edited."""

    person = models.ForeignKey(
        User, models.CASCADE, related_name="contact_notes", verbose_name=_("person")
    )
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"), default=timezone.now)
    text = models.TextField(_("what was said"), max_length=1000)

    privacy = Privacy(
        person_path="person",
        writer_path="by",
        topic=Topic.WHO,
        called=_("Calls and letters between us"),
        wrote=_("notes of contacts"),
        personal="by at",
        sensitive="text",
        withheld="by text",
    )

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("note of a contact")
        verbose_name_plural = _("notes of contacts")

    def __str__(self):
        return f"{self.person}, {clock.brief(self.at)}"
