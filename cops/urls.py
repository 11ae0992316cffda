from django.urls import path

from cops import views

app_name = "cops"

urlpatterns = [
    path("", views.home, name="home"),
    path("cohorts/<slug:slug>/", views.cohort, name="cohort"),
    path("focus-areas/<slug:slug>/", views.focus_area, name="focus-area"),
    path("communities/<slug:slug>/", views.community, name="community"),
    path("webinars/<slug:slug>/", views.webinar, name="webinar"),
    path("webinars/<slug:slug>/register/", views.webinar_register, name="webinar-register"),
    path("webinars/<slug:slug>/calendar.ics", views.webinar_calendar, name="webinar-calendar"),
    path("webinars/registrations/<uuid:uuid>/", views.registration, name="registration"),
    path(
        "webinars/registrations/<uuid:uuid>/calendar.ics",
        views.registration_calendar,
        name="registration-calendar",
    ),
    path(
        "webinars/registrations/<uuid:uuid>/cancel/",
        views.registration_cancel,
        name="registration-cancel",
    ),
    path(
        "webinars/registrations/<uuid:uuid>/news/",
        views.registration_news,
        name="registration-news",
    ),
]
