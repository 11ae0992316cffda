from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.person import User
from accounts.privacy import Privacy, Topic


class Export(models.Model):
    """That somebody took away a file of people's data: who, when and what. Never edited."""

    class What(models.TextChoices):
        OWN_DATA = "own-data", _("a copy of one’s own data")
        ANSWERS = "answers", _("the answers to a call")

    person = models.ForeignKey(User, models.CASCADE, related_name="exports")
    what = models.CharField(_("what"), max_length=20, choices=What)
    about = models.CharField(_("about"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    records = models.PositiveIntegerField(_("records in it"))
    made_at = models.DateTimeField(_("when"), auto_now_add=True)

    privacy = Privacy(
        person_path="person",
        topic=Topic.SIGN_IN,
        called=_("Files of data that you took"),
        personal="what about reason records made_at",
    )

    class Meta:
        ordering = ["-made_at"]
        verbose_name = _("export")
        verbose_name_plural = _("exports")

    def __str__(self):
        return f"{self.person}, {self.get_what_display()}"
