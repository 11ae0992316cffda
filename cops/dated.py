"""Texts that still speak of last year: of a year, a day, a month or a weekday not of their call.

A text is held against the dates of its own call, so it is quiet once either is mended.
"""

import re
from datetime import date

from accounts import clock
from cops.models import Cohort

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
}
# "May" and "March" begin sentences too: alone they count after a word that leads to a date.
LEADING = r"(?:(?:in|by|until|till|to|from|since|before|after|mid|late|early|and|of)[ \u00a0-])"
GAP = r"[ \u00a0]"


def _numbered(names: str) -> dict[str, int]:
    return {name.lower(): number for number, name in enumerate(names.split(), start=1)}


MONTH = {language: _numbered(names) for language, names in MONTHS.items()}
WEEKDAY = {language: _numbered(names) for language, names in WEEKDAYS.items()}
PATTERNS = {
    "en": re.compile(
        rf"(?P<day>\b\d{{1,2}}){GAP}(?P<month>{'|'.join(MONTH['en'])})\b"
        rf"|\b(?P<month_2>{'|'.join(MONTH['en'])}){GAP}(?P<day_2>\d{{1,2}})\b"
        rf"|{LEADING}(?P<month_3>{'|'.join(MONTH['en'])})\b(?!{GAP}\d{{1,2}}\b)"
        rf"|\b(?P<weekday>{'|'.join(WEEKDAY['en'])})s?\b"
        r"|\b(?P<year>20\d\d)\b",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        rf"(?P<day>\b\d{{1,2}})(?:er)?{GAP}(?P<month>{'|'.join(MONTH['fr'])})\b"
        rf"|\b(?P<month_3>{'|'.join(MONTH['fr'])})\b"
        rf"|\b(?P<weekday>{'|'.join(WEEKDAY['fr'])})s?\b"
        r"|\b(?P<year>20\d\d)\b",
        re.IGNORECASE,
    ),
}


def days_of(cohort: Cohort) -> set[date]:
    """Return every day that ``cohort`` names, those of its webinars too."""
    moments = [cohort.opens_at, cohort.closes_at]
    days = {moment.astimezone(clock.ONTARIO).date() for moment in moments}
    webinars = {webinar.event.local_on for webinar in cohort.webinars.all()}
    return days | {getattr(cohort, name) for name in Cohort.LATER} | webinars


def foreign(text: str, language: str, days: set[date]) -> list[str]:
    """Return what ``text`` says of time, word by word, that none of ``days`` is."""
    found = PATTERNS[language].finditer(text)
    return list(dict.fromkeys(one[0] for one in found if not _is_one_of(one, language, days)))


def _is_one_of(found: re.Match, language: str, days: set[date]) -> bool:
    said = {name: value.lower() for name, value in found.groupdict().items() if value}
    if "year" in said:
        return int(said["year"]) in {day.year for day in days}
    if "weekday" in said:
        return WEEKDAY[language][said["weekday"]] in {day.isoweekday() for day in days}
    month = next(MONTH[language][value] for name, value in said.items() if "month" in name)
    number = next((int(value) for name, value in said.items() if "day" in name), None)
    if number is None:
        return month in {day.month for day in days}
    return (month, number) in {(day.month, day.day) for day in days}
