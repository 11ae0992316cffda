"""Days on which nobody, or hardly anybody, is at work in Ontario."""

from datetime import date

from django.utils.translation import get_language


def holiday(day: date) -> tuple[str, str]:
    """Return (Ontario public holiday, day on which many are closed though it is none) by name.

    Source: the ``holidays`` library; Easter Monday, the Civic Holiday, 30 September
    and Remembrance Day are not public holidays in Ontario.
    """
    from holidays import country_holidays  # 3 MB that most web processes never need

    language = "fr" if (get_language() or "en").startswith("fr") else "en_CA"

    def named(*categories):
        return country_holidays(
            "CA", subdiv="ON", years=day.year, categories=categories, language=language
        ).get(day, "")

    public = named("public")
    return public, "" if public else named("optional", "government")
