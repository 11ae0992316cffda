from applications.views import application, apply, booking, interview, review, selection, support

app_name = "applications"

urlpatterns = [
    *apply.urls,
    *application.urls,
    *review.urls,
    *interview.urls,
    *booking.urls,
    *selection.urls,
    *support.urls,
]
