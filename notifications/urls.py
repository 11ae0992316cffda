from django.urls import path

from notifications import address, views

app_name = "notifications"

urlpatterns = [
    path("me/data/consents/<slug:purpose>/", views.consent, name="consent"),
    path(
        "me/data/consents/<slug:purpose>/withdraw/",
        views.consent_withdraw,
        name="consent-withdraw",
    ),
    path("calendar/<uuid:uuid>/", views.add_to_calendar, name="add-to-calendar"),
    path("calendar/<uuid:uuid>/event.ics", views.event_file, name="event-file"),
    path("me/address/", address.ask, name="address"),
    path("go/address/<token>/", address.confirm, name="address-confirm"),
    path("me/mail/", views.my_mail, name="my-mail"),
    path("me/mail/stop-news/", views.news_stop, name="news-stop"),
    path("me/calendar/renew/", views.calendar_renew, name="calendar-renew"),
    path("me/calendar/<uuid:secret>.ics", views.calendar_feed, name="calendar-feed"),
]
