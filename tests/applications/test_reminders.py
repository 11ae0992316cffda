"""Who is reminded on the way in, when, and of what no longer."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from applications.models import Application, Status
from applications.services import intake, interviews, review, selection
from cops.services import cancel_registration, register
from notifications import duties, outbox, planner, sender
from notifications.models import Event, Invitee, Kind, Message, Reminder, Role
from notifications.render import NoLongerTrue, render
from tests.applications.selecting import interviewing, invited, offered, slot_of
from tests.factories import (
    ApplicationFactory,
    CohortFactory,
    CohortRoleFactory,
    PersonFactory,
    StaffFactory,
    WebinarFactory,
)
from tests.reminding import planned, read, sent_until

pytestmark = pytest.mark.django_db

START = datetime(2027, 2, 1, 15, 0, tzinfo=UTC)
TWO_DAYS_BEFORE = datetime(2027, 2, 11, 1, 1, tzinfo=UTC)  # ... the reviews are due
CLOSES = datetime(2027, 2, 20, 4, 59, tzinfo=UTC)  # the evening of the 19th in Toronto


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def call():
    return CohortFactory(closes_at=CLOSES, name_en="Cohort X", name_fr="Cohorte X")


def owing(call):
    current = Invitee.objects.current().filter(event=call.closing)
    return {(part.person, part.role) for part in current}


def registered(call, **facts):
    person = PersonFactory(**facts)
    webinar = WebinarFactory(cohort=call)
    register(webinar, email=person.email, name=person.name, consent_wording="Yes.", by=person)
    return person


def test_whoever_starts_a_draft_owes_it_until_it_is_sent(call):
    draft = intake.start_own(call, PersonFactory())
    started = owing(call)

    intake.submit(draft)

    assert started == {(draft.person, Role.APPLICANT)}
    assert owing(call) == set()
    assert duties.audit() == []


def test_a_draft_that_is_withdrawn_is_owed_no_more_and_one_given_back_is_again(call):
    withdrawn = intake.start_own(call, PersonFactory())
    intake.withdraw(withdrawn, by=withdrawn.person)
    sent = intake.start_own(call, PersonFactory())
    intake.submit(sent)

    intake.reopen(sent, by=StaffFactory())

    assert owing(call) == {(sent.person, Role.APPLICANT)}
    assert duties.audit() == []


def test_what_somebody_typed_in_her_name_reminds_nobody_who_has_sent_hers(call):
    hers = intake.start_own(call, PersonFactory())
    intake.submit(hers)

    intake.start(call, hers.person.email)

    assert owing(call) == set()
    assert duties.audit() == []


def test_a_draft_that_nobody_confirmed_is_owed_as_well_and_ends_when_she_keeps_another(call):
    typed = intake.start(call, "noor@workplace.test")
    before = owing(call)
    hers = intake.start_own(call, typed.person)
    intake.submit(hers)

    assert before == {(typed.person, Role.APPLICANT)}
    assert owing(call) == set()
    assert duties.audit() == []


def test_an_unsent_draft_is_reminded_5_days_and_1_day_before_the_call_closes(clock, call):
    draft = intake.start_own(call, PersonFactory())
    sent = intake.start_own(call, PersonFactory())

    intake.submit(sent)
    mails = sent_until(clock, CLOSES + timedelta(days=3))

    assert mails == [("application-unsent", draft.person)] * 2
    assert [row.due_at.day for row in Reminder.objects.filter(person=draft.person)] == [15, 19]


def test_the_reminders_move_with_the_closing_of_the_call(call):
    intake.start_own(call, PersonFactory())
    planner.plan()

    call.closes_at = CLOSES + timedelta(days=10)
    call.save()

    call.refresh_from_db()
    assert call.closing.starts_at == call.closes_at
    assert call.closing.schedule_version == 1
    assert set(Event.objects.filter(kind=Kind.APPLICATION_DUE)) == {call.closing}


def test_who_registered_for_a_webinar_and_has_no_draft_is_reminded_once(clock, call):
    registered(call)
    guest = Invitee.objects.get(event=call.closing).person
    starter = registered(call)
    intake.start_own(call, starter)

    roles = owing(call)
    mails = sent_until(clock, CLOSES + timedelta(days=1))

    assert roles == {(guest, Role.GUEST), (starter, Role.APPLICANT)}
    about = [(kind, who) for kind, who in mails if kind.startswith("application")]
    assert about == [
        ("application-not-started", guest),
        ("application-unsent", starter),
        ("application-unsent", starter),
    ]


def test_who_has_applied_already_is_not_asked_to_by_registering(call):
    sent = intake.start_own(call, PersonFactory())
    intake.submit(sent)
    webinar = WebinarFactory(cohort=call)

    register(webinar, email=sent.person.email, name="Noor", consent_wording="Yes.")

    assert owing(call) == set()


def test_who_takes_back_her_registration_is_not_asked_to_apply(call):
    person = registered(call)

    cancel_registration(person.registrations.get())

    assert owing(call) == set()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_the_reminders_of_the_call_say(call, language):
    person = registered(call, name="Noor")
    to_apply = outbox.write("application-not-started", person, key="1", event=call.closing)
    first = read(to_apply, language)
    intake.start_own(call, person)
    to_send = outbox.write("application-unsent", person, key="2", event=call.closing)
    second = read(to_send, language)

    if language == "en":
        day = "Friday 19\u00a0February 2027"
        assert first[0] == f"Still time to apply: Cohort X closes on {day}"
        assert second[0] == f"Your draft is not sent yet: Cohort X closes on {day}"
        assert (
            f"The call closes on {day}, 11:59 p.m. Eastern Time".replace("\u00a0", " ") in second[1]
        )
    else:
        assert first[0].startswith("Il est encore temps")
        assert second[0].startswith("Votre brouillon n’est pas encore envoyé")
        assert "/fr/apply/" in first[1]


def test_what_is_done_is_not_reminded_of_even_if_the_mail_waits_already(call):
    person = registered(call)
    to_apply = outbox.write("application-not-started", person, key="1", event=call.closing)
    draft = intake.start_own(call, person)
    to_send = outbox.write("application-unsent", person, key="2", event=call.closing)
    intake.submit(draft)

    for message in (to_apply, to_send):
        with pytest.raises(NoLongerTrue):
            render(message)


def reviewing(count):
    """A reader who owes ``count`` reviews, all due on 26 February."""
    call = CohortFactory(closes_at=START - timedelta(days=1), opens_at=START - timedelta(days=9))
    call.reviews_due_on = datetime(2027, 2, 12).date()
    call.save()
    role = CohortRoleFactory(cohort=call, role="reviewer")
    applications = [
        ApplicationFactory(cohort=call, status=Status.SUBMITTED) for _number in range(count)
    ]
    call.reviews_each = 1
    call.save()
    review.assign(call, by=StaffFactory())
    assert len(applications) == role.person.reviews.count()
    return role.person


def let_letters_go():
    letters = Message.objects.filter(state=Message.State.DRAFT)
    ids = list(letters.values_list("pk", flat=True))
    outbox.release(letters, by=StaffFactory())
    outbox.send_now(Message.objects.filter(pk__in=ids))
    sender.deliver_due()


@pytest.mark.parametrize("count", [1, 3])
def test_a_reader_gets_one_email_2_days_before_however_many_reviews_are_due(clock, count):
    reader = reviewing(count)
    let_letters_go()

    mails = sent_until(clock, datetime(2027, 2, 14, tzinfo=UTC))

    states = [row.state for row in Reminder.objects.filter(person=reader)]
    assert mails == [("reviews-due", reader)]
    assert sorted(states) == ["enqueued"] + ["superseded"] * (count - 1)
    digest = Message.objects.get(kind="reviews-due")
    assert all(r.application.reference in digest.body for r in reader.reviews.all())


def test_what_is_read_is_not_in_the_digest(clock):
    reader = reviewing(2)
    let_letters_go()
    done, waiting = reader.reviews.select_related("application").order_by("pk")
    review.finish(done, scores={}, remark="Fine.")

    sent_until(clock, datetime(2027, 2, 14, tzinfo=UTC))

    digest = Message.objects.get(kind="reviews-due")
    assert (digest.subject[:12], waiting.application.reference in digest.body) == (
        "1 review is ", True,
    )  # fmt: skip
    assert done.application.reference not in digest.body


@pytest.mark.parametrize("finished", [[0], [1], [2], [0, 1], [2, 0]])
def test_what_is_read_while_the_digest_waits_takes_the_others_with_it_not(clock, finished):
    """She hands in one, or two, of three between the planner and the sender: the rest is told."""
    reader = reviewing(3)
    let_letters_go()
    clock.move_to(TWO_DAYS_BEFORE)
    planner.plan()
    reviews = list(reader.reviews.select_related("application").order_by("deadline"))

    for number in finished:
        review.finish(reviews[number], scores={}, remark="Fine.")
    sender.deliver_due()
    mails = sent_until(clock, datetime(2027, 2, 14, tzinfo=UTC))

    digest = Message.objects.get(kind="reviews-due")
    told = [one for one in reviews if one.application.reference in digest.body]
    assert told == [one for number, one in enumerate(reviews) if number not in finished]
    assert mails == [("reviews-due", reader)]


def test_a_digest_of_which_nothing_is_left_to_do_is_not_sent(clock):
    reader = reviewing(3)
    let_letters_go()
    clock.move_to(TWO_DAYS_BEFORE)
    planner.plan()

    for one in reader.reviews.all():
        review.finish(one, scores={}, remark="Fine.")
    sender.deliver_due()

    digest = Message.objects.get(kind="reviews-due")
    assert (digest.state, digest.reason) == ("suppressed", "no longer invited, or cannot come")


def test_a_reader_is_reminded_of_no_review_that_no_letter_has_given_her(clock):
    """One letter has gone, that of a gap filled later is a draft: she is told of the first."""
    reader = reviewing(1)
    let_letters_go()
    known = reader.reviews.select_related("application").get()
    call = known.application.cohort
    ApplicationFactory(cohort=call, status=Status.SUBMITTED)
    review.assign(call, by=StaffFactory())
    unknown = reader.reviews.select_related("application").exclude(pk=known.pk).get()

    clock.move_to(TWO_DAYS_BEFORE)
    planner.plan()
    sender.deliver_due()
    held = [
        (row.event, row.state, row.reason)
        for row in Reminder.objects.filter(person=reader).order_by("event")
    ]
    told = Message.objects.get(kind="reviews-due").body
    let_letters_go()
    mails = sent_until(clock, datetime(2027, 2, 13, tzinfo=UTC))

    assert held == [
        (known.deadline, "enqueued", ""),
        (unknown.deadline, "planned", "waits: the letter itself has not been let go yet"),
    ]
    assert known.application.reference in told
    assert unknown.application.reference not in told
    assert mails == [("reviews-due", reader)] * 2


def test_the_letter_of_one_reader_holds_nobody_elses_reminder(clock):
    reader = reviewing(1)
    let_letters_go()
    call = reader.reviews.get().application.cohort
    other = CohortRoleFactory(cohort=call, role="reviewer").person
    ApplicationFactory(cohort=call, status=Status.SUBMITTED)
    review.assign(call, by=StaffFactory())

    mails = sent_until(clock, datetime(2027, 2, 14, tzinfo=UTC))

    assert other.reviews.count() == 1
    assert mails == [("reviews-due", reader)]


def test_an_unbooked_invitation_is_reminded_after_2_and_4_days(clock):
    interview = invited(interviewing())
    booked = invited(interview.application.cohort)
    let_letters_go()
    slot = slot_of(booked.application.cohort, at=START + timedelta(days=20))
    interviews.book(booked, slot, by=booked.application.person)

    mails = sent_until(clock, START + timedelta(days=9))

    assert mails == [("interview-unbooked", interview.application.person)] * 2
    due = [row.due_at for row in interview.deadline.reminders.order_by("due_at")]
    assert due == [START + timedelta(days=2), START + timedelta(days=4)]


def given_back(interview):
    """Book ``interview`` and give its time back, a quarter of an hour later."""
    slot = slot_of(interview.application.cohort, at=START + timedelta(days=20))
    interviews.book(interview, slot, by=interview.application.person)
    interview.refresh_from_db()
    interviews.release(interview, by=interview.application.person)


@pytest.mark.parametrize(("day", "reminded_on"), [(1, [3, 5]), (3, [2, 5, 7]), (5, [2, 4, 7])])
def test_who_gives_a_booked_time_back_is_reminded_to_book_again(clock, day, reminded_on):
    """Two and four days after, as after the invitation, where her last day is not over by then."""
    interview = invited(interviewing())
    let_letters_go()
    sent_until(clock, START + timedelta(days=day))

    given_back(interview)
    sent_until(clock, START + timedelta(days=9))

    mails = Message.objects.filter(kind="interview-unbooked", state="sent").order_by("sent_at")
    assert [round((mail.sent_at - START) / timedelta(days=1)) for mail in mails] == reminded_on
    assert {mail.recipient for mail in mails} == {interview.application.person}
    assert duties.audit() == []


def test_nobody_is_reminded_of_a_letter_that_staff_have_not_let_go(clock):
    interview = invited(interviewing())
    clock.shift(timedelta(days=2, hours=1))

    planner.plan()
    held = [(row.state, row.reason) for row in interview.deadline.reminders.order_by("due_at")]
    let_letters_go()
    planner.plan()

    waits = "waits: the letter itself has not been let go yet"
    assert held == [("planned", waits), ("planned", "")]
    assert [row.state for row in interview.deadline.reminders.order_by("due_at")] == [
        "enqueued",
        "planned",
    ]


def test_an_offer_without_an_answer_is_reminded_half_way_and_a_day_before_it_lapses(clock):
    offer, answered = offered(), offered()
    let_letters_go()
    person = offer.application.person
    selection.turn_down_offer(answered, by=answered.application.person)

    mails = sent_until(clock, offer.deadline.starts_at + timedelta(days=2))

    half = START + (offer.deadline.starts_at - START) / 2
    assert mails == [("offer-unanswered", person)] * 2
    assert [row.due_at for row in offer.deadline.reminders.order_by("due_at")] == [
        half,
        datetime(2027, 2, 4, 1, 0, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    ("language", "booking", "answer"),
    [
        ("en", "Your interview: please choose a time by ", "Your place in "),
        ("fr", "Votre entrevue\u00a0: choisissez une heure", "Votre place dans «\u00a0"),
    ],
)
def test_what_the_reminders_of_a_booking_and_an_offer_say(language, booking, answer):
    interview, offer = invited(interviewing()), offered()
    let_letters_go()
    to_book = outbox.write(
        "interview-unbooked", interview.application.person, key="1", event=interview.deadline
    )
    to_answer = outbox.write(
        "offer-unanswered", offer.application.person, key="2", event=offer.deadline
    )

    assert read(to_book, language)[0].startswith(booking)
    assert read(to_answer, language)[0].startswith(answer)


def test_an_interview_is_reminded_2_days_and_3_hours_before(clock):
    interview = invited(interviewing())
    slot = slot_of(interview.application.cohort, at=START + timedelta(days=6))
    interviews.book(interview, slot, by=interview.application.person)
    interview.refresh_from_db()

    lines = planned(interview.event)

    assert set(lines) == {
        ("2d", "interview-reminder", "planned"),
        ("3h", "interview-reminder", "planned"),
    }


def test_the_drafts_there_were_before_are_owed_once(call):
    from importlib import import_module

    from django.apps import apps

    draft, sent = (ApplicationFactory(cohort=call, status=s) for s in ("draft", "submitted"))
    ApplicationFactory(cohort=call, person=sent.person, awaits_confirmation=True)
    owe = import_module("applications.migrations.0011_drafts_are_owed").owe

    owe(apps, None)
    owe(apps, None)

    assert owing(call) == {(draft.person, Role.APPLICANT)}
    assert duties.audit() == []
    assert Application.objects.count() == 3
    assert timezone.now() == START
