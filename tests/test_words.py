"""English says one thing in one word: the words that docs/glossaire.md settles."""

import re

import pytest

from accounts.catalogues import all_catalogues

pytestmark = pytest.mark.structure

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|https?://\S+|mailto:\S+")
# Where staff read; all else is read by the public and by those who sign in.
STAFF = re.compile(
    r"/admin|^templates/cops/board|/funnel|cops/(?:start|readiness|forms_start)|forms/(?:imports|gathered)|/models/|/desk\.py"
)
# Named to the person whose rows they are.
TOLD_HER = {"Rounds you review or interview for"}


def texts():
    for catalogue in all_catalogues():
        for entry in catalogue.read():
            places = [place for place, _line in entry.occurrences]
            for text in filter(None, [entry.msgid, entry.msgid_plural]):
                yield PLACEHOLDER.sub("", text), places


def test_an_email_is_never_called_a_mail():
    said = [text for text, _places in texts() if re.search(r"\bmail(?:s|ed|ing)?\b", text, re.I)]

    assert said == []


def test_staff_say_cohort_where_the_public_says_round():
    wrong = []
    for text, places in texts():
        is_for_staff = [bool(STAFF.search(place)) for place in places]
        if re.search(r"\bcohorts?\b", text, re.I) and not all(is_for_staff):
            wrong.append(f"public: {text} {places}")
        if re.search(r"\brounds?\b", text, re.I) and any(is_for_staff) and text not in TOLD_HER:
            wrong.append(f"staff: {text} {places}")

    assert wrong == []
