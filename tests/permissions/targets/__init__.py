"""The record that a door leads to, made or found for whoever knocks.

Each function takes the world, the person who asks, and ``own``: whether the record is
to be hers (or, of a group, her group's), or somebody else's. It returns an ``Aim``.
"""

from tests.permissions.targets import (
    applications,
    calls,
    communities,
    desk,
    interviews,
    meetings,
    outcomes,
    people,
    review,
    selection,
    site,
)
from tests.permissions.targets.aim import Aim

NOUNS = (
    calls,
    applications,
    review,
    interviews,
    selection,
    communities,
    meetings,
    outcomes,
    desk,
    people,
    site,
)


def aim(name, world, person, own) -> Aim:
    """Return what the target called ``name`` in the table aims at."""
    (target,) = {getattr(noun, name) for noun in NOUNS if hasattr(noun, name)}
    return target(world, person, own)
