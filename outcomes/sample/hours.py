"""The hours that members gave, in meetings and between them."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from meetings.models import HoursEntry
from outcomes.sample.chance import months, weekday
from outcomes.sample.texts import read

MEETING_HOURS = Decimal(2)
USUAL_HOURS = (5.5, 6, 6.5, 7, 7, 7.5, 8, 8, 9, 9.5)
OTHER_HOURS = (4, 4.5, 10.5, 11.5)


def give_hours(work, since: date) -> None:
    """Give each member her meetings, and work between them up to what a month asks."""
    last = min(timezone.localdate(), work.meetings[-1].event.local_on + timedelta(days=5))
    for membership in work.members:
        in_meetings = defaultdict(int)
        for meeting in work.came[membership.person]:
            day = meeting.event.local_on
            in_meetings[day.year, day.month] += MEETING_HOURS
            work.pile.add(
                [
                    HoursEntry(
                        membership=membership,
                        sort=HoursEntry.Sort.MEETING,
                        meeting=meeting,
                        worked_on=day,
                        hours=MEETING_HOURS,
                    )
                ]
            )
        left_at = membership.left_at
        until = min(last, left_at.date()) if left_at else last
        for first_day, last_day in months(since, until):
            given = float(in_meetings[first_day.year, first_day.month])
            work.pile.add(_between_meetings(work.rng, membership, first_day, last_day, given))


def _between_meetings(rng, membership, first_day, last_day, in_meetings: float):
    """Yield what she did in one month beside ``in_meetings`` hours of meetings."""
    share = ((last_day - first_day).days + 1) / 30
    wanted = rng.choice(USUAL_HOURS if rng.random() < 0.88 else OTHER_HOURS)
    left = wanted * min(1, share) - in_meetings
    notes = read("work")["hours"][membership.person.language]
    while left >= 0.5:
        hours = min(left, rng.choice((1, 1.5, 2, 2.5)))
        yield HoursEntry(
            membership=membership,
            worked_on=weekday(rng, first_day, last_day),
            hours=Decimal(round(hours * 4)) / 4,
            note=rng.choice(notes),
        )
        left -= hours
