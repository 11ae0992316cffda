"""Communities and who is in them."""

from tests.factories import (
    PersonFactory,
)
from tests.permissions.targets.aim import Aim
from tests.permissions.targets.pages import from_desk


def community(world, person, own):
    return Aim([world.group_of(person, own=own).community.slug])


inside = inside_with_hours = community


def member_at_desk(world, person, own):
    return Aim([world.ours.other.person.pk])


def community_to_edit(world, person, own):
    return from_desk(world, "cops_community", world.ours.community, summary_en="New summary")


def newcomer(world, person, own):
    typed = {"person": PersonFactory().email, "role": "member"}
    return Aim([world.ours.community.pk, "add_person"], typed)


def membership_to_end(world, person, own):
    return Aim([world.ours.other.pk, "end"], {"reason": "Moved"})
