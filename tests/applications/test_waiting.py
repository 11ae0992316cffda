"""What stands on top of a person's page: the one thing to do first."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.first_thing import soonest
from applications import waiting
from applications.models import Status
from applications.words import standing
from notifications.models import Kind
from tests.factories import (
    ApplicationFactory,
    EventFactory,
    InterviewFactory,
    OfferFactory,
    ReviewFactory,
    SlotFactory,
    wall,
)

pytestmark = pytest.mark.django_db


def of(application):
    return waiting.of_applicant(application, standing(application))


def test_the_earliest_comes_first_and_nothing_is_no_record():
    now = timezone.now()
    first = {"by": now, "record": "a"}
    second = {"by": now + timedelta(days=1), "record": "b"}

    assert soonest(None, second, first) is first
    assert soonest(soonest(None), second) is second
    assert soonest(None)["record"] is None


def test_an_offer_waits_for_its_answer_until_it_has_one():
    offer = OfferFactory(application__status=Status.OFFERED)
    accepted = OfferFactory(application__status=Status.OFFERED, status="accepted")

    thing = of(offer.application)

    assert (thing["by"], thing["url"]) == (offer.deadline.starts_at, offer.get_absolute_url())
    assert of(accepted.application) is None


def test_an_invitation_waits_for_a_time_then_for_the_day():
    invited = InterviewFactory(application__status=Status.INTERVIEW)
    booked = InterviewFactory(
        application__status=Status.INTERVIEW, status="booked", slot=SlotFactory(),
        event=EventFactory(kind=Kind.INTERVIEW, minutes=45),
    )  # fmt: skip

    times = [of(one.application)["by"] for one in (invited, booked)]

    assert times == [invited.deadline.starts_at, booked.slot.starts_at]


@pytest.mark.parametrize(
    "status", [Status.SUBMITTED, Status.IN_REVIEW, Status.INTERVIEW, Status.WAITLISTED]
)
def test_who_only_waits_reads_where_it_stands(status):
    application = ApplicationFactory(status=status)

    thing = of(application)

    assert thing["title"] == standing(application)["sentence"]
    assert thing["is_quiet"]


@pytest.mark.parametrize("status", [Status.DECLINED, Status.WITHDRAWN])
def test_what_is_closed_waits_for_nothing(status):
    assert of(ApplicationFactory(status=status)) is None


def test_the_review_due_next_is_named_and_says_when_it_is_late():
    late = ReviewFactory(deadline__wall=wall(-1))

    thing = waiting.reviews([late])

    assert (thing["record"], thing["is_late"]) == (late, True)
    assert late.application.reference in thing["verb"]
    assert waiting.reviews([]) is None
