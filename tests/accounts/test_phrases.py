from datetime import date

import pytest
from django.utils import translation

from accounts import clock
from accounts.models import Region
from accounts.phrases import counted, in_a_row, labelled


@pytest.mark.parametrize(
    ("language", "things", "said"),
    [
        ("en", [], ""),
        ("en", ["Ann"], "Ann"),
        ("en", ["Ann", "Bo"], "Ann and Bo"),
        ("fr", ["Ann", "Bo", "Cy"], "Ann, Bo et Cy"),
    ],
)
def test_things_stand_in_a_row(language, things, said):
    with translation.override(language):
        assert in_a_row(things) == said


def test_french_has_a_space_before_a_colon():
    with translation.override("en"):
        english = labelled("Member", "Ann")
    with translation.override("fr"):
        french = labelled("Membre", "Ann")

    assert (english, french) == ("Member: Ann", "Membre\N{NO-BREAK SPACE}: Ann")


@pytest.mark.parametrize(
    ("language", "nouns"),
    [("en", ["regions", "region", "regions"]), ("fr", ["région", "région", "régions"])],
)
def test_none_is_singular_in_french(language, nouns):
    with translation.override(language):
        assert [counted(number, Region._meta) for number in (0, 1, 2)] == nouns


def test_the_first_of_a_month_is_an_ordinal_in_french_also_in_lists():
    with translation.override("fr"):
        days = [clock.brief_day(date(2026, 11, day)) for day in (1, 11)]

    assert days == ["1er nov. 2026", "11 nov. 2026"]
