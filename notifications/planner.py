"""Compares the reminders that should exist with those that do, and mends the difference.

It remembers nothing between two runs: a missed minute, a late joiner, a moved
clock or a restored backup are all the same to it. Ten at once do no harm.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import CharField, Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from accounts import clock
from notifications import mails, outbox
from notifications.handover import TOLD, Choice, in_one_digest
from notifications.mails import Part
from notifications.models import Event, Invitee, Message, Preference, Reminder, Rule
from notifications.reasons import (
    CALLED_OFF,
    CHANGED,
    JOINED_LATE,
    MOVED,
    NO_RULE,
    NOT_INVITED,
    OPTED_OUT,
    TOO_LATE,
)
from notifications.rules import HELPS_AFTER, Anchor, Rules, due_at, useful_until

REACH = timedelta(days=8)
PLANNERS_LOCK = 20_121  # any number, the same in every process


State = Reminder.State
# What a line may come back from: nothing was sent, and what ended it has ended.
REVIVED = {State.CANCELLED, State.OPTED_OUT, State.LATE}


def plan(now: datetime | None = None) -> int:
    """Bring the ledger up to date and hand what is due to the outbox; returns how many mails."""
    now = now or timezone.now()
    _reconcile(now)
    return _hand_over(now)


def wanted(now: datetime, reach: timedelta = REACH, of=None) -> dict[tuple, Reminder]:
    """Return the lines of the ledger that should exist, unsaved, by their key.

    They are about what begins within ``reach``, or later where a rule counts from
    the invitation, and about what is over where a rule counts from the end; to
    everybody, or to the persons ``of`` alone, a queryset or a list of their ids.
    """
    rules = Rules()
    parts, found = Invitee.objects.coming(), _events(rules, now, reach)
    if of is not None:
        parts = parts.filter(person__in=of)
        found = found.filter(pk__in=parts.values("event"))
    events = {event.pk: event for event in found}
    wishes = Preference.objects.filter(Q(wants_reminders=False) | Q(wants_last_hours=True))
    wishes = {each.person_id: each for each in wishes}
    holding = {pk: rules.of(event) for pk, event in events.items()}
    lines = {}
    for part in parts.filter(event__in=list(events)):
        event, wish = events[part.event_id], wishes.get(part.person_id)
        for rule in _about(part, holding[event.pk], wish):
            due = due_at(event, rule, part)
            if rule.anchor == Anchor.AFTER or max(due, now) < event.starts_at:
                line = _line(event, part, rule, due, wish)
                lines[key_of(line)] = line
    return lines


def _events(rules: Rules, now: datetime, reach: timedelta):
    ahead = max(reach, rules.longest(Anchor.BEFORE) + timedelta(days=1))
    behind = rules.longest(Anchor.AFTER) + HELPS_AFTER + timedelta(days=1)
    return Event.objects.live().filter(
        Q(starts_at__gt=now, starts_at__lte=now + ahead)
        | Q(starts_at__gt=now, kind__in=rules.kinds(Anchor.INVITED, Anchor.HALF))
        | Q(
            ends_at__gt=now - behind,
            starts_at__lte=now,
            kind__in=rules.kinds(Anchor.AFTER),
        )
        | Q(pk__in=Reminder.objects.filter(state=State.PLANNED).values("event"))
    )


def _about(part: Invitee, rules: list[Rule], wish: Preference | None):
    """Yield of ``rules``, nearest first, the one for each offset that is about ``part``."""
    decided = set()
    for rule in rules:
        if rule.offset_key not in decided and rule.is_about(part):
            decided.add(rule.offset_key)
            has_chosen = not rule.only_chosen or (wish and wish.wants_last_hours)
            if rule.is_on and has_chosen:
                yield rule


def _line(
    event: Event, part: Invitee, rule: Rule, due: datetime, wish: Preference | None
) -> Reminder:
    """Return a new line: planned, unless what she was told later than it was due says it all."""
    if wish and not wish.wants_reminders:
        state, reason = State.OPTED_OUT, OPTED_OUT
    elif due > max(part.since, event.scheduled_at):
        state, reason = State.PLANNED, ""
    elif event.schedule_version and event.scheduled_at >= part.since:
        state, reason = State.SUPERSEDED, MOVED
    else:
        state, reason = State.JOINED_LATE, JOINED_LATE
    return Reminder(
        event=event,
        schedule_version=event.schedule_version,
        person_id=part.person_id,
        offset_key=rule.offset_key,
        rule=rule,
        mail=rule.mail,
        due_at=due,
        useful_until=useful_until(event, rule, due),
        state=state,
        reason=reason,
    )


def key_of(row: Reminder) -> tuple:
    return row.event_id, row.schedule_version, row.person_id, row.offset_key


def _reconcile(now: datetime) -> None:
    lines = wanted(now)
    known = Reminder.objects.filter(
        Q(event__in={line.event_id for line in lines.values()}) | Q(state=State.PLANNED)
    )
    existing = {key_of(row): row for row in known.prefetch_related("event")}
    fresh = [line for key, line in lines.items() if key not in existing]
    for line in fresh:
        line.state, line.reason = _fate(line, line, now) or (line.state, line.reason)
    Reminder.objects.bulk_create(fresh, ignore_conflicts=True)
    gone = {row.event_id for key, row in existing.items() if key not in lines}
    invited = _invited(gone)
    changes, adjusted = defaultdict(list), []
    for key, row in existing.items():
        line = lines.get(key)
        fate = _fate(row, line, now) if line else _why_gone(row, now, invited)
        if fate:
            changes[row.state, *fate].append(row.pk)
        if line and _follows(row, line):
            adjusted.append(row)
    for (old, new, reason), pks in changes.items():
        Reminder.objects.filter(pk__in=pks, state=old).update(state=new, reason=reason)
    Reminder.objects.bulk_update(adjusted, ["rule", "mail", "due_at", "useful_until"])


def _invited(events: set[int]) -> set[Part]:
    coming = Invitee.objects.coming().filter(event__in=events)
    return set(coming.values_list("event_id", "person_id"))


def _fate(row: Reminder, line: Reminder, now: datetime) -> tuple[str, str] | None:
    """Return the state and the reason that ``row`` comes to where ``line`` should be, or None."""
    if row.state == State.PLANNED:
        if line.state == State.OPTED_OUT:
            return State.OPTED_OUT, OPTED_OUT
        if line.useful_until < now:
            return State.LATE, row.reason or TOO_LATE
    elif comes_back(row, line, now):
        return State.PLANNED, ""
    return None


def comes_back(row: Reminder, line: Reminder, now: datetime) -> bool:
    """Whether ``row``, which ended without a mail, is planned again because ``line`` should be."""
    until = line.useful_until if row.state == State.LATE else line.due_at
    return row.state in REVIVED and line.state == State.PLANNED and until > now


def _why_gone(row: Reminder, now: datetime, invited: set) -> tuple[str, str] | None:
    """Return the state and the reason of a planned ``row`` that should not be there any more."""
    if row.state != State.PLANNED:
        return None
    if not row.event.is_live:
        return State.CANCELLED, CALLED_OFF
    if row.schedule_version != row.event.schedule_version:
        return State.SUPERSEDED, CHANGED
    if row.useful_until < now:
        return State.LATE, row.reason or TOO_LATE
    if (row.event_id, row.person_id) not in invited:
        return State.CANCELLED, NOT_INVITED
    return State.CANCELLED, NO_RULE


def _follows(row: Reminder, line: Reminder) -> bool:
    """Let a line that is still to come follow its rule; returns whether anything changed."""
    if row.state not in {State.PLANNED, *REVIVED}:
        return False
    names = ("rule_id", "mail", "due_at", "useful_until")
    changed = [name for name in names if getattr(row, name) != getattr(line, name)]
    for name in changed:
        setattr(row, name, getattr(line, name))
    return bool(changed)


@transaction.atomic
def _hand_over(now: datetime) -> int:
    """Give to the outbox what is due and may go; the rest says why it waits or ends."""
    if not _is_alone():
        return 0
    rows = Reminder.objects.filter(state=State.PLANNED, due_at__lte=now).filter(
        Q(waits_until=None) | Q(waits_until__lte=now)
    )
    due = list(_locked(rows).prefetch_related("event", "person"))
    if not due:
        return 0
    going = Choice(
        held=held_back(due),
        last_due=_last_due(due),
        had=had_today(now, due),
    ).of(due, now)
    outbox.write_all(_messages(going, due))
    outcomes = defaultdict(list)
    for row in due:
        outcomes[row.state, row.reason, row.waits_until, row.is_optional].append(row.pk)
    for (state, reason, waits_until, is_optional), pks in outcomes.items():
        Reminder.objects.filter(pk__in=pks).update(
            state=state,
            reason=reason,
            waits_until=waits_until,
            is_optional=is_optional,
            message=MESSAGE if state == State.ENQUEUED else None,
        )
    return len(going)


def _locked(rows):
    """Keep whoever moves or cancels an event from ending a line that is being handed over."""
    return rows.select_for_update(of=("self",))


def _is_alone() -> bool:
    """Whether no other planner hands over right now. SQLite writes one at a time anyway."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [PLANNERS_LOCK])
        return cursor.fetchone()[0]


def held_back(rows: list[Reminder]) -> dict[tuple[str, Part], str]:
    """Return, by mail, event and person, why what ``rows`` would send has to wait."""
    parts = defaultdict(set)
    for row in rows:
        parts[row.mail].add((row.event_id, row.person_id))
    return {
        (name, part): reason
        for name, of_mail in parts.items()
        if (waits := mails.kind(name).waits)
        for part, reason in waits(of_mail).items()
    }


def _last_due(rows: list[Reminder]) -> dict[Part, datetime]:
    """Return when the last planned reminder of each event and person is due."""
    planned = Reminder.objects.filter(
        state=State.PLANNED, event__in={row.event_id for row in rows if row.event.is_deadline}
    )
    found = planned.order_by().values_list("event_id", "person_id").annotate(Max("due_at"))
    return {(event_id, person_id): due for event_id, person_id, due in found}


def had_today(now: datetime, rows: list[Reminder]) -> dict[date, set[int]]:
    """Return by day who had a reminder that could have waited, today."""
    today = now.astimezone(clock.ONTARIO)
    handed = Reminder.objects.filter(
        state=State.ENQUEUED,
        is_optional=True,
        person__in={row.person_id for row in rows},
        message__created_at__gte=today.replace(hour=0, minute=0, second=0, microsecond=0),
    )
    return {today.date(): set(handed.values_list("person_id", flat=True))}


def _key(row: Reminder) -> str:
    return f"reminder:{row.event_id}:{row.schedule_version}:{row.person_id}:{row.offset_key}"


# The mail of a line, found in the database by the key that ``_key`` gives it.
MESSAGE = Subquery(
    Message.objects.filter(
        dedupe_key=Concat(
            Value("reminder:"),
            Cast(OuterRef("event_id"), CharField()),
            Value(":"),
            Cast(OuterRef("schedule_version"), CharField()),
            Value(":"),
            Cast(OuterRef("person_id"), CharField()),
            Value(":"),
            OuterRef("offset_key"),
        )
    ).values("pk")[:1]
)


def _messages(going: list[Reminder], due: list[Reminder]) -> list[Message]:
    told = defaultdict(list)
    for row in due:
        if row.state == State.ENQUEUED or (row.state, row.reason) == TOLD:
            told[in_one_digest(row)].append(row)
    return [_message(row, told[in_one_digest(row)]) for row in going]


def _message(row: Reminder, told: list[Reminder]) -> Message:
    """Return the mail of ``row``; a digest is about all that are ``told`` in it."""
    about = {"event": row.event}
    if mails.kind(row.mail).is_digest:
        about = {"context": {"events": [[each.event_id, each.schedule_version] for each in told]}}
    return outbox.unsaved(
        row.mail,
        row.person,
        key=_key(row),
        lane=Message.Lane.REMINDER,
        expires_at=max(each.useful_until for each in told),
        **about,
    )
