"""The dates of rounds that are worked out from today, and their names by season."""

from datetime import date, datetime, timedelta

import holidays
from django.utils import timezone

from outcomes.sample.texts import read
from outcomes.sample.work import EVERY, wall

MEETINGS, HELD = 12, 8
FRIDAY = 4
SEASONS = [
    ("winter", "hiver"),
    ("spring", "printemps"),
    ("summer", "été"),
    ("fall", "automne"),
]


def dates(opens_on: date, closes_on: date, first: date) -> dict:
    """Return the dates of a round whose first meeting is on ``first``, as in 2021."""
    last = first + EVERY * (MEETINGS - 1)
    return {
        "opens_at": wall(opens_on, "09:00"),
        "closes_at": wall(closes_on, "23:59"),
        "reviews_due_on": closes_on + timedelta(days=7),
        "interviews_from": closes_on + timedelta(days=10),
        "interviews_until": closes_on + timedelta(days=28),
        "groups_on": closes_on + timedelta(days=35),
        "meetings_from": first,
        "meetings_until": last + timedelta(days=7),
        "publishing_until": last + timedelta(days=35),
    }


def of_season(name: str, when: dict, *, webinar_on: date) -> dict:
    """Return the call of the texts with its dates, named after the season it opens in."""
    opens_on = when["opens_at"].date()
    english, french = SEASONS[opens_on.month % 12 // 3]
    year = opens_on.year
    call = read(name)
    cohort = {
        **call["cohort"],
        **when,
        "slug": f"cops-{year}-{english}",
        "name_en": f"Communities of Practice, {english} {year}",
        "name_fr": f"Communautés de pratique, {french} {year}",
    }
    webinar = {
        **call["webinar"],
        "slug": f"cops-{year}-{english}-webinar",
        "wall": wall(webinar_on),
    }
    return call | {"cohort": cohort, "webinar": webinar}


def first_meeting() -> date:
    """Return the day of meeting 1 when meeting 9 is about six days ahead, and none on a holiday."""
    today = timezone.localdate()
    closed = holidays.country_holidays("CA", subdiv="ON")
    for ahead in (6, 5, 7, 4, 8):
        first = today + timedelta(days=ahead) - EVERY * HELD
        days = [first + EVERY * number for number in range(MEETINGS)]
        if first.weekday() <= FRIDAY and not any(day in closed for day in days):
            return first
    return on_weekday(today + timedelta(days=6)) - EVERY * HELD


def on_weekday(day: date) -> date:
    """Return ``day``, or the Monday after it."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > FRIDAY else day


def past_openings(before: date, *, each_season: int) -> list[date]:
    """Return the Mondays on which rounds opened, two a year, that were over by ``before``.

    The newest ``each_season`` of those that open in January and in August, the latest last.
    """
    length = timedelta(days=260)
    mondays = [
        _monday_after(date(year, month, 9))
        for month in (1, 8)
        for year in range(2022, before.year + 1)
    ]
    over = [day for day in mondays if day + length < before]
    winter = [day for day in over if day.month == 1][-each_season:]
    summer = [day for day in over if day.month == 8][-each_season:]
    return sorted(winter + summer)


def _monday_after(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def slot_times(first: date) -> list[datetime]:
    """Return two wall times on each of four weekdays."""
    days = [first + timedelta(days=number) for number in range(8)]
    return [
        wall(day, at)
        for day in [day for day in days if day.weekday() <= FRIDAY][:4]
        for at in ("10:00", "14:00")
    ]
