"""What happens around a meeting: planning, notes, promises, hours, and telling the group."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.lifecycle import InvalidTransition
from accounts.models import User, Zone
from cops.models import Community, Membership
from meetings import identifiers, series
from meetings.models import ActionItem, HoursEntry, Meeting
from notifications import calendar, outbox
from notifications.models import Event, Invitee, Kind, Message, Role

NOTES_DAYS = 2
# Two days before the last reminder, five days after they were due, goes to them.
PASSED_ON_AFTER_DAYS = 3
LAST_MINUTE = time(23, 59)


@transaction.atomic
def schedule(
    community: Community,
    first: datetime,
    *,
    how_many: int = 12,
    minutes: int = 120,
    zone: str = Zone.TORONTO,
    leave_out: Collection[date] = (),
    **facts,
) -> list[Meeting]:
    """Plan a biweekly series from the naive wall time ``first``; everyone in the group is invited.

    ``facts`` may be ``join_link``, ``dial_in`` and ``place``. Raises
    InvalidTransition, and plans nothing, when the group already meets on one of
    the days; ValidationError when a time does not exist on its day.
    """
    community = Community.objects.select_for_update(of=("self",)).get(pk=community.pk)
    walls = [wall for wall in series.walls(first, how_many) if wall.date() not in leave_out]
    if not walls:
        raise InvalidTransition(_("No date is left to schedule."))
    if series.taken_days(community).intersection(wall.date() for wall in walls):
        raise InvalidTransition(_("This community already meets on one of these days."))
    try:
        with transaction.atomic():
            meetings = [
                _hold_meeting(community, number, wall, minutes=minutes, zone=zone, **facts)
                for number, wall in enumerate(walls, series.last_number(community) + 1)
            ]
    except IntegrityError as error:
        raise InvalidTransition(
            _("Somebody else scheduled meetings of this community just now.")
        ) from error
    _send_dates(community, meetings)
    return meetings


def _send_dates(community: Community, meetings: list[Meeting]) -> None:
    """Give everyone in the group the dates at once, with one calendar file for all of them."""
    for membership in community.memberships.current().select_related("person"):
        outbox.write(
            "meetings-scheduled",
            membership.person,
            key=f"meetings-scheduled:{meetings[0].pk}:{membership.person_id}",
            context={"community": community.pk, "series": community.series_id},
        )


def _hold_meeting(community, number, wall, **facts) -> Meeting:
    event = calendar.add_event(
        community.series,
        Kind.MEETING,
        wall,
        title_en=f"{community.in_language('name', 'en')}: meeting {number}",
        title_fr=f"{community.in_language('name', 'fr')}\u00a0: rencontre {number}",
        **facts,
    )
    notes_due = calendar.add_event(
        community.series,
        Kind.NOTES_DUE,
        _notes_wall(wall),
        zone=event.zone,
        title_en=f"Notes of meeting {number}",
        title_fr=f"Notes de la rencontre {number}",
    )
    return Meeting.objects.create(
        community=community, number=number, event=event, notes_due=notes_due
    )


def _notes_wall(wall: datetime) -> datetime:
    return datetime.combine(wall.date() + timedelta(days=NOTES_DAYS), LAST_MINUTE)


@transaction.atomic
def move(meeting: Meeting, wall: datetime, **facts) -> None:
    """Hold ``meeting`` at another time or place, and let its notes be due two days later.

    ``facts`` may be ``minutes``, ``zone``, ``join_link``, ``dial_in`` and ``place``.
    Raises calendar.Moved when somebody else moved it first.
    """
    _refuse_unless_planned(meeting)
    calendar.move(meeting.event, wall, **facts)
    if meeting.notes_due:
        calendar.move(meeting.notes_due, _notes_wall(wall), zone=meeting.event.zone)


@transaction.atomic
def cancel(meeting: Meeting, *, reason: str = "") -> None:
    """Call ``meeting`` off, tell everyone and why, and keep what was open for the next one."""
    _refuse_unless_planned(meeting)
    calendar.cancel(meeting.event, reason=reason)
    if meeting.notes_due:
        calendar.settle(meeting.notes_due)
    carry_forward(meeting)


def _refuse_unless_planned(meeting: Meeting) -> None:
    if not meeting.event.is_live:
        raise InvalidTransition(_("This meeting is already cancelled."))
    if not meeting.may_be_moved:
        raise InvalidTransition(_("This meeting is over: it can no longer be changed."))


@transaction.atomic
def answer(invitation: Invitee, coming: str, *, version: int | None = None) -> None:
    """Record whether an invited person will come, until the meeting begins.

    ``version`` is that of the schedule she read: an answer to another time than the one that
    stands by now is refused. Whoever moves the meeting meanwhile is waited for.
    """
    event = _locked_event(invitation)
    if not event.is_live:
        raise InvalidTransition(_("This meeting is cancelled."))
    if event.starts_at <= timezone.now():
        raise InvalidTransition(_("This meeting has already begun."))
    if version not in {None, event.schedule_version}:
        raise InvalidTransition(_("This meeting has changed since: look when it is, then answer."))
    invitation.say(coming)


def _locked_event(invitation: Invitee) -> Event:
    return Event.objects.select_for_update(of=("self",), no_key=True).get(pk=invitation.event_id)


@transaction.atomic
def promise(meeting: Meeting, owner: User, text: str, by: date) -> ActionItem:
    """Note what ``owner`` promised in ``meeting`` until the end of the day ``by``."""
    deadline = calendar.hold(
        Kind.ACTION_DUE,
        datetime.combine(by, LAST_MINUTE),
        zone=meeting.event.zone,
        series=meeting.community.series,
        title_en=text[:200],
        title_fr=text[:200],
    )
    action = ActionItem.objects.create(meeting=meeting, owner=owner, text=text, deadline=deadline)
    calendar.owe(deadline, owner, Role.MEMBER)
    return action


@transaction.atomic
def finish_notes(meeting: Meeting, *, by: User) -> None:
    """Say that the notes are ready: attendance becomes hours, what stayed open moves on.

    Raises InvalidTransition when the meeting has not begun, or when attendance
    or any text is missing.
    """
    if not meeting.event.is_live:
        raise InvalidTransition(_("This meeting is cancelled."))
    if not meeting.has_begun:
        raise InvalidTransition(_("This meeting has not begun yet."))
    if not meeting.event.invitees.exclude(attendance=Invitee.Attendance.UNKNOWN).exists():
        raise InvalidTransition(_("Mark who was there."))
    if not meeting.notes.exclude(body="").exists():
        raise InvalidTransition(_("Write at least one sentence in the notes."))
    meeting.mark_ready(by=by)
    if meeting.notes_due:
        calendar.settle(meeting.notes_due)
    count_hours(meeting)
    carry_forward(meeting)


def pass_on_missing_notes() -> None:
    """Let staff owe notes that are still missing days after they were due. Harmless when run twice.

    Of staff it is whoever the cohort names as its contact, or all where it is none of them.
    """
    late = timezone.now() - timedelta(days=PASSED_ON_AFTER_DAYS)
    passed_on = Invitee.objects.current().filter(role=Role.STAFF, event=OuterRef("notes_due"))
    missing = Meeting.objects.held().without_notes().filter(notes_due__starts_at__lte=late)
    for meeting in missing.exclude(Exists(passed_on)).select_related(
        "notes_due", "community__cohort"
    ):
        for person in _contacts(meeting.community.cohort):
            calendar.owe(meeting.notes_due, person, Role.STAFF)


def _contacts(cohort):
    staff = User.objects.filter(is_staff=True, is_active=True)
    named = staff.filter(Q(email__iexact=cohort.mailbox) | Q(name__iexact=cohort.contact_name))
    return named if named.exists() else staff


@transaction.atomic
def count_hours(meeting: Meeting) -> None:
    """Give every member who came the length of ``meeting`` as hours, and nobody else."""
    hours = (Decimal(meeting.event.length_minutes) / 60).quantize(Decimal("0.01"))
    came = meeting.event.invitees.filter(attendance__in=Invitee.CAME).values("person")
    meeting.hours.exclude(membership__person__in=came).delete()
    meeting.hours.update(hours=hours, worked_on=meeting.event.local_on)
    counted = meeting.hours.values("membership__person")
    parts = Membership.objects.filter(
        community=meeting.community, role=Role.MEMBER, person__in=came
    ).exclude(person__in=counted)
    latest = {part.person_id: part for part in parts.order_by("joined_at")}
    HoursEntry.objects.bulk_create(
        HoursEntry(
            membership=part,
            sort=HoursEntry.Sort.MEETING,
            meeting=meeting,
            worked_on=meeting.event.local_on,
            hours=hours,
        )
        for part in latest.values()
    )


@transaction.atomic
def carry_forward(meeting: Meeting) -> None:
    """Put what stayed open on the agenda of the next meeting, each item once."""
    following = meeting.following()
    if following is None:
        return
    for item in meeting.agenda.filter(is_done=False, carried_to=None):
        following.add_to_agenda(item.title, minutes=item.minutes, carried_from=item)


class IdentifierFound(Exception):
    """What is about to be shared may identify a client; ``findings`` say what, and where."""

    def __init__(self, findings):
        super().__init__(findings)
        self.findings = findings


@transaction.atomic
def circulate(meeting: Meeting, *, by: User, as_drafts: bool = False) -> list[Message]:
    """Send the notes to everyone in the group, or draft that email where nobody has seen it yet.

    Raises IdentifierFound when they hold what may identify a client, and
    InvalidTransition unless the notes are ready. The move comes first: it holds
    the meeting's row, so that nothing is saved between the look and the sending.
    """
    meeting.mark_circulated(by=by)
    refuse_identifiers(meeting)
    return [
        outbox.write(
            "meeting-notes",
            membership.person,
            key=f"meeting-notes:{meeting.pk}:{membership.person_id}",
            context={"meeting": meeting.pk},
            state=Message.State.DRAFT if as_drafts else Message.State.QUEUED,
            by=by,
        )
        for membership in meeting.community.memberships.current().select_related("person")
    ]


@transaction.atomic
def make_final(meeting: Meeting, *, by: User) -> None:
    """Close the notes: from now on nobody edits them."""
    meeting.mark_final(by=by)
    refuse_identifiers(meeting)


def refuse_identifiers(meeting: Meeting) -> None:
    if findings := identifiers.in_meeting(meeting):
        raise IdentifierFound(findings)
