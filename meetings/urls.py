from django.urls import path

from meetings.views import actions, hours, meeting, notes, schedule

app_name = "meetings"

urlpatterns = [
    path("communities/<slug:slug>/schedule/", schedule.Schedule.as_view(), name="schedule"),
    path("communities/<slug:slug>/dates/", meeting.dates, name="dates"),
    path("meetings/<uuid:uuid>/", meeting.MeetingDetail.as_view(), name="meeting"),
    path("meetings/<uuid:uuid>/notes/", notes.Notes.as_view(), name="meeting-notes"),
    path("meetings/<uuid:uuid>/calendar.ics", meeting.calendar_file, name="meeting-calendar"),
    path("meetings/<uuid:uuid>/answer/", meeting.answer, name="meeting-answer"),
    path("meetings/<uuid:uuid>/move/", schedule.Move.as_view(), name="meeting-move"),
    path("meetings/<uuid:uuid>/cancel/", schedule.cancel, name="meeting-cancel"),
    path("meetings/<uuid:uuid>/circulate/", notes.circulate, name="meeting-circulate"),
    path("meetings/<uuid:uuid>/final/", notes.make_final, name="meeting-final"),
    path("actions/<uuid:uuid>/done/", actions.action_done, name="action-done"),
    path("me/hours/", hours.Hours.as_view(), name="hours"),
    path("me/hours/<uuid:uuid>/", hours.HoursEdit.as_view(), name="hours-edit"),
    path("me/hours/<uuid:uuid>/remove/", hours.hours_remove, name="hours-remove"),
]
