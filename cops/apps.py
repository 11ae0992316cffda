from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CopsConfig(AppConfig):
    name = "cops"
    verbose_name = _("Communities of Practice")

    def ready(self):
        autodiscover_modules("call")
