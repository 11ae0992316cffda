"""The floor: what Django itself costs for pages of the same kind, in one file.

Its settings are those of `startproject`, its admin is the stock one. The bench
divides what a page of ours costs by what the floor's page costs in the same minute.
"""

import csv
import os

import django
import environ
from django.apps import AppConfig
from django.conf import settings

ROWS_OF_LIST = 25

TEMPLATES = {
    "base.html": "<!doctype html><html lang='en'><head><title>{% block title %}Floor{% endblock %}"
    "</title></head><body><nav><a href='/'>Start</a></nav>{% block content %}{% endblock %}</body>",
    "one.html": "{% extends 'base.html' %}{% block content %}<h1>{{ entry.name }}</h1>"
    "<p>{{ entry.town }}, {{ entry.kind }}</p><p>{{ entry.text }}</p>{% endblock %}",
    "list.html": "{% extends 'base.html' %}{% block content %}<ul>{% for entry in entries %}"
    "<li><a href='/one/'>{{ entry.name }}</a> {{ entry.town }}, {{ entry.made_at|date:'j F Y' }}"
    "</li>{% endfor %}</ul>{% endblock %}",
    "form.html": "{% extends 'base.html' %}{% block content %}<form method='post'>{% csrf_token %}"
    "{{ form.as_div }}<button>Save</button></form>{% endblock %}",
}


class Floor(AppConfig):
    name = "tests.bench.floor"
    label = "floor"


def configure():
    database = environ.Env.db_url_config(os.environ["DATABASE_URL"])
    settings.configure(
        SECRET_KEY="only-for-measuring",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="tests.bench.floor",
        DATABASES={"default": database | {"CONN_MAX_AGE": 60}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        STATIC_URL="static/",
        INSTALLED_APPS=[
            "tests.bench.floor.Floor",
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ],
                    "loaders": [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                ("django.template.loaders.locmem.Loader", TEMPLATES),
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                },
            }
        ],
    )
    django.setup()


configure()

from django import forms  # noqa: E402 - what is below needs the settings
from django.contrib import admin  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.http import HttpResponse, StreamingHttpResponse  # noqa: E402
from django.shortcuts import redirect, render  # noqa: E402
from django.urls import path  # noqa: E402


class Entry(models.Model):
    class Kind(models.TextChoices):
        NEWER = "newer"
        EXPERIENCED = "experienced"

    name = models.CharField(max_length=100)
    email = models.EmailField()
    town = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, choices=Kind)
    years = models.PositiveSmallIntegerField(default=1)
    website = models.CharField(max_length=100, blank=True)
    from_on = models.DateField(null=True, blank=True)
    agrees = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    made_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self):
        return self.name


class EntryForm(forms.ModelForm):
    class Meta:
        model = Entry
        fields = [
            "name", "email", "town", "kind", "years", "website", "from_on", "agrees", "text",
        ]  # fmt: skip


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin):
    list_display = ["name", "email", "town", "kind", "made_at"]
    list_filter = ["kind", "agrees"]
    search_fields = ["name", "email"]


def bare(request):
    return HttpResponse("The floor.")


def one(request):
    return render(request, "one.html", {"entry": Entry.objects.get(pk=1)})


def rows(request):
    return render(request, "list.html", {"entries": Entry.objects.order_by("pk")[:ROWS_OF_LIST]})


def form(request):
    form = EntryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("/one/")
    return render(request, "form.html", {"form": form})


class Echo:
    def write(self, line):
        return line


def table(request):
    """Stream the first ``?rows=`` entries with 14 columns, as the open data of the product has."""
    names = ["name", "email", "town", "kind", "years", "website", "text"] * 2
    found = Entry.objects.order_by("pk").values_list(*names)[: int(request.GET["rows"])]
    writer = csv.writer(Echo())
    lines = (writer.writerow(row) for row in found.iterator())
    return StreamingHttpResponse(lines, content_type="text/csv")


urlpatterns = [
    path("", bare),
    path("one/", one),
    path("list/", rows),
    path("form/", form),
    path("table.csv", table),
    path("admin/", admin.site.urls),
]

application = get_wsgi_application()
