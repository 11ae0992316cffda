from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.views.generic import RedirectView

import accounts.views
import applications.views.funnel
import applications.views.merging
import cops.views.board
import notifications.views
from config.sitemaps import SITEMAPS
from cops.views import start
from notifications.admin.forecast import forecast_page

handler400 = "accounts.views.bad_request"
handler403 = "accounts.views.not_allowed"
handler404 = "accounts.views.not_found"
handler500 = "accounts.views.server_error"

urlpatterns = [
    path("", include("accounts.urls_plain")),
    path("mail/events/<slug:provider>/", notifications.views.mail_events, name="mail-events"),
    path("healthz/mail", notifications.views.mail_health, name="healthz-mail"),
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
    path(
        "admin/people/twice/",
        admin.site.admin_view(applications.views.merging.likely),
        name="duplicates",
    ),
    path(
        "admin/people/<uuid:uuid>/merge/<uuid:other>/",
        admin.site.admin_view(applications.views.merging.merge),
        name="merge",
    ),
    path("admin/board/", admin.site.admin_view(cops.views.board.board), name="board"),
    path(
        "admin/board/<slug:slug>/funnel/",
        admin.site.admin_view(applications.views.funnel.of_cohort),
        name="board-funnel",
    ),
    path("admin/mail/", admin.site.admin_view(notifications.views.health_page), name="mail-health"),
    path(
        "admin/mail/forecast/",
        admin.site.admin_view(forecast_page),
        name="mail-forecast",
    ),
    path("admin/start/", admin.site.admin_view(start.start), name="start"),
    path("admin/start/office/", admin.site.admin_view(start.office_form), name="start-office"),
    path("admin/start/mail/", admin.site.admin_view(start.test_mail), name="start-test-mail"),
    path("admin/start/invite/", admin.site.admin_view(start.invite), name="start-invite"),
    path("admin/", admin.site.urls),
    prefix_default_language=False,
)

if settings.DEMO:
    urlpatterns += i18n_patterns(
        path("dev/", include("accounts.urls_dev")),
        path("dev/", include("notifications.urls_dev")),
        prefix_default_language=False,
    )
