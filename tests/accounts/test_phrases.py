from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.html import strip_tags

from accounts import clock
from accounts.columns import shown
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


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (date(2026, 12, 1), "1er déc. 2026"),
        (datetime(2026, 12, 1, 18, tzinfo=UTC), "1er déc. 2026, 13\N{NO-BREAK SPACE}h"),
        (time(13, 30), "13\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}30"),
        (Decimal("2.25"), "2,25"),
    ],
)
def test_the_desk_says_days_times_and_numbers_in_french(value, said):
    with translation.override("fr"):
        assert strip_tags(shown(value)) == said


def test_a_time_that_the_clocks_skip_is_said_in_the_reader_s_words():
    with translation.override("fr"), pytest.raises(ValidationError) as refused:
        clock.instant(datetime(2027, 3, 14, 2, 30), clock.ONTARIO.key)

    assert refused.value.messages[0].startswith(
        "2\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}30 n’existe pas"
    )
