from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.views.generic import RedirectView

import accounts.views
import cops.views.board
from config.sitemaps import SITEMAPS

urlpatterns = [
    path("", include("accounts.urls_plain")),
    path("sitemap.xml", login_not_required(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
]

urlpatterns += i18n_patterns(
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    path("", include("cops.urls")),
    path("", include("applications.urls")),
    path("", include("meetings.urls")),
    path("", include("outcomes.urls")),
    path("accounts/password/<path:rest>", accounts.views.no_password, name="no-password"),
    path("accounts/email/", RedirectView.as_view(pattern_name="accounts:details")),
    path("accounts/", include("allauth.urls")),
    path("admin/board/", admin.site.admin_view(cops.views.board.board), name="board"),
    path("admin/", admin.site.urls),
    prefix_default_language=False,
)

if settings.DEMO:
    urlpatterns += [
        path("dev/", include("accounts.urls_dev")),
        path("dev/", include("notifications.urls_dev")),
    ]
