"""The words of the desk: what every list and page of it shows is said as people say it.

The sample data is walked in both languages by somebody to whom every page is open.
"""

import re
from html.parser import HTMLParser

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from accounts.catalogues import all_catalogues
from accounts.models import User
from cops.models import Webinar
from notifications import mails, planner
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db

# Elements whose text is typed by people, or is no text.
NOT_SAID = {"script", "style", "textarea", "pre"}
VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
FAULTS = {
    "a Python value": re.compile(r"\b(?:None|True|False)\b|\bdatetime\.|<[\w.]+ object|\[\]|\{\}"),
    "a date for machines": re.compile(r"\b\d{4}-\d\d-\d\d\b"),
    "an offset for machines": re.compile(r"^\d+[dhm]$"),
    "a hyphen for nothing": re.compile(r"^-+$"),
}


class Said(HTMLParser):
    """The texts of a page, each whole, but for those that are marked as another language."""

    def __init__(self, language):
        super().__init__()
        self.language, self.open, self.texts = language, [], set()

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        for name in ("aria-label", "placeholder", "title"):
            self.say(facts.get(name) or "")
        if tag not in VOID:
            is_left_out = tag in NOT_SAID or facts.get("lang", self.language) != self.language
            self.open.append((tag, is_left_out))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        self.say(data)

    def say(self, text):
        text = " ".join(text.split())
        if text and not any(is_left_out for _tag, is_left_out in self.open):
            self.texts.add(text)


def said(page, language):
    parser = Said(language)
    parser.feed(page)
    return parser.texts


def values():
    """Return the values of choices that no language has as a word."""
    found, words = set(), set()
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    for value, label in (pair for each in fields for pair in getattr(each, "flatchoices", ())):
        found.add(str(value))
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                words.add(str(label).lower())
    return {value for value in found - words if value and not value.isdigit()}


def english():
    """Return our English texts that French says otherwise, and never as a word of its own."""
    entries = [entry for catalogue in all_catalogues() for entry in catalogue.read()]
    french = {entry.msgstr.lower() for entry in entries}
    return {entry.msgid.lower() for entry in entries} - french


def pages(adding):
    """Yield the addresses of the desk: each list, empty too, its form, its first and last row.

    ``adding`` are the models that somebody may add to.
    """
    yield reverse("admin:index")
    for model, model_admin in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        yield f"{reverse(f'{name}_changelist')}?q=zzyzx"
        if model in adding:
            yield reverse(f"{name}_add")
        keys = model_admin.model._base_manager.order_by("pk").values_list("pk", flat=True)
        for key in {*keys[:1], *keys.reverse()[:1]}:
            yield from (reverse(f"{name}_{page}", args=[key]) for page in ("change", "history"))
    for person in User.objects.filter(applications__isnull=False).order_by("pk")[:3]:
        yield reverse("admin:person", args=[person.uuid])


@pytest.fixture
def staff(client, sign_in):
    call_command("load_sample", verbosity=0)
    planner.plan()
    person = StaffFactory(is_superuser=True)
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)
    sign_in(client, person)
    return person


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_list_and_page_says_things_as_people_say_them(client, staff, language):
    keys = [*mails.names(), *Webinar.objects.values_list("slug", flat=True)]
    key = re.compile(rf"(?<![\w/-])(?:{'|'.join(map(re.escape, keys))})(?![\w-])")
    raw, foreign = values(), english() if language == "fr" else set()
    found = set()
    request = client.get(reverse("admin:index")).wsgi_request
    adding = {m for m, desk in admin.site._registry.items() if desk.has_add_permission(request)}
    with translation.override(language):
        addresses = list(pages(adding))
    for address in addresses:
        page = client.get(address, follow=True)
        for text in said(page.text, language) if page.status_code == 200 else ():
            faults = [name for name, pattern in FAULTS.items() if pattern.search(text)]
            faults += ["a key"] if key.search(text) else []
            faults += ["a value"] if text in raw else []
            faults += ["English"] if text.lower() in foreign else []
            found |= {f"{fault}: {text[:80]} ({address})" for fault in faults}

    assert not found, "\n" + "\n".join(sorted(found))
