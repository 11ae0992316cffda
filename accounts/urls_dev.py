"""The demo's own pages; they do not exist outside it."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from accounts import sample_people, views_dev

urlpatterns = [
    path("sign-in/", sample_people.sign_in, name="dev-sign-in"),
    path("components/", login_not_required(views_dev.components), name="dev-components"),
]
