"""Text as it is compared: two ways to write the same are one."""

import unicodedata
from functools import lru_cache

LIGATURES = {"œ": "oe", "æ": "ae"}
# What Unicode takes for letters of their own, and who types for others: see ``accounts.search``.
PLAIN = str.maketrans(LIGATURES | {"ł": "l", "ø": "o"})


def unaccented(text: str) -> str:
    """Return ``text`` in small letters without accents; a ligature is its letters."""
    small = unicodedata.normalize("NFKD", text).casefold().translate(PLAIN)
    letters = unicodedata.normalize("NFKD", small)
    return "".join(each for each in letters if not unicodedata.combining(each))


@lru_cache(maxsize=20_000)
def bare(text: str) -> str:
    """Return the words of ``text`` as they are compared: no accents, case or signs."""
    kept = (each if _is_of_a_word(each) else " " for each in unaccented(text))
    return " ".join("".join(kept).split())


def _is_of_a_word(each: str) -> bool:
    """Whether it is a letter or a figure, or a vowel as Hindi or Thai write them to a letter."""
    is_vowel = unicodedata.category(each) in {"Mc", "Mn"}
    return each.isalnum() or (is_vowel and not unicodedata.name(each, "").startswith("VARIATION"))
