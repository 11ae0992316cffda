"""Whoever sends a fact that no form asks her for has it ignored, and is noticed."""

import logging

import pytest
from django.conf import settings
from django.contrib import admin
from django.forms import ModelForm

from accounts.models import User
from accounts.unasked import AsksOnly
from applications.models import Status
from tests.factories import ApplicationFactory, CohortFactory, PersonFactory, StaffFactory

OUR_APPS = tuple(f"{app}." for app in settings.OUR_APPS)
DETAILS = {"name": "New name", "phone": "", "language": "en", "time_zone": "America/Toronto"}


@pytest.fixture
def counted(caplog):
    """What the log ``security`` was told."""
    caplog.set_level(logging.WARNING, "security")
    return lambda: [one.getMessage() for one in caplog.records if one.name == "security"]


@pytest.mark.django_db
def test_a_fact_that_is_not_on_the_form_is_ignored_and_counted_once(client, sign_in, counted):
    person = PersonFactory()
    sign_in(client, person)

    extra = {"is_staff": "on", "is_superuser": "on", "email": "zq@new.test"}
    client.post("/me/details/", DETAILS | extra)

    assert User.objects.filter(pk=person.pk, name="New name", is_staff=False).exists()
    assert counted() == [
        f"unasked fields: route=accounts:details person={person.pk} "
        "fields=email,is_staff,is_superuser"
    ]


@pytest.mark.django_db
def test_whose_record_it_is_and_how_it_stands_are_facts_too(client, sign_in, counted):
    application = ApplicationFactory()
    sign_in(client, application.person)

    typed = {"reason": "A new job", "status": "offered", "person": "1", "cohort_id": "1"}
    client.post(f"/applications/{application.uuid}/withdraw/", typed)

    application.refresh_from_db()
    assert application.status == Status.WITHDRAWN
    assert counted() == [
        f"unasked fields: route=applications:application-withdraw person={application.person_id} "
        "fields=cohort_id,person,status"
    ]


@pytest.mark.django_db
def test_who_is_not_signed_in_is_anonymous(client, counted):
    cohort = CohortFactory()

    client.post(f"/apply/{cohort.slug}/", {"works_in_sector": "yes", "has_hours": "yes"})
    client.post(
        f"/apply/{cohort.slug}/start/", {"name": "N", "email": "zq@new.test", "status": "offered"}
    )

    assert counted() == [
        "unasked fields: route=applications:apply-start person=anonymous fields=status"
    ]


@pytest.mark.django_db
def test_a_read_only_fact_of_the_desk_is_counted(client, sign_in, counted):
    staff, application = StaffFactory(), ApplicationFactory()
    cohort = application.cohort
    sign_in(client, staff)

    client.post(f"/admin/cops/cohort/{cohort.pk}/change/", {"name_en": "", "published_at": "zq"})

    assert counted() == [
        f"unasked fields: route=admin:cops_cohort_change person={staff.pk} fields=published_at"
    ]


@pytest.mark.django_db
def test_buttons_tokens_and_junk_make_no_noise(client, sign_in, counted):
    sign_in(client, PersonFactory())

    junk = {"csrfmiddlewaretoken": "x", "next": "/", "submit": "Save", "zq": "1", "0": "1"}
    client.post("/me/details/", DETAILS | junk)

    assert counted() == []


@pytest.mark.structure
def test_every_form_of_a_record_says_what_it_is_not_asked():
    desks = admin.site._registry.values()
    of_desks = {one.form for desk in desks for one in (desk, *desk.inlines)}
    named = {one for one in subclasses(ModelForm) if one.__module__.startswith(OUR_APPS)}

    assert len(of_desks | named) > 10
    assert sorted(str(one) for one in of_desks | named if not issubclass(one, AsksOnly)) == []


def subclasses(kind):
    for one in kind.__subclasses__():
        yield one
        yield from subclasses(one)
