from datetime import date, datetime, timedelta

import pytest
import time_machine

from accounts.lifecycle import InvalidTransition
from applications import tasks
from applications.models import Application, Offer, Status
from applications.services import groups, selection
from notifications import calendar
from notifications.models import Message, Role
from tests.applications.selecting import booked, interviewed, interviewing, offered
from tests.factories import (
    ApplicationFactory,
    CommunityFactory,
    MembershipFactory,
    OfferFactory,
    PlacementFactory,
    ProposalFactory,
    ReviewFactory,
    StaffFactory,
    days,
    wall,
)

pytestmark = pytest.mark.django_db


def letters():
    return [(m.kind, m.recipient, m.state) for m in Message.objects.order_by("pk")]


def owed(event):
    return [part.person for part in event.invitees.current()]


def decided(cohort, status, decision):
    application = ApplicationFactory(cohort=cohort, status=status)
    application.decide(decision, by=StaffFactory())
    return application


def test_release_moves_each_application_and_drafts_its_letter():
    cohort = interviewing()
    one = decided(cohort, Status.IN_REVIEW, Status.INTERVIEW)
    two = decided(cohort, Status.IN_REVIEW, Status.DECLINED)
    undecided = ApplicationFactory(cohort=cohort, status=Status.IN_REVIEW)

    drafts = selection.release(cohort.applications.all(), by=StaffFactory())

    assert [(letter.kind, letter.recipient) for letter in drafts.order_by("pk")] == [
        ("application-interview", one.person),
        ("application-declined", two.person),
    ]
    assert {letter.state for letter in drafts} == {Message.State.DRAFT}
    for application in (one, two, undecided):
        application.refresh_from_db()
    assert [one.status, two.status, undecided.status] == ["interview", "declined", "in-review"]
    assert (one.pending_status, one.pending_reason, one.pending_by) == ("", "", None)
    assert owed(one.interview.deadline) == [one.person]


def test_a_batch_with_one_that_cannot_be_released_changes_nothing():
    cohort = interviewing()
    declined = decided(cohort, Status.INTERVIEW, Status.DECLINED)
    decided(cohort, Status.INTERVIEW, Status.OFFERED)

    with pytest.raises(InvalidTransition, match="no place in an accepted proposal"):
        selection.release(cohort.applications.all(), by=StaffFactory())

    declined.refresh_from_db()
    assert (declined.status, letters()) == (Status.INTERVIEW, [])


def test_releasing_twice_writes_no_second_letter():
    cohort = interviewing()
    decided(cohort, Status.IN_REVIEW, Status.INTERVIEW)
    selection.release(cohort.applications.all(), by=StaffFactory())

    assert list(selection.release(cohort.applications.all(), by=StaffFactory())) == []
    assert len(letters()) == 1


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2021, 3, 1), 3, date(2021, 3, 4)),
        (date(2021, 3, 5), 1, date(2021, 3, 8)),
        (date(2021, 4, 1), 3, date(2021, 4, 7)),  # Good Friday between
        (date(2021, 12, 23), 2, date(2021, 12, 29)),  # days off for Christmas and Boxing Day
    ],
)
def test_a_reply_is_due_after_so_many_ontario_working_days(day, count, expected):
    assert selection.working_day_after(day, count) == expected


def test_an_offer_is_due_at_the_end_of_its_last_day():
    with time_machine.travel(datetime(2026, 11, 20, 15)):
        offer = offered()

    assert (offer.deadline.local_on, str(offer.deadline.local_at)) == (
        date(2026, 11, 25),
        "23:59:00",
    )
    assert owed(offer.deadline) == [offer.application.person]


def test_accepting_joins_the_community_and_settles_the_deadline():
    offer = offered()
    person = offer.application.person

    selection.accept_offer(offer, by=person)

    assert offer.status == Offer.Status.ACCEPTED
    membership = offer.community.memberships.get()
    assert (membership.person, membership.role, membership.organization) == (
        person,
        "member",
        person.organization,
    )
    assert owed(offer.deadline) == []
    assert letters() == [
        ("application-offered", person, "draft"),
        ("community-joined", person, "queued"),
    ]


def test_a_full_group_leaves_the_offer_open():
    offer = offered()
    for _ in range(offer.community.cohort.group_max):
        MembershipFactory(community=offer.community)

    with pytest.raises(InvalidTransition, match="full"):
        selection.accept_offer(offer, by=offer.application.person)

    offer.refresh_from_db()
    assert offer.status == Offer.Status.OPEN
    assert owed(offer.deadline) == [offer.application.person]


def test_turning_down_keeps_the_reason():
    offer = offered()

    selection.turn_down_offer(offer, by=offer.application.person, reason="A new job.")

    assert offer.status == Offer.Status.TURNED_DOWN
    assert offer.changes.get().reason == "A new job."
    assert owed(offer.deadline) == []


@pytest.mark.parametrize("verb", [selection.accept_offer, selection.turn_down_offer])
def test_after_its_deadline_an_offer_cannot_be_answered(verb):
    offer = offered()

    with (
        time_machine.travel(offer.deadline.starts_at + timedelta(seconds=1)),
        pytest.raises(InvalidTransition, match="time to answer ended"),
    ):
        verb(offer, by=offer.application.person)


def test_the_task_lapses_overdue_offers_once():
    late, open_still = offered(), offered()
    person = late.application.person
    calendar.move(open_still.deadline, wall(30))
    Message.objects.filter(kind="application-offered").update(state=Message.State.SENT)

    with time_machine.travel(late.deadline.starts_at + timedelta(seconds=1)):
        tasks.lapse_offers()
        tasks.lapse_offers()

    late.refresh_from_db()
    open_still.refresh_from_db()
    assert (late.status, open_still.status) == (Offer.Status.LAPSED, Offer.Status.OPEN)
    assert [m for m in letters() if m[0] == "offer-lapsed"] == [("offer-lapsed", person, "queued")]
    assert owed(late.deadline) == []


def test_an_offer_that_can_still_be_answered_does_not_lapse():
    with pytest.raises(InvalidTransition):
        selection.lapse_offer(offered())


OFFER_VERBS = {
    "accepted": lambda offer, by: offer.accept(by=by),
    "turned-down": lambda offer, by: offer.turn_down(by=by),
    "lapsed": lambda offer, by: offer.lapse(),
    "withdrawn": lambda offer, by: offer.withdraw(by=by),
}


@pytest.mark.parametrize("old", Offer.Status.values)
@pytest.mark.parametrize("new", OFFER_VERBS)
def test_an_offer_moves_only_as_its_table_says(old, new):
    offer = OfferFactory(status=old)
    moment = offer.deadline.starts_at + timedelta(hours=1 if new == "lapsed" else -1)

    with time_machine.travel(moment):
        if new in Offer.NEXT.get(old, ()):
            OFFER_VERBS[new](offer, StaffFactory())
            assert offer.status == new
        else:
            with pytest.raises(InvalidTransition):
                OFFER_VERBS[new](offer, StaffFactory())
            offer.refresh_from_db()
            assert offer.status == old


def test_withdrawing_frees_the_slot_and_settles_what_was_owed():
    cohort = interviewing()
    interview = booked(cohort)
    review = ReviewFactory(application=interview.application)
    slot, event, person = interview.slot, interview.event, interview.application.person

    selection.withdraw_application(interview.application, by=person, reason="I move away.")

    interview.refresh_from_db()
    event.refresh_from_db()
    assert interview.application.status == Status.WITHDRAWN
    assert (interview.status, interview.slot) == ("invited", None)
    assert event.cancelled_at is not None
    assert (owed(interview.deadline), owed(review.deadline)) == ([], [])
    assert list(cohort.slots.free()) == [slot]


def test_withdrawing_withdraws_the_open_offer():
    offer = offered()

    selection.withdraw_application(offer.application, by=offer.application.person)

    offer.refresh_from_db()
    assert (offer.status, offer.application.status) == (Offer.Status.WITHDRAWN, Status.WITHDRAWN)
    assert owed(offer.deadline) == []


def test_who_accepted_a_place_cannot_withdraw_the_application():
    offer = offered()
    selection.accept_offer(offer, by=offer.application.person)
    application = Application.objects.get(pk=offer.application_id)

    with pytest.raises(InvalidTransition, match="accepted your place"):
        selection.withdraw_application(application, by=application.person)

    application.refresh_from_db()
    assert application.status == Status.OFFERED


def test_accepting_a_proposal_decides_for_everyone_interviewed():
    cohort = interviewing(group_min=1, group_max=2)
    community, staff = CommunityFactory(cohort=cohort), StaffFactory()
    placed, left = interviewed(cohort), interviewed(cohort)
    proposal = ProposalFactory(cohort=cohort)
    groups.place(proposal, {placed: community, left: None})

    groups.accept(proposal, by=staff)

    for application in (placed, left):
        application.refresh_from_db()
    assert (placed.pending_status, left.pending_status) == ("offered", "waitlisted")
    assert (placed.status, left.status) == ("interview", "interview")
    with pytest.raises(InvalidTransition, match="already accepted"):
        groups.accept(proposal, by=staff)
    with pytest.raises(InvalidTransition, match="already accepted"):
        groups.place(proposal, {left: community})


@pytest.mark.parametrize("count", [1, 4])
def test_a_proposal_outside_the_bounds_is_not_accepted(count):
    cohort = interviewing(group_min=2, group_max=3)
    community, proposal = CommunityFactory(cohort=cohort), ProposalFactory(cohort=cohort)
    for _ in range(count):
        PlacementFactory(proposal=proposal, application=interviewed(cohort), community=community)

    with pytest.raises(InvalidTransition, match=f"would be a group of {count}"):
        groups.accept(proposal, by=StaffFactory())

    proposal.refresh_from_db()
    assert not proposal.is_accepted
    assert not cohort.applications.pending().exists()


def test_someone_on_the_waitlist_is_offered_the_seat_that_became_free():
    cohort = interviewing(group_min=2, group_max=3)
    community, staff = CommunityFactory(cohort=cohort), StaffFactory()
    MembershipFactory(community=community)
    waiting = ApplicationFactory(cohort=cohort, status=Status.WAITLISTED)
    proposal = ProposalFactory(cohort=cohort)
    groups.place(proposal, {waiting: community})

    groups.accept(proposal, by=staff)
    selection.release(cohort.applications.all(), by=staff)

    assert waiting.offers.get().community == community


def test_a_released_decision_ends_the_reviews_still_to_be_done():
    staff = StaffFactory()
    application = ApplicationFactory(status=Status.IN_REVIEW)
    done = ReviewFactory(application=application, status="done", done_at=days(-1))
    waiting = ReviewFactory(application=application)
    calendar.owe(waiting.deadline, waiting.reviewer, Role.REVIEWER)
    application.decide(Status.DECLINED, by=staff)

    selection.release(Application.objects.all(), by=staff)

    assert {review.pk: review.status for review in application.reviews.all()} == {
        done.pk: "done", waiting.pk: "recused",
    }  # fmt: skip
    assert not waiting.deadline.invitees.current().exists()
