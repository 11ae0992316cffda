from django.contrib.admin import apps


class AdminConfig(apps.AdminConfig):
    """Django's admin, with our site class: staff only, second factor first."""

    default_site = "accounts.admin_site.AdminSite"
