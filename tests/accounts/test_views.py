from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth import get_user
from django.core import signing
from django.db import DatabaseError
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import links
from accounts.models import User
from notifications import people
from tests.factories import PersonFactory, StaffFactory

pytestmark = pytest.mark.django_db


def path_of(url):
    return url.removeprefix("http://127.0.0.1:8000")


def test_a_link_proves_the_mailbox_and_leads_to_its_page(client):
    person = PersonFactory(verified=False)

    response = client.get(path_of(links.url(person, "accounts:me")))

    assert (response.status_code, response.url) == (302, "/me/")
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    assert person.is_verified
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("is_staff", [True, False])
def test_with_nothing_waiting_staff_are_led_to_the_board(client, sign_in, is_staff):
    sign_in(client, PersonFactory(is_staff=is_staff))

    page = client.get("/me/").text.partition("<main")[2]

    assert ('href="/admin/board/"' in page, "Nothing waits for you right now" in page) == (
        is_staff,
        not is_staff,
    )


def request_of(client):
    request = RequestFactory().get("/")
    request.session = client.session
    request.user = get_user(request)
    return request


def test_a_link_allows_one_act_on_one_record_as_its_person(client):
    person, signed_in = PersonFactory.create_batch(2)
    record = uuid4()
    client.force_login(signed_in)
    client.get(path_of(links.url(person, "accounts:me")))
    request = request_of(client)

    assert links.acting_person(request, "accounts:me") == person
    assert links.acting_person(request, "accounts:me", record) == signed_in
    assert links.acting_person(request, "accounts:details") == signed_in


def test_what_a_link_opened_ends_when_somebody_else_signs_in_or_out(client):
    person, other = PersonFactory.create_batch(2)
    path = path_of(links.url(person, "accounts:me"))

    client.get(path)
    assert links.acting_person(request_of(client), "accounts:me") == person
    client.force_login(other)
    assert links.acting_person(request_of(client), "accounts:me") == other
    client.get(path)
    assert links.acting_person(request_of(client), "accounts:me") == person
    client.logout()
    assert links.acting_person(request_of(client), "accounts:me") is None


def test_what_a_link_opened_ends_when_its_person_may_no_longer_sign_in(client):
    person = PersonFactory()
    client.get(path_of(links.url(person, "accounts:me")))

    User.objects.filter(pk=person.pk).update(is_active=False)

    assert links.acting_person(request_of(client), "accounts:me") is None


def test_what_a_link_opened_ends_with_the_address_it_was_sent_to(client):
    person = PersonFactory()
    record = uuid4()
    client.get(path_of(links.url(person, "accounts:me")))
    request = request_of(client)
    links.grant(request, person, "accounts:me", record, 2**40)
    before = [links.holder(request, "accounts:me", key) for key in ("", record)]

    people.change_address(person, "new@agency.test", by=StaffFactory())

    after = [links.holder(request, "accounts:me", key) for key in ("", record)]
    assert (before, after) == ([person, person], [None, None])
    assert links.acting_person(request_of(client), "accounts:me") is None
    client.get(path_of(links.url(person, "accounts:me")))
    assert links.acting_person(request_of(client), "accounts:me") == person


def test_what_a_link_opened_ends_after_a_day_and_the_link_opens_it_again(client):
    person = PersonFactory()
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        path = path_of(links.url(person, "accounts:me", days=2))
        client.get(path)
        traveller.shift(timedelta(days=1, seconds=1))
        a_day_later = links.acting_person(request_of(client), "accounts:me")
        client.get(path)

        assert a_day_later is None
        assert links.acting_person(request_of(client), "accounts:me") == person


def test_a_link_does_not_outlive_its_days(client):
    person = PersonFactory()
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        path = path_of(links.url(person, "accounts:me", days=2))
        traveller.shift(timedelta(days=2, seconds=-1))
        client.get(path)
        traveller.shift(timedelta(seconds=2))

        assert client.get(path).status_code == 410
        assert links.acting_person(request_of(client), "accounts:me") is None


def test_opening_a_link_forgets_the_grants_that_are_over(client):
    person = PersonFactory()
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        client.get(path_of(links.url(person, "accounts:me", days=1)))
        traveller.shift(timedelta(days=1, seconds=1))
        client.get(path_of(links.url(person, "accounts:details", days=1)))

    assert list(client.session[links.SESSION_KEY]) == ["accounts:details "]


@pytest.mark.parametrize(
    "token",
    ["nonsense", "a:b:c", signing.dumps([1, 2, 3], salt=links.SALT), signing.dumps("x")],
    ids=["no token", "wrong signature", "wrong shape", "another salt"],
)
def test_a_bad_link_gets_a_friendly_page(client, token):
    response = client.get(f"/go/{token}/")

    assert response.status_code == 410
    assert "This link no longer works" in response.text


def test_a_link_to_a_page_that_is_no_more_gets_the_friendly_page(client):
    response = client.get(path_of(links.url(PersonFactory(), "accounts:gone")))

    assert response.status_code == 410


def test_a_link_of_somebody_who_may_not_sign_in_is_over(client):
    person = PersonFactory()
    path = path_of(links.url(person, "accounts:me"))
    person.is_active = False
    person.save()

    assert client.get(path).status_code == 410


def test_a_link_is_opened_and_never_posted_to(client):
    assert client.post(path_of(links.url(PersonFactory(), "accounts:me"))).status_code == 405


def test_people_see_and_change_their_own_details(client):
    person = PersonFactory(name="Ada")
    client.force_login(person)
    typed = {"name": "Ada L.", "phone": "", "language": "fr", "time_zone": "America/Winnipeg"}

    response = client.post("/me/details/", typed)
    page = client.get("/me/")

    assert response.url == "/me/"
    person.refresh_from_db()
    assert (person.name, person.language, person.time_zone) == (
        "Ada L.",
        "fr",
        "America/Winnipeg",
    )
    assert "Ada L." in page.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "a" * 1_000_000},
        {"language": "tlh"},
        {"time_zone": "Mars/Olympus"},
        {"phone": "\x00"},
    ],
    ids=["a megabyte", "no such language", "no such clock", "NUL"],
)
def test_nonsense_is_answered_by_the_field_and_nothing_is_saved(client, wrong):
    person = PersonFactory(name="Ada")
    client.force_login(person)
    typed = {"name": "Ada L.", "phone": "", "language": "fr", "time_zone": "America/Toronto"}

    response = client.post("/me/details/", typed | wrong)

    assert response.status_code == 200
    assert list(response.context["form"].errors) == list(wrong)
    person.refresh_from_db()
    assert (person.name, person.language) == ("Ada", "en")


@pytest.mark.parametrize(
    "address", ["/privacy/", "/accessibility/", "/fr/privacy/", "/fr/accessibility/"]
)
def test_the_pages_about_us_are_open_and_ask_the_database_nothing(
    client, address, django_assert_num_queries
):
    with django_assert_num_queries(0):
        response = client.get(address)

    assert response.status_code == 200
    assert "cops@sample.example" in response.text


def test_health_needs_nothing_and_readiness_needs_the_database(client, monkeypatch):
    def refuse():
        raise DatabaseError

    monkeypatch.setattr("accounts.views.connection.cursor", refuse)

    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    monkeypatch.undo()
    assert client.get("/readyz").status_code == 200


def test_robots_keep_out_of_what_is_personal(client):
    lines = client.get("/robots.txt").text.splitlines()

    assert "Disallow: /me/" in lines
    assert "Disallow: /fr/me/" in lines
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in lines


def test_security_txt_names_a_mailbox_and_is_not_out_of_date(client):
    with time_machine.travel("2026-03-02 14:00Z", tick=False):
        text = client.get("/.well-known/security.txt").text

    assert "Contact: mailto:cops@sample.example" in text
    assert "Expires: 2026-08-29T14:00:00+00:00" in text


def test_the_sample_door_shows_who_can_be_chosen():
    PersonFactory(email="member@sample.example", name="Mira")

    response = Client().get("/dev/sign-in/")

    assert response.status_code == 200
    assert "Mira" in response.text
