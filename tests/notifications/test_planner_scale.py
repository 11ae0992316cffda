"""Many reminders at once, in as many questions however many people there are.

On PostgreSQL: SQLite takes a limited number of values, so Django asks it more than once. How long
it takes is measured by ``make bench``.
"""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from notifications import planner
from notifications.models import Event, Invitee, Message, Reminder, Role
from tests.factories import EventFactory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db,
    pytest.mark.usefixtures("two_rules"),
]

DUE = datetime(2027, 2, 8, 18, 1, tzinfo=UTC)


def invited(people: int) -> None:
    """Let ``people`` be invited to a meeting of which they are reminded at ``DUE``."""
    persons = User.objects.bulk_create(
        User(email=f"person@workplace-{number}.test", name=f"Person {number}")
        for number in range(people)
    )
    with time_machine.travel(datetime(2027, 1, 4, tzinfo=UTC), tick=False):
        event = EventFactory(wall=datetime(2027, 2, 10, 13, 0))
    since = datetime(2027, 1, 5, tzinfo=UTC)
    Invitee.objects.bulk_create(
        Invitee(event=event, person=person, role=Role.MEMBER, since=since) for person in persons
    )


def test_as_many_questions_for_one_person_as_for_hundreds():
    counts = []
    for people in (1, 400):
        Reminder.objects.all().delete()
        Message.objects.all().delete()
        Event.objects.all().delete()
        User.objects.all().delete()
        invited(people)
        with CaptureQueriesContext(connection) as captured:
            planner.plan(DUE)
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert Message.objects.count() == 400


def test_five_thousand_due_reminders_are_planned_in_one_go():
    invited(5000)

    assert planner.plan(DUE) == 5000

    assert Reminder.objects.filter(state="enqueued", message__isnull=False).count() == 5000
