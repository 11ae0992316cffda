"""What the planner would do in the days ahead, and what it would not, by its own code."""

from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import count

from django.utils import timezone

from notifications import planner
from notifications.handover import Choice
from notifications.models import Bounce, Reminder
from notifications.reasons import BOUNCES

DAYS = 30

State = Reminder.State


def foresee(now: datetime | None = None, days: int = DAYS, *, of=None) -> list[Reminder]:
    """Return the lines that fall due within ``days``, as they would come to stand, by moment;
    last those that are past and went to nobody, of what is still ahead.

    ``goes_at`` of each is when it goes, or would have; its ``state`` is "enqueued" where it
    goes, "planned" where it waits for something that cannot be foreseen, and it has its reason.
    Nothing is written. Who it goes to is known by ``person_id``; ask for her name by page.
    What one person gets hangs on nobody else's: with ``of``, a queryset or a list of the ids
    of some, their lines are the same and no others are made.
    """
    now = now or timezone.now()
    until = now + timedelta(days=days)
    lines = planner.wanted(now, timedelta(days=days), of)
    known = Reminder.objects.filter(event__in={line.event_id for line in lines.values()})
    if of is not None:
        known = known.filter(person__in=of)
    for row in known.filter(due_at__gt=now - timedelta(days=days)):
        line = lines.get(planner.key_of(row))
        if line and row.state != State.PLANNED and not planner.comes_back(row, line, now):
            line.state, line.reason = row.state, row.reason
        elif line:
            line.waits_until = row.waits_until
    rows = [line for line in lines.values() if _is_told(line, now, until)]
    _play([row for row in rows if row.state == State.PLANNED], now)
    _hold_back([row for row in rows if row.state == State.ENQUEUED])
    for row in rows:
        is_to_come = row.state in {State.PLANNED, State.ENQUEUED}
        row.goes_at = max(
            row.due_at, row.waits_until or row.due_at, now if is_to_come else row.due_at
        )
    return sorted(
        rows, key=lambda row: (row.goes_at < now, row.goes_at, row.event_id, row.person_id)
    )


def _is_told(line: Reminder, now: datetime, until: datetime) -> bool:
    if line.due_at > now:
        return line.due_at <= until
    if line.state == State.PLANNED:
        return line.useful_until > now
    return line.state != State.ENQUEUED and line.event.starts_at > now


def _hold_back(rows: list[Reminder]) -> None:
    """Let nothing go to an address that bounces: the sender would hold it back."""
    bounces = Bounce.objects.open().filter(person__in={row.person_id for row in rows})
    unreached = set(bounces.values_list("person_id", flat=True))
    for row in rows:
        if row.person_id in unreached:
            row.state, row.reason = State.CANCELLED, BOUNCES


def _play(rows: list[Reminder], now: datetime) -> None:
    """Let time pass from one moment at which something is due to the next."""
    last_due = {}
    for row in rows:
        key = row.event_id, row.person_id
        last_due[key] = max(row.due_at, last_due.get(key, row.due_at))
    choice = Choice(
        held=planner.held_back(rows), last_due=last_due, had=planner.had_today(now, rows)
    )
    tie = count()
    waiting = [(max(row.due_at, row.waits_until or now, now), next(tie), row) for row in rows]
    heapify(waiting)
    while waiting:
        moment = waiting[0][0]
        due = []
        while waiting and waiting[0][0] == moment:
            due.append(heappop(waiting)[2])
        choice.of(due, moment)
        for row in due:
            if row.state == State.PLANNED and row.waits_until and row.waits_until > moment:
                heappush(waiting, (row.waits_until, next(tie), row))
