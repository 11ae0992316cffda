from django.urls import path

from meetings import views

app_name = "meetings"

urlpatterns = [
    path("communities/<slug:slug>/schedule/", views.Schedule.as_view(), name="schedule"),
    path("meetings/<uuid:uuid>/", views.MeetingDetail.as_view(), name="meeting"),
    path("meetings/<uuid:uuid>/notes/", views.Notes.as_view(), name="meeting-notes"),
    path("meetings/<uuid:uuid>/calendar.ics", views.calendar_file, name="meeting-calendar"),
    path("meetings/<uuid:uuid>/answer/", views.answer, name="meeting-answer"),
    path("meetings/<uuid:uuid>/move/", views.Move.as_view(), name="meeting-move"),
    path("meetings/<uuid:uuid>/cancel/", views.cancel, name="meeting-cancel"),
    path("meetings/<uuid:uuid>/circulate/", views.circulate, name="meeting-circulate"),
    path("meetings/<uuid:uuid>/final/", views.make_final, name="meeting-final"),
    path("actions/<uuid:uuid>/done/", views.action_done, name="action-done"),
    path("me/hours/", views.Hours.as_view(), name="hours"),
    path("me/hours/<uuid:uuid>/", views.HoursEdit.as_view(), name="hours-edit"),
    path("me/hours/<uuid:uuid>/remove/", views.hours_remove, name="hours-remove"),
]
