"""A form that comes when its session is gone, or with a stale token, is handed back to be sent."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.fuzz.forms import Page
from tests.permissions import fields, table
from tests.permissions.asking import OPEN_TO_ALL, Asker, address_of, writes

pytestmark = pytest.mark.django_db

TYPED = [
    ("said", "“Yes”, <b>she</b> said & left"),
    ("lines", "first\nsecond <script>alert(1)</script>"),
    ("ticked", "one"),
    ("ticked", "two"),
]
SECRETS = (
    "password", "new_password1", "login_code", "client_secret", "credential", "csrfmiddlewaretoken",
)  # fmt: skip
# Whoever types an address may begin; the draft opens by the link that goes there.
TAKES_ANYBODY = {"applications:apply-start"}
NEED_A_SESSION = sorted(
    key
    for key, tries in fields.doors().items()
    if key not in TAKES_ANYBODY
    and not any(one.door.route in OPEN_TO_ALL or one.door.is_secret for one in tries)
)


CLOSED_TO = {
    key: column
    for key, tries in fields.doors().items()
    for column in ("App", "Mem", "Rev", "Stf")
    if not any(column in one.columns for one in tries)
}


def hands_back(client, address):
    """Send text, secrets and a file; all but the text is gone from the page that answers."""
    sent = {}
    for name, value in TYPED:
        sent.setdefault(name, []).append(value)
    sent |= dict.fromkeys(SECRETS, "zqunsaid")
    sent["letter"] = SimpleUploadedFile("zqunsaid.pdf", b"zqunsaid")

    with writes() as tables:
        answer = client.post(address, sent)

    (form,) = [form for form in Page(answer.text).forms if form["action"] == address]
    shown = [(each["name"], each["value"]) for each in form["fields"]]
    assert (answer.status_code, tables) == (403, set())
    assert [pair for pair in shown if pair[0] != "csrfmiddlewaretoken"] == TYPED
    assert form["method"] == "POST"
    assert "zqunsaid" not in answer.text
    assert "<script>alert" not in answer.text
    assert "<b>she" not in answer.text


@pytest.mark.parametrize("key", CLOSED_TO)
def test_who_may_not_any_more_gets_back_what_she_typed(world, key):
    whose = fields.doors()[key][0].columns[0]
    place = address(world, key, whose)

    with writes() as tables:
        answer = world.client(CLOSED_TO[key]).post(place, {"said": TYPED[0][1], "lines": "a\nb"})

    assert (answer.status_code in {403, 404, 409}, tables) == (True, set())
    assert [field.words for field in answer.context["fields"]] == [TYPED[0][1], "a\nb"]
    assert "&lt;b&gt;she&lt;/b&gt; said" in answer.text


def address(world, key, column):
    one = fields.doors()[key][0]
    if not one.row:
        return address_of(one.door, fields.aim_at_desk(world, "Stf", one.door)) + "?_popup=1&a=b"
    return address_of(one.door, Asker(world, column).aim(one.door, own=column != "Pub"))


@pytest.mark.parametrize("key", NEED_A_SESSION)
def test_without_a_session_nothing_typed_is_lost(world, key):
    hands_back(world.client("Pub"), address(world, key, "Pub"))


# Machines send these, without a page that could have given them a token.
FOR_MACHINES = {name for name, view in table.routes() if getattr(view, "csrf_exempt", False)}


@pytest.mark.parametrize("key", sorted(fields.doors().keys() - FOR_MACHINES))
def test_with_a_stale_token_nothing_typed_is_lost(world, key):
    column = fields.doors()[key][0].columns[0]
    client = Client(enforce_csrf_checks=True)
    client.cookies = world.client(column).cookies

    hands_back(client, address(world, key, column))
