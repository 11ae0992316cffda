from django.contrib import admin
from django.contrib.admin import apps
from django.contrib.staticfiles import apps as staticfiles


class StaticFilesConfig(staticfiles.StaticFilesConfig):
    """What browsers ask for: no parts of style sheets, no languages but ours.

    Every file that is collected is looked at by each web process when it starts.
    """

    ignore_patterns = [
        *staticfiles.StaticFilesConfig.ignore_patterns,
        "css/*",
        "vendor/bootstrap.min.css",
        "admin/img/gis/*",
        *(f"admin/js/vendor/select2/i18n/{name}" for name in ("[!ef]*", "e[!n]*", "f[!r]*")),
    ]


class AdminConfig(apps.AdminConfig):
    """Django's admin, with our site class: staff only, second factor first."""

    default_site = "accounts.admin_site.AdminSite"

    def ready(self):
        super().ready()
        self.hide_what_the_person_page_shows()

    def hide_what_the_person_page_shows(self):
        from allauth.account.models import EmailAddress
        from allauth.mfa.models import Authenticator
        from django.contrib.auth.models import Group

        for model in (EmailAddress, Authenticator, Group):
            if admin.site.is_registered(model):
                admin.site.unregister(model)
