from applications.views import (
    application,
    apply,
    booking,
    code,
    files,
    form,
    interview,
    review,
    selection,
    support,
)

app_name = "applications"

urlpatterns = [
    *apply.urls,
    *application.urls,
    *form.urls,
    *code.urls,
    *review.urls,
    *interview.urls,
    *booking.urls,
    *selection.urls,
    *support.urls,
    *files.urls,
]
