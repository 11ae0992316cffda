"""Outcomes and those who must hear of them: the members whose work it is."""

from django.db import transaction

from accounts.lifecycle import InvalidTransition
from accounts.models import User
from notifications import outbox
from notifications.models import Message
from outcomes.models import Outcome


@transaction.atomic
def send_to_members(outcome: Outcome, *, by: User) -> list[Message]:
    """Ask the community to read what is to be published in its name, by drafts to release."""
    outcome.send_to_members(by=by)
    return _tell_members("outcome-to-read", outcome, round=outcome.changes.count(), by=by)


@transaction.atomic
def publish(outcome: Outcome, *, by: User | None) -> list[Message]:
    """Publish, and tell the members once for each version: by drafts, where staff are there.

    What was scheduled is published by nobody (None), and the mail goes at once.
    """
    outcome.publish(by=by)
    return _tell_members("outcome-published", outcome, by=by)


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


def _tell_members(kind: str, outcome: Outcome, *, by: User | None, round: int = 1) -> list[Message]:
    return [
        outbox.write(
            kind,
            membership.person,
            key=f"{kind}:{outcome.uuid}:{round}:{membership.person_id}",
            context={"outcome": outcome.pk},
            state=Message.State.DRAFT if by else Message.State.QUEUED,
            by=by,
        )
        for membership in outcome.community.memberships.current().select_related("person")
    ]
