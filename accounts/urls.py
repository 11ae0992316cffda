from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("me/", views.me, name="me"),
    path("me/data/", views.my_data, name="my-data"),
    path("me/data/export/", views.my_data_export, name="my-data-export"),
    path("me/details/", views.Details.as_view(), name="details"),
    path("me/leave/", views.leave, name="leave"),
    path("go/<token>/", views.go, name="go"),
    path("go/in/<token>/", views.sign_in_link, name="sign-in-link"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("admin/as-of/", views.as_of, name="as-of"),
]
