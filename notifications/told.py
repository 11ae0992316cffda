"""What a person last heard of an event, and what is different by now."""

from datetime import datetime

from django.db.models import Max, Q

from accounts import clock
from accounts.models import User
from notifications.models import Event, Invitee, Message, PastSchedule
from notifications.readers import asked_at_once

HEARD = {Message.State.SENT, Message.State.UNKNOWN}


def last_told(event: Event, person: User) -> Event | PastSchedule | None:
    """Return how ``event`` stood when ``person`` last heard of it; None where nobody knows.

    She hears by mail about the event, by mail whose context names its ``series``, because it
    tells of all events ahead in it, and by being invited. Mail about the version of now does
    not count, nor what followed it: it may be the very one that is to be written, sent again.
    """
    past = _past(event, person)
    if not past:
        return None
    versions = [version for version, state, _tries in _earlier(event, person) if state in HEARD]
    moment = _heard_of_series(event, person)
    stood = _as_it_stood(event, moment, past.values()) if moment else None
    if not versions or (stood and stood.schedule_version >= max(versions)):
        return stood
    return event if max(versions) > max(past) else past.get(max(versions))


def may_know_better(event: Event, person: User, told: Event | PastSchedule) -> bool:
    """Whether mail about a version between ``told`` and now was begun, and may have arrived."""
    earlier = _earlier(event, person)
    return any(version > told.schedule_version and tries for version, _, tries in earlier)


@asked_at_once
def part(event: Event, people: set[int]) -> dict[int, Invitee]:
    """The part that each has, or had, in ``event``."""
    parts = Invitee.objects.filter(event=event, person__in=people)
    fields = ("event_id", "person_id", "role", "since", "until", "answer")
    return {row.person_id: row for row in parts.order_by().only(*fields)}


def _earlier(event: Event, person: User) -> list[tuple[int, str, int]]:
    return [mail for mail in _mails(event, person) or [] if mail[0] < event.schedule_version]


def _heard_of_series(event: Event, person: User) -> datetime | None:
    """Return when she was last told of all that lies ahead, or was invited."""
    now = event.schedule_version
    mails = _mails(event, person) or []
    is_told = any(version == now and state in HEARD for version, state, _tries in mails)
    series = _mail_of_series(event, person) or {}
    hers = part(event, person)
    moments = [
        series.get("before" if is_told and event.is_live else "ever"),
        hers and hers.since,
    ]
    return max(filter(None, moments), default=None)


def _as_it_stood(event: Event, moment: datetime, past) -> Event | PastSchedule:
    return next((row for row in past if row.until >= moment), event)


@asked_at_once
def _past(event: Event, people: set[int]) -> dict[int, dict[int, PastSchedule]]:
    """What was before, by version, the same for everybody."""
    past = {row.schedule_version: row for row in event.past.order_by("schedule_version")}
    return dict.fromkeys(people, past)


@asked_at_once
def _mails(event: Event, people: set[int]) -> dict[int, list[tuple[int, str, int]]]:
    """The mails about ``event``: the version, the state and the tries that were begun."""
    found: dict[int, list] = {}
    mails = Message.objects.filter(event=event, recipient__in=people, schedule_version__gte=0)
    facts = ("recipient", "schedule_version", "state", "attempts_made")
    for person, *mail in mails.order_by().values_list(*facts):
        found.setdefault(person, []).append(tuple(mail))
    return found


@asked_at_once
def _mail_of_series(event: Event, people: set[int]) -> dict[int, dict[str, datetime | None]]:
    """The last mail of the series: of all, and of that ``before`` the event stood as now."""
    mails = Message.objects.filter(
        event=None, context__series=event.series_id, recipient__in=people, state__in=HEARD
    )
    earlier = Q(sent_at__lt=event.scheduled_at)
    rows = (
        mails.order_by()
        .values("recipient")
        .annotate(ever=Max("sent_at"), before=Max("sent_at", filter=earlier))
    )
    return {row["recipient"]: row for row in rows}


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
