"""The choice: proposals, decisions, letters and offers."""

from applications.models import Application, Interview, Status
from notifications import outbox
from tests.factories import (
    OfferFactory,
)
from tests.permissions.targets.aim import Aim
from tests.permissions.targets.applications import application_of


def proposal(world, person, own):
    held(world)
    return Aim([world.proposal.pk])


def held(world):
    Interview.objects.filter(pk=world.interview.pk).update(status=Interview.Status.HELD)


def placement(world, person, own):
    held(world)
    return Aim([world.proposal.pk], {str(world.talked.pk): str(world.to_place.pk)})


def question_to_refine(world, person, own):
    return Aim([world.question.pk], {"question_en": "And now?", "reason": "Heard"})


def release(world, person, own):
    return Aim([], {"action": "release_decisions", "_selected_action": [world.read.pk]})


def letters(world, person, own):
    Application.objects.filter(pk=world.read.pk).update(status=Status.DECLINED)
    letter = outbox.draft(
        "application-declined", world.read.person, key="letter", by=world.people["Stf"],
        context={"application": world.read.pk},
    )  # fmt: skip
    return Aim([], {"act": "release"}, query=f"ids={letter.pk}")


def offer_of(world, person, own):
    takes_part = person in (world.people["Rev"], world.people["Int"])
    cohort = world.call if own and takes_part else world.other_call
    application = application_of(world, person, own, cohort=cohort, status=Status.OFFERED)
    return OfferFactory(
        application=application, community__focus_area=world.focus_area, community__cohort=cohort
    )


def own_offer(world, person, own):
    return Aim([offer_of(world, person, own).uuid])


def own_answer(world, person, own):
    return Aim([offer_of(world, person, own).uuid], {"answer": "turn-down", "reason": "Ill"})
