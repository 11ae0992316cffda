from applications.views import application, apply, interview, review, selection

app_name = "applications"

urlpatterns = [
    *apply.urls,
    *application.urls,
    *review.urls,
    *interview.urls,
    *selection.urls,
]
