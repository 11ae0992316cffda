"""Meetings, and hours."""

from django.utils import timezone

from notifications import calendar
from notifications.models import Role
from tests.factories import (
    HoursEntryFactory,
    MembershipFactory,
    wall,
)
from tests.permissions.targets.aim import Aim
from tests.permissions.targets.pages import from_desk


def meeting_ahead(world, person, own):
    return Aim([world.group_of(person, own=own).ahead.uuid])


def meeting_to_cancel(world, person, own):
    return Aim(meeting_ahead(world, person, own).args, {"reason": "The room is flooded."})


def meeting_ahead_to_answer(world, person, own):
    aim = meeting_ahead(world, person, own)
    if person == world.people["Pub"] and own:
        event = world.ours.ahead.event
        calendar.owe(event, person, Role.MEMBER)
    return Aim(aim.args, {"answer": "no"})


def dates_to_answer(world, person, own):
    group = world.group_of(person, own=own)
    if person == world.people["Pub"] and own:
        MembershipFactory(community=group.community, person=person)
        calendar.owe(group.ahead.event, person, Role.MEMBER)
    return Aim([group.community.slug], {"meeting": group.ahead.uuid, "answer": "no"})


def meeting_circulated(world, person, own):
    return Aim([world.group_of(person, own=own).sent.uuid])


meeting_attended = meeting_circulated


def meeting_ready(world, person, own):
    return Aim([world.group_of(person, own=own).ready.uuid])


def meeting_ready_at_desk(world, person, own):
    return Aim([world.ours.ready.pk, "circulate"])


def new_series(world, person, own):
    typed = when(wall(30).date())
    typed |= {"how_many": "1", "confirm": "1"}
    return Aim([world.group_of(person, own=own).community.slug], typed)


def meeting_to_move(world, person, own):
    typed = when(wall(9).date()) | {"version": "0"}
    return Aim([world.group_of(person, own=own).ahead.uuid], typed)


def when(day):
    return {"on": day.isoformat(), "at": "10:00", "zone": "America/Toronto", "minutes": "60"}


def notes_of_meeting(world, person, own):
    meeting = world.group_of(person, own=own).ahead
    return Aim([meeting.uuid], {"group": "We met.", **world.seen(meeting)})


def attendance(world, person, own):
    meeting = world.group_of(person, own=own).ready
    return Aim([meeting.uuid], {"everyone": "on", **world.seen(meeting)})


def action(world, person, own):
    group = world.group_of(person, own=own)
    mine = own and person == world.people["Mem"]
    return Aim([(group.action if mine else group.facilitators_action).uuid])


# --------------------------------------------------------------------------------------- Hours


def entry(world, person, own):
    group = world.group_of(person, own=own)
    part = {group.member.person: group.member, group.facilitator.person: group.facilitator}
    membership = part.get(person) if own else group.other
    return HoursEntryFactory(membership=membership or group.other)


def hours_entry(world, person, own):
    return Aim([entry(world, person, own).uuid])


def hours_to_edit(world, person, own):
    return Aim([entry(world, person, own).uuid], hours())


def new_hours(world, person, own):
    return Aim([], hours() | {"membership": world.ours.other.pk})


def hours():
    return {"worked_on": timezone.localdate().isoformat(), "hours": "2.5", "note": "Calls"}


def hours_at_desk(world, person, own):
    return from_desk(world, "meetings_hoursentry", world.ours.hours, hours="3")
