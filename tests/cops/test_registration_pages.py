from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts import links
from accounts.clock import spoken_day
from accounts.models import User
from cops import services
from cops.models import AccessRequest, Registration
from notifications import calendar
from notifications.models import Consent, Invitee, Message, Role
from notifications.render import render
from tests.factories import (
    PersonFactory,
    RegistrationFactory,
    StaffFactory,
    WebinarFactory,
)

pytestmark = pytest.mark.django_db

TYPED = {"name": "Noor Example", "email": "noor@agency.test", "agrees": "on"}


def page(response):
    return response.content.decode()


def register_url(webinar):
    return reverse("cops:webinar-register", args=[webinar.slug])


def open_mailed_link(client, registration, verb="cops:registration"):
    url = links.url(registration.person, verb, registration.uuid)
    return client.get(url[url.index("/go/") :], follow=True)


def test_registering_leads_to_the_confirmation_without_an_account(client):
    webinar = WebinarFactory()

    response = client.post(register_url(webinar), TYPED, follow=True)

    registration = Registration.objects.get()
    assert response.redirect_chain == [(registration.get_absolute_url(), 302)]
    assert "You are registered" in page(response)
    assert "noor@agency.test" in page(response)
    assert registration.consent_wording.startswith("First Work may use")
    assert not Consent.objects.exists()


def without_keys(text, registration):
    return text.replace(str(registration.uuid), "KEY").replace(registration.person.email, "MAIL")


def test_a_known_and_an_unknown_address_get_the_same_answer(client, django_user_model):
    webinar = WebinarFactory()
    known = PersonFactory(name="Secret Name")
    first = RegistrationFactory(
        webinar=webinar, person=known, name="Secret Name", access_needs="Secret need"
    )

    answers = []
    for email in (known.email, "noor@agency.test"):
        answer = client.post(register_url(webinar), {**TYPED, "email": email}, follow=True)
        registration = Registration.objects.get(person__email=email)
        answers.append((answer.status_code, without_keys(page(answer), registration)))

    assert strip_tokens(answers[0]) == strip_tokens(answers[1])
    assert "Secret" not in answers[0][1]
    first.refresh_from_db()
    assert (first.name, first.access_needs) == ("Secret Name", "Secret need")


def strip_tokens(answer):
    lines = answer[1].splitlines()
    return answer[0], [line for line in lines if "csrfmiddlewaretoken" not in line]


def test_who_only_typed_a_known_address_cannot_cancel(client):
    registration = RegistrationFactory()
    client.post(register_url(registration.webinar), {**TYPED, "email": registration.person.email})

    response = client.post(reverse("cops:registration-cancel", args=[registration.uuid]))

    assert response.status_code == 403
    registration.refresh_from_db()
    assert registration.is_live


def test_the_mailed_link_opens_the_registration_and_lets_her_cancel(client):
    registration = RegistrationFactory()
    calendar.owe(registration.webinar.event, registration.person, Role.GUEST)
    cancel_url = reverse("cops:registration-cancel", args=[registration.uuid])

    opened = open_mailed_link(client, registration)
    asked = client.get(cancel_url)
    done = client.post(cancel_url, follow=True)

    assert cancel_url in page(opened)
    assert "Your seat goes to somebody else" in page(asked)
    assert "Your registration is cancelled" in page(done)
    registration.refresh_from_db()
    assert not registration.is_live
    assert not Invitee.objects.current().exists()


def test_a_stranger_neither_sees_nor_cancels_a_registration(client):
    registration = RegistrationFactory()
    urls = [
        reverse(f"cops:{name}", args=[registration.uuid])
        for name in ("registration", "registration-cancel", "registration-calendar")
    ]

    anonymous = [client.get(url).status_code for url in urls]
    client.force_login(PersonFactory())
    strangers = [client.get(url).status_code for url in urls]
    strangers.append(client.post(urls[1]).status_code)
    strangers.append(
        client.post(reverse("cops:registration-news", args=[registration.uuid])).status_code
    )

    assert (anonymous, strangers) == ([302] * 3, [404] * 5)
    registration.refresh_from_db()
    assert registration.is_live


def test_cancelling_after_the_start_is_too_late_and_says_so(client):
    registration = RegistrationFactory()
    with time_machine.travel(registration.webinar.event.starts_at + timedelta(minutes=1)):
        client.force_login(registration.person)
        url = reverse("cops:registration-cancel", args=[registration.uuid])
        response = client.post(url, follow=True)

    assert "This webinar has begun or is cancelled." in page(response)


@pytest.mark.parametrize(("minutes", "shown"), [(-61, False), (-59, True), (30, True), (61, False)])
def test_the_join_link_shows_from_an_hour_before_until_the_end(client, minutes, shown):
    registration = RegistrationFactory()
    event = registration.webinar.event
    with time_machine.travel(event.starts_at + timedelta(minutes=minutes)):
        client.force_login(registration.person)
        response = client.get(registration.get_absolute_url())

    assert (event.join_link in page(response)) == shown


def test_from_her_mail_a_person_confirms_that_it_was_she_who_wants_news(client):
    registration = RegistrationFactory(wants_news=True)
    url = reverse("cops:registration-news", args=[registration.uuid])

    opened = open_mailed_link(client, registration)
    client.post(url)

    assert url in page(opened)
    assert list(Consent.objects.values_list("person", "purpose")) == [
        (registration.person.pk, "news")
    ]
    assert url not in page(client.get(registration.get_absolute_url()))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 151),
        ("name", "nul \x00 byte"),
        ("email", "not an address"),
        ("email", "x" * 300 + "@agency.test"),
        ("access_needs", "x" * 1001),
        ("question", "y" * 1_000_000),
        ("agrees", ""),
    ],
)
def test_bad_input_is_answered_by_the_field_and_keeps_what_was_typed(client, field, value):
    webinar = WebinarFactory()

    response = client.post(
        register_url(webinar), {**TYPED, "organization": "Kept words", field: value}
    )

    assert response.status_code == 200
    assert set(response.context["form"].errors) == {field}
    assert "Kept words" in page(response)
    assert not Registration.objects.exists()


@pytest.mark.parametrize("state", ["begun", "full", "cancelled"])
def test_a_webinar_that_takes_nobody_says_why(client, state):
    webinar = WebinarFactory(seats=1)
    if state == "full":
        RegistrationFactory(webinar=webinar)
    if state == "cancelled":
        calendar.cancel(webinar.event)
    later = timedelta(seconds=1) if state == "begun" else timedelta(days=-1)
    words = {
        "begun": "This webinar has begun.",
        "full": "This webinar is full.",
        "cancelled": "This webinar is cancelled.",
    }

    with time_machine.travel(webinar.event.starts_at + later):
        shown = client.get(webinar.get_absolute_url())
        refused = client.post(register_url(webinar), TYPED)

    assert words[state] in page(shown)
    assert refused.status_code == 409
    assert words[state] in page(refused)
    assert not User.objects.filter(email="noor@agency.test").exists()


def test_the_public_calendar_file_keeps_the_link_to_join_for_those_registered(client):
    registration = RegistrationFactory()
    webinar = registration.webinar
    public = client.get(reverse("cops:webinar-calendar", args=[webinar.slug]))
    client.force_login(registration.person)
    hers = client.get(reverse("cops:registration-calendar", args=[registration.uuid]))

    assert public["Content-Type"].startswith("text/calendar")
    assert b"METHOD:PUBLISH" in public.content
    assert (b"meet.example" in public.content, b"meet.example" in hers.content) == (False, True)


def test_webinars_of_an_unpublished_call_are_not_there(client):
    webinar = WebinarFactory(cohort__published_at=None)

    for name in ("webinar", "webinar-register", "webinar-calendar"):
        assert client.get(reverse(f"cops:{name}", args=[webinar.slug])).status_code == 404


def test_staff_who_register_themselves_are_treated_like_everybody(client):
    staff = StaffFactory()
    client.force_login(staff)
    services.register(
        WebinarFactory(), email=staff.email, name="Staff", consent_wording="Yes.", by=staff
    )

    assert list(Message.objects.values_list("kind", "recipient")) == [
        ("webinar-registered", staff.pk)
    ]


def test_who_lives_by_another_clock_reads_both(client):
    registration = RegistrationFactory(person__time_zone="America/Winnipeg")

    hers = page(open_mailed_link(client, registration))
    client.force_login(registration.person)
    own = page(client.get("/me/"))

    assert "On your clock: " in hers
    assert "Central Time" in hers
    assert "(on your clock: " in own


@pytest.mark.parametrize(
    ("language", "said"),
    [("", "In the northwest: 12:00\u00a0p.m. Central Time."),
     ("/fr", "Dans le Nord-Ouest\u00a0: 12\u00a0h, heure du Centre.")],
)  # fmt: skip
def test_who_has_not_said_where_she_lives_reads_both_clocks(client, language, said):
    webinar = WebinarFactory(event__wall=datetime(2027, 1, 27, 13))
    signed_in = Client()
    addresses = [language + webinar.get_absolute_url(), language + register_url(webinar)]

    with time_machine.travel("2027-01-04 15:00Z", tick=False):
        signed_in.force_login(PersonFactory())
        strange = [client.get(address).text.count(said) for address in addresses]
        known = [signed_in.get(address).text.count(said) for address in addresses]
        just = client.post(addresses[1], TYPED, follow=True).text

    assert (strange, known) == ([1, 1], [0, 0])
    assert just.count(said) == 1


def test_that_an_email_is_on_its_way_is_said_once(client):
    said = "An email is on its way to noor@agency.test"

    first = client.post(register_url(WebinarFactory()), TYPED, follow=True)
    again = client.get(first.redirect_chain[-1][0])

    assert [page(answer).count(said) for answer in (first, again)] == [1, 0]
    assert [page(answer).count("on its way") for answer in (first, again)] == [1, 0]


def test_what_was_asked_is_acknowledged_on_her_page_and_in_her_mail(client):
    webinar = WebinarFactory()
    client.post(
        register_url(webinar), TYPED | {"access_needs": "Captions", "question": "Who may come?"}
    )
    registration = Registration.objects.get()
    day = spoken_day(AccessRequest.objects.get().deadline.local_on)

    mail = " ".join(render(Message.objects.get(kind="webinar-registered")).text.split())
    just_typed = page(client.get(registration.get_absolute_url()))
    hers = page(open_mailed_link(client, registration))

    answered_by = " ".join(f"you have our answer by {day}.".split())
    assert f"You told us what you need to take part: {answered_by}" in mail
    assert "Your question has arrived." in mail
    assert "Captions" not in mail
    assert "Who may come?" not in mail
    assert "Captions" not in just_typed
    assert f"You need: “Captions”. You have our answer by {day}." in hers
    assert "You ask: “Who may come?”." in hers


def test_who_asked_nothing_reads_nothing_of_it(client):
    registration = RegistrationFactory(access_needs="", question="")

    hers = page(open_mailed_link(client, registration))

    assert "What you asked us for" not in hers
