"""What a calendar file says of a clock: when it changes, by a rule every program reads.

The rule is read off the zone's own data, so that it follows the law. The library would list every
change since 1970 instead: some programs read no such list, and take summer for winter.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
HOUR = timedelta(hours=1)


@cache
def definition(name: str, year: int) -> bytes:
    """Return the VTIMEZONE of the zone ``name``, for moments from the begin of ``year`` on.

    As text: it is two thirds of the lines of a file with one event, and the same in all of them.
    """
    import icalendar

    zone = ZoneInfo(name)
    timezone = icalendar.Timezone()
    timezone.add("tzid", name)
    for before, after in _changes(zone, year - 1) or [_always(zone, year - 1)]:
        part = icalendar.TimezoneDaylight() if after.dst() else icalendar.TimezoneStandard()
        wall = (after.astimezone(UTC) + before.utcoffset()).replace(tzinfo=None)
        part.add("dtstart", wall)
        part.add("tzname", after.tzname())
        part.add("tzoffsetfrom", before.utcoffset())
        part.add("tzoffsetto", after.utcoffset())
        if before.utcoffset() != after.utcoffset():
            day = f"{(wall.day - 1) // 7 + 1}{DAYS[wall.weekday()]}"
            part.add("rrule", {"freq": "yearly", "bymonth": wall.month, "byday": day})
        timezone.add_component(part)
    return timezone.to_ical()


def _changes(zone, year: int) -> list[tuple[datetime, datetime]]:
    """Return the last hour before and the first after each change of the clock in ``year``."""
    instant = datetime(year, 1, 1, tzinfo=UTC)
    hours = [instant + HOUR * number for number in range(366 * 24)]
    walls = [hour.astimezone(zone) for hour in hours if hour.year == year]
    return [
        (before, after)
        for before, after in pairwise(walls)
        if before.utcoffset() != after.utcoffset()
    ]


def _always(zone, year: int) -> tuple[datetime, datetime]:
    begins = datetime(year, 1, 1, tzinfo=zone)
    return begins, begins
