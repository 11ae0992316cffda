"""Ready-made situations for the tests of interviews and selection."""

from datetime import timedelta

from applications.models import Interview, Offer, Status
from applications.services import interviews, selection
from cops.models import CohortRole
from notifications.models import Kind
from tests.factories import (
    ApplicationFactory,
    CohortFactory,
    CohortRoleFactory,
    CommunityFactory,
    EventFactory,
    InterviewFactory,
    PanelistFactory,
    PlacementFactory,
    ProposalFactory,
    SlotFactory,
    StaffFactory,
    days,
)


def interviewing(**facts):
    """A cohort whose interview days are on."""
    return CohortFactory(opens_at=days(-40), **facts)


def slot_of(cohort, *people, at=None, **facts):
    """A free slot two days ahead, with a panel of ``people`` or of one new interviewer."""
    starts_at = at or days(2).replace(minute=0, second=0, microsecond=0)
    slot = SlotFactory(
        cohort=cohort, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=45), **facts
    )
    for person in people or [interviewer_of(cohort)]:
        PanelistFactory(slot=slot, person=person)
    return slot


def interviewer_of(cohort, **facts):
    return CohortRoleFactory(cohort=cohort, role=CohortRole.Role.INTERVIEWER, **facts).person


def invited(cohort, **facts):
    """The interview of somebody whose invitation is released."""
    application = ApplicationFactory(cohort=cohort, status=Status.IN_REVIEW, **facts)
    staff = StaffFactory()
    application.decide(Status.INTERVIEW, by=staff)
    selection.release(cohort.applications.filter(pk=application.pk), by=staff)
    application.refresh_from_db()
    return application.interview


def booked(cohort, slot=None, **facts):
    interview = invited(cohort, **facts)
    slot = slot or slot_of(cohort)
    interviews.book(interview, slot, by=interview.application.person)
    interview.refresh_from_db()
    return interview


def interviewed(cohort, **facts):
    """An application whose interview was held yesterday."""
    application = ApplicationFactory(cohort=cohort, status=Status.INTERVIEW, **facts)
    InterviewFactory(
        application=application,
        status=Interview.Status.HELD,
        slot=slot_of(cohort, at=days(-1)),
        event=EventFactory(kind=Kind.INTERVIEW, minutes=45),
    )
    return application


def offered(community=None):
    """An open offer that came out of an accepted proposal."""
    community = community or CommunityFactory(cohort=interviewing())
    placement = PlacementFactory(
        proposal=ProposalFactory(cohort=community.cohort, accepted_at=days(0)), community=community
    )
    application, staff = placement.application, StaffFactory()
    application.decide(Status.OFFERED, by=staff)
    selection.release(community.cohort.applications.filter(pk=application.pk), by=staff)
    return Offer.objects.get(application=application)
