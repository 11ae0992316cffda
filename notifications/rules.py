"""Which rules hold for an event, whom each is about, and when it falls due."""

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifications import mails
from notifications.models import Event, Invitee, Rule, Series
from notifications.models.reminder import OFFSET_AND_AUDIENCE, Unit

EARLIEST, LATEST = time(8), time(20)
LEAST_NOTICE = timedelta(minutes=30)
# How long what is sent after the fact still helps, for example a recording that comes late.
HELPS_AFTER = timedelta(days=7)

Anchor = Rule.Anchor


class Rules:
    """All rules as they stand now, read once; those of mail that is no more are left out."""

    def __init__(self):
        self._by_kind = defaultdict(list)
        for rule in Rule.objects.select_related("series", "event"):
            if mails.is_known(rule.mail):
                self._by_kind[rule.kind].append(rule)
        self._parents = dict(Series.objects.values_list("pk", "parent_id"))

    def of(self, event: Event) -> list[Rule]:
        """Return the rules for ``event``: its own, its community's, its cohort's, the defaults.

        Of two in the same place, the one for fewer people stands first.
        """
        line = self._line(event.series_id)

        def distance(rule: Rule) -> int | None:
            if rule.event_id:
                return 0 if rule.event_id == event.pk else None
            if rule.series_id:
                return 1 + line.index(rule.series_id) if rule.series_id in line else None
            return len(line) + 1

        def width(rule: Rule) -> int:
            return (
                (rule.role == "")
                + (rule.answer == Rule.Answer.NOT_NO)
                + (rule.attendance == Rule.Attendance.ANY)
            )

        near = [
            (distance(rule), width(rule), rule.pk, rule)
            for rule in self._by_kind[event.kind]
            if distance(rule) is not None
        ]
        return [rule for *_order, rule in sorted(near, key=lambda entry: entry[:3])]

    def in_force(self, event: Event) -> list[Rule]:
        """Return what holds for ``event``: of rules for one offset and audience, the nearest."""
        nearest = {}
        for rule in self.of(event):
            nearest.setdefault(tuple(getattr(rule, name) for name in OFFSET_AND_AUDIENCE), rule)
        return sorted(nearest.values(), key=lambda rule: (rule.anchor, -days_of(rule), rule.pk))

    def longest(self, *anchors: str) -> timedelta:
        """Return the longest offset counted from one of ``anchors``."""
        return max(
            (timedelta(days=days_of(rule)) for rule in self if rule.anchor in anchors),
            default=timedelta(0),
        )

    def kinds(self, *anchors: str) -> set[str]:
        """Return the kinds of event that have a rule counted from one of ``anchors``."""
        return {rule.kind for rule in self if rule.anchor in anchors}

    def __iter__(self):
        return (rule for rules in self._by_kind.values() for rule in rules)

    def _line(self, series_id: int | None) -> list[int]:
        line = []
        while series_id:
            line.append(series_id)
            series_id = self._parents[series_id]
        return line


def days_of(rule: Rule) -> float:
    """Return the offset of ``rule`` in days."""
    return rule.amount if rule.unit == Unit.DAYS else rule.amount / 24


def due_at(event: Event, rule: Rule, part: Invitee | None = None) -> datetime:
    """Return when ``rule`` reminds of ``event``, in UTC; ``part`` says since when she is invited.

    Days keep the wall clock of the event, between 8 in the morning and 8 in the
    evening; hours, and half of the way, are elapsed time.
    """
    match rule.anchor:
        case Anchor.BEFORE:
            return _shift(event.starts_at, rule, event.zone, -1)
        case Anchor.AFTER:
            return _shift(event.ends_at, rule, event.zone, +1)
        case Anchor.INVITED:
            return _shift(part.since, rule, event.zone, +1)
    return part.since + (event.starts_at - part.since) / 2


def _shift(moment: datetime, rule: Rule, zone: str, sign: int) -> datetime:
    if rule.unit == Unit.HOURS:
        return moment + sign * timedelta(hours=rule.amount)
    local = moment.astimezone(ZoneInfo(zone))
    on = local.date() + sign * timedelta(days=rule.amount)
    at = min(max(local.time(), EARLIEST), LATEST)
    return datetime.combine(on, at, ZoneInfo(zone)).astimezone(UTC)


def useful_until(event: Event, rule: Rule, due: datetime) -> datetime:
    """Return until when a late reminder still helps.

    Before the start: half its offset, and half an hour before. After it: a week.
    """
    if rule.anchor == Anchor.AFTER:
        return due + HELPS_AFTER
    return min(due + (event.starts_at - due) / 2, event.starts_at - LEAST_NOTICE)
