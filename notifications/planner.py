"""Compares the reminders that should exist with those that do, and mends the difference.

It remembers nothing between two runs: a missed minute, a late joiner, a moved
clock or a restored backup are all the same to it. Ten at once do no harm.
"""

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone

from notifications import outbox
from notifications.models import Event, Invitee, Message, Reminder, Rule, Series
from notifications.models.reminder import Unit

REACH = timedelta(days=8)
EARLIEST, LATEST = time(8), time(20)
LEAST_NOTICE = timedelta(minutes=30)

State = Reminder.State


def plan(now: datetime | None = None) -> int:
    """Bring the ledger up to date and hand what is due to the outbox; returns how many mails."""
    now = now or timezone.now()
    _reconcile(now)
    return _enqueue(now)


def due_at(event: Event, rule: Rule) -> datetime:
    """Return when ``rule`` reminds of ``event``, in UTC.

    Days keep the wall clock of the event, between 8 in the morning and 8 in the
    evening; hours are elapsed time.
    """
    if rule.unit == Unit.HOURS:
        return event.starts_at - timedelta(hours=rule.amount)
    on = event.local_on - timedelta(days=rule.amount)
    at = min(max(event.local_at, EARLIEST), LATEST)
    return datetime.combine(on, at, ZoneInfo(event.zone)).astimezone(UTC)


def useful_until(event: Event, due: datetime) -> datetime:
    """Return until when a late reminder still helps: half its offset, half an hour before."""
    return min(due + (event.starts_at - due) / 2, event.starts_at - LEAST_NOTICE)


def _reconcile(now: datetime) -> None:
    wanted = _wanted(now)
    existing = {
        (row.event_id, row.schedule_version, row.person_id, row.offset_key): row
        for row in Reminder.objects.filter(event__in={event for event, *_ in wanted})
        | Reminder.objects.filter(state=State.PLANNED)
    }
    Reminder.objects.bulk_create(
        [row for key, row in wanted.items() if key not in existing],
        ignore_conflicts=True,
        batch_size=500,
    )
    gone = [row.pk for key, row in existing.items() if key not in wanted and row.due_at > now]
    Reminder.objects.filter(pk__in=gone, state=State.PLANNED).update(state=State.CANCELLED)
    back = [
        row.pk
        for key, row in existing.items()
        if row.state == State.CANCELLED
        and key in wanted
        and wanted[key].state == State.PLANNED
        and row.due_at > now
    ]
    Reminder.objects.filter(pk__in=back, state=State.CANCELLED).update(state=State.PLANNED)


def _wanted(now: datetime) -> dict[tuple, Reminder]:
    """Return the ledger's lines that should exist for what lies ahead, by their key."""
    rules = list(Rule.objects.all())
    days = max((rule.amount for rule in rules if rule.unit == Unit.DAYS), default=0)
    reach = max(REACH, timedelta(days=days + 1))
    events = list(Event.objects.live().filter(starts_at__gt=now, starts_at__lte=now + reach))
    parents = dict(Series.objects.values_list("pk", "parent_id"))
    parts = defaultdict(list)
    for part in Invitee.objects.coming().filter(event__in=events):
        parts[part.event_id].append(part)
    wanted = {}
    for event in events:
        nearest_first = _rules_of(event, rules, parents)
        for part in parts[event.pk]:
            decided = set()
            for rule in nearest_first:
                if rule.offset_key in decided or rule.role not in {"", part.role}:
                    continue
                decided.add(rule.offset_key)
                due = due_at(event, rule)
                if rule.is_on and due < event.starts_at:
                    line = _line(event, part, rule, due)
                    key = (event.pk, event.schedule_version, part.person_id, rule.offset_key)
                    wanted[key] = line
    return wanted


def _rules_of(event: Event, rules: list[Rule], parents: dict) -> list[Rule]:
    """Return the rules for ``event``: its own, its community's, its cohort's, the defaults."""
    line, series = [], event.series_id
    while series:
        line.append(series)
        series = parents[series]

    def distance(rule: Rule) -> int | None:
        if rule.event_id:
            return 0 if rule.event_id == event.pk else None
        if rule.series_id:
            return 1 + line.index(rule.series_id) if rule.series_id in line else None
        return len(line) + 1

    near = [
        (distance(rule), rule.role == "", rule.pk, rule)
        for rule in rules
        if rule.kind == event.kind and distance(rule) is not None
    ]
    return [rule for *_order, rule in sorted(near, key=lambda entry: entry[:3])]


def _line(event: Event, part: Invitee, rule: Rule, due: datetime) -> Reminder:
    """Return a new line: planned, unless what she was told later than it was due says it all."""
    if due > max(part.since, event.scheduled_at):
        state = State.PLANNED
    elif event.schedule_version and event.scheduled_at >= part.since:
        state = State.SUPERSEDED
    else:
        state = State.JOINED_LATE
    return Reminder(
        event=event,
        schedule_version=event.schedule_version,
        person_id=part.person_id,
        offset_key=rule.offset_key,
        mail=rule.mail,
        due_at=due,
        useful_until=useful_until(event, due),
        state=state,
    )


@transaction.atomic
def _enqueue(now: datetime) -> int:
    rows = Reminder.objects.filter(state=State.PLANNED, due_at__lte=now).order_by("pk")
    due = list(_free(rows).select_related("event", "person"))
    if not due:
        return 0
    invited = set(
        Invitee.objects.coming()
        .filter(event__in={row.event_id for row in due})
        .values_list("event_id", "person_id")
    )
    latest = {}
    for row in sorted(due, key=lambda row: (row.due_at, row.pk)):
        row.state = _fate(row, now, invited)
        if row.state == State.ENQUEUED:
            older = latest.get((row.event_id, row.person_id))
            if older:
                older.state = State.SUPERSEDED
            latest[row.event_id, row.person_id] = row
    messages = {
        message.dedupe_key: message
        for message in outbox.write_all([_message(row) for row in latest.values()])
    }
    for row in latest.values():
        row.message = messages[_key(row)]
    Reminder.objects.bulk_update(due, ["state", "message"], batch_size=500)
    return len(latest)


def _free(rows):
    """Lock ``rows`` and leave out those that another planner is handing over right now."""
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True, of=("self",))
    return rows


def _fate(row: Reminder, now: datetime, invited: set) -> str:
    if not row.event.is_live or (row.event_id, row.person_id) not in invited:
        return State.CANCELLED
    if row.schedule_version != row.event.schedule_version:
        return State.SUPERSEDED
    if row.useful_until < now:
        return State.LATE
    return State.ENQUEUED


def _key(row: Reminder) -> str:
    return f"reminder:{row.event_id}:{row.schedule_version}:{row.person_id}:{row.offset_key}"


def _message(row: Reminder) -> Message:
    return outbox.unsaved(
        row.mail,
        row.person,
        key=_key(row),
        event=row.event,
        lane=Message.Lane.REMINDER,
        expires_at=row.useful_until,
    )
