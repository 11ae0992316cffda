"""Days on which nobody, or hardly anybody, is at work in Ontario."""

from datetime import date
from functools import lru_cache

from django.utils.translation import get_language

BOXING_DAY = ("Boxing Day", "Lendemain de Noël")  # which the library leaves in English


def holiday(day: date) -> tuple[str, str]:
    """Return (Ontario public holiday, day on which many are closed though it is none) by name.

    Source: the ``holidays`` library; Easter Monday, the Civic Holiday, 30 September
    and Remembrance Day are not public holidays in Ontario.
    """
    language = "fr" if (get_language() or "en").startswith("fr") else "en_CA"
    public = _named(day.year, language, "public").get(day, "")
    others = {} if public else _named(day.year, language, "optional", "government")
    return public, others.get(day, "")


@lru_cache(maxsize=100)
def _named(year: int, language: str, *categories: str):
    from holidays import country_holidays  # 3 MB that most web processes never need

    named = country_holidays(
        "CA", subdiv="ON", years=year, categories=categories, language=language, expand=False
    )
    if language == "fr":
        named = {day: name.replace(*BOXING_DAY) for day, name in named.items()}
    return {day: name.replace("'", "’") for day, name in named.items()}
