"""What somebody managed to store is shown as text, wherever it is shown, and never runs."""

import csv
import io
import json
import re
from contextlib import suppress
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, models, transaction

from notifications.models import Message
from notifications.render import render
from tests.fuzz.values import MARK, SCRIPTS
from tests.fuzz.world import EVERYBODY

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Text that the site itself writes and reads back.
NOT_TYPED = {
    "zone", "time_zone", "password", "message_id", "dedupe_key", "facts_digest", "kind", "mail",
    "lane",
}  # fmt: skip


@pytest.fixture(
    scope="module",
    params=[" ".join(SCRIPTS), " ".join(reversed(SCRIPTS))],
    ids=["a script first", "a formula first"],
)
def stored(request, world, django_db_blocker):
    """The world with one script in every text that a person can type."""
    with django_db_blocker.unblock(), transaction.atomic():
        for model in apps.get_models():
            if model._meta.app_label in settings.OUR_APPS:
                for field in filter(is_typed, model._meta.local_concrete_fields):
                    text = request.param[: field.max_length or 2_000]
                    with suppress(IntegrityError), transaction.atomic():  # one row has it, then
                        model._base_manager.update(**{field.attname: text})
        yield request.param
        transaction.set_rollback(True)


def is_typed(field):
    exact = (models.CharField, models.TextField)
    return type(field) in exact and not (
        field.choices or field.unique or field.primary_key or field.name in NOT_TYPED
    )


class Running(HTMLParser):
    """Collects what a browser would run of what was stored."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.found, self.script = [], False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.script = tag == "script" and dict(attributes).get("type") != "application/json"
        for name, value in attributes:
            text = (value or "").strip().lower()
            if name.startswith("on"):
                self.found.append(f"<{tag} {name}>")
            if name in {"href", "src", "action", "formaction"} and text.startswith("javascript:"):
                self.found.append(f"<{tag} {name}=javascript:>")

    def handle_endtag(self, tag):
        self.script = False

    def handle_data(self, data):
        if self.script and MARK in data:
            self.found.append("<script>")


def runs(answer):
    """Return what would run in ``answer``, or nothing."""
    kind = answer.headers.get("Content-Type", "")
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = content.decode(errors="replace")
    if "html" in kind or "xml" in kind:
        found = Running(text).found
        if re.search(r"(?<!\{\{ )7\*7", text):  # its braces were taken for a template's
            found.append("a template")
        return found
    if "csv" in kind:
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        return [cell for cell in cells if re.match(r"[=+\-@\t\r]", cell)]
    if "json" in kind:
        json.loads(text)
    return []


@pytest.mark.parametrize("kind", EVERYBODY)
def test_no_page_runs_what_is_stored(stored, visitors, every_address, kind):
    complaints, seen = [], set()
    for address in every_address:
        if address.route in seen or (address.is_admin and kind != "staff"):
            continue
        seen.add(address.route)
        answer = visitors[kind].get(address.path)
        if answer.status_code == 200:
            complaints += [f"{kind} {address.path} {stored[:20]}: {what}" for what in runs(answer)]

    assert not complaints, "\n".join(complaints)


def test_no_mail_runs_what_is_stored(stored):
    complaints = []
    for message in Message.objects.select_related("recipient"):
        mail = render(message)
        complaints += [f"{message.kind}: {what}" for what in Running(mail.html).found]
        assert "\n" not in mail.subject

    assert not complaints, "\n".join(complaints)
