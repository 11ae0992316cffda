"""Every kind of page of the desk: nothing for axe, nothing on the console, nothing sideways."""

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import Organization, User
from applications.models import Application, Interview, Proposal, Status
from cops.models import Cohort
from meetings.models import Meeting
from tests.browser.person import Way
from tests.factories import OrganizationFactory

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

# In French, on a phone and in the dark: one page of each kind.
SOME = ["accounts.Organization", "applications.Application", "cops.Cohort", "notifications.Message"]


def test_every_page_of_the_desk_is_sound(site, sign_in):
    call_command("load_sample", verbosity=0)
    OrganizationFactory(name_en="An agency that nothing hangs on")
    record = User.objects.get(email="staff@sample.example")
    User.objects.filter(pk=record.pk).update(is_superuser=True)
    record.refresh_from_db()

    for way, models in [
        (Way("en 1280"), list(admin.site._registry)),
        (Way("fr 1280", language="fr"), some()),
        (Way("fr 390 dark", language="fr", width=390, scheme="dark"), some()),
        (Way("en 320", width=320), some()),
    ]:
        person = site.person(record.email, str(record), way)
        person.take_session(sign_in, record)
        for address in [*frame(), *pages_of(models, record)]:
            person.open(address if way.language == "en" else f"/{way.language}{address}")


def some():
    return [model for model in admin.site._registry if model._meta.label in SOME]


def frame():
    """The first page, the board, and one page of each verb that asks first."""
    verbs = [
        ("applications", Application.objects.filter(status=Status.SUBMITTED), "give_back"),
        ("cops", Cohort.objects.filter(published_at=None), "open_call"),
        ("applications", Interview.objects.filter(status=Interview.Status.BOOKED), "release"),
        ("meetings", Meeting.objects.filter(status=Meeting.Status.NOTES_READY), "circulate"),
        ("applications", Proposal.objects.filter(accepted_at=None), "accept"),
    ]
    asked = [
        reverse(f"admin:{app}_{rows.model._meta.model_name}_verb", args=[row.pk, name])
        for app, rows, name in verbs
        for row in rows[:1]
    ]
    assert asked, "the sample offers no verb"
    return [reverse("admin:index"), reverse("board"), *asked]


def pages_of(models, person):
    request = RequestFactory().get("/")
    request.user = person
    for model in models:
        model_admin = admin.site._registry[model]
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        yield f"{reverse(f'{name}_changelist')}?q=zzzzzz"
        if model_admin.has_add_permission(request):
            yield reverse(f"{name}_add")
        row = model_admin.get_queryset(request).first()
        if row is not None:
            yield reverse(f"{name}_change", args=[row.pk])
            yield reverse(f"{name}_history", args=[row.pk])
        if model is Organization:
            alone = Organization.objects.get(name_en="An agency that nothing hangs on")
            yield reverse(f"{name}_delete", args=[alone.pk])
