"""What employers read of a call, on a page and on one sheet; and how a call is passed on."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from cops import for_employers
from tests.factories import CohortFactory, OrganizationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    cohort = CohortFactory(
        name_en="Winter", name_fr="Hiver", usual_times_en="Tuesdays", usual_times_fr="Le mardi",
        contact_phone="416 555 0123",
    )  # fmt: skip
    cohort.partners.add(OrganizationFactory(name_en="Purpose Co.", name_fr="Purpose Co."))
    return cohort


def test_the_page_says_what_is_asked_what_is_private_and_whom_to_ask(client, call):
    said = unescape(client.get(reverse("cops:for-employers", args=[call.slug])).text)

    for section in for_employers.sections(call):
        assert section.heading in said
        for line in section.lines:
            assert line in said
    for words in ("5 to 10 hours a month", "Tuesdays", "at most one from each organization",
                  "No client may be identifiable", "416 555 0123", "Purpose Co."):  # fmt: skip
        assert words in said


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Usual days and hours, Eastern Time: Tuesdays."),
        ("fr", "Jours et heures habituels, heure de l’Est\u00a0: le mardi."),
    ],
)
def test_the_usual_hours_stand_in_a_sentence(call, language, line):
    with translation.override(language):
        assert line in for_employers.sections(call)[0].lines


@pytest.mark.parametrize("path", ["cops:cohort", "cops:for-employers"])
def test_the_call_says_that_it_costs_nothing_and_meets_online(client, call, path):
    said = " ".join(client.get(reverse(path, args=[call.slug])).text.split())

    assert "Nothing: there is no fee, and nothing to buy. Meetings are online" in said


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_sheet_is_one_tagged_page_in_the_readers_language(client, call, language):
    with translation.override(language):
        url = reverse("cops:for-employers-pdf", args=[call.slug])

    response = client.get(url)

    content = response.content
    assert response["Content-Type"] == "application/pdf"
    assert len(re.findall(rb"/Type ?/Page\b", content)) == 1
    assert f"/Lang({language}".encode() in content
    assert b"/StructTreeRoot" in content


def test_words_of_staff_are_no_markup_on_the_sheet(call):
    call.usual_times_en = '#panic("x") *bold* $x$ <b>'

    assert for_employers.as_pdf(call).startswith(b"%PDF")


@pytest.mark.parametrize("name", ["for-employers", "for-employers-pdf"])
def test_of_a_call_that_is_not_public_nobody_reads_it(client, name):
    cohort = CohortFactory(published_at=None)

    assert client.get(reverse(f"cops:{name}", args=[cohort.slug])).status_code == 404


def test_the_call_is_passed_on_by_ones_own_mail_program(client, call):
    said = client.get(f"/fr/cohorts/{call.slug}/").text

    mailto = unescape(re.search(r'href="(mailto:\?[^"]+)"', said)[1])
    sent = parse_qs(urlsplit(mailto).query)
    address = f"{settings.SITE_URL}/fr/cohorts/{call.slug}/"
    assert sent["subject"] == ["Hiver"]
    assert sent["body"][0].endswith(f"{call.headline_fr}\r\n\r\n{address}\r\n")
    assert f'readonly value="{address}"' in said
