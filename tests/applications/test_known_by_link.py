"""Who came by a link is known by it: the head of each page says so, and has a way out."""

import pytest
from django.urls import reverse

from accounts import links
from applications.models import Application
from applications.services import intake
from tests.applications.applying import other_device
from tests.factories import ApplicationFactory, CohortFactory, PersonFactory

pytestmark = pytest.mark.django_db
HOME, LEAVE = "/", "/me/leave/"


def come(client, application):
    token = links.url(application.person, "applications:application", application.uuid)
    client.get(token[token.index("/go/") :])


def head_of(client, path=HOME) -> str:
    return client.get(path).text.partition("</header>")[0]


def test_the_head_leads_to_what_the_link_opened(client):
    application = ApplicationFactory()
    stranger = head_of(client)

    come(client, application)

    head = head_of(client)
    assert f'<a href="{application.get_absolute_url()}">My application</a>' in head
    assert ">Sign out<" in head
    assert [">Sign in<" in each for each in (stranger, head)] == [True, False]
    assert "Ma candidature" in head_of(client, "/fr/")


def test_she_leaves_and_the_browser_opens_nothing_any_more(client):
    application = ApplicationFactory()
    come(client, application)

    client.post(LEAVE)

    assert ">Sign in<" in head_of(client)
    assert client.get(application.get_absolute_url()).url.startswith("/accounts/login/")


def test_who_is_signed_in_is_named_and_stays_signed_in(client):
    person = PersonFactory(name="Noor Haddad")
    client.force_login(person)

    client.post(LEAVE)

    assert "Noor Haddad" in head_of(client)


def test_leaving_takes_a_press(client):
    come(client, ApplicationFactory())

    assert client.get(LEAVE).status_code == 405
    assert "My application" in head_of(client)


def begun(client):
    cohort = CohortFactory()
    where = reverse("applications:apply-start", args=[cohort.slug])
    client.post(where, {"name": "Noor", "email": "noor@agency.test"})
    return Application.objects.get()


def test_the_first_device_is_led_back_to_its_draft(client):
    application = begun(client)

    assert f'<a href="{application.get_absolute_url()}">My application</a>' in head_of(client)


def test_once_confirmed_she_is_on_her_application_and_the_first_device_is_told_why(client):
    application = begun(client)
    phone = other_device()
    come(phone, application)
    confirmed = phone.post(reverse("applications:application-confirm", args=[application.uuid]))

    landed = phone.get(confirmed.url, follow=True)
    first = client.get(application.get_absolute_url(), follow=True)

    assert confirmed.url == application.get_absolute_url()
    assert landed.request["PATH_INFO"] == f"{application.get_absolute_url()}edit/"
    assert first.request["PATH_INFO"] == "/accounts/login/"
    assert "This application is confirmed by now" in first.text


def test_a_browser_that_knows_nothing_is_told_nothing(client):
    application = ApplicationFactory()
    intake.keep_owed(application)

    page = client.get(application.get_absolute_url(), follow=True)

    assert "is confirmed by now" not in page.text
