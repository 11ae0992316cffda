"""The order in which mail leaves: who waits at the screen first, news last."""

from django.db.models import IntegerChoices
from django.utils.translation import gettext_lazy as _


class Lane(IntegerChoices):
    CODE = 0, _("codes and links")
    SERVICE = 1, _("service")
    REMINDER = 2, _("reminders")
    NEWS = 3, _("news")
