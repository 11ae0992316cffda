from django.urls import path

from outcomes import views

app_name = "outcomes"

urlpatterns = [
    path("outcomes/", views.Library.as_view(), name="library"),
    path("outcomes/feed.atom", views.OutcomeFeed(), name="feed"),
    path("outcomes/<slug:slug>/", views.outcome, name="outcome"),
    path("outcomes/<slug:slug>/feedback/", views.feedback, name="feedback"),
    path("api/v1/outcomes.json", views.api_json, name="api-json"),
    path("api/v1/outcomes.csv", views.api_csv, name="api-csv"),
    path("api/v1/cohorts.json", views.api_cohorts, name="api-cohorts"),
]
