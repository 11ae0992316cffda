from django.contrib import admin


class AdminSite(admin.AdminSite):
    """The staff's desk."""
