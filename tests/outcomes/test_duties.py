"""Every open duty has somebody who owes it, every settled one nobody: broken here on purpose."""

import pytest
from django.utils import timezone

from applications.models import Status
from applications.services import intake, review
from cops import access
from cops.services import join
from meetings import services as meetings
from notifications import duties, tasks
from notifications.models import Event, Invitee, Kind, Role
from outcomes import services as outcomes
from tests.applications.selecting import interviewing, invited, offered
from tests.factories import (
    ApplicationFactory,
    CohortFactory,
    CohortRoleFactory,
    CommunityFactory,
    OutcomeFactory,
    PersonFactory,
    StaffFactory,
    wall,
)

pytestmark = pytest.mark.django_db


def a_draft():
    return intake.start_own(CohortFactory(), PersonFactory()).cohort.closing


def a_review():
    application = ApplicationFactory(status=Status.SUBMITTED, cohort__reviews_each=1)
    CohortRoleFactory(cohort=application.cohort, role="reviewer")
    review.assign(application.cohort, by=StaffFactory())
    return application.reviews.get().deadline


def a_booking():
    return invited(interviewing()).deadline


def an_offer():
    return offered().deadline


def a_request():
    StaffFactory()
    return access.ask(PersonFactory(), "Captions", source="form").deadline


def group():
    community = CommunityFactory()
    join(community, PersonFactory(), Role.FACILITATOR)
    return community


def notes():
    return meetings.schedule(group(), wall(-1), how_many=1)[0].notes_due


def a_promise():
    community = group()
    member = join(community, PersonFactory()).person
    (meeting,) = meetings.schedule(community, wall(-1), how_many=1)
    return meetings.promise(meeting, member, "Ask", wall(7).date()).deadline


def a_reading():
    outcome = OutcomeFactory()
    join(outcome.community, PersonFactory())
    outcomes.send_to_members(outcome, by=StaffFactory())
    return outcome.reading_due


OPEN = {
    Kind.APPLICATION_DUE: a_draft,
    Kind.REVIEW_DUE: a_review,
    Kind.BOOKING_DUE: a_booking,
    Kind.OFFER_DUE: an_offer,
    Kind.ACCESS_DUE: a_request,
    Kind.NOTES_DUE: notes,
    Kind.ACTION_DUE: a_promise,
    Kind.OUTCOME_DUE: a_reading,
}


def of(kind):
    return [difference for difference in duties.audit() if difference.kind == kind]


def test_every_kind_of_deadline_says_what_is_owed():
    kinds = {event.kind for event in [make() for make in OPEN.values()]}

    assert kinds == set(OPEN) == duties.kinds()
    assert set(Event.objects.deadlines().values_list("kind", flat=True)) == kinds


@pytest.mark.parametrize("kind", OPEN, ids=str)
def test_a_duty_that_is_open_is_as_it_should_be(kind):
    OPEN[kind]()

    assert duties.audit() == []


@pytest.mark.parametrize("kind", OPEN, ids=str)
def test_an_open_duty_of_which_nobody_is_reminded_is_told(kind):
    event = OPEN[kind]()

    Invitee.objects.filter(event=event).update(until=timezone.now())

    told = [(each.event, each.is_open) for each in of(kind)]
    assert told == [(event, True)]
    assert str(of(kind)[0]) == f"{event}: still open, but nobody is reminded"


@pytest.mark.parametrize("kind", sorted(set(OPEN) - {Kind.NOTES_DUE, Kind.ACCESS_DUE}), ids=str)
def test_somebody_invited_who_owes_nothing_is_told(kind):
    event, stranger = OPEN[kind](), PersonFactory()

    Invitee.objects.create(event=event, person=stranger, role=Role.APPLICANT)

    told = [(each.event, each.person_id, each.is_open) for each in of(kind)]
    assert told == [(event, stranger.pk, False)]
    assert str(of(kind)[0]) == f"{event}: settled, but somebody is still invited"


@pytest.mark.parametrize("kind", OPEN, ids=str)
def test_a_deadline_of_no_duty_that_still_has_its_invitee_is_told(kind):
    event = OPEN[kind]()
    orphan = Event.objects.get(pk=event.pk)
    orphan.pk, orphan.uuid = None, "00000000-0000-4000-8000-000000000000"
    orphan.save()
    person = PersonFactory()

    Invitee.objects.create(event=orphan, person=person, role=Role.MEMBER)

    told = [(each.event, each.person_id, each.is_open) for each in of(kind)]
    assert told == [(orphan, person.pk, False)]


def test_a_duty_without_any_deadline_is_told():
    outcome = OutcomeFactory(status="member-review")
    person = join(outcome.community, PersonFactory()).person

    told = [(each.event, each.person_id, each.is_open) for each in duties.audit()]

    assert told == [(None, person.pk, True)]
    assert str(duties.audit()[0]) == "outcome to be read by: still open, but nobody is reminded"


def test_a_guest_of_a_deadline_owes_nothing():
    event = a_draft()

    Invitee.objects.create(event=event, person=PersonFactory(), role=Role.GUEST)

    assert duties.audit() == []


@pytest.mark.parametrize("number", [1, 3])
def test_the_audit_costs_the_same_for_few_and_many(number, django_assert_num_queries):
    for _each in range(number):
        for make in OPEN.values():
            make()

    with django_assert_num_queries(9):
        duties.audit()


def test_the_nightly_audit_writes_what_it_finds_into_the_log(caplog):
    event = an_offer()
    Invitee.objects.filter(event=event).update(until=timezone.now())

    tasks.audit_duties()

    (line,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert line.startswith("Duties, offer-due, person ")
