"""What scheduling a series would do, worked out before anything is written."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts import clock
from cops.holidays import holiday
from cops.models import Community

EVERY = timedelta(weeks=2)
MANY_IN_A_MONTH = 3


@dataclass
class PlannedMeeting:
    """One date of the plan, and what speaks against it."""

    number: int
    wall: datetime
    holiday: str = ""
    usually_closed: str = ""
    outside: bool = False
    taken: bool = False

    @property
    def is_clear(self) -> bool:
        return not (self.holiday or self.usually_closed or self.outside or self.taken)


@dataclass
class MonthLoad:
    """Hours that the meetings alone take in one month, against what members agreed to."""

    first_day: date
    meetings: int
    hours: Decimal
    too_many: bool

    @property
    def name(self) -> str:
        return clock.spoken_month(self.first_day)


@dataclass
class Plan:
    """The dates of a series, the months they fill, and members whose own clock differs."""

    meetings: list[PlannedMeeting]
    full_months: list[MonthLoad] = field(default_factory=list)
    other_clocks: list[str] = field(default_factory=list)

    @property
    def walls(self) -> list[datetime]:
        return [meeting.wall for meeting in self.meetings]


def walls(first: datetime, how_many: int) -> list[datetime]:
    """Return ``how_many`` naive wall times, every two weeks from ``first``."""
    return [first + number * EVERY for number in range(how_many)]


def plan(
    community: Community, first: datetime, *, how_many: int, minutes: int, zone: str, fold=None
) -> Plan:
    """Work out a biweekly series of ``community`` from the naive time ``first`` in ``zone``.

    Raises ValidationError when one of the times does not exist on its day, or exists
    twice and ``fold`` does not say which.
    """
    cohort = community.cohort
    taken = taken_days(community)
    last = last_number(community)
    meetings = []
    for number, wall in enumerate(walls(first, how_many), last + 1):
        clock.instant(wall, zone, fold=fold)
        public, usual = holiday(wall.date())
        meetings.append(
            PlannedMeeting(
                number,
                wall,
                holiday=public,
                usually_closed=usual,
                outside=not cohort.meetings_from <= wall.date() <= cohort.meetings_until,
                taken=wall.date() in taken,
            )
        )
    return Plan(
        meetings,
        full_months=_full_months(meetings, minutes, cohort.hours_max),
        other_clocks=_other_clocks(community, [m.wall for m in meetings], zone, fold),
    )


def taken_days(community: Community) -> set[date]:
    return set(community.meetings.live().values_list("event__local_on", flat=True))


def last_number(community: Community) -> int:
    return max(community.meetings.values_list("number", flat=True), default=0)


def _full_months(meetings, minutes, hours_max) -> list[MonthLoad]:
    per_month = Counter(meeting.wall.date().replace(day=1) for meeting in meetings)
    loads = [
        MonthLoad(first_day, count, hours, hours > hours_max)
        for first_day, count in sorted(per_month.items())
        for hours in [Decimal(count * minutes) / 60]
    ]
    return [load for load in loads if load.meetings >= MANY_IN_A_MONTH or load.too_many]


def _other_clocks(community, times, zone, fold) -> list[str]:
    """Say, for each person of the group on another clock, when the meetings are for her."""
    sentences = []
    for membership in community.memberships.current().select_related("person"):
        own = membership.person.time_zone
        instants = [clock.instant(wall, zone, fold=fold) for wall in times]
        locals_ = [instant.astimezone(ZoneInfo(own)) for instant in instants]
        different = [
            local for local, wall in zip(locals_, times, strict=True) if local.time() != wall.time()
        ]
        if not different:
            continue
        at = sorted({clock.spoken_time(local) for local in locals_})
        sentences.append(
            _("%(person)s: %(times)s, %(clock)s")
            % {
                "person": membership.person,
                "times": _(" or ").join(at),
                "clock": clock.CLOCK_NAMES.get(own, own),
            }
        )
    return sentences
