"""The deadline of a call is extended: who is told, what moves along, and when it cannot be."""

import re
from datetime import UTC, date, datetime
from html import unescape
from time import sleep

import pytest
import time_machine
from django.urls import reverse

from accounts.lifecycle import InvalidTransition
from applications.models import Status
from applications.services import intake
from cops import deadline
from cops.models import Cohort, Extension
from cops.services import register
from notifications import planner
from notifications.models import Message
from notifications.render import NoLongerTrue, render
from tests.applications.selecting import booked
from tests.concurrency import at_once
from tests.factories import (
    ApplicationFactory,
    CohortFactory,
    PersonFactory,
    ReviewFactory,
    SlotFactory,
    StaffFactory,
    WebinarFactory,
)

pytestmark = pytest.mark.django_db

START = datetime(2027, 2, 1, 15, 0, tzinfo=UTC)
CLOSES = datetime(2027, 2, 13, 4, 59, tzinfo=UTC)  # the evening of the 12th in Toronto
UNTIL = datetime(2027, 2, 16, 4, 59, tzinfo=UTC)
FAR = datetime(2027, 2, 27, 4, 59, tzinfo=UTC)  # after the reviews are due
AFTER_CLOSING = datetime(2027, 2, 14, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def call():
    return CohortFactory(closes_at=CLOSES, name_en="Cohort X", name_fr="Cohorte X")


def verb_url(call):
    return reverse("admin:cops_cohort_verb", args=[call.pk, "extend"])


def letters():
    return Message.objects.filter(kind="deadline-extended").order_by("pk")


def text(response):
    return unescape(response.content.decode())


def test_extending_moves_the_deadline_and_tells_who_has_a_draft(call):
    staff, person = StaffFactory(), PersonFactory(name="Noor", language="en")
    intake.start_own(call, person)
    ApplicationFactory(cohort=call, status=Status.SUBMITTED)

    deadline.extend(call, UNTIL, by=staff)

    call.closing.refresh_from_db()
    assert (Cohort.objects.get().closes_at, call.closing.starts_at) == (UNTIL, UNTIL)
    extension = Extension.objects.get()
    assert (extension.was_until, extension.until, extension.by) == (CLOSES, UNTIL, staff)
    assert [(letter.recipient, letter.state) for letter in letters()] == [(person, "queued")]
    mail = render(letters().get())
    assert mail.subject == "You have more time: Cohort X closes on Monday 15\xa0February 2027"
    said = " ".join(mail.text.split())
    assert (
        "until Monday 15 February 2027, 11:59 p.m. Eastern Time. Before, it was Friday 12" in said
    )


def test_the_reminders_follow_the_new_date(call, clock):
    clock.move_to(datetime(2027, 2, 9, 15, 0, tzinfo=UTC))
    intake.start_own(call, PersonFactory())
    planner.plan()

    deadline.extend(call, UNTIL, by=StaffFactory())
    planner.plan()

    last_day = call.closing.reminders.filter(offset_key="1d").order_by("due_at")
    assert [(row.due_at.day, row.state) for row in last_day] == [
        (12, "superseded"),
        (15, "planned"),
    ]


def test_the_mail_says_no_more_once_the_draft_is_sent_or_the_deadline_moves_again(call):
    draft = intake.start_own(call, PersonFactory())
    deadline.extend(call, UNTIL, by=StaffFactory())
    deadline.extend(call, UNTIL.replace(day=17), by=StaffFactory())
    first, second = letters()

    with pytest.raises(NoLongerTrue):
        render(first)
    render(second)
    draft.refresh_from_db()
    intake.submit(draft)

    with pytest.raises(NoLongerTrue):
        render(second)


def test_later_dates_move_along_only_when_that_is_wanted(call):
    said = "Reviews due (20 Feb. 2027) and Interviews from (21 Feb. 2027)"
    with pytest.raises(InvalidTransition, match=re.escape(said)):
        deadline.extend(call, FAR, by=StaffFactory())
    assert Cohort.objects.get().closes_at == CLOSES

    deadline.extend(call, FAR, by=StaffFactory(), shift=True)

    after = Cohort.objects.get()
    assert (after.closes_at, after.reviews_due_on, after.publishing_until) == (
        FAR,
        date(2027, 3, 6),
        date(2027, 10, 15),
    )


def test_who_has_sent_is_told_the_dates_that_moved(call):
    person = PersonFactory(name="Noor", language="en")
    draft = intake.start_own(call, PersonFactory(language="en"))
    sent = ApplicationFactory(cohort=call, person=person, status=Status.SUBMITTED)
    ApplicationFactory(cohort=call, status=Status.WITHDRAWN)

    deadline.extend(call, FAR, by=StaffFactory(), shift=True)

    letter = Message.objects.get(kind="dates-moved")
    extension = Extension.objects.get()
    assert (letter.recipient, letter.state) == (person, "queued")
    assert letter.context == {"extension": extension.pk, "application": sent.pk}
    said = " ".join(render(letter).text.split())
    moved = "Groups are known on: Saturday 3 April 2027. It was Saturday 20 March 2027."
    assert moved in said
    assert "you do not have to do anything" in said
    assert "Reviews due" not in said
    assert moved in " ".join(render(letters().get(recipient=draft.person)).text.split())


def test_the_mail_about_dates_says_where_a_booked_interview_stays(call):
    Cohort.objects.update(interviews_from=date(2027, 2, 1))
    call.refresh_from_db()
    booked(call)
    deadline.extend(call, FAR, by=StaffFactory(), shift=True)

    said = render(Message.objects.get(kind="dates-moved")).text

    assert "The time of your interview does not change." in said
    assert "Interviews from" not in said


def test_who_has_sent_hears_nothing_where_no_later_date_moves(call):
    ApplicationFactory(cohort=call, status=Status.SUBMITTED)

    deadline.extend(call, UNTIL, by=StaffFactory())

    assert Extension.objects.get().later_were == {}
    assert not Message.objects.exists()


def test_the_mail_about_dates_says_no_more_once_it_is_untrue(call):
    sent = ApplicationFactory(cohort=call, status=Status.SUBMITTED)
    deadline.extend(call, UNTIL, by=StaffFactory(), shift=True)
    deadline.extend(call, FAR, by=StaffFactory(), shift=True)
    first, second = Message.objects.filter(kind="dates-moved").order_by("pk")

    with pytest.raises(NoLongerTrue):
        render(first)
    render(second)
    sent.status = Status.WITHDRAWN
    sent.save()

    with pytest.raises(NoLongerTrue):
        render(second)


def test_the_page_warns_of_holidays_and_of_interviews_that_stay(client, staff, call):
    SlotFactory(cohort=call, starts_at=FAR, ends_at=FAR.replace(minute=30, hour=5))
    Cohort.objects.update(reviews_due_on=date(2027, 2, 19), groups_on=date(2027, 3, 19))

    looked = text(client.post(verb_url(call), {"closes_at": "2027-02-15T23:59"}))

    assert "“Applications close” would be Monday 15\xa0February 2027: Family Day." in looked
    assert "“Groups are known on” would be Friday 26\xa0March 2027: Good Friday." in looked
    assert "“Reviews due” would" not in looked
    assert "1 interview time lies ahead. It does not move along" in looked


def test_interviews_that_begin_early_stay_where_they_are(call):
    Cohort.objects.update(interviews_from=date(2027, 2, 3))
    early = Cohort.objects.get()

    deadline.extend(early, UNTIL, by=StaffFactory())
    deadline.extend(early, FAR, by=StaffFactory(), shift=True)

    after = Cohort.objects.get()
    assert (after.closes_at, after.interviews_from) == (FAR, date(2027, 2, 3))
    assert (after.interviews_until - call.interviews_until).days == 14


@pytest.mark.parametrize("until", [CLOSES, START.replace(month=1)])
def test_a_public_deadline_only_moves_to_a_later_moment(call, until):
    with pytest.raises(InvalidTransition, match="only moves to a later moment"):
        deadline.extend(call, until, by=StaffFactory())


def test_a_call_that_has_closed_opens_again_until_what_was_sent_is_being_read(call, clock):
    draft = intake.start_own(call, PersonFactory())
    clock.move_to(AFTER_CLOSING)
    was_open = draft.may_be_edited
    deadline.extend(call, UNTIL, by=StaffFactory())
    draft.refresh_from_db()
    is_open = draft.may_be_edited

    ReviewFactory(application__cohort=call)
    clock.move_to(UNTIL)

    assert (was_open, is_open) == (False, True)
    with pytest.raises(InvalidTransition, match="are being read"):
        deadline.extend(call, UNTIL.replace(day=18), by=StaffFactory())


def test_staff_see_whom_it_concerns_then_what_changes_then_do_it(client, staff, call):
    intake.start_own(call, PersonFactory())
    ApplicationFactory.create_batch(2, cohort=call, status=Status.SUBMITTED)
    guest = PersonFactory()
    register(
        WebinarFactory(cohort=call), email=guest.email, name="G", consent_wording="Yes.", by=guest
    )

    asked = text(client.get(verb_url(call)))
    looked = client.post(verb_url(call), {"closes_at": "2027-02-26T23:59"})
    unmoved = Cohort.objects.get().closes_at
    fields = {name: looked.context["form"][name].value() for name in ("closes_at", "seen")}
    fields["closes_at"] = "2027-02-26T23:59"
    refused = client.post(verb_url(call), fields)
    client.post(verb_url(call), {**fields, "shift": "on"})

    for said in (
        "1 person has a draft of their own, never sent or given back",
        "2 people have sent an application, confirmed or not, and not withdrawn it",
        "1 person registered",
    ):
        assert said in asked
    assert "They would close on Friday 26\xa0February 2027, 11:59\xa0p.m. Eastern Time" in text(
        looked
    )
    assert "Reviews due: Saturday 20\xa0February 2027 → Saturday 6\xa0March 2027" in text(looked)
    assert unmoved == CLOSES
    assert (refused.status_code, "Before the new deadline: Reviews due" in text(refused)) == (
        409,
        True,
    )
    assert Cohort.objects.get().closes_at == FAR
    assert Cohort.objects.get().reviews_due_on == date(2027, 3, 6)


def test_later_dates_and_webinars_keep_their_weekday(client, staff, call):
    before, after = (
        WebinarFactory(cohort=call, title_en=title, event__wall=datetime(2027, month, 10, 13))
        for title, month in (("First", 2), ("Results", 9))
    )
    for each in (before, after):
        register(each, email="guest@work.test", name="G", consent_wording="Yes.")

    looked = client.post(verb_url(call), {"closes_at": "2027-02-15T23:59"})
    unmoved = type(after.event).objects.get(pk=after.event_id).local_on
    fields = {name: looked.context["form"][name].value() for name in ("closes_at", "seen")}
    fields["closes_at"] = "2027-02-15T23:59"
    client.post(verb_url(call), {**fields, "shift": "on"})

    for each in (before, after):
        each.event.refresh_from_db()
    said = text(looked)
    assert "Results: Friday 10\xa0September 2027 → Friday 17\xa0September 2027" in said
    assert "First:" not in said
    assert "who registered for 1 webinar among them is told" in said
    assert "It cannot be taken back: a public deadline only moves to a later moment." in said
    assert (before.event.local_on, unmoved, after.event.local_on) == (
        date(2027, 2, 10), date(2027, 9, 10), date(2027, 9, 17),
    )  # fmt: skip
    assert Cohort.objects.get().reviews_due_on == date(2027, 2, 27)
    assert Message.objects.filter(kind="event-moved").count() == 1


def test_a_later_hour_on_the_same_day_moves_nothing_along(call):
    deadline.extend(call, CLOSES.replace(second=30), by=StaffFactory(), shift=True)

    assert Cohort.objects.get().reviews_due_on == call.reviews_due_on


def test_dates_that_somebody_changed_meanwhile_are_shown_again(client, staff, call):
    looked = client.post(verb_url(call), {"closes_at": "2027-02-15T23:59"})
    seen = looked.context["form"]["seen"].value()
    Cohort.objects.update(reviews_due_on=date(2027, 2, 21))

    again = client.post(
        verb_url(call), {"closes_at": "2027-02-15T23:59", "seen": seen, "shift": "on"}
    )

    assert "Reviews due: Sunday 21\xa0February 2027 → Sunday 28\xa0February 2027" in text(again)
    assert Cohort.objects.get().closes_at == CLOSES


def test_what_was_looked_at_is_what_is_done(client, staff, call):
    looked = client.post(verb_url(call), {"closes_at": "2027-02-15T23:59"})
    seen = looked.context["form"]["seen"].value()

    again = client.post(verb_url(call), {"closes_at": "2027-02-16T23:59", "seen": seen})

    assert again.status_code == 200
    assert "They would close on Tuesday 16" in text(again)
    assert Cohort.objects.get().closes_at == CLOSES


def test_who_is_not_staff_extends_nothing(client, sign_in, call):
    sign_in(client, PersonFactory())
    seen = f"{CLOSES.isoformat()} {UNTIL.isoformat()}"

    response = client.post(verb_url(call), {"closes_at": "2027-02-15T23:59", "seen": seen})

    assert (response.status_code, Cohort.objects.get().closes_at) == (403, CLOSES)


def test_the_call_says_that_it_was_extended_and_from_when(client, call):
    before = text(client.get(call.get_absolute_url()))
    deadline.extend(call, UNTIL, by=StaffFactory())
    deadline.extend(call, UNTIL.replace(day=17), by=StaffFactory())

    said = text(client.get(call.get_absolute_url()))

    assert "was extended" not in before
    assert (
        "The deadline was extended from Friday 12\xa0February 2027, 11:59\xa0p.m. Eastern Time "
        "to Tuesday 16\xa0February 2027, 11:59\xa0p.m. Eastern Time."
    ) in said


def test_a_public_deadline_is_not_typed_on_the_page_of_the_call(client, staff, call):
    url = reverse("admin:cops_cohort_change", args=[call.pk])

    assert 'name="closes_at"' not in text(client.get(url))


def both_extend(call):
    staff = StaffFactory(), StaffFactory()
    copies = [Cohort.objects.get(pk=call.pk) for _number in range(2)]
    return at_once(
        lambda: deadline.extend(copies[0], UNTIL, by=staff[0]),
        lambda: deadline.extend(copies[1], UNTIL.replace(day=17), by=staff[1]),
    )


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_extend_at_once_one_is_told_of_the_other(call):
    results = both_extend(call)

    assert sorted(type(result).__name__ for result in results) == ["Extension", "InvalidTransition"]
    assert Extension.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_have_extended(call, monkeypatch):
    def unlocked(cohort):
        found = Cohort.objects.get(pk=cohort.pk)
        sleep(0.5)
        return found

    monkeypatch.setattr(deadline, "_locked", unlocked)

    results = both_extend(call)

    assert [type(result).__name__ for result in results] == ["Extension", "Extension"]
