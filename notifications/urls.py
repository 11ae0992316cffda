from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("me/calendar/<uuid:secret>.ics", views.calendar_feed, name="calendar-feed"),
]
