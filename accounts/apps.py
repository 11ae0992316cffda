from django.apps import AppConfig, apps
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and what all parts share")

    def ready(self):
        name_keys_after_what_they_point_to()


def name_keys_after_what_they_point_to():
    """Let ``person``, a key to a person, be "personne" in French without saying so there.

    Only where the key's English name is that of the model: ``created_by`` needs its own.
    """
    with translation.override("en"):
        for field in _keys_without_a_name():
            pointed_to = field.related_model._meta.verbose_name
            if field.verbose_name == str(pointed_to):
                field.verbose_name = pointed_to


def _keys_without_a_name():
    models = [model for app in settings.OUR_APPS for model in apps.get_app_config(app).get_models()]
    fields = [field for model in models for field in model._meta.local_fields]
    return [each for each in fields if each.is_relation and isinstance(each.verbose_name, str)]
