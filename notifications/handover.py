"""What of all that is due may go now: the newest of several, one digest, one optional a day.

A reminder is optional, decision 0027, unless it is about a gathering of today or
tomorrow or is the last one before a deadline.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from accounts import clock
from notifications import mails
from notifications.mails import Part
from notifications.models import Reminder
from notifications.reasons import IN_DIGEST, NEWER, NO_DAY_LEFT, ONE_A_DAY
from notifications.rules import EARLIEST

State = Reminder.State
TOLD = (State.SUPERSEDED, IN_DIGEST)


class Choice:
    """Choose among reminders that are due, at one moment after another.

    ``held`` says by mail, event and person why something has to wait, ``last_due``
    by event and person when the last planned reminder is due, ``had`` by day who
    had an optional one; what is chosen is added to it.
    """

    def __init__(
        self,
        *,
        held: dict[tuple[str, Part], str],
        last_due: dict[Part, datetime],
        had: dict[date, set[int]],
    ):
        self.held, self.last_due = held, last_due
        self.had = defaultdict(set, had)

    def of(self, due: list[Reminder], now: datetime) -> list[Reminder]:
        """Return those of ``due`` that go at ``now``; each is told its state and its reason."""
        ready = []
        for row in due:
            row.reason = self.held.get((row.mail, _about_one_event(row)), "")
            if not row.reason:
                ready.append(row)
        ready, older = _one_of_each(ready, _about_one_event, lambda row: (row.due_at, row.pk))
        ready, told_of = _one_of_each(ready, in_one_digest, _soonest_last)
        going = [row for row in sorted(ready, key=_soonest) if self._goes(row, now)]
        # A digest first: the newer of two may be told of there.
        for given_way, reason in ((told_of, IN_DIGEST), (older, NEWER)):
            for row, other in given_way:
                if other.state == State.ENQUEUED or (other.state, other.reason) == TOLD:
                    row.state, row.reason = State.SUPERSEDED, reason
                else:
                    _wait(row, now)  # what should have gone instead has not
        return going

    def _goes(self, row: Reminder, now: datetime) -> bool:
        local = now.astimezone(clock.ONTARIO)
        row.is_optional = self._is_optional(row, now)
        if row.is_optional and row.person_id in self.had[local.date()]:
            _wait(row, now)
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


def _wait(row: Reminder, now: datetime) -> None:
    """Let ``row`` wait for the next morning, or end where that is too late."""
    tomorrow = now.astimezone(clock.ONTARIO).date() + timedelta(days=1)
    morning = datetime.combine(tomorrow, EARLIEST, tzinfo=clock.ONTARIO)
    if morning > row.useful_until:
        row.state, row.reason = State.SUPERSEDED, NO_DAY_LEFT
    else:
        row.waits_until, row.reason = morning, ONE_A_DAY


def _one_of_each(rows, group_of, weight) -> tuple[list[Reminder], list[tuple]]:
    """Return the heaviest row of each group, and the others, each with what it gives way to."""
    groups = defaultdict(list)
    for row in sorted(rows, key=weight):
        groups[group_of(row)].append(row)
    given_way = [(row, group[-1]) for group in groups.values() for row in group[:-1]]
    return [group[-1] for group in groups.values()], given_way


def _about_one_event(row: Reminder) -> Part:
    return row.event_id, row.person_id


def in_one_digest(row: Reminder) -> tuple:
    """Return what is the same for all that one email tells of."""
    if mails.kind(row.mail).is_digest:
        return row.person_id, row.mail, row.event.series_id
    return row.person_id, row.event_id


def _soonest(row: Reminder) -> tuple:
    return row.event.starts_at, row.event_id, row.person_id


def _soonest_last(row: Reminder) -> tuple:
    return -row.event.starts_at.timestamp(), -row.event_id
