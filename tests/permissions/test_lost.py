"""A right that is lost in mid-session is gone with the next request of the same browser."""

import pytest
from django.urls import reverse

from accounts.models import User
from applications.models import Status
from applications.services import interviews
from applications.services import review as reviews
from cops import services as communities
from cops.models import CohortRole
from tests.factories import ApplicationFactory

pytestmark = pytest.mark.django_db


def membership_ends(world):
    communities.leave(world.ours.member)


def facilitator_leaves(world):
    communities.leave(world.ours.facilitator)


def reading_ends(world):
    CohortRole.objects.filter(person=world.people["Rev"]).delete()


def interviewing_ends(world):
    CohortRole.objects.filter(person=world.people["Int"]).delete()


def review_is_recused(world):
    reviews.recuse(world.review, reason="I know her")


def staff_flag_is_taken(world):
    User.objects.filter(pk=world.people["Stf"].pk).update(is_staff=False)


def may_no_longer_sign_in(world):
    User.objects.filter(pk=world.people["App"].pk).update(is_active=False)


@pytest.mark.parametrize(
    ("column", "route", "record", "lost", "status"),
    [
        ("Mem", "meetings:meeting", lambda w: w.ours.sent.uuid, membership_ends, 404),
        ("Mem", "outcomes:outcome", lambda w: w.ours.draft.slug, membership_ends, 404),
        ("Fac", "meetings:meeting-notes", lambda w: w.ours.ahead.uuid, facilitator_leaves, 404),
        ("Fac", "meetings:meeting-move", lambda w: w.ours.ahead.uuid, facilitator_leaves, 404),
        ("Fac", "meetings:schedule", lambda w: w.ours.community.slug, facilitator_leaves, 404),
        ("Rev", "applications:review", lambda w: w.review.uuid, reading_ends, 404),
        ("Rev", "applications:review", lambda w: w.review.uuid, review_is_recused, 404),
        ("Int", "applications:interview", lambda w: w.interview.uuid, interviewing_ends, 404),
        ("Int", "applications:interviews", None, interviewing_ends, 404),
        ("Stf", "admin:index", None, staff_flag_is_taken, 403),
        ("Stf", "board", None, staff_flag_is_taken, 403),
        ("Stf", "applications:interview", lambda w: w.interview.uuid, staff_flag_is_taken, 404),
        ("App", "accounts:me", None, may_no_longer_sign_in, 302),
    ],
    ids=lambda one: getattr(one, "__name__", None) if callable(one) else None,
)
def test_the_next_request_is_refused(world, column, route, record, lost, status):
    client = world.client(column)
    address = reverse(route, args=[record(world)] if record else [])

    before = client.get(address).status_code
    lost(world)

    assert (before, client.get(address).status_code) == (200, status)


def test_who_moved_to_another_panel_opens_the_interview_no_more(world):
    slot = world.slot(world.future(), world.people["Int"])
    interview = world.booked(ApplicationFactory(cohort=world.call, status=Status.INTERVIEW), slot)
    client = world.client("Int")
    address = reverse("applications:interview", args=[interview.uuid])

    before = client.get(address).status_code
    interviews.move(interview, world.free_slot, by=world.people["Stf"])

    assert (before, client.get(address).status_code) == (200, 404)


def test_a_feed_stops_telling_of_a_group_that_was_left(world):
    person = world.people["Mem"]
    client = world.client("Mem")
    address = reverse("notifications:calendar-feed", args=[person.calendar_secret])
    uid = str(world.ours.ahead.event.uuid)

    before = uid in client.get(address).text
    communities.leave(world.ours.member)

    after = client.get(address).text
    assert (before, uid in after and "STATUS:CANCELLED" not in after) == (True, False)
