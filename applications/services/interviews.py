"""Publishing slots, and one applicant's way through them: book, move, give back.

Whatever changes a booking locks in one order: the application, the slots by
id, the interview. Two people who want the same slot wait for each other there.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import clock
from accounts.lifecycle import InvalidTransition
from accounts.models import User
from applications.models import Application, Interview, Panelist, Slot, Status
from cops.models import Cohort
from notifications import calendar, outbox
from notifications.models import Event, Invitee, Kind, Role

DAYS_TO_BOOK = 7


class SlotTaken(InvalidTransition):
    """Somebody was quicker, or the slot is not offered to this applicant."""

    def __init__(self):
        super().__init__(_("This time has just been taken. Please choose another one."))


class PanelBusy(InvalidTransition):
    """An interviewer already offers another slot at that time."""

    def __init__(self):
        super().__init__(_("An interviewer already has a slot at that time."))


@transaction.atomic
def publish(
    cohort: Cohort, panel: list[User], starts: list[datetime], *, minutes: int, zone: str, **facts
) -> list[Slot]:
    """Offer a slot of ``minutes`` at each aware instant of ``starts``, all or none.

    Raises PanelBusy when somebody of ``panel`` has a slot that overlaps one of them.
    Who offers times for the same interviewer waits here: inside the exclusion they
    would wait for each other, and one would be stopped as a deadlock.
    """
    _lock_people(panel)
    slots = []
    for starts_at in starts:
        ends_at = starts_at + timedelta(minutes=minutes)
        if busy(panel, starts_at, ends_at):
            raise PanelBusy
        slot = Slot.objects.create(
            cohort=cohort, starts_at=starts_at, ends_at=ends_at, zone=zone, **facts
        )
        try:
            with transaction.atomic():
                Panelist.objects.bulk_create(
                    Panelist(slot=slot, person=person, starts_at=starts_at, ends_at=ends_at)
                    for person in panel
                )
        except IntegrityError as error:
            raise PanelBusy from error
        slots.append(slot)
    return slots


def _lock_people(panel) -> None:
    ids = [person.pk for person in panel]
    list(User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))


def busy(panel, starts_at: datetime, ends_at: datetime):
    """The live seats of ``panel`` that overlap the time from ``starts_at`` to ``ends_at``."""
    return Panelist.objects.filter(
        person__in=panel, is_live=True, starts_at__lt=ends_at, ends_at__gt=starts_at
    ).select_related("person", "slot")


@transaction.atomic
def withdraw_slot(slot: Slot) -> None:
    """Take a slot that nobody has booked out of the list."""
    slot = Slot.objects.select_for_update().get(pk=slot.pk)
    if slot.cancelled_at:
        raise InvalidTransition(_("This time was already withdrawn."))
    if Interview.objects.filter(slot=slot).exists():
        raise InvalidTransition(_("This time is booked: ask staff to move the interview first."))
    slot.cancelled_at = timezone.now()
    slot.save(update_fields=["cancelled_at"])
    slot.panelists.update(is_live=False)


def booking_deadline(cohort: Cohort) -> datetime:
    """Return the wall time until which an applicant invited now may book: a week, at most
    until the cohort's last interview day. Raises InvalidTransition when that day is over.
    """
    today = timezone.localdate(timezone=clock.ONTARIO)
    if cohort.interviews_until < today:
        raise InvalidTransition(
            _("Interviews of this round ended on %(day)s. Change its dates first.")
            % {"day": clock.spoken_day(cohort.interviews_until)}
        )
    day = min(today + timedelta(days=DAYS_TO_BOOK), cohort.interviews_until)
    return datetime.combine(day, datetime.max.time().replace(second=0, microsecond=0))


def invite(application: Application) -> Interview:
    """Let the applicant owe a booking. Part of releasing the decision; the letter is its."""
    cohort = application.cohort
    deadline = calendar.hold(Kind.BOOKING_DUE, booking_deadline(cohort), series=cohort.series)
    calendar.owe(deadline, application.person, Role.APPLICANT)
    return Interview.objects.create(application=application, deadline=deadline)


@transaction.atomic
def renew(interview: Interview) -> None:
    """Let the days to book begin today: she has not been told of any yet.

    Raises InvalidTransition when she is not waiting to book, or the round of interviews is over.
    """
    application, interview, _slot = _lock(interview)
    if interview.status != Interview.Status.INVITED or application.status != Status.INTERVIEW:
        raise InvalidTransition(_("This application is no longer invited to an interview."))
    if gains_days(interview):
        wall = booking_deadline(application.cohort)
        calendar.owe_anew(interview.deadline, application.person, Role.APPLICANT, wall)


def gains_days(interview: Interview) -> bool:
    """Whether who is invited now could book until a later day. Raises as ``booking_deadline``."""
    return booking_deadline(interview.application.cohort).date() > interview.deadline.local_on


@transaction.atomic
def book(interview: Interview, slot: Slot, *, by: User) -> None:
    """Give ``slot`` to the applicant and put the interview into the calendars.

    Staff may book on her behalf after her last day to book. Raises SlotTaken
    when the slot is no longer free or not offered to her, InvalidTransition
    when she is not waiting to book.
    """
    application, interview, slot = _lock(interview, slot)
    if application.status != Status.INTERVIEW:
        raise InvalidTransition(_("This application is no longer invited to an interview."))
    if interview.status == Interview.Status.INVITED and not (
        by.is_staff or interview.may_be_booked
    ):
        raise InvalidTransition(
            _("The last day to book was %(when)s. Please write to us.")
            % {"when": clock.spoken(interview.deadline.starts_at, interview.deadline.zone)}
        )
    _require_free(slot, application)
    event = calendar.hold(
        Kind.INTERVIEW,
        slot.local_start.replace(tzinfo=None),
        minutes=slot.length_minutes,
        fold=slot.local_start.fold,
        series=application.cohort.series,
        **_where(slot),
    )
    _take(lambda: interview.book(slot, event, by=by))
    calendar.owe(event, application.person, Role.APPLICANT)
    _write_booked(interview, event, application.person)
    for person in slot.interviewers:
        calendar.owe(event, person, Role.INTERVIEWER)
        _write_booked(interview, event, person)
    calendar.settle(interview.deadline, application.person)


@transaction.atomic
def move(interview: Interview, slot: Slot, *, by: User) -> None:
    """Change to another slot; the event stays the same one, its panel may differ."""
    application, interview, slot = _lock(interview, slot)
    _require_changeable(interview, by)
    _require_free(slot, application)
    event, old_panel = interview.event, interview.slot.interviewers
    new_panel = slot.interviewers
    _take(lambda: interview.change_slot(slot, by=by))
    for person in old_panel:
        if person not in new_panel:
            calendar.settle(event, person, tell=False)
    try:
        calendar.move(
            event,
            slot.local_start.replace(tzinfo=None),
            minutes=slot.length_minutes,
            fold=slot.local_start.fold,
            **_where(slot),
        )
    except calendar.Moved as error:
        raise InvalidTransition(_("This interview was changed in the meantime.")) from error
    for person in new_panel:
        if person not in old_panel:
            calendar.owe(event, person, Role.INTERVIEWER)
            _write_booked(interview, event, person)
    for person in old_panel:
        if person not in new_panel:
            outbox.write(
                "interview-handed-over",
                person,
                key=f"interview-handed-over:{event.pk}:{event.schedule_version}:{person.pk}",
                context={"interview": interview.pk},
            )


@transaction.atomic
def release(interview: Interview, *, by: User, reason: str = "") -> None:
    """Give the slot back: the event is called off and she is invited to book again."""
    application, interview, _slot = _lock(interview)
    _require_changeable(interview, by)
    event = interview.event
    interview.free(by=by, reason=reason)
    calendar.cancel(event)
    _owe_booking(interview, application)


@transaction.atomic
def invite_again(interview: Interview, *, by: User, reason: str = "") -> None:
    """After a missed interview: a new deadline, a new letter, the list of times again."""
    application, interview, _slot = _lock(interview)
    if interview.status != Interview.Status.MISSED:
        raise InvalidTransition(_("Only a missed interview can be invited again."))
    if application.status != Status.INTERVIEW:
        raise InvalidTransition(_("This application is no longer invited to an interview."))
    interview.free(by=by, reason=reason)
    _owe_booking(interview, application)
    outbox.write(
        "application-interview",
        application.person,
        key=f"application-interview:{interview.pk}:{interview.changes.count()}",
        context={"application": application.pk},
        by=by,
    )


def close(application: Application, *, by: User, reason: str = "") -> None:
    """End the interview of an application that was decided or withdrawn before it took place."""
    interview = Interview.objects.filter(application=application).first()
    if interview is None:
        return
    if interview.status == Interview.Status.BOOKED and not interview.has_begun:
        event = interview.event
        interview.free(by=by, reason=reason)
        calendar.cancel(event)
    calendar.settle(interview.deadline)


def _lock(interview, slot=None):
    """Return the application, the interview and the slot, each locked and read anew."""
    application = (
        Application.objects.select_for_update(of=("self",))
        .select_related("person", "cohort__series")
        .get(pk=interview.application_id)
    )
    wanted = {pk for pk in (slot and slot.pk, interview.slot_id) if pk}
    slots = {
        row.pk: row for row in Slot.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    }
    interview = (
        Interview.objects.select_for_update(of=("self",))
        .select_related("deadline")
        .get(pk=interview.pk)
    )
    interview.application = application
    return application, interview, slot and slots.get(slot.pk)


def _require_free(slot, application) -> None:
    if slot is None or not Slot.objects.offered_to(application).filter(pk=slot.pk).exists():
        raise SlotTaken


def _require_changeable(interview, by) -> None:
    if interview.status != Interview.Status.BOOKED or interview.has_begun:
        raise InvalidTransition(_("This interview can no longer be changed."))
    if not (by.is_staff or interview.may_be_changed):
        raise InvalidTransition(
            _("An interview can be changed until 24 hours before it starts. Please write to us.")
        )


def _take(verb) -> None:
    """Run ``verb``; the slot's unique key catches whoever passed the checks at once."""
    try:
        with transaction.atomic():
            verb()
    except IntegrityError as error:
        raise SlotTaken from error


def _where(slot) -> dict:
    return {"zone": slot.zone, "join_link": slot.join_link, "dial_in": slot.dial_in}


def _owe_booking(interview, application) -> None:
    """Let her owe a booking anew, by a later day if the first has passed."""
    deadline: Event = interview.deadline
    has_passed = deadline.starts_at <= timezone.now()
    wall = booking_deadline(application.cohort) if has_passed else None
    calendar.owe_anew(deadline, application.person, Role.APPLICANT, wall)


def _write_booked(interview, event, person) -> None:
    part = Invitee.objects.get(event=event, person=person)
    outbox.write(
        "interview-booked",
        person,
        key=f"interview-booked:{event.pk}:{person.pk}:{part.since.timestamp():.0f}",
        context={"interview": interview.pk},
        event=event,
    )
