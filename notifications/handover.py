"""What of all that is due may go now: the newest of several, one digest, one optional a day.

A reminder is optional, decision 0027, unless it is about a gathering of today or
tomorrow or is the last one before a deadline.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from accounts import clock
from notifications import mails
from notifications.models import Reminder
from notifications.reasons import IN_DIGEST, NEWER, NO_DAY_LEFT, ONE_A_DAY
from notifications.rules import EARLIEST

State = Reminder.State


class Choice:
    """Choose among reminders that are due, at one moment after another.

    ``held`` says by mail and event why something has to wait, ``last_due`` by
    event and person when the last planned reminder is due, ``had`` by day who
    had an optional one; what is chosen is added to it.
    """

    def __init__(
        self,
        *,
        held: dict[tuple[str, int], str],
        last_due: dict[tuple[int, int], datetime],
        had: dict[date, set[int]],
    ):
        self.held, self.last_due = held, last_due
        self.had = defaultdict(set, had)

    def of(self, due: list[Reminder], now: datetime) -> list[Reminder]:
        """Return those of ``due`` that go at ``now``; each is told its state and its reason."""
        ready = []
        for row in due:
            row.reason = self.held.get((row.mail, row.event_id), "")
            if not row.reason:
                ready.append(row)
        ready = _one_of_each(ready, _about_one_event, lambda row: (row.due_at, row.pk), NEWER)
        ready = _one_of_each(ready, _in_one_digest, _soonest_last, IN_DIGEST)
        return [row for row in sorted(ready, key=_soonest) if self._goes(row, now)]

    def _goes(self, row: Reminder, now: datetime) -> bool:
        local = now.astimezone(clock.ONTARIO)
        row.is_optional = self._is_optional(row, now)
        if row.is_optional and row.person_id in self.had[local.date()]:
            morning = datetime.combine(
                local.date() + timedelta(days=1), EARLIEST, tzinfo=clock.ONTARIO
            )
            if morning > row.useful_until:
                row.state, row.reason = State.SUPERSEDED, NO_DAY_LEFT
            else:
                row.waits_until, row.reason = morning, ONE_A_DAY
            return False
        if row.is_optional:
            self.had[local.date()].add(row.person_id)
        row.state = State.ENQUEUED
        return True

    def _is_optional(self, row: Reminder, now: datetime) -> bool:
        event = row.event
        if event.is_deadline:
            is_last = row.due_at >= self.last_due.get(_about_one_event(row), row.due_at)
            return not (is_last and row.due_at < event.starts_at)
        tomorrow = now.astimezone(ZoneInfo(event.zone)).date() + timedelta(days=1)
        return event.is_over or event.local_on > tomorrow


def _one_of_each(rows, group_of, weight, reason) -> list[Reminder]:
    """Return the heaviest row of each group; the others are superseded for ``reason``."""
    kept = {}
    for row in sorted(rows, key=weight):
        group = group_of(row)
        if group in kept:
            kept[group].state, kept[group].reason = State.SUPERSEDED, reason
        kept[group] = row
    return list(kept.values())


def _about_one_event(row: Reminder) -> tuple:
    return row.event_id, row.person_id


def _in_one_digest(row: Reminder) -> tuple:
    return row.person_id, row.mail if mails.kind(row.mail).is_digest else row.event_id


def _soonest(row: Reminder) -> tuple:
    return row.event.starts_at, row.event_id, row.person_id


def _soonest_last(row: Reminder) -> tuple:
    return -row.event.starts_at.timestamp(), -row.event_id
