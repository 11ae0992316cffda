"""Mail that an event itself gives rise to: it moved, it is off, a person is out of it."""

from collections import Counter
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import User
from notifications import outbox
from notifications.models import Event, Invitee, Message, Reminder

MOVED, CANCELLED = "event-moved", "event-cancelled"
GONE = [Message.State.SENT, Message.State.SENDING, Message.State.UNKNOWN]
SETTLING = timedelta(minutes=5)
SOON = timedelta(hours=1)


def event_moved(event: Event) -> None:
    """Tell those invited that ``event`` changed, and let what was planned for its old time go."""
    _withdraw(event, Reminder.State.SUPERSEDED, gettext_noop("the event has changed since"))
    if not (event.is_deadline or event.is_over):
        waits = follows_another(event) and not is_urgent(event)
        facts = {"not_before": timezone.now() + SETTLING} if waits else {}
        _tell(MOVED, event, told_of_change(event), **facts)


def told_of_change(event: Event):
    """Return, as a queryset, the people who are told when ``event`` changes."""
    return User.objects.filter(_invited(event)).order_by("name", "email")


def follows_another(event: Event) -> bool:
    """Whether a notice now would soon follow another: it waits, so that who moves it once more
    sends one.
    """
    lately = timezone.now() - SETTLING
    return Message.objects.filter(event=event, kind=MOVED, created_at__gt=lately).exists()


def is_urgent(event: Event) -> bool:
    """Whether ``event`` begins within the hour, or was to until just now: no notice of it waits."""
    now = timezone.now()
    until_now = event.past.filter(until__gt=now - SETTLING, starts_at__lt=now + SOON)
    return event.starts_at < now + SOON or until_now.exists()


def event_cancelled(event: Event) -> None:
    """Tell everyone invited, and everyone who had mail about ``event``, that it is off."""
    _withdraw(event, Reminder.State.CANCELLED, gettext_noop("the event is cancelled"))
    if not (event.is_deadline or event.is_over):
        _tell(CANCELLED, event, told_of_end(event))


def told_of_end(event: Event):
    """Return, as a queryset, the people who are told when ``event`` is called off."""
    people = User.objects.filter(_invited(event) | _had_mail(event, "pk"))
    return people.order_by("name", "email")


def how_many_at_end(events) -> dict[int, int]:
    """Return, by key of each of ``events``, how many ``told_of_end`` would return: two queries."""
    keys = [event.pk for event in events]
    invited = Invitee.objects.current().filter(event__in=keys)
    had_mail = Message.objects.filter(event__in=keys, state__in=GONE)
    pairs = {*invited.values_list("event", "person"), *had_mail.values_list("event", "recipient")}
    return Counter(event for event, _person in pairs)


def of_now(event: Event) -> list[Message]:
    """Return the notices of how ``event`` stands now, with whom each is to."""
    notices = Message.objects.filter(
        event=event, kind__in=[MOVED, CANCELLED], schedule_version=event.schedule_version
    )
    return list(notices.select_related("recipient").order_by("recipient__name", "pk"))


def left_out(parts, event: Event) -> None:
    """Tell those of ``parts`` (a queryset of invitees) who had mail about ``event`` that it goes
    on without them.
    """
    if event.is_deadline or event.is_over or not event.is_live:
        return
    fresh = [
        outbox.unsaved(
            "event-left",
            part.person,
            key=f"event-left:{event.pk}:{part.person_id}:{part.since.timestamp():.0f}",
            event=event,
        )
        for part in parts.filter(_had_mail(event, "person")).select_related("person")
    ]
    for message in fresh:
        message.schedule_version = None  # it holds whenever the event is: nobody tells her of that
    outbox.write_all(fresh)


def no_longer_invited(event: Event, person: User | None = None) -> None:
    """Let no reminder of ``event``, or of its new time, reach ``person`` (None: anybody) now."""
    planned = Reminder.objects.filter(event=event, state=Reminder.State.PLANNED)
    waiting = Message.objects.filter(
        Q(lane=Message.Lane.REMINDER) | Q(kind=MOVED),
        event=event,
        state=Message.State.QUEUED,
    )
    if person is not None:
        planned, waiting = planned.filter(person=person), waiting.filter(recipient=person)
    reason = gettext_noop("no longer invited, or cannot come")
    planned.update(state=Reminder.State.CANCELLED, reason=reason)
    waiting.update(state=Message.State.CANCELLED, reason=reason)


def _invited(event: Event) -> Q:
    return Q(pk__in=event.invitees.current().values("person"))


def _had_mail(event: Event, person: str) -> Q:
    """Return the condition that mail about ``event`` went to whom the field ``person`` names.

    Also mail that only perhaps did.
    """
    about = Message.objects.filter(event=event, state__in=GONE)
    return Q(**{f"{person}__in": about.values("recipient")})


def _withdraw(event: Event, state: str, reason: str) -> None:
    planned = Reminder.objects.filter(event=event, state=Reminder.State.PLANNED)
    planned.update(state=state, reason=reason)
    Message.objects.filter(
        event=event,
        state__in=[Message.State.DRAFT, Message.State.QUEUED],
        schedule_version__lt=event.schedule_version,
    ).update(state=Message.State.SUPPRESSED, reason=reason, secret=b"")


def _tell(kind: str, event: Event, people, **facts) -> None:
    outbox.write_all(
        [
            outbox.unsaved(
                kind,
                person,
                key=f"{kind}:{event.pk}:{event.schedule_version}:{person.pk}",
                event=event,
                **facts,
            )
            for person in people
        ]
    )
