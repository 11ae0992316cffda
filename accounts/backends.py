from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings


class Backend(AuthenticationBackend):
    """Sign-in as the library does it; staff may do whatever the desk offers (decision 0008)."""

    def has_perm(self, user, permission, obj=None):
        return self.has_module_perms(user, permission.partition(".")[0])

    def has_module_perms(self, user, app_label):
        return user.is_active and user.is_staff and app_label in settings.OUR_APPS
