from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models.person import User
from accounts.privacy import Privacy, Topic


class SignIn(models.Model):
    """That a person signed in, and when; so that she can tell whether it was she."""

    person = models.ForeignKey(User, models.CASCADE, related_name="sign_ins")
    at = models.DateTimeField(_("when"), auto_now_add=True)

    privacy = Privacy(
        person_path="person",
        topic=Topic.SIGN_IN,
        called=_("Times you signed in"),
        personal="at",
    )

    class Meta:
        ordering = ["-at"]
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")

    def __str__(self):
        return f"{self.person}, {clock.brief(self.at)}"
