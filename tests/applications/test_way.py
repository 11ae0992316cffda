"""An applicant's way: what is behind her, where she is, what is next; in every state."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications import way
from applications.models import Interview, Offer, Status
from notifications.models import Kind
from tests.factories import (
    ApplicationFactory,
    EventFactory,
    InterviewFactory,
    OfferFactory,
    SlotFactory,
)

pytestmark = pytest.mark.django_db


def states(application):
    return [step["state"] for step in way.of(application)]


def interviewed(status, **facts):
    return InterviewFactory(
        application__status=facts.pop("application", Status.INTERVIEW), status=status,
        slot=SlotFactory(), event=EventFactory(kind=Kind.INTERVIEW, minutes=45),
    ).application  # fmt: skip


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.SUBMITTED, ["done", "next", "later", "later", "later"]),
        (Status.IN_REVIEW, ["done", "now", "next", "later", "later"]),
        (Status.INTERVIEW, ["done", "done", "now", "next", "later"]),
        (Status.WAITLISTED, ["done", "done", "done", "now", "later"]),
        (Status.DECLINED, ["done", "done", "ended"]),
    ],
)
def test_the_way_follows_the_status(status, expected):
    assert states(ApplicationFactory(status=status)) == expected


def test_a_draft_has_no_way_yet():
    assert way.of(ApplicationFactory(status=Status.DRAFT)) == []


def test_an_address_to_be_confirmed_is_what_happens_now():
    application = ApplicationFactory(status=Status.SUBMITTED, awaits_confirmation=True)

    assert states(application) == ["now", "next", "later", "later", "later"]


def test_a_decision_that_is_not_released_leaves_no_trace():
    pending = ApplicationFactory(status=Status.IN_REVIEW, pending_status=Status.DECLINED)

    assert way.of(pending)[1:] == way.of(ApplicationFactory(
        status=Status.IN_REVIEW, cohort=pending.cohort
    ))[1:]  # fmt: skip


def test_after_the_talk_the_answer_is_what_happens_now():
    assert states(interviewed(Interview.Status.BOOKED))[2] == "now"
    assert states(interviewed(Interview.Status.HELD)) == ["done", "done", "done", "now", "next"]
    declined = interviewed(Interview.Status.HELD, application=Status.DECLINED)
    assert states(declined) == ["done", "done", "done", "ended"]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Offer.Status.OPEN, ["done", "done", "done", "now", "next"]),
        (Offer.Status.TURNED_DOWN, ["done", "done", "done", "ended"]),
        (Offer.Status.LAPSED, ["done", "done", "done", "ended"]),
        (Offer.Status.WITHDRAWN, ["done", "done", "done", "ended"]),
    ],
)
def test_the_way_ends_where_the_offer_ended(status, expected):
    offer = OfferFactory(application__status=Status.OFFERED, status=status)

    assert states(offer.application) == expected


@pytest.mark.parametrize(
    ("begins_in_days", "lasts_days", "state"),
    [(10, 90, "next"), (-10, 90, "now"), (-90, 60, "done")],
)
def test_who_accepted_sees_her_group_ahead_now_and_behind(begins_in_days, lasts_days, state):
    offer = OfferFactory(application__status=Status.OFFERED, status=Offer.Status.ACCEPTED)
    cohort = offer.application.cohort
    cohort.meetings_from = timezone.localdate() + timedelta(days=begins_in_days)
    cohort.meetings_until = cohort.meetings_from + timedelta(days=lasts_days)

    assert states(offer.application) == ["done", "done", "done", "done", state]


def test_a_step_behind_her_no_longer_says_until_when_it_was_to_be_done():
    steps = way.of(ApplicationFactory(status=Status.INTERVIEW))

    assert [bool(step["when"]) for step in steps] == [True, False, True, True, True]
    assert [bool(step["date"]) for step in steps] == [True, False, True, True, True]


def test_a_withdrawn_application_tells_its_day():
    application = ApplicationFactory(status=Status.IN_REVIEW)
    application.withdraw(by=application.person)

    sent, last = way.of(application)

    assert (sent["state"], last["state"]) == ("done", "ended")
    assert last["date"] == timezone.localdate().isoformat()


def test_the_steps_stand_in_the_order_of_their_days():
    cohort = ApplicationFactory(status=Status.SUBMITTED).cohort
    cohort.interviews_from = cohort.reviews_due_on - timedelta(days=20)
    waiting = ApplicationFactory(status=Status.SUBMITTED, cohort=cohort)
    days = [step["date"] for step in way.of(waiting)]

    assert days == sorted(days)
    assert days[2] == cohort.interviews_until.isoformat()
