"""The demo's mail: whatever was sent so far. It does not exist outside the demo."""

from django.urls import path

from notifications import views_dev

urlpatterns = [
    path("mail/", views_dev.folder, name="dev-mail"),
    path("mail/<str:name>/<int:number>/", views_dev.letter, name="dev-mail-letter"),
    path("mail/<str:name>/<int:number>/html/", views_dev.html, name="dev-mail-html"),
    path("mail/<str:name>/<int:number>/<int:part>/", views_dev.part, name="dev-mail-part"),
]
