"""Whether mail flows: what waits, who is at work, what was put aside. For a page and for a machine.

The bounds are those of the design: due mail waits five minutes at most, sender and planner are
seen every three, nothing is quarantined, and of what was tried in an hour 2 % fails at most. Where
the site has just started, that nobody was seen at work is no alarm for two minutes; all else is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.utils import timezone

from accounts import office
from notifications.models import Attempt, Bounce, Heartbeat, Message, Stop
from notifications.reasons import QUARANTINED

LATE = timedelta(minutes=5)
SILENT = timedelta(minutes=3)
STARTING = timedelta(minutes=2)
FAILING = 0.02
HOUR = timedelta(hours=1)
REMEMBERED = timedelta(days=7)
AT_WORK = ("sender", "planner")

# When this process began: with --preload, the site.
STARTED_AT = timezone.now()

State, Result = Message.State, Attempt.Result


@dataclass(frozen=True)
class Health:
    """What was found at ``now``. ``seen`` says by name when each part was last at work."""

    now: datetime
    started_at: datetime
    backlog: int
    oldest_due: datetime | None
    quarantined: int
    tried: int
    failed: int
    bouncing: int
    news_held: int
    seen: dict[str, datetime]
    stops: list[Stop]

    @property
    def is_late(self) -> bool:
        return self.oldest_due is not None and self.now - self.oldest_due > LATE

    @property
    def silent(self) -> list[str]:
        """The parts that were not at work lately, or never."""
        alive_since = self.now - SILENT
        return [n for n in AT_WORK if n not in self.seen or self.seen[n] < alive_since]

    @property
    def fails_often(self) -> bool:
        return self.failed > FAILING * self.tried

    @property
    def has_trouble(self) -> bool:
        """Whether something is wrong, whoever is at work."""
        return bool(self.is_late or self.quarantined or self.fails_often)

    @property
    def is_well(self) -> bool:
        return not (self.has_trouble or self.silent)

    @property
    def is_starting(self) -> bool:
        """Whether nothing is wrong but that some part was not seen since the site has started."""
        has_just_started = self.now - self.started_at < STARTING
        return bool(self.silent) and has_just_started and not self.has_trouble

    @property
    def state(self) -> str:
        """Return "well", "starting" or "trouble"."""
        if self.is_well:
            return "well"
        return "starting" if self.is_starting else "trouble"

    @property
    def is_alarm(self) -> bool:
        return self.state == "trouble"

    @property
    def parts(self) -> list[tuple[str, datetime | None, bool]]:
        """Name, when it was last at work, and whether that is too long ago, of each part."""
        return [(name, self.seen.get(name), name in self.silent) for name in AT_WORK]

    def as_data(self) -> dict:
        """Return the figures for a machine, ages in whole seconds; nothing of any person."""
        return {
            "state": self.state,
            "is_well": self.is_well,
            "backlog": self.backlog,
            "oldest_due_seconds": _age(self.now, self.oldest_due),
            "seconds_since": {name: _age(self.now, self.seen.get(name)) for name in AT_WORK},
            "quarantined": self.quarantined,
            "tried_last_hour": self.tried,
            "failed_last_hour": self.failed,
            "addresses_bouncing": self.bouncing,
            "news_held": self.news_held,
            "lanes_waiting": [stop.lane for stop in self.stops],
        }


def look(now: datetime | None = None) -> Health:
    """Return how mail fares, in as many questions however much there is."""
    now = now or timezone.now()
    due = Q(state=State.QUEUED, not_before__lte=now) | Q(state=State.SENDING, lease_until__lt=now)
    waits = Message.objects.filter(due).aggregate(number=Count("pk"), oldest=Min("not_before"))
    put_aside = Message.objects.filter(
        state=State.FAILED, reason=QUARANTINED, created_at__gt=now - REMEMBERED
    )
    tries = Attempt.objects.filter(at__gt=now - HOUR).aggregate(
        all=Count("pk"), failed=Count("pk", filter=Q(result__in=[Result.REFUSED, Result.BROKEN]))
    )
    return Health(
        now=now,
        started_at=STARTED_AT,
        backlog=waits["number"],
        oldest_due=waits["oldest"],
        quarantined=put_aside.count(),
        tried=tries["all"],
        failed=tries["failed"],
        bouncing=Bounce.objects.open().count(),
        news_held=_news_held(),
        seen=dict(Heartbeat.objects.values_list("name", "beat_at")),
        stops=list(Stop.objects.all()),
    )


def _news_held() -> int:
    """Return how many mails with news wait for the postal address that each must carry."""
    if office.current().postal_address:
        return 0
    return Message.objects.filter(lane=Message.Lane.NEWS, state=State.QUEUED).count()


def _age(now, moment) -> int | None:
    return None if moment is None else int((now - moment).total_seconds())
