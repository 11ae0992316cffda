from django.urls import path

from cops.views import access, news, public, start, webinars

app_name = "cops"

urlpatterns = [
    path("", public.home, name="home"),
    path("cohorts/<slug:slug>/", public.cohort, name="cohort"),
    path("cohorts/<slug:slug>/for-employers/", public.employers, name="for-employers"),
    path("cohorts/<slug:slug>/for-employers.pdf", public.employers_pdf, name="for-employers-pdf"),
    path("focus-areas/<slug:slug>/", public.focus_area, name="focus-area"),
    path("communities/<slug:slug>/", public.community, name="community"),
    path("webinars/<slug:slug>/", webinars.webinar, name="webinar"),
    path("webinars/<slug:slug>/register/", webinars.webinar_register, name="webinar-register"),
    path("webinars/<slug:slug>/my-link/", webinars.webinar_link, name="webinar-link"),
    path("webinars/<slug:slug>/add-to-calendar/", webinars.webinar_add, name="webinar-add"),
    path("webinars/<slug:slug>/calendar.ics", webinars.webinar_calendar, name="webinar-calendar"),
    path("webinars/registrations/<uuid:uuid>/", webinars.registration, name="registration"),
    path(
        "webinars/registrations/<uuid:uuid>/calendar.ics",
        webinars.registration_calendar,
        name="registration-calendar",
    ),
    path(
        "webinars/registrations/<uuid:uuid>/cancel/",
        webinars.registration_cancel,
        name="registration-cancel",
    ),
    path(
        "webinars/registrations/<uuid:uuid>/news/",
        webinars.registration_news,
        name="registration-news",
    ),
    path("mail-arrived/<uuid:uuid>/", start.mail_arrived, name="mail-arrived"),
    path("news/", news.ask, name="news"),
    path("news/sent/", news.sent, name="news-sent"),
    path("news/<uuid:uuid>/confirm/", news.confirm, name="news-confirm"),
    path("access/", access.ask, name="access"),
    path("access/sent/", access.sent, name="access-sent"),
    path("access/<uuid:uuid>/", access.request_page, name="access-request"),
    path("access/<uuid:uuid>/withdraw/", access.withdraw, name="access-withdraw"),
    path("me/data/correction/", access.correction, name="ask-correction"),
    path("me/data/erasure/", access.erasure, name="ask-erasure"),
]
