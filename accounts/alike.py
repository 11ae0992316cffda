"""Text as it is compared: two ways to write the same are one."""

import re
import unicodedata
from functools import lru_cache


def unaccented(text: str) -> str:
    """Return ``text`` in small letters without accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in letters if not unicodedata.combining(each))


@lru_cache(maxsize=20_000)
def bare(text: str) -> str:
    """Return the words of ``text`` as they are compared: no accents, case or signs."""
    return " ".join(re.findall(r"[^\W_]+", unaccented(text)))
