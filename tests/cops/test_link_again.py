"""Who lost the mail with her link has it sent again; nobody learns who is registered."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.lifecycle import InvalidTransition
from cops import services
from notifications import bell, calendar
from notifications.models import Message
from tests.concurrency import at_once
from tests.factories import PersonFactory, RegistrationFactory, WebinarFactory

pytestmark = pytest.mark.django_db


def url(webinar):
    return reverse("cops:webinar-link", args=[webinar.slug])


def page(response):
    return response.content.decode()


def sent_to():
    return list(Message.objects.order_by("pk").values_list("kind", "recipient__email"))


@pytest.fixture
def registration():
    return RegistrationFactory(person__email="noor@agency.test")


def test_the_link_goes_to_the_address_that_is_registered(client, registration):
    client.post(url(registration.webinar), {"email": " Noor@Agency.test "})

    assert sent_to() == [("webinar-registered", "noor@agency.test")]


def answer_to(client, webinar, email):
    answer = client.post(url(webinar), {"email": email})
    shown = page(client.get(answer.url)).replace(email, "ADDRESS")
    return answer.status_code, answer.url, shown


def test_a_registered_a_cancelled_a_known_and_an_unknown_address_get_the_same_answer(
    client, registration
):
    webinar = registration.webinar
    gone = RegistrationFactory(webinar=webinar, cancelled_at=webinar.event.starts_at)
    emails = [
        registration.person.email, gone.person.email, PersonFactory().email, "new@agency.test"
    ]  # fmt: skip

    answers = {answer_to(client, webinar, email) for email in emails}

    [(status, led_to, shown)] = answers
    assert (status, led_to) == (302, webinar.get_absolute_url())
    assert "If ADDRESS is registered, an email with the link is on its way there." in shown
    assert sent_to() == [("webinar-registered", "noor@agency.test")]


def test_every_address_costs_the_database_the_same(registration, django_assert_num_queries):
    webinar, registered = registration.webinar, "noor@agency.test"

    with django_assert_num_queries(11):
        services.send_link_again(webinar, "nobody@agency.test")
    with django_assert_num_queries(10):  # taking a mail back is a word more
        services.send_link_again(webinar, registered)
    with django_assert_num_queries(11):  # within the hour
        services.send_link_again(webinar, registered)

    assert sent_to() == [("webinar-registered", registered)]


def test_for_a_webinar_without_registrations_nothing_is_written():
    services.send_link_again(WebinarFactory(), "noor@agency.test")

    assert sent_to() == []


@pytest.mark.django_db(transaction=True)
def test_while_mail_is_down_every_address_waits_for_the_doorbell_alike(
    client, registration, monkeypatch, settings
):
    rings = []

    def dead(task):
        rings.append(task)
        raise ConnectionError

    settings.RING = True
    monkeypatch.setattr(bell, "_send", dead)
    webinar, answers, rung = registration.webinar, [], []
    for email in ("noor@agency.test", "new@agency.test"):
        monkeypatch.setattr(bell, "_quiet_until", 0)
        answers.append(answer_to(client, webinar, email))
        rung.append(len(rings))

    assert (answers[0], rung) == (answers[1], [1, 2])


def test_nobody_is_mailed_more_than_once_an_hour_and_three_times_a_day(registration):
    webinar, start = registration.webinar, registration.webinar.event.starts_at
    counts = []
    for hours in (-30, -29.99, -28, -26, -24, -5):
        with time_machine.travel(start + timedelta(hours=hours)):
            services.send_link_again(webinar, "noor@agency.test")
        counts.append(Message.objects.count())

    assert counts == [1, 1, 2, 3, 3, 4]


@pytest.mark.parametrize("state", ["full", "begun"])
def test_where_nobody_can_register_any_more_the_link_is_still_sent(client, registration, state):
    webinar = registration.webinar
    webinar.seats = 1
    webinar.save()
    minutes = 5 if state == "begun" else -600

    with time_machine.travel(webinar.event.starts_at + timedelta(minutes=minutes)):
        shown = page(client.get(webinar.get_absolute_url()))
        client.post(url(webinar), {"email": "noor@agency.test"})

    assert url(webinar) in shown
    assert sent_to() == [("webinar-registered", "noor@agency.test")]


@pytest.mark.parametrize("state", ["over", "cancelled"])
def test_after_the_end_it_is_too_late_and_what_was_typed_comes_back(client, registration, state):
    webinar = registration.webinar
    if state == "cancelled":
        calendar.cancel(webinar.event)
    Message.objects.all().delete()

    with time_machine.travel(webinar.event.ends_at + timedelta(minutes=1)):
        shown = page(client.get(webinar.get_absolute_url()))
        asked = client.get(url(webinar))
        refused = client.post(url(webinar), {"email": "noor@agency.test"})
        with pytest.raises(InvalidTransition):
            services.send_link_again(webinar, "noor@agency.test")

    assert (url(webinar) in shown, asked.status_code, refused.status_code) == (False, 302, 409)
    assert "This webinar is over or is cancelled." in page(refused)
    assert "noor@agency.test" in page(refused)
    assert sent_to() == []


@pytest.mark.parametrize("email", ["", "no address", "x" * 300 + "@agency.test", "a\x00@b.test"])
def test_what_is_no_address_is_refused_by_its_field(client, registration, email):
    answer = client.post(url(registration.webinar), {"email": email})

    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {"email"}
    assert sent_to() == []


def test_of_an_unpublished_call_there_is_nothing_to_ask_for(client):
    webinar = WebinarFactory(cohort__published_at=None)

    assert client.post(url(webinar), {"email": "noor@agency.test"}).status_code == 404


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_asks_twice_at_once_gets_one_mail():
    registration = RegistrationFactory(person__email="noor@agency.test")

    results = at_once(
        *[lambda: services.send_link_again(registration.webinar, "noor@agency.test")] * 2
    )

    assert (results, len(sent_to())) == ([None, None], 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_key_of_the_hour_there_would_be_two(monkeypatch):
    registration = RegistrationFactory(person__email="noor@agency.test")
    confirm, keys = services._confirm, iter("12")
    monkeypatch.setattr(
        services, "_confirm", lambda registration, key: confirm(registration, key=key + next(keys))
    )

    at_once(*[lambda: services.send_link_again(registration.webinar, "noor@agency.test")] * 2)

    assert len(sent_to()) == 2
