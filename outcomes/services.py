"""Outcomes and those who must hear of them: the members whose work it is."""

from django.db import transaction

from accounts.lifecycle import InvalidTransition
from accounts.models import User
from notifications import outbox
from outcomes.models import Outcome


@transaction.atomic
def send_to_members(outcome: Outcome, *, by: User) -> None:
    """Ask the community to read what is to be published in its name."""
    outcome.send_to_members(by=by)
    _tell_members("outcome-to-read", outcome, round=outcome.changes.count())


@transaction.atomic
def publish(outcome: Outcome, *, by: User | None) -> None:
    """Publish, and tell the members once for each version."""
    outcome.publish(by=by)
    _tell_members("outcome-published", outcome)


def publish_due() -> int:
    """Publish what was scheduled for now or earlier; returns how many went out.

    One that somebody withdrew or published in the meantime is left alone; one
    that has become incomplete stays scheduled and shows on the board.
    """
    published = 0
    for outcome in Outcome.objects.due_for_publishing():
        try:
            publish(outcome, by=None)
            published += 1
        except InvalidTransition:
            continue
    return published


def _tell_members(kind: str, outcome: Outcome, *, round: int = 1) -> None:
    for membership in outcome.community.memberships.current().select_related("person"):
        outbox.write(
            kind,
            membership.person,
            key=f"{kind}:{outcome.uuid}:{round}:{membership.person_id}",
            context={"outcome": outcome.pk},
        )
