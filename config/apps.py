from django.contrib import admin
from django.contrib.admin import apps


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
