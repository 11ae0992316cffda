"""What a person last heard of an event, and what is different by now."""

from datetime import datetime

from django.db.models import Max

from accounts import clock
from accounts.models import User
from notifications.models import Event, Invitee, Message, PastSchedule

HEARD = (Message.State.SENT, Message.State.UNKNOWN)


def last_told(event: Event, person: User) -> Event | PastSchedule | None:
    """Return how ``event`` stood when ``person`` last heard of it; None where nobody knows.

    She hears by mail about the event, by mail whose context names its ``series``, because it
    tells of all events ahead in it, and by being invited. Mail about the version of now does
    not count, nor what followed it: it may be the very one that is to be written, sent again.
    """
    past = {row.schedule_version: row for row in event.past.order_by("schedule_version")}
    if not past:
        return None
    sent = Message.objects.filter(recipient=person, state__in=HEARD)
    earlier = sent.filter(event=event, schedule_version__lt=event.schedule_version)
    version = earlier.aggregate(last=Max("schedule_version"))["last"]
    moment = _heard_of_series(event, person, sent)
    stood = _as_it_stood(event, moment, past.values()) if moment else None
    if version is None or (stood and stood.schedule_version >= version):
        return stood
    return event if version > max(past) else past.get(version)


def _heard_of_series(event: Event, person: User, sent) -> datetime | None:
    """Return when she was last told of all that lies ahead, or was invited."""
    of_series = sent.filter(event=None, context__series=event.series_id)
    is_told = sent.filter(event=event, schedule_version=event.schedule_version).exists()
    if is_told and event.is_live:
        of_series = of_series.filter(sent_at__lt=event.scheduled_at)
    invited = Invitee.objects.filter(event=event, person=person)
    moments = [
        of_series.aggregate(last=Max("sent_at"))["last"],
        invited.aggregate(last=Max("since"))["last"],
    ]
    return max(filter(None, moments), default=None)


def _as_it_stood(event: Event, moment: datetime, past) -> Event | PastSchedule:
    return next((row for row in past if row.until >= moment), event)


def may_know_better(event: Event, person: User, told: Event | PastSchedule) -> bool:
    """Whether mail about a version between ``told`` and now was begun, and may have arrived."""
    return Message.objects.filter(
        recipient=person,
        event=event,
        schedule_version__gt=told.schedule_version,
        schedule_version__lt=event.schedule_version,
        attempts_made__gt=0,
    ).exists()


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
