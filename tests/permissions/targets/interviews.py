"""Interviews, their slots and notes."""

from django.utils import timezone

from applications.models import Status
from tests.factories import (
    ApplicationFactory,
    AssessmentFactory,
    InterviewFactory,
)
from tests.permissions.targets.aim import Aim
from tests.permissions.targets.applications import application_of


def interview_invitation(world, person, own, **facts):
    """An invitation to an interview; of somebody who reads for a call or interviews: there."""
    takes_part = person in (world.people["Rev"], world.people["Int"])
    facts.setdefault("cohort", world.call if own and takes_part else world.other_call)
    application = application_of(world, person, own, status=Status.INTERVIEW, **facts)
    return InterviewFactory(application=application)


def own_invitation(world, person, own):
    return Aim([interview_invitation(world, person, own).uuid])


def own_booking(world, person, own):
    interview = interview_invitation(world, person, own)
    free = world.free_slot if interview.application.cohort == world.call else world.other_free_slot
    return Aim([interview.uuid], {"slot": str(free.uuid)})


def own_booked(world, person, own):
    interview = interview_invitation(world, person, own)
    application = interview.application
    interview.delete()
    slot = world.slot(world.future(), world.free_interviewer, cohort=application.cohort)
    return Aim([world.booked(application, slot).uuid], {"reason": "Ill"})


def interview_to_hold(world, person, own):
    return Aim([(world.interview if own else world.other_interview).uuid])


def interview_of_others(world, person, own):
    return Aim([world.other_interview.uuid])


def new_slots(world, person, own):
    day = world.call.interviews_from
    typed = {"on": day.isoformat(), "at": "10:00", "zone": "America/Toronto", "minutes": "45"}
    return Aim([], typed | {"cohort": world.call.pk, "count": "1", "pause": "0"})


def slot(world, person, own):
    return Aim([(world.own_slot if own else world.free_slot).uuid])


def slot_at_desk(world, person, own):
    return Aim([world.free_slot.pk, "withdraw"])


def booking_for_her(world, person, own):
    application = ApplicationFactory(cohort=world.call, status=Status.INTERVIEW)
    interview = InterviewFactory(application=application)
    return Aim([interview.pk], {"slot": world.free_slot.pk})


def panel_of(world, person, own):
    """The interview of her own panel; staff are put on it."""
    if own and person.is_staff:
        application = ApplicationFactory(cohort=world.call, status=Status.INTERVIEW)
        return world.booked(application, world.slot(world.past(), person))
    return world.interview if own else world.other_interview


NOTES = {"notes": "I heard", "version": "0"}


def notes_to_write(world, person, own):
    return Aim([panel_of(world, person, own).uuid], NOTES)


def interview_begun(world, person, own):
    return Aim([panel_of(world, person, own).uuid])


def insight_to_add(world, person, own):
    typed = {"focus_area": world.focus_area.pk, "sort": "priority", "theme": "T", "text": "Said"}
    return Aim([panel_of(world, person, own).uuid], typed | NOTES)


def interview_noted(world, person, own):
    """Her own notes are done, so she may read the other's."""
    if not own:
        return interview_of_others(world, person, own)
    if person == world.people["Int"]:
        AssessmentFactory(interview=world.interview, interviewer=person, done_at=timezone.now())
    return Aim([world.interview.uuid], own_words=("notes.talked",))
