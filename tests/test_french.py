"""The French of the catalogues: set as French is set, in the words of the glossary."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from accounts import catalogues

pytestmark = pytest.mark.structure

GLOSSARY = Path(settings.BASE_DIR) / "docs/glossaire.md"
# Addresses, values and tags are not set as text.
NOT_TEXT = re.compile(r"https?://\S+|%\(\w+\)[sd]|<[^>]+>|\b(?:mailto|webcal):")
SPACE = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
FAULTS = {
    "no unbreakable space before ; ? ! »": re.compile(rf"[^\s{SPACE}«(?!][;?!»]"),
    "no unbreakable space before a colon": re.compile(rf"[^\s{SPACE}]:(?=\s|$)"),
    "a plain space before : ; ? ! »": re.compile(r" [:;?!»]"),
    "no unbreakable space after «": re.compile(rf"«[^{SPACE}]"),
    "a straight apostrophe": re.compile(r"\w'\w"),
    "straight quotes": re.compile(r'"'),
    "two spaces": re.compile(r"  "),
    "a middle dot for gender": re.compile(r"\w·\w"),
}


def avoided():
    """Return the words of the glossary's last column."""
    rows = [line.split("|") for line in GLOSSARY.read_text().splitlines() if line.startswith("| ")]
    cells = [row[4].strip() for row in rows[1:]]
    return [word.strip() for cell in cells for word in cell.split(",") if word.strip()]


def texts():
    for catalogue in catalogues.all_catalogues():
        for entry in catalogue.read():
            for text in [entry.msgstr, *entry.msgstr_plural.values()]:
                if text:
                    yield catalogue.name, entry.msgid, text


def test_every_french_text_is_set_as_french():
    faults = [
        f"{name}: {fault}: {text[:80]!r}"
        for name, _msgid, text in texts()
        for fault, pattern in FAULTS.items()
        if pattern.search(NOT_TEXT.sub("X", text))
    ]
    assert not faults, "\n" + "\n".join(faults)


def test_no_french_text_uses_a_word_the_glossary_avoids():
    words = {word: re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE) for word in avoided()}
    found = [
        f"{name}: {word!r} in {text[:80]!r}"
        for name, _msgid, text in texts()
        for word, pattern in words.items()
        if pattern.search(NOT_TEXT.sub("X", text))
    ]
    assert len(words) > 20
    assert not found, "\n" + "\n".join(found)
