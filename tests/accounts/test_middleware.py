import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.core.exceptions import BadRequest
from django.urls import reverse
from django.utils import timezone

from accounts import clock, links
from accounts.views import bad_request
from tests.factories import ConsentFactory, PersonFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff_client(client, sign_in):
    sign_in(client, StaffFactory())
    return client


@pytest.mark.parametrize(
    "address",
    ["/healthz?q=%00", "/healthz?q=%ED%A0%80", "/priv%00acy/", "/privacy%ED%BF%BF/"],
    ids=["NUL in the query", "surrogate in the query", "NUL in the path", "surrogate in the path"],
)
def test_an_address_that_cannot_be_stored_is_a_broken_request(client, address):
    response = client.get(address)

    assert response.status_code == 400
    assert "We could not read this request" in response.text


def test_nul_in_a_form_is_answered_by_the_field_and_keeps_the_rest(client, sign_in):
    person = PersonFactory(name="Ada", phone="")
    sign_in(client, person)
    typed = {"name": "A\x00da", "phone": "416 555 0100", "language": "en"}

    response = client.post(reverse("accounts:details"), typed | {"time_zone": "America/Toronto"})

    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["name"]
    assert "416 555 0100" in response.text
    person.refresh_from_db()
    assert (person.name, person.phone) == ("Ada", "")


def test_text_that_the_database_refuses_is_a_broken_request(rf):
    from django.core.exceptions import BadRequest

    from accounts.middleware import CleanInputMiddleware

    middleware = CleanInputMiddleware(lambda request: None)
    request = rf.post("/", {"reason": "a\x00b"})

    with pytest.raises(BadRequest):
        middleware.process_exception(request, ValueError("NUL (0x00) characters"))
    assert middleware.process_exception(rf.post("/", {"reason": "b"}), ValueError()) is None
    json = rf.post("/", '{"reason": "\\ud800"}', content_type="application/json")
    with pytest.raises(BadRequest):
        middleware.process_exception(json, UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogate"))


def test_a_stranger_is_sent_to_sign_in_and_back(client):
    response = client.get("/me/?tab=hours")

    assert response.status_code == 302
    assert response.url == "/accounts/login/?next=/me/%3Ftab%3Dhours"


def typed_in(answer):
    return {field.name: field.values for field in answer.context["fields"]}


def test_a_form_sent_without_a_session_is_kept_but_no_secret_of_it(client):
    typed = {
        "name": "Ada",
        "answers": ["one", "two\nlines"],
        "password": "unsaid",
        "login_code": "unsaid",
        "csrfmiddlewaretoken": "unsaid",
    }

    response = client.post("/me/details/", typed)

    assert response.status_code == 403
    assert typed_in(response) == {"name": ["Ada"], "answers": ["one", "two\nlines"]}
    assert 'action="/me/details/"' in response.text
    assert "unsaid" not in response.text


def test_what_is_empty_or_the_pages_own_goes_along_unseen(client):
    answer = client.post("/me/details/", {"name": "Ada", "phone": "", "seen": "abc"})

    assert typed_in(answer) == {"name": ["Ada"]}
    assert answer.context["marks"] == [("phone", ""), ("seen", "abc")]
    assert '<input type="hidden" name="phone" value="">' in answer.text


def test_sent_again_without_signing_in_it_says_so_in_both_languages(client):
    french, english = (
        client.post(f"{language}/me/details/", {"name": "Ada"}).text for language in ("/fr", "")
    )

    assert "You are not signed in yet." in english
    assert "open that link again" in english
    assert "Votre session n’est pas encore ouverte." in french
    assert "ouvrez de nouveau ce lien" in french


def test_a_csrf_failure_keeps_what_was_typed_too(settings):
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "ada@agency.ca"})

    assert response.status_code == 403
    assert typed_in(response) == {"login": ["ada@agency.ca"]}


def test_a_form_from_another_site_is_not_offered_to_be_sent_again(client):
    response = client.post(
        "/me/details/", {"name": "Mallory"}, headers={"origin": "https://evil.example"}
    )

    assert response.status_code == 403
    assert response.context["fields"] == []


@pytest.mark.parametrize("address", ["/", "/me/", "/admin/", "/fr/", "/accounts/email/"])
def test_staff_without_a_second_factor_reach_nothing_but_enrolment(client, address):
    client.force_login(StaffFactory())

    response = client.get(address)

    assert response.status_code == 302
    assert response.url in {"/accounts/2fa/", "/fr/accounts/2fa/"}


def test_staff_without_a_second_factor_can_enrol_and_sign_out(client):
    client.force_login(StaffFactory())

    assert client.get("/accounts/2fa/").status_code == 200
    assert client.get("/accounts/2fa/totp/activate/").status_code in {200, 302}
    assert client.get("/accounts/logout/").status_code == 200


def test_a_second_factor_that_is_enrolled_but_not_used_is_asked_for(client):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    staff = StaffFactory()
    TOTP.activate(staff, generate_totp_secret())
    client.force_login(staff)

    response = client.get("/admin/?q=a")

    assert response.status_code == 302
    assert response.url == "/accounts/2fa/reauthenticate/?next=/admin/%3Fq%3Da"
    assert client.get("/accounts/2fa/totp/deactivate/").url.startswith(
        "/accounts/2fa/reauthenticate/"
    )
    assert typed_in(client.post("/admin/", {"text": "typed"})) == {"text": ["typed"]}


def test_somebody_who_is_not_staff_needs_no_second_factor(client):
    client.force_login(PersonFactory())

    assert client.get("/me/").status_code == 200


def test_staff_are_signed_out_after_idle_hours_and_not_before(client, sign_in, settings):
    with time_machine.travel("2026-03-02 14:00Z", tick=False) as traveller:
        sign_in(client, StaffFactory())
        assert client.get("/admin/").status_code == 200
        traveller.shift(settings.STAFF_IDLE_HOURS * 3600 - 1)
        assert client.get("/admin/").status_code == 200
        traveller.shift(settings.STAFF_IDLE_HOURS * 3600 + 1)

        response = client.get("/admin/")

    assert response.url == "/accounts/login/?next=/admin/"
    assert "_auth_user_id" not in client.session


def test_a_form_sent_after_idle_hours_is_kept(client, sign_in, settings):
    with time_machine.travel("2026-03-02 14:00Z", tick=False) as traveller:
        sign_in(client, StaffFactory())
        client.get("/admin/")
        traveller.shift(settings.STAFF_IDLE_HOURS * 3600 + 1)

        response = client.post("/me/details/", {"name": "Ada"})

    assert response.status_code == 403
    assert typed_in(response) == {"name": ["Ada"]}


def test_staff_see_the_site_as_on_another_day_and_come_back(staff_client):
    staff_client.post("/admin/as-of/", {"day": "2021-02-01", "next": "/privacy/"})

    during = staff_client.get("/privacy/")
    refused = staff_client.post("/me/details/", {"name": "Ada"})
    staff_client.post("/admin/as-of/")
    after = staff_client.get("/privacy/")

    assert during.context["previewing"].date().isoformat() == "2021-02-01"
    assert "1\u00a0February 2021" in during.text
    assert (refused.status_code, typed_in(refused)) == (409, {"name": ["Ada"]})
    assert after.context["previewing"] is None


def test_the_day_is_what_the_clock_says_inside_the_request_only(staff_client, monkeypatch):
    seen = []
    monkeypatch.setattr("accounts.context.clock.previewed", lambda: seen.append(clock.now()))
    staff_client.post("/admin/as-of/", {"day": "2021-02-01"})

    staff_client.get("/privacy/")

    assert [moment.date().isoformat() for moment in seen] == ["2021-02-01"]
    assert abs((clock.now() - timezone.now()).total_seconds()) < 5


def test_staff_can_sign_out_while_looking_at_another_day(staff_client):
    staff_client.post("/admin/as-of/", {"day": "2021-02-01"})

    response = staff_client.post("/accounts/logout/")

    assert response.status_code == 302


@pytest.mark.parametrize("day", ["", "yesterday", "2021-13-01", "2021-02-30", "\x00"])
def test_a_day_that_is_none_ends_the_preview(staff_client, day):
    staff_client.post("/admin/as-of/", {"day": "2021-02-01"})

    staff_client.post("/admin/as-of/", {"day": day})

    assert "as_of" not in staff_client.session


def test_only_staff_may_look_at_another_day(client):
    client.force_login(PersonFactory())

    assert client.post("/admin/as-of/", {"day": "2021-02-01"}).status_code == 403
    session = client.session
    session["as_of"] = "2021-02-01"
    session.save()
    assert client.get("/privacy/").context["previewing"] is None


def test_the_way_back_from_a_preview_stays_on_this_site(staff_client):
    response = staff_client.post("/admin/as-of/", {"day": "", "next": "https://evil.example/"})

    assert response.url == "/"


def test_links_use_their_own_salt():
    assert signing.dumps([], salt=links.SALT) != signing.dumps([], salt=links.SIGN_IN_SALT)


def test_the_way_back_from_a_preview_is_an_address(staff_client):
    response = staff_client.post("/admin/as-of/", {"day": "", "next": "nowhere"})

    assert response.url == "/"


@pytest.mark.parametrize(
    "body",
    [b"name=" + b"x" * 9_000_000, b"&".join(b"name=x" for _number in range(1_001))],
    ids=["9 MB", "1,001 fields"],
)
def test_more_than_is_read_at_once_is_said_to_be_too_much(client, body):
    response = client.post("/me/details/", body, "application/x-www-form-urlencoded")

    assert response.status_code == 413
    assert "This is too much at once" in response.text
    assert "Nothing was saved." in response.text


def test_an_address_that_cannot_be_read_with_too_many_fields_is_refused_too(client):
    body = b"&".join(b"name=x" for _number in range(1_001))

    response = client.post("/me/details/?q=%00", body, "application/x-www-form-urlencoded")

    assert response.status_code == 413


def test_what_cannot_be_stored_is_held_on_the_page_that_refuses_it(rf):
    typed = {"reason": "a\x00b", "code": "unsaid", "remark": "one\ntwo"}
    request = rf.post("/somewhere/", typed)
    request.user = AnonymousUser()

    response = bad_request(request, BadRequest())

    assert response.status_code == 400
    assert "nothing you typed is lost" in response.text
    assert 'name="reason" value="a\x00b"' in response.text
    assert "one\ntwo</textarea>" in response.text
    assert "unsaid" not in response.text


def test_a_form_in_an_alphabet_that_we_do_not_read_is_refused(client):
    response = client.post(
        "/accounts/login/", b"login=+AGE-", "application/x-www-form-urlencoded; charset=utf-7"
    )

    assert response.status_code == 400
    assert "We could not read this request" in response.text


@pytest.mark.parametrize(
    "kind",
    ["application/x-www-form-urlencoded; charset=utf-7", "multipart/form-data; boundary=\xff"],
    ids=["an alphabet that we do not read", "no boundary"],
)
def test_a_form_that_cannot_be_read_is_refused_before_anything_is_done(client, kind):
    address = links.sign_in_url(PersonFactory()).removeprefix(settings.SITE_URL)

    answer = client.post(address, b"a=b", content_type=kind)

    assert (answer.status_code, "_auth_user_id" in client.session) == (400, False)


def test_a_body_that_cannot_be_read_is_no_error_where_one_may_not_write(client, sign_in):
    sign_in(client, StaffFactory())
    address = reverse("admin:notifications_consent_change", args=[ConsentFactory().pk])

    answer = client.post(address, b"a=b", content_type="multipart/form-data; boundary=\xff")

    assert answer.status_code == 400
