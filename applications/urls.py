from applications.views import application, apply, interview, selection

app_name = "applications"

urlpatterns = [
    *apply.urls,
    *application.urls,
    *interview.urls,
    *selection.urls,
]
