"""Notes that are missing: the facilitator after one and four days, staff after seven."""

from datetime import UTC, datetime

import pytest
import time_machine

from meetings import services
from meetings.tasks import pass_on_missing_notes
from notifications import duties, outbox, planner
from notifications.models import Invitee, Role
from notifications.render import NoLongerTrue, render
from tests.factories import NoteFactory, PersonFactory, StaffFactory
from tests.reminding import read, sent_until

pytestmark = pytest.mark.django_db

START = datetime(2027, 2, 1, 15, 0, tzinfo=UTC)
END = datetime(2027, 2, 14, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def meeting(clock, community):
    """A meeting on Tuesday 2 February at 1 p.m., whose notes are due on the 4th."""
    return services.schedule(community, datetime(2027, 2, 2, 13, 0), how_many=1)[0]


@pytest.fixture
def community(clock, group):
    for each in (group.past, group.ahead):
        services.calendar.cancel(each.event)
        services.calendar.settle(each.notes_due)
    return group.community


def notes_mails(clock, until=END):
    """Let the days pass as the schedule would, and return who was told of missing notes."""
    mails = []
    while datetime.now(UTC) < until:
        clock.shift(6 * 3600)
        pass_on_missing_notes()
        mails = sent_until(clock, datetime.now(UTC))
        planner.plan()
        from notifications import sender

        sender.deliver_due()
    mails = sent_until(clock, until)
    return [(kind, person) for kind, person in mails if kind.startswith("notes")]


def test_the_facilitator_is_reminded_after_1_and_4_days_then_staff_after_7(clock, group, meeting):
    staff = StaffFactory()

    mails = notes_mails(clock)

    assert mails == [
        ("notes-missing", group.facilitator),
        ("notes-missing", group.facilitator),
        ("notes-missing-long", staff),
    ]
    due = meeting.notes_due.reminders.order_by("due_at").values_list("due_at", flat=True)
    assert [moment.day for moment in due] == [4, 7, 10]  # 8 p.m. in Toronto on the day before


def test_notes_that_are_finished_remind_nobody(clock, group, meeting):
    StaffFactory()
    clock.move_to(datetime(2027, 2, 3, 15, tzinfo=UTC))
    NoteFactory(meeting=meeting)
    meeting.event.invitees.update(attendance="present")
    services.finish_notes(meeting, by=group.facilitator)

    assert notes_mails(clock) == []
    assert duties.audit() == []


def test_it_is_the_contact_of_the_cohort_who_is_told_where_staff_is_one(
    clock, meeting, django_assert_num_queries
):
    cohort = meeting.community.cohort
    contact, _other = StaffFactory(email=cohort.mailbox), StaffFactory()
    clock.move_to(datetime(2027, 2, 8, 15, tzinfo=UTC))

    services.pass_on_missing_notes()
    with django_assert_num_queries(1):  # every minute, however many are missing for long
        services.pass_on_missing_notes()

    owing = Invitee.objects.current().filter(event=meeting.notes_due, role=Role.STAFF)
    assert [part.person for part in owing] == [contact]


def test_nobody_of_staff_owes_notes_before_they_are_three_days_late(clock, meeting):
    StaffFactory()
    clock.move_to(datetime(2027, 2, 7, 15, tzinfo=UTC))

    services.pass_on_missing_notes()

    assert not meeting.notes_due.invitees.filter(role=Role.STAFF).exists()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_they_say(clock, group, meeting, language):
    clock.move_to(datetime(2027, 2, 3, 15, tzinfo=UTC))
    early = outbox.write("notes-missing", group.facilitator, key="1", event=meeting.notes_due)
    before = read(early, language)
    clock.move_to(datetime(2027, 2, 8, 15, tzinfo=UTC))
    late = read(early, language)
    long = outbox.write("notes-missing-long", PersonFactory(), key="2", event=meeting.notes_due)
    told = read(long, language)

    name = meeting.community.in_language("name", language)
    if language == "en":
        assert before[0] == f"Notes to finish: {name}, Tuesday 2\u00a0February 2027"
        assert "They are due on Thursday 4 February 2027." in before[1]
        assert "They were due on Thursday 4 February 2027." in late[1]
        assert "It is up to Fatima" in told[1]
    else:
        assert before[0] == f"Notes à terminer\u00a0: {name}, mardi 2\u00a0février 2027"
        assert "Elles sont attendues le jeudi 4 février 2027." in before[1]
        assert "Elles étaient attendues le jeudi 4 février 2027." in late[1]
        assert "C’est à Fatima" in told[1]


def test_before_the_meeting_is_over_no_notes_are_missing(group, meeting):
    message = outbox.write("notes-missing", group.facilitator, key="1", event=meeting.notes_due)

    with pytest.raises(NoLongerTrue):
        render(message)
