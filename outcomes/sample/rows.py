"""Rows of the past: inserted in bulk, and dated when they would have been written."""

from datetime import date, datetime, time, timedelta

from accounts import clock
from accounts.models import Zone
from notifications.models import Event, Invitee

LAST_MINUTE = time(23, 59)


def insert(rows, *dated: str) -> list:
    """Insert ``rows`` of one model; ``dated`` names columns that would else say "now"."""
    rows = list(rows)
    if not rows:
        return rows
    manager = type(rows[0])._base_manager
    kept = [[getattr(row, name) for name in dated] for row in rows]
    manager.bulk_create(rows, batch_size=400)
    for row, values in zip(rows, kept, strict=True):
        for name, value in zip(dated, values, strict=True):
            setattr(row, name, value)
    if dated:
        manager.bulk_update(rows, dated, batch_size=200)
    return rows


def at(day: date, clock_time: str = "10:00") -> datetime:
    """Return the instant at which clocks in Toronto show ``clock_time`` on ``day``."""
    return clock.instant(datetime.combine(day, time.fromisoformat(clock_time)), Zone.TORONTO)


def event(kind, wall: datetime, *, told: datetime, minutes=0, zone=Zone.TORONTO, **facts) -> Event:
    """Return an event that people were told of at the instant ``told``."""
    starts_at = clock.instant(wall, zone)
    return Event(
        kind=kind,
        local_on=wall.date(),
        local_at=wall.time(),
        zone=zone,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        scheduled_at=told,
        created_at=told,
        **facts,
    )


def deadline(kind, day: date, *, told: datetime, **facts) -> Event:
    return event(kind, datetime.combine(day, LAST_MINUTE), told=told, **facts)


def part(event, person, role, *, since: datetime, until: datetime | None = None, **facts):
    """Return the row of an invitee; ``until`` is when her duty was settled."""
    return Invitee(event=event, person=person, role=role, since=since, until=until, **facts)


def changes(model, record, *steps) -> list:
    """Return the change rows of ``record``: each step is (new status, who, when[, why])."""
    rows, old = [], steps[0][0]
    for new, by, when, *why in steps[1:]:
        rows.append(model(record=record, old=old, new=new, by=by, at=when, reason="".join(why)))
        old = new
    return rows
