"""A passkey from the first to the second sign-in, in a browser with a key of its own."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import translation

from tests.factories import PersonFactory, StaffFactory


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, 2])
def test_a_persons_keys_are_listed_to_be_renamed_or_removed(client, sign_in, number):
    person = PersonFactory()
    sign_in(client, person)
    keys = [
        Authenticator.objects.create(
            user=person, type=Authenticator.Type.WEBAUTHN, data={"name": f"Phone {place}"}
        )
        for place in range(number)
    ]

    page = client.get(reverse("mfa_list_webauthn"))

    assert page.status_code == 200
    for key in keys:
        assert key.data["name"] in page.text
        assert reverse("mfa_remove_webauthn", args=[key.pk]) in page.text
    assert ("None yet." in page.text) == (number == 0)


@pytest.mark.django_db
def test_the_library_s_page_for_a_new_key_speaks_in_our_words(client, sign_in):
    sign_in(client, PersonFactory(language="fr"))

    with translation.override("fr"):
        page = client.get(reverse("mfa_add_webauthn"))

    heading = re.search(r"<h1[^>]*>\s*(.*?)\s*</h1>", page.text)[1]
    assert heading == "Ajouter une clé d’accès ou de sécurité"
    assert "Nom de la clé" in page.text
    assert "Me connecter avec cette clé seulement" in page.text


JUNK = {"clientDataJSON": "e30", "authenticatorData": "AA", "attestationObject": "AA"}
NONSENSE = [
    {"id": []},
    {"id": "AA", "rawId": "AA"},
    {"id": "AA", "rawId": "AA", "type": "public-key", "response": []},
    {"id": "AA", "rawId": "AA", "type": "public-key", "response": {**JUNK, "signature": "AA"}},
    {"response": {"userHandle": {"a": 1}}},
    ["a"],
    "a",
]


@pytest.mark.django_db
@pytest.mark.parametrize("nonsense", [*map(json.dumps, NONSENSE), "[" * 2_000], ids=range(8))
@pytest.mark.parametrize("door", ["mfa_login_webauthn", "mfa_add_webauthn"])
def test_what_no_key_would_sign_is_no_key(client, sign_in, door, nonsense):
    person = PersonFactory()
    if door == "mfa_add_webauthn":
        sign_in(client, person)

    client.get(reverse(door))
    answer = client.post(reverse(door), {"name": "A key", "credential": nonsense}, follow=True)

    assert answer.status_code == 200
    assert not Authenticator.objects.exists()
    assert ("_auth_user_id" in client.session) == (door == "mfa_add_webauthn")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_passkey_is_added_and_signs_staff_in_with_both_factors(live_server, page):
    staff = StaffFactory(email="staff@sample.example")
    refused = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    chromium = page.context.new_cdp_session(page)
    chromium.send("WebAuthn.enable")
    chromium.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.goto(f"{live_server.url}/dev/sign-in/")
    with page.expect_navigation():
        page.locator(f'button[value="{staff.email}"]').click()

    page.goto(live_server.url + reverse("mfa_add_webauthn"))
    page.locator("input[name=name]").fill("My phone")
    page.locator("input[name=passwordless]").check()
    with page.expect_navigation():
        page.locator("#mfa_webauthn_add").click()
    page.goto(live_server.url + reverse("mfa_list_webauthn"))
    assert page.get_by_text("My phone").is_visible()

    page.context.clear_cookies()
    page.goto(f"{live_server.url}/accounts/login/?next=/admin/")
    page.locator("#passkey_login").click()
    page.wait_for_url(f"{live_server.url}/admin/")

    assert page.locator("#site-name").is_visible()
    assert refused == []
