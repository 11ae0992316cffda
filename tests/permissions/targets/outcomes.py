"""Outcomes: drafts and what is published."""

from cops import services as communities
from outcomes.models import Outcome
from tests.factories import (
    OutcomeFactory,
)
from tests.permissions.targets.aim import Aim
from tests.permissions.targets.pages import from_desk


def outcome_draft(world, person, own):
    return Aim([world.group_of(person, own=own).draft.slug])


def outcome_draft_by_link(world, person, own):
    if person == world.people["Pub"]:
        if not own:
            return Aim([world.theirs.draft.slug])
        communities.join(world.ours.community, person)
        return Aim([world.ours.draft.slug], own_words=("outcome.own",))
    return outcome_draft(world, person, own)


def outcome_to_edit(world, person, own):
    return from_desk(world, "outcomes_outcome", world.ours.draft, summary_en="New words")


def outcome_for_editor(world, person, own):
    outcome = OutcomeFactory(community=world.ours.community, status=Outcome.Status.MEMBER_REVIEW)
    return Aim([outcome.pk, "to_editor"])


def outcome_to_withdraw(world, person, own):
    return Aim([world.ours.published.pk, "withdraw"], {"reason": "Wrong"})


def outcome_published(world, person, own):
    return Aim([world.ours.published.slug])


def feedback(world, person, own):
    return Aim([world.ours.published.slug], {"text": "We tried this."})


def new_version(world, person, own):
    typed = from_desk(world, "outcomes_outcome", None).data
    typed |= {"community": world.ours.community.pk, "slug": "second", "title_en": "Second"}
    return Aim([], typed | {"number": "2", "supersedes": world.ours.published.pk})
