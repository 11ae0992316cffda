from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache


class AdminSite(admin.AdminSite):
    """The staff's desk. Signing in is the same as everywhere; nothing is deleted in bulk."""

    site_title = _("Communities of Practice")
    site_header = _("Communities of Practice")
    index_title = _("Staff")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.disable_action("delete_selected")

    @method_decorator([never_cache, login_not_required])
    def login(self, request, extra_context=None):
        return secure_admin_login(super().login)(request, extra_context)
