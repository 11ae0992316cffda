"""Finding a person by what she says on the phone: part of a name, an address or a number.

Accents and case do not count, on either database: each letter is looked for with all its
accents. A phone number is compared by its digits alone.
"""

import re
import unicodedata

from django.db.models import Q

# Each letter that people type without thinking of its accents.
ACCENTED = {
    "a": "àáâãäåā", "c": "çćč", "e": "èéêëēę", "i": "ìíîïī", "l": "ł", "n": "ñńň",
    "o": "òóôõöøō", "s": "śšş", "u": "ùúûüū", "y": "ýÿ", "z": "źżž",
}  # fmt: skip
LIGATURES = {"œ": "oe", "æ": "ae"}
LIGATURE_OF = {"oe": "œŒ", "ae": "æÆ"}
COMBINING = "[\u0300-\u036f]*"
PHONE = re.compile(r"[\d\s().+/\u00a0-]+")
DIGITS_NEEDED = 3
WORDS_MOST = 6


def matching(text: str) -> Q:
    """Return the condition on a person that ``text`` asks for.

    Every word has to stand in her name, her address or her organization; what
    looks like a phone number has to be part of hers.
    """
    digits = re.sub(r"\D", "", text)
    if PHONE.fullmatch(text) and len(digits) >= DIGITS_NEEDED:
        return Q(phone__regex=_number(digits)) | Q(email__icontains=text.strip())
    wanted = Q()
    for word in text.split()[:WORDS_MOST]:
        pattern = _word(word)
        wanted &= (
            Q(name__iregex=pattern)
            | Q(email__iregex=pattern)
            | Q(organization__name_en__iregex=pattern)
            | Q(organization__name_fr__iregex=pattern)
        )
    return wanted


def _number(digits: str) -> str:
    """Return a pattern for ``digits`` with anything but digits between them."""
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    return "[^0-9]*".join(digits)


def _word(word: str) -> str:
    """Return a pattern for ``word`` with and without accents."""
    word = word.lower()
    for ligature, letters in LIGATURES.items():
        word = word.replace(ligature, letters)
    bare = unicodedata.normalize("NFD", word)
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    parts = re.split(r"(oe|ae)", bare)
    return "".join(
        f"({_letters(part)}|[{LIGATURE_OF[part]}])" if part in LIGATURE_OF else _letters(part)
        for part in parts
    )


def _letters(text: str) -> str:
    return "".join(map(_letter, text))


def _letter(letter: str) -> str:
    if letter in ACCENTED:
        return f"[{letter}{ACCENTED[letter]}{ACCENTED[letter].upper()}]{COMBINING}"
    return letter if letter.isalnum() else re.escape(letter)
