"""The days to answer an offer, or to book an interview, run from when the letter is let go."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from accounts.lifecycle import InvalidTransition
from applications import tasks
from applications.models import Interview, Offer
from applications.services import asked, interviews, selection
from notifications import again, calendar, duties, outbox, reasons, sender
from notifications.models import Message
from tests.applications.selecting import interviewing, invited, offered, slot_of
from tests.factories import StaffFactory
from tests.reminding import planned, sent_until

pytestmark = pytest.mark.django_db

MONDAY = datetime(2027, 2, 1, 15, 0, tzinfo=UTC)  # answers are due on Thursday the 4th
A_DAY = timedelta(days=1)
DAY_PASSED = "its day has passed: a new one is set within minutes, then release it"
ROUND_OVER = "interviews of this round are over: change the dates of the call first"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def offer():
    return offered()


@pytest.fixture
def interview():
    """To be booked within a week; the round of interviews lasts until the 9th."""
    return invited(interviewing())


def days(record):
    """The last day that the record now gives."""
    return type(record).objects.select_related("deadline").get(pk=record.pk).deadline.local_on


def letters():
    return Message.objects.filter(kind__startswith="application-")


def let_go(*, at_once=True):
    outbox.release(letters(), by=StaffFactory())
    if at_once:
        outbox.send_now(letters())


def state():
    message = letters().get()
    return message.state, message.reason


def test_while_the_letter_is_a_draft_the_day_to_answer_moves_on(clock, offer):
    found = []
    for _number in range(4):
        tasks.renew_days()
        found.append(days(offer).day)
        clock.shift(A_DAY)

    assert found == [4, 5, 8, 9]  # no weekend counts
    assert duties.audit() == []


def test_while_the_letter_is_a_draft_the_day_to_book_moves_on_to_the_end_of_the_round(
    clock, interview
):
    found = []
    for _number in range(3):
        tasks.renew_days()
        found.append(days(interview).day)
        clock.shift(A_DAY)

    assert found == [8, 9, 9]
    assert duties.audit() == []


def test_run_twice_it_changes_nothing_more(clock, offer):
    clock.shift(A_DAY)
    tasks.renew_days()
    once = days(offer)

    tasks.renew_days()

    offer.deadline.refresh_from_db()
    assert (offer.deadline.schedule_version, days(offer)) == (1, once)


def test_once_it_is_let_go_the_day_stays_as_it_was_read(clock, offer):
    let_go(at_once=False)
    clock.shift(A_DAY)

    tasks.renew_days()

    assert days(offer) == date(2027, 2, 4)


def test_who_was_told_gets_no_further_day_and_her_offer_lapses(clock, offer):
    let_go()
    sender.deliver_due()
    clock.shift(4 * A_DAY)

    tasks.renew_days()
    tasks.lapse_offers()

    offer.refresh_from_db()
    assert (days(offer), offer.status) == (date(2027, 2, 4), Offer.Status.LAPSED)


def test_a_letter_that_was_long_on_its_way_leaves_a_day_at_least(clock, offer):
    let_go(at_once=False)
    clock.move_to(offer.deadline.starts_at - timedelta(hours=23))

    sender.deliver_due()
    tasks.renew_days()

    assert Message.objects.get(kind="application-offered").state == Message.State.DRAFT
    assert days(offer) > date(2027, 2, 4)


def sent_again(letter, offer, by):
    return again.send(letter, by=by)


def asked_for(letter, offer, by):
    return asked.send_offer(offer, by=by)


@pytest.mark.parametrize("write", [sent_again, asked_for])
@pytest.mark.parametrize("tries_to_go", [False, True])
def test_a_copy_that_is_late_gives_who_was_told_no_further_day(clock, offer, write, tries_to_go):
    let_go()
    sender.deliver_due()
    clock.move_to(datetime(2027, 2, 5, 4, 58, tzinfo=UTC))  # two minutes before the day is over
    write(letters().get(), Offer.objects.with_people().get(), StaffFactory())
    clock.shift(timedelta(minutes=5))
    if tries_to_go:
        sender.deliver_due()

    tasks.renew_days()
    tasks.lapse_offers()

    offer.refresh_from_db()
    assert (days(offer), offer.status) == (date(2027, 2, 4), Offer.Status.LAPSED)


@pytest.mark.parametrize("days_late", [4, 30])
def test_a_letter_let_go_late_gives_all_the_days_and_its_reminders(clock, offer, days_late):
    """Nobody loses a place untold: neither does the offer lapse, nor is the letter suppressed."""
    clock.shift(days_late * A_DAY)
    for task in (tasks.renew_days, tasks.lapse_offers):
        task()
    let_go()
    sender.deliver_due()

    letter = letters().get()
    due = days(offer)
    offer.refresh_from_db()
    assert (letter.state, offer.may_be_answered) == (Message.State.SENT, True)
    assert due == selection.answer_by(offer.community.cohort).date()
    assert f"{due.day}\u00a0{due:%B}" in letter.body
    offer.deadline.refresh_from_db()
    lines = [line for line in planned(offer.deadline) if line[2] == "planned"]
    assert lines == [("half", "offer-unanswered", "planned"), ("1d", "offer-unanswered", "planned")]
    mails = sent_until(clock, offer.deadline.starts_at + A_DAY)
    assert mails == [("offer-unanswered", offer.application.person)] * 2


def test_a_letter_that_was_kept_up_is_a_draft_again_with_the_new_day(clock, offer):
    """The mail server was away from its release until after the day."""
    let_go()
    clock.shift(4 * A_DAY)

    tasks.renew_days()
    tasks.lapse_offers()
    sender.deliver_due()
    held = state()
    let_go()
    sender.deliver_due()

    offer.refresh_from_db()
    assert held == ("draft", reasons.OTHER_FACTS)
    assert (state(), offer.status, days(offer)) == (("sent", ""), "open", date(2027, 2, 10))


@pytest.mark.parametrize("record", ["offer", "interview"])
def test_before_the_day_is_renewed_the_letter_stays_a_draft_and_says_why(request, clock, record):
    request.getfixturevalue(record)
    clock.shift(8 * A_DAY)

    let_go()
    before = state()
    tasks.renew_days()
    let_go()
    sender.deliver_due()

    assert (before, state()) == (("draft", DAY_PASSED), ("sent", ""))


@pytest.mark.parametrize("record", ["offer", "interview"])
def test_what_was_let_go_in_time_and_is_late_at_the_server_is_a_draft_again(request, clock, record):
    request.getfixturevalue(record)
    let_go()
    clock.shift(8 * A_DAY)

    sender.deliver_due()

    assert state() == ("draft", DAY_PASSED)


def test_who_is_invited_again_by_a_letter_that_is_late_gets_other_days(clock, interview):
    let_go()
    sender.deliver_due()
    staff, slot = StaffFactory(), slot_of(interview.application.cohort)
    interviews.book(interview, slot, by=staff)
    clock.move_to(slot.ends_at)
    interview.refresh_from_db()
    interview.mark_missed(by=staff)
    interviews.invite_again(interview, by=staff)
    clock.move_to(datetime(2027, 2, 9, 15, tzinfo=UTC))  # the server is away; the 8th has passed

    tasks.renew_days()

    assert days(interview) == date(2027, 2, 9)


def test_when_the_round_is_over_the_letter_waits_for_other_dates(clock, interview):
    clock.shift(9 * A_DAY)

    tasks.renew_days()
    let_go()
    before = state(), days(interview)
    cohort = interview.application.cohort
    cohort.interviews_until = date(2027, 2, 14)
    cohort.save()
    tasks.renew_days()
    let_go()
    sender.deliver_due()

    assert before == (("draft", ROUND_OVER), date(2027, 2, 8))
    assert (state(), days(interview)) == (("sent", ""), date(2027, 2, 14))


def test_what_was_answered_or_booked_gets_no_other_day(clock, offer, interview):
    selection.withdraw_offer(offer, by=StaffFactory())
    slot = slot_of(interview.application.cohort)
    interviews.book(interview, slot, by=interview.application.person)
    clock.shift(3 * A_DAY)

    for renew, record in ((selection.renew_offer, offer), (interviews.renew, interview)):
        with pytest.raises(InvalidTransition):
            renew(record)

    assert (days(offer), days(interview)) == (date(2027, 2, 4), date(2027, 2, 8))


def test_an_offer_that_moved_a_moment_ago_keeps_no_other_from_its_days(clock, monkeypatch):
    first, second = offered(), offered()
    clock.shift(A_DAY)
    owe_anew = calendar.owe_anew

    def lost_for_the_first(event, *facts):
        if event == first.deadline:
            raise calendar.Moved
        owe_anew(event, *facts)

    monkeypatch.setattr(calendar, "owe_anew", lost_for_the_first)
    tasks.renew_days()

    assert (days(first).day, days(second).day) == (4, 5)


@pytest.mark.parametrize("number", [1, 3])
def test_to_look_for_what_waits_costs_six_questions_and_locks_nothing(
    number, django_assert_num_queries
):
    for _place in range(number):
        offered()
        invited(interviewing())

    with django_assert_num_queries(6):
        tasks.renew_days()

    assert (Offer.objects.untold().count(), Interview.objects.untold().count()) == (number, number)
