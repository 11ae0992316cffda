"""Finding a person by what she says on the phone: part of a name, an address or a number.

Accents and case do not count, on either database: each letter is looked for with all its
accents. A phone number is compared by its digits alone.
"""

import re
import unicodedata

from django.db.models import Q

from accounts.alike import LIGATURES

# Each letter that people type without thinking of its accents.
ACCENTED = {
    "a": "àáâãäåā", "c": "çćč", "e": "èéêëēę", "i": "ìíîïī", "l": "ł", "n": "ñńň",
    "o": "òóôõöøō", "s": "śšş", "u": "ùúûüū", "y": "ýÿ", "z": "źżž",
}  # fmt: skip
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
    number = phone_pattern(text)
    if number:
        return Q(phone__regex=number) | Q(email__icontains=text.strip())
    return every_word(text, "name", "email", "organization__name_en", "organization__name_fr")


def phone_pattern(text: str) -> str:
    """Return a pattern for a phone number that holds the digits of ``text``; "" if it is none."""
    digits = re.sub(r"\D", "", text)
    looks_like_one = PHONE.fullmatch(text) and len(digits) >= DIGITS_NEEDED
    return _number(digits) if looks_like_one else ""


def every_word(text: str, *fields: str) -> Q:
    """Return the condition that each word of ``text`` stands in one of ``fields``."""
    wanted = Q()
    for word in text.split()[:WORDS_MOST]:
        pattern = _word(word)
        anywhere = Q()
        for name in fields:
            anywhere |= Q(**{f"{name}__iregex": pattern})
        wanted &= anywhere
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
