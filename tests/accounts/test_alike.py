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
        ("Main-d’Œuvre", "main d oeuvre"),
        ("ÆSOP, Æ", "aesop ae"),
        ("Ǽ", "ae"),
        ("Łódź, Ørsted", "lodz orsted"),
        ("ﬁn, №\N{NO-BREAK SPACE}5", "fin no 5"),
        ("Ελλάδα", "ελλαδα"),
        ("ΕΛΛΆΣ", "ελλασ"),
        ("हाँ!", "हाँ"),
        ("ही ✓\N{VARIATION SELECTOR-16}", "ही"),
    ],
)
def test_words_are_compared_without_accents_case_or_signs(written, compared):
    assert bare(written) == compared


def test_signs_stay_where_only_accents_do_not_count():
    assert unaccented("L’Été (2021)") == "l’ete (2021)"


@pytest.mark.parametrize("text", ["Œuvre", "æ", "Ελλάδα", "№", "ϔ", "İstanbul", "ﷺ", "हिन्दी"])
def test_what_is_compared_already_stays_as_it_is(text):
    assert bare(bare(text)) == bare(text)
