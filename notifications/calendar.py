"""The doors to Event and Invitee. Nothing else writes who is invited to what, and when.

Called inside the transaction of the verb that causes it. ``hold``, ``move``,
``cancel``, ``owe`` and ``settle`` are about one event; ``invite``, ``dismiss``
and ``add_event`` say the same of a whole series.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts import clock
from accounts.models import User, Zone
from notifications import notices
from notifications.models import Event, Invitee, Kind, PastSchedule, Role, Series, Standing

# Owed by whoever holds the role in a series, not by one person.
DUTIES = {Kind.NOTES_DUE: Role.FACILITATOR, Kind.OUTCOME_DUE: Role.MEMBER}
SCHEDULE = ("local_on", "local_at", "zone", "starts_at", "ends_at", "place", "join_link", "dial_in")


class Moved(Exception):
    """Somebody else changed the event since it was read."""


def hold(
    kind: Kind,
    wall: datetime,
    *,
    minutes: int = 0,
    zone: str = Zone.TORONTO,
    fold: int | None = None,
    series: Series | None = None,
    **facts,
) -> Event:
    """Put an event into the calendar: ``wall`` is the naive time on the clock of ``zone``.

    ``minutes`` is its length, 0 for a deadline. Raises ValidationError when the time
    does not exist on that day, or exists twice and ``fold`` (0 first, 1 second) is None.
    """
    times = _times(wall, minutes, zone, fold)
    return Event.objects.create(kind=kind, series=series, **times, **facts)


@transaction.atomic
def move(
    event: Event,
    wall: datetime | None = None,
    *,
    minutes: int | None = None,
    fold: int | None = None,
    anew: bool = False,
    **facts,
) -> None:
    """Change when or where ``event`` is, and tell those invited if that changed anything.

    An answer is about the time it was given for: at another time everyone is asked anew.
    ``anew`` is a change in itself. Raises Moved when its version is no longer the one read.
    """
    if wall is not None or minutes is not None or "zone" in facts:
        if wall is None:
            wall, fold = datetime.combine(event.local_on, event.local_at), event.local_start.fold
        length = event.length_minutes if minutes is None else minutes
        facts |= _times(wall, length, facts.pop("zone", event.zone), fold)
    schedule_changed = anew or any(
        name in SCHEDULE and getattr(event, name) != value for name, value in facts.items()
    )
    if schedule_changed:
        facts["scheduled_at"] = timezone.now()
    before = _as_it_stands(event)
    begins_anew = facts.get("starts_at", event.starts_at) != event.starts_at
    still = Event.objects.filter(
        pk=event.pk, schedule_version=event.schedule_version, cancelled_at=None
    )
    if not still.update(schedule_version=F("schedule_version") + int(schedule_changed), **facts):
        raise Moved
    event.refresh_from_db()
    if begins_anew:
        event.invitees.update(answer=Invitee.Answer.NONE, answered_at=None)
    if schedule_changed:
        if not event.is_deadline:
            PastSchedule.objects.create(event=event, until=event.scheduled_at, **before)
        notices.event_moved(event)


def _as_it_stands(event: Event) -> dict:
    names = ("schedule_version", "zone", "starts_at", "ends_at", "place", "join_link", "dial_in")
    return {name: getattr(event, name) for name in names}


@transaction.atomic
def cancel(event: Event, *, reason: str = "") -> bool:
    """Call ``event`` off, once, and tell everyone who had heard of it, and the ``reason``.

    Return whether it was this call that did it: of two at once, one does.
    """
    is_first = (
        Event.objects.live()
        .filter(pk=event.pk)
        .update(
            cancelled_at=timezone.now(),
            cancel_reason=reason,
            schedule_version=F("schedule_version") + 1,
        )
    )
    if is_first:
        event.refresh_from_db()
        notices.event_cancelled(event)
    return bool(is_first)


def owe(event: Event, person: User, role: Role) -> Invitee:
    """Invite ``person`` to ``event``, or let her owe what falls due then. Rejoining reopens."""
    invitee, is_new = Invitee.objects.get_or_create(
        event=event, person=person, defaults={"role": role}
    )
    if not is_new and (invitee.until is not None or invitee.role != role):
        if invitee.until is not None:
            invitee.since, invitee.until = timezone.now(), None
            invitee.answer, invitee.answered_at = Invitee.Answer.NONE, None
        invitee.role = role
        invitee.save(update_fields=["since", "until", "role", "answer", "answered_at"])
    return invitee


@transaction.atomic
def owe_anew(event: Event, person: User, role: Role, wall: datetime | None = None) -> None:
    """Let ``person`` owe ``event``, a deadline of hers alone, as if she were asked only now.

    What she was reminded of before counts no more. ``wall`` is another day to owe it by.
    Raises Moved as ``move`` does.
    """
    move(event, wall, anew=True)
    owe(event, person, role)
    event.invitees.filter(person=person).update(since=timezone.now())


def settle(event: Event, person: User | None = None, *, tell: bool = True) -> None:
    """End the part of ``person`` (of everyone, when None) in ``event`` and the reminders.

    Who had mail about a gathering gets another that takes it out of her calendar, unless ``tell``
    is False: the caller then writes one that says more.
    """
    parts = Invitee.objects.current().filter(event=event)
    if person is not None:
        parts = parts.filter(person=person)
    if tell:
        notices.left_out(parts, event)
    parts.update(until=timezone.now())
    notices.no_longer_invited(event, person)


@transaction.atomic
def invite(series: Series, person: User, role: Role) -> None:
    """Let ``person`` stand invited to ``series``: to its events ahead, and to new ones."""
    _lock(series)
    Standing.objects.update_or_create(
        series=series,
        person=person,
        defaults={"role": role, "since": timezone.now(), "until": None},
    )
    ahead = series.events.live().ahead()
    for event in [*ahead.for_everyone(), *_still_owed(ahead, series, person, role)]:
        owe(event, person, role)


@transaction.atomic
def dismiss(series: Series, person: User) -> list[Event]:
    """End what ``invite`` began: no gathering that lies ahead, no duty that is still open.

    Returns the gatherings that she no longer belongs to, for one mail about all of them.
    """
    _lock(series)
    Standing.objects.filter(series=series, person=person, until=None).update(until=timezone.now())
    still = series.events.live().of_person(person)
    ended = list(still.ahead() | still.deadlines())
    for event in ended:
        settle(event, person, tell=False)
    return [event for event in ended if not event.is_deadline]


@transaction.atomic
def add_event(series: Series, kind: Kind, wall: datetime, **facts) -> Event:
    """Hold an event in ``series`` and invite everyone standing there, or whose duty it is."""
    _lock(series)
    event = hold(kind, wall, series=series, **facts)
    Invitee.objects.bulk_create(
        Invitee(event=event, person_id=standing.person_id, role=standing.role)
        for standing in series.standings.filter(until=None)
        if DUTIES.get(kind, standing.role) == standing.role
    )
    return event


@transaction.atomic
def hand_over(lost: User, kept: User) -> None:
    """Let ``kept`` stand, be invited and owe wherever ``lost`` did: both are the same person.

    Where both were invited, the part of ``lost`` ends in silence and stays as it was.
    """
    for standing in lost.standings.all():
        same = kept.standings.filter(series=standing.series_id)
        if not same.exists():
            lost.standings.filter(pk=standing.pk).update(person=kept)
        elif standing.until is None:
            same.update(role=standing.role, until=None)
            lost.standings.filter(pk=standing.pk).update(until=timezone.now())
    for part in Invitee.objects.filter(person=lost).select_related("event"):
        if not Invitee.objects.filter(event=part.event, person=kept).exists():
            Invitee.objects.filter(pk=part.pk).update(person=kept)
        elif part.until is None:
            owe(part.event, kept, part.role)
            Invitee.objects.filter(pk=part.pk).update(until=timezone.now())


def _still_owed(events, series, person, role):
    """Return the duties of ``role`` among ``events`` that nobody else who stands here settled."""
    settled = Invitee.objects.exclude(Q(until=None) | Q(person=person)).filter(
        event=OuterRef("pk"), person__standings__series=series, person__standings__until=None
    )
    duties = [kind for kind, whose in DUTIES.items() if whose == role]
    return events.filter(kind__in=duties).exclude(Exists(settled))


def _lock(series: Series) -> None:
    """Let who joins a series and what is added to it wait for each other: neither is missed."""
    Series.objects.select_for_update(of=("self",)).get(pk=series.pk)


def _times(wall: datetime, minutes: int, zone: str, fold: int | None) -> dict:
    starts_at = clock.instant(wall, zone, fold=fold)
    return {
        "local_on": wall.date(),
        "local_at": wall.time(),
        "zone": zone,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=minutes),
    }
