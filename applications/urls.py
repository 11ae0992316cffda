from applications.views import application, apply

app_name = "applications"

urlpatterns = [
    *apply.urls,
    *application.urls,
]
