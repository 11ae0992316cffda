"""What people last heard of an event, and what is different by now."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cached_property

from django.db.models import Max, Q

from accounts import clock
from accounts.models import User
from notifications.models import Event, Invitee, Message, PastSchedule

HEARD = {Message.State.SENT, Message.State.UNKNOWN}


class Hearing:
    """What ``people``, by their keys, have heard of ``event``, asked once for all of them."""

    def __init__(self, event: Event, people: Collection[int]):
        self.event, self.people = event, people

    def last_told(self, person: int) -> Event | PastSchedule | None:
        """Return how the event stood when ``person`` last heard of it; None where nobody knows.

        She hears by mail about the event, by mail whose context names its ``series``, because it
        tells of all events ahead in it, and by being invited. Mail about the version of now does
        not count, nor what followed it: it may be the very one that is to be written, sent again.
        """
        if not self._past:
            return None
        versions = [v for v, state, _tries in self._earlier(person) if state in HEARD]
        moment = self._heard_of_series(person)
        stood = self._as_it_stood(moment) if moment else None
        if not versions or (stood and stood.schedule_version >= max(versions)):
            return stood
        return self.event if max(versions) > max(self._past) else self._past.get(max(versions))

    def may_know_better(self, person: int, told: Event | PastSchedule) -> bool:
        """Whether mail about a version between ``told`` and now was begun, and may have arrived."""
        return any(v > told.schedule_version and tries for v, _, tries in self._earlier(person))

    def _earlier(self, person: int) -> list[tuple[int, str, int]]:
        now = self.event.schedule_version
        return [mail for mail in self._mails.get(person, []) if mail[0] < now]

    def _heard_of_series(self, person: int) -> datetime | None:
        """Return when she was last told of all that lies ahead, or was invited."""
        now = self.event.schedule_version
        is_told = any(v == now and state in HEARD for v, state, _ in self._mails.get(person, []))
        since = "before" if is_told and self.event.is_live else "ever"
        moments = [self._of_series.get(person, {}).get(since), self._invited.get(person)]
        return max(filter(None, moments), default=None)

    def _as_it_stood(self, moment: datetime) -> Event | PastSchedule:
        past = self._past.values()
        return next((row for row in past if row.until >= moment), self.event)

    @cached_property
    def _past(self) -> dict[int, PastSchedule]:
        rows = self.event.past.order_by("schedule_version")
        return {row.schedule_version: row for row in rows}

    @cached_property
    def _mails(self) -> dict[int, list[tuple[int, str, int]]]:
        """By person, the mails about the event: version, state, tries that were begun."""
        found: dict[int, list] = {}
        mails = Message.objects.filter(event=self.event, recipient__in=self.people)
        for person, *mail in mails.exclude(schedule_version=None).values_list(
            "recipient", "schedule_version", "state", "attempts_made"
        ):
            found.setdefault(person, []).append(tuple(mail))
        return found

    @cached_property
    def _of_series(self) -> dict[int, dict[str, datetime | None]]:
        """By person, the last mail of the series: of all, and before the event stood as now."""
        mails = Message.objects.filter(
            event=None,
            context__series=self.event.series_id,
            recipient__in=self.people,
            state__in=HEARD,
        )
        before = Q(sent_at__lt=self.event.scheduled_at)
        rows = mails.values("recipient").annotate(
            ever=Max("sent_at"), before=Max("sent_at", filter=before)
        )
        return {row["recipient"]: row for row in rows.order_by()}

    @cached_property
    def _invited(self) -> dict[int, datetime]:
        parts = Invitee.objects.filter(event=self.event, person__in=self.people)
        return dict(parts.values_list("person", "since"))


def ask_at_once(messages: Iterable[Message]) -> None:
    """Let the first of ``messages`` that asks what its reader heard of the event ask for all.

    They share their events. Who gets two of them is asked by herself, when it is her turn: the
    one before may have told her what the next would.
    """
    readers: dict[int, list[Message]] = {}
    for message in messages:
        readers.setdefault(message.recipient_id, []).append(message)
    alone = [mails[0] for mails in readers.values() if len(mails) == 1 and mails[0].event]
    for event in {message.event for message in alone}:
        event.hearing = Hearing(event, {m.recipient_id for m in alone if m.event_id == event.pk})


def hearing(event: Event, person: User) -> Hearing:
    """Return what is known of ``person``, from the asking that she is part of, or by itself."""
    asked = getattr(event, "hearing", None)
    return asked if asked and person.pk in asked.people else Hearing(event, {person.pk})


def changed(event: Event, told: Event | PastSchedule) -> dict[str, dict]:
    """Return what is no longer as in ``told``: by name, what it ``was``, in words or minutes."""
    now, before = _facts(event), _facts(told)
    return {name: {"was": before[name]} for name in now if now[name] != before[name]}


def _facts(schedule: Event | PastSchedule) -> dict:
    return {
        "when": clock.spoken(schedule.starts_at, schedule.zone),
        "minutes": schedule.length_minutes,
        "place": schedule.place,
        "join_link": schedule.join_link,
        "dial_in": schedule.dial_in,
    }
