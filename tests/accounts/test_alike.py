"""Two ways to write the same are one."""

import pytest

from accounts.alike import bare, unaccented


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        (" Sault  Ste. Marie ", "sault ste marie"),
        ("TÉMISCAMING", "temiscaming"),
        ("O’Neil-Roy, Zoe\u0308", "o neil roy zoe"),
        ("Straße_2", "strasse 2"),
        ("李明", "李明"),
        ("— ?", ""),
    ],
)
def test_words_are_compared_without_accents_case_or_signs(written, compared):
    assert bare(written) == compared


def test_signs_stay_where_only_accents_do_not_count():
    assert unaccented("L’Été (2021)") == "l’ete (2021)"
