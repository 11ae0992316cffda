"""What a migration put into the calendar, its way back takes out again."""

from contextlib import contextmanager

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from applications.services import intake
from cops.models import Cohort
from cops.services import join
from notifications import duties
from notifications.models import Event, Message, Reminder
from outcomes import services
from outcomes.models import Outcome
from tests.factories import (
    CohortFactory,
    MessageFactory,
    OutcomeFactory,
    PersonFactory,
    StaffFactory,
    days,
)

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@contextmanager
def gone_back_to(app, name):
    """Undo what came after one migration, then do it again."""
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes()
    try:
        executor.migrate([(app, name)])
        yield
    finally:
        MigrationExecutor(connection).migrate(newest)


def mail_and_a_reminder_of(event, person):
    MessageFactory(kind="event-moved", recipient=person, event=event, state="sent")
    MessageFactory(kind="event-moved", recipient=person, event=event, state="queued")
    Reminder.objects.create(
        event=event, schedule_version=0, person=person, offset_key="1d", mail="event-moved",
        due_at=days(1), useful_until=days(2),
    )  # fmt: skip


def left(kind):
    """How many events of ``kind`` there are, and what became of the mail."""
    mail = Message.objects.filter(kind="event-moved").values_list("state", "event")
    return Event.objects.filter(kind=kind).count(), list(mail), Reminder.objects.count()


def test_without_the_closings_of_calls_nothing_of_them_is_left_and_forth_they_are_back():
    call = CohortFactory()
    draft = intake.start_own(call, PersonFactory())
    mail_and_a_reminder_of(call.closing, draft.person)

    with gone_back_to("cops", "0011_closing_and_slides"):
        found = left("application-due")

    call = Cohort.objects.select_related("closing").get()
    assert found == (0, [("sent", None)], 0)
    assert call.closing.starts_at == call.closes_at
    assert duties.audit() == []


def test_without_the_readings_of_outcomes_nothing_of_them_is_left_and_forth_they_are_back():
    outcome = OutcomeFactory()
    join(outcome.community, PersonFactory())
    services.send_to_members(outcome, by=StaffFactory())
    member = outcome.reading_due.invitees.get().person
    mail_and_a_reminder_of(outcome.reading_due, member)

    with gone_back_to("outcomes", "0007_when_members_read"):
        found = left("outcome-due")

    outcome = Outcome.objects.get()
    assert found == (0, [("sent", None)], 0)
    assert [part.person for part in outcome.reading_due.invitees.current()] == [member]
    assert duties.audit() == []
