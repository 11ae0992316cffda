from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Events, invitations and email")

    def ready(self):
        autodiscover_modules("mails", "kinds", "owed", "endings")
