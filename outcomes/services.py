"""Outcomes and those who must hear of them: the members whose work it is."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from accounts import clock
from accounts.lifecycle import InvalidTransition
from accounts.models import User
from notifications import calendar, outbox
from notifications.models import Kind, Message, Role
from outcomes.models import Outcome

# A group meets every two weeks, so one of its meetings falls into the time to read.
READING_DAYS = 14


@transaction.atomic
def send_to_members(outcome: Outcome, *, by: User) -> list[Message]:
    """Ask the community to read what is to be published in its name, by drafts to release.

    The members have ``READING_DAYS`` for it.
    """
    outcome.send_to_members(by=by)
    _owe_reading(outcome)
    return _tell_members("outcome-to-read", outcome, round=outcome.changes.count(), by=by)


@transaction.atomic
def publish(outcome: Outcome, *, by: User | None) -> list[Message]:
    """Publish, and tell the members once for each version: by drafts, where staff are there.

    What was scheduled is published by nobody (None), and the mail goes at once.
    """
    outcome.publish(by=by)
    return _tell_members("outcome-published", outcome, by=by)


def _owe_reading(outcome: Outcome) -> None:
    on = timezone.localdate(timezone=clock.ONTARIO) + timedelta(days=READING_DAYS)
    wall = datetime.combine(on, time(23, 59))
    if outcome.reading_due is None:
        series = outcome.community.series
        outcome.reading_due = calendar.hold(Kind.OUTCOME_DUE, wall, series=series)
        outcome.save(update_fields=["reading_due"])
    else:
        calendar.move(outcome.reading_due, wall)
    for membership in outcome.community.members.select_related("person"):
        calendar.owe(outcome.reading_due, membership.person, Role.MEMBER)


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
