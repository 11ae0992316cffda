"""What a text says of time that is none of its call's."""

from datetime import date

import pytest

from cops import dated

DAYS = {date(2028, 1, 10), date(2028, 3, 21)}  # a Monday and a Tuesday


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("From Monday 10 January 2028 until March 21", "en", []),
        ("From 11 January 2027", "en", ["11 January", "2027"]),
        ("Late March to August, every second Friday", "en", ["to August", "Friday"]),
        ("You may march on. May we help? It may 5 times.", "en", ["may 5"]),
        ("in May", "en", ["in May"]),
        ("Du 10 janvier au 1er mars 2028, le mardi", "fr", ["1er mars"]),
        ("De mars à août, le vendredi", "fr", ["août", "vendredi"]),
        ("Program 2000, 416 555 2028, group 5", "en", ["2000"]),
    ],
)
def test_what_no_day_of_the_call_is(text, language, found):
    assert dated.foreign(text, language, DAYS) == found
