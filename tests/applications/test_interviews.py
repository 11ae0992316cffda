from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts import clock
from accounts.lifecycle import InvalidTransition
from applications.conflicts import near_interviewers
from applications.models import Interview, Status
from applications.services import interviews, selection
from notifications.models import Invitee, Message
from tests.applications.selecting import booked, interviewer_of, interviewing, invited, slot_of
from tests.factories import CohortFactory, InterviewFactory, StaffFactory, days

pytestmark = pytest.mark.django_db


def current(event):
    return {(part.person, part.role) for part in event.invitees.current()}


def mails(kind):
    return [m.recipient for m in Message.objects.filter(kind=kind).order_by("pk")]


def test_booking_makes_the_event_and_settles_the_deadline():
    cohort = interviewing()
    interview, slot = invited(cohort), slot_of(cohort)
    applicant, (interviewer,) = interview.application.person, slot.interviewers

    interviews.book(interview, slot, by=applicant)

    interview.refresh_from_db()
    assert (interview.status, interview.slot) == (Interview.Status.BOOKED, slot)
    assert (interview.event.starts_at, interview.event.length_minutes) == (slot.starts_at, 45)
    assert current(interview.event) == {(applicant, "applicant"), (interviewer, "interviewer")}
    assert current(interview.deadline) == set()
    assert mails("interview-booked") == [applicant, interviewer]
    assert [(c.old, c.new, c.by) for c in interview.changes.all()] == [
        ("invited", "booked", applicant)
    ]


def test_a_slot_of_another_cohort_cannot_be_booked():
    interview = invited(interviewing())

    with pytest.raises(interviews.SlotTaken):
        interviews.book(interview, slot_of(interviewing()), by=interview.application.person)


def test_a_slot_of_an_interviewer_of_her_own_organization_cannot_be_booked():
    cohort = interviewing()
    interview = invited(cohort)
    colleague = interviewer_of(cohort, organization=interview.application.organization)
    slot = slot_of(cohort, interviewer_of(cohort), colleague)

    with pytest.raises(interviews.SlotTaken):
        interviews.book(interview, slot, by=interview.application.person)

    assert near_interviewers(interview.application) == [colleague.pk]


def test_a_taken_slot_cannot_be_booked():
    cohort = interviewing()
    slot = booked(cohort).slot
    interview = invited(cohort)

    with pytest.raises(interviews.SlotTaken):
        interviews.book(interview, slot, by=interview.application.person)

    assert interview.status == Interview.Status.INVITED


def test_after_the_last_day_she_cannot_book_but_staff_can():
    cohort = interviewing()
    interview = invited(cohort)
    slot = slot_of(cohort, at=days(8))

    with time_machine.travel(interview.deadline.starts_at + timedelta(minutes=1)):
        with pytest.raises(InvalidTransition, match="last day to book"):
            interviews.book(interview, slot, by=interview.application.person)
        interviews.book(interview, slot, by=StaffFactory())

    interview.refresh_from_db()
    assert interview.slot == slot


def test_a_withdrawn_applicant_cannot_book():
    cohort = interviewing()
    interview, slot = invited(cohort), slot_of(cohort)
    selection.withdraw_application(interview.application, by=interview.application.person)

    with pytest.raises(InvalidTransition, match="no longer invited"):
        interviews.book(interview, slot, by=interview.application.person)


def test_booking_twice_is_refused():
    cohort = interviewing()
    interview = booked(cohort)

    with pytest.raises(InvalidTransition):
        interviews.book(interview, slot_of(cohort), by=interview.application.person)


def test_moving_keeps_the_event_and_changes_its_panel():
    cohort = interviewing()
    stays, leaves, comes = (interviewer_of(cohort) for _ in range(3))
    interview = booked(cohort, slot_of(cohort, stays, leaves))
    event, applicant = interview.event, interview.application.person
    later = slot_of(cohort, stays, comes, at=days(4), join_link="https://meet.example/b")

    interviews.move(interview, later, by=applicant)

    interview.refresh_from_db()
    assert (interview.status, interview.slot, interview.event) == ("booked", later, event)
    assert (interview.event.starts_at, interview.event.join_link) == (
        later.starts_at,
        "https://meet.example/b",
    )
    assert interview.event.schedule_version == 1
    assert current(event) == {
        (applicant, "applicant"),
        (stays, "interviewer"),
        (comes, "interviewer"),
    }
    assert mails("interview-booked") == [applicant, stays, leaves, comes]


def test_moving_to_a_taken_slot_keeps_the_old_one():
    cohort = interviewing()
    other, interview = booked(cohort), booked(cohort)
    old = interview.slot

    with pytest.raises(interviews.SlotTaken):
        interviews.move(interview, other.slot, by=interview.application.person)

    interview.refresh_from_db()
    assert interview.slot == old


@pytest.mark.parametrize("verb", ["move", "release"])
def test_within_24_hours_only_staff_change_a_booking(verb):
    cohort = interviewing()
    interview = booked(cohort)
    later = slot_of(cohort, at=days(5))

    def change(by):
        if verb == "move":
            interviews.move(interview, later, by=by)
        else:
            interviews.release(interview, by=by)

    with time_machine.travel(interview.slot.starts_at - timedelta(hours=23)):
        with pytest.raises(InvalidTransition, match="24 hours"):
            change(interview.application.person)
        change(StaffFactory())

    interview.refresh_from_db()
    assert interview.slot == (later if verb == "move" else None)


def test_releasing_frees_the_slot_and_lets_the_deadline_count_again():
    cohort = interviewing()
    interview = booked(cohort)
    event, slot, applicant = interview.event, interview.slot, interview.application.person

    interviews.release(interview, by=applicant, reason="A training that day.")

    interview.refresh_from_db()
    event.refresh_from_db()
    assert (interview.status, interview.slot, interview.event) == ("invited", None, None)
    assert event.cancelled_at is not None
    assert current(interview.deadline) == {(applicant, "applicant")}
    interviews.book(invited(cohort), slot, by=StaffFactory())


def test_releasing_after_the_deadline_gives_a_new_one():
    cohort = interviewing()
    interview = booked(cohort, slot_of(cohort, at=days(12)))
    cohort.interviews_until = (days(13)).date()
    cohort.groups_on = days(15).date()
    cohort.save()

    with time_machine.travel(interview.deadline.starts_at + timedelta(hours=1)):
        interviews.release(interview, by=interview.application.person)

        interview.refresh_from_db()
        assert interview.deadline.starts_at > timezone.now()


def test_the_deadline_is_a_week_away_but_never_after_the_last_interview_day():
    cohort = interviewing()
    with time_machine.travel(clock.end_of_day(cohort.interviews_until) - timedelta(days=2)):
        interview = invited(cohort)

    assert interview.deadline.starts_at == clock.end_of_day(cohort.interviews_until)


def test_nobody_is_invited_when_the_interview_days_are_over():
    with pytest.raises(InvalidTransition, match="ended on"):
        interviews.booking_deadline(CohortFactory(opens_at=days(-100)))


def test_a_missed_interview_is_invited_again_by_a_new_letter():
    cohort = interviewing()
    interview = booked(cohort)
    staff = StaffFactory()
    with time_machine.travel(interview.slot.ends_at):
        interview.mark_missed(by=staff)
        interviews.invite_again(interview, by=staff)

    interview.refresh_from_db()
    assert (interview.status, interview.slot) == ("invited", None)
    letters = Message.objects.filter(kind="application-interview").order_by("pk")
    assert [(letter.recipient, letter.state) for letter in letters] == [
        (interview.application.person, Message.State.DRAFT),
        (interview.application.person, Message.State.QUEUED),
    ]
    assert Invitee.objects.current().filter(event=interview.deadline).count() == 1


@pytest.mark.parametrize("verb", ["mark_held", "mark_missed"])
def test_before_it_begins_nothing_can_be_said_about_an_interview(verb):
    interview = booked(interviewing())

    with pytest.raises(InvalidTransition, match="not begun"):
        getattr(interview, verb)(by=StaffFactory())


VERBS = {
    "booked": lambda interview, slot, event, by: interview.book(slot, event, by=by),
    "invited": lambda interview, slot, event, by: interview.free(by=by),
    "held": lambda interview, slot, event, by: interview.mark_held(by=by),
    "missed": lambda interview, slot, event, by: interview.mark_missed(by=by),
}


@pytest.mark.parametrize("old", Interview.Status.values)
@pytest.mark.parametrize("new", Interview.Status.values)
def test_an_interview_moves_only_as_its_table_says(old, new):
    cohort = interviewing()
    slot = slot_of(cohort, at=days(-1))
    event = InterviewFactory().deadline
    interview = InterviewFactory(
        application__cohort=cohort,
        status=old,
        slot=None if old == "invited" else slot,
        event=None if old == "invited" else event,
    )

    if new in Interview.NEXT.get(old, ()):
        VERBS[new](interview, slot, event, StaffFactory())
        assert interview.status == new
    else:
        with pytest.raises(InvalidTransition):
            VERBS[new](interview, slot, event, StaffFactory())
        interview.refresh_from_db()
        assert interview.status == old


def test_slots_are_published_in_a_row_all_or_none():
    cohort = interviewing()
    one, two = interviewer_of(cohort), interviewer_of(cohort)
    taken = slot_of(cohort, two, at=days(3))
    starts = [taken.starts_at - timedelta(hours=2), taken.starts_at + timedelta(minutes=30)]

    with pytest.raises(interviews.PanelBusy):
        interviews.publish(cohort, [one, two], starts, minutes=45, zone="America/Toronto")

    assert list(cohort.slots.all()) == [taken]
    published = interviews.publish(cohort, [one], starts, minutes=45, zone="America/Toronto")
    assert [slot.interviewers for slot in published] == [[one], [one]]


def test_a_booked_slot_cannot_be_withdrawn_and_a_withdrawn_one_not_booked():
    cohort = interviewing()
    interview, free = booked(cohort), slot_of(cohort, at=days(3))

    with pytest.raises(InvalidTransition, match="booked"):
        interviews.withdraw_slot(interview.slot)
    interviews.withdraw_slot(free)
    with pytest.raises(InvalidTransition, match="already withdrawn"):
        interviews.withdraw_slot(free)
    with pytest.raises(interviews.SlotTaken):
        interviews.move(interview, free, by=interview.application.person)


def test_an_interviewer_sees_only_interviews_of_her_panel():
    cohort = interviewing()
    interview = booked(cohort)
    (interviewer,) = interview.slot.interviewers

    assert list(Interview.objects.visible_to(interviewer)) == [interview]
    assert list(Interview.objects.visible_to(interviewer_of(cohort))) == []


def test_a_declined_applicant_keeps_no_booking():
    cohort = interviewing()
    interview = booked(cohort)
    event, staff = interview.event, StaffFactory()
    interview.application.decide(Status.DECLINED, by=staff)

    selection.release(cohort.applications.all(), by=staff)

    interview.refresh_from_db()
    event.refresh_from_db()
    assert (interview.status, interview.slot) == ("invited", None)
    assert event.cancelled_at is not None
    assert current(interview.deadline) == set()
