"""Reviews: hers to write, and other readers’."""

from applications.models import Review, Status
from tests.factories import (
    ApplicationFactory,
    ReviewFactory,
)
from tests.permissions.targets.aim import Aim


def review(world, person, own):
    """Hers to write: an assignment in the call; of somebody else: another reader's."""
    if not own:
        return other_open_review(world)
    return Aim([review_for(world, person).uuid], {"remark": "Mine", "criterion_1": "4"})


def review_for(world, person, **facts):
    if person == world.people["Rev"] and not facts:
        return world.review
    if person == world.people["Rev"]:
        Review.objects.filter(pk=world.review.pk).update(**facts)
        return Review.objects.get(pk=world.review.pk)
    return ReviewFactory(application=world.read, reviewer=person, role=person.is_staff, **facts)


def other_open_review(world):
    application = ApplicationFactory(cohort=world.call, status=Status.IN_REVIEW)
    theirs = ReviewFactory(application=application, reviewer=world.second_reader)
    return Aim([theirs.uuid], {"remark": "Mine", "criterion_1": "4"})


def other_review(world, person, own):
    return Aim([world.other_review.uuid])


def review_done(world, person, own):
    if not own:
        return other_review(world, person, own)
    return Aim([review_for(world, person, status=Review.Status.DONE).uuid])


def desk_of_other_review(world, person, own):
    return Aim([world.other_review.pk])


def recusal(world, person, own):
    aim = review(world, person, own)
    return Aim(aim.args, {"reason": "I know her"})


def assignment(world, person, own):
    application = ApplicationFactory(cohort=world.call, status=Status.SUBMITTED)
    return Aim([], {"action": "assign_reviews", "_selected_action": [application.pk]})


def review_to_reopen(world, person, own):
    return Aim([world.other_review.pk, "give_back"])
