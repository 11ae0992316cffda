from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("me/data/consents/<slug:purpose>/", views.consent, name="consent"),
    path(
        "me/data/consents/<slug:purpose>/withdraw/",
        views.consent_withdraw,
        name="consent-withdraw",
    ),
    path("me/calendar/<uuid:secret>.ics", views.calendar_feed, name="calendar-feed"),
]
