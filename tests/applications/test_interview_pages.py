from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from accounts import links
from applications.models import Assessment, Insight, Interview, Slot, Status
from applications.services import interviews
from notifications.models import Message
from tests.applications.selecting import booked, interviewer_of, interviewing, invited, slot_of
from tests.factories import (
    AssessmentFactory,
    CriterionFactory,
    FocusAreaVersionFactory,
    PersonFactory,
    days,
)

pytestmark = pytest.mark.django_db


def page(name, interview=None):
    return reverse(f"applications:{name}", args=[interview.uuid] if interview else [])


def book(client, interview, slot):
    return client.post(page("interview-book", interview), {"slot": slot.uuid})


@pytest.fixture
def cohort():
    return interviewing()


# The applicant


def test_the_applicant_books_a_time_from_the_list(client, cohort):
    interview, slot = invited(cohort), slot_of(cohort)
    client.force_login(interview.application.person)

    listed = client.get(interview.get_absolute_url())
    answer = book(client, interview, slot)

    assert [slot for _day, slots in listed.context["days"] for slot in slots] == [slot]
    assert answer.status_code == 302
    interview.refresh_from_db()
    assert interview.slot == slot


def test_her_own_clock_is_shown_beside_the_slots(client, cohort):
    interview, slot = (
        invited(cohort, person=PersonFactory(time_zone="America/Winnipeg")),
        slot_of(cohort),
    )
    client.force_login(interview.application.person)

    answer = client.get(interview.get_absolute_url())

    hour = slot.starts_at.astimezone(ZoneInfo("America/Winnipeg")).hour % 12 or 12
    assert f"{hour}:00" in answer.content.decode()
    assert "on your clock" in answer.content.decode()


@pytest.mark.parametrize("name", ["interview", "interview-book", "interview-release"])
def test_a_stranger_finds_no_interview(client, cohort, name):
    interview = invited(cohort)
    client.force_login(PersonFactory())

    answer = (
        client.get(page(name, interview))
        if name == "interview"
        else client.post(page(name, interview))
    )

    assert answer.status_code == 404


def test_without_a_session_the_way_leads_to_sign_in(client, cohort):
    interview = invited(cohort)

    assert client.get(interview.get_absolute_url()).status_code == 302
    assert book(client, interview, slot_of(cohort)).status_code == 403


def test_a_time_taken_meanwhile_answers_409_with_the_times_still_free(client, cohort):
    interview, slot, free = invited(cohort), slot_of(cohort), slot_of(cohort, at=days(3))
    other = invited(cohort)
    interviews.book(other, slot, by=other.application.person)
    client.force_login(interview.application.person)

    answer = book(client, interview, slot)

    assert answer.status_code == 409
    assert "has just been taken" in answer.content.decode()
    assert [slot for _day, slots in answer.context["days"] for slot in slots] == [free]


NO_SLOT = "7d1c3f5e-2b4a-4c6d-8e9f-0a1b2c3d4e5f"


@pytest.mark.parametrize("slot", ["", "x", "\x00", NO_SLOT, "9" * 1_000_000])
def test_a_slot_that_is_none_is_answered_with_the_list(client, cohort, slot):
    interview = invited(cohort)
    client.force_login(interview.application.person)

    answer = client.post(page("interview-book", interview), {"slot": slot})

    assert answer.status_code == 409


def test_she_moves_and_cancels_until_the_day_before(client, cohort):
    interview, later = booked(cohort), slot_of(cohort, at=days(4))
    client.force_login(interview.application.person)

    book(client, interview, later)
    interview.refresh_from_db()
    assert interview.slot == later
    client.post(page("interview-release", interview), {"reason": "Ill."})

    interview.refresh_from_db()
    assert (interview.status, interview.changes.last().reason) == ("invited", "Ill.")


def test_on_the_day_before_the_page_says_whom_to_write_to(client, cohort):
    interview = booked(cohort)
    client.force_login(interview.application.person)

    with time_machine.travel(interview.slot.starts_at - timedelta(hours=20)):
        answer = client.get(interview.get_absolute_url())

    assert cohort.mailbox in answer.content.decode()
    assert (answer.context["may_choose"], answer.context["may_move"]) == (False, False)


def test_an_empty_list_says_why_and_whom_to_write_to(client, cohort):
    interview = invited(cohort)
    client.force_login(interview.application.person)

    answer = client.get(interview.get_absolute_url())

    assert "No time is free right now" in answer.content.decode()
    assert cohort.mailbox in answer.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_times_asks_the_same_number_of_queries(
    client, cohort, count, django_assert_num_queries
):
    interview = invited(cohort)
    for number in range(count):
        slot_of(cohort, at=days(2) + timedelta(hours=number))
    client.force_login(interview.application.person)

    with django_assert_num_queries(7):
        client.get(interview.get_absolute_url())


# The interviewer


SLOTS = {"at": "13:00", "zone": "America/Toronto", "minutes": 45, "count": 2, "pause": 15}


def offer_times(client, call, **facts):
    typed = SLOTS | {"cohort": call.pk, "on": days(3).date().isoformat()} | facts
    return client.post(page("slots-publish"), typed)


def test_an_interviewer_offers_times_in_a_row(client, cohort):
    interviewer, second = interviewer_of(cohort), interviewer_of(cohort)
    client.force_login(interviewer)

    answer = offer_times(client, cohort, second=second.cohort_roles.get().pk)

    assert answer.status_code == 302
    slots = list(Slot.objects.all())
    assert [str(slot.local_start.time()) for slot in slots] == ["13:00:00", "14:00:00"]
    assert [slot.interviewers for slot in slots] == [[interviewer, second]] * 2


def test_an_overlap_is_refused_by_the_field(client, cohort):
    interviewer = interviewer_of(cohort)
    client.force_login(interviewer)
    offer_times(client, cohort)

    answer = offer_times(client, cohort, at="13:30")

    assert "already has a slot" in answer.context["form"].errors["at"][0]
    assert Slot.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("on", "2026-02-31"), ("on", "\x00"), ("on", "9" * 1_000_000), ("on", "2001-01-01"),
        ("at", "25:00"), ("at", "\x00"), ("zone", "Mars"), ("minutes", "-5"),
        ("minutes", "9" * 400), ("count", "0"), ("count", "1e9"), ("pause", "x"),
        ("second", "999999"), ("second", "x"), ("join_link", "javascript:alert(1)"),
        ("dial_in", "\x00"), ("dial_in", "x" * 1_000_000), ("cohort", "999999"),
    ],
)  # fmt: skip
def test_nonsense_is_answered_by_the_field(client, cohort, field, value):
    client.force_login(interviewer_of(cohort))

    answer = offer_times(client, cohort, **{field: value})

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert Slot.objects.count() == 0


@pytest.mark.parametrize("name", ["interviews", "slots-publish"])
def test_who_interviews_nobody_finds_no_such_page(client, name):
    client.force_login(PersonFactory())

    assert client.get(page(name)).status_code == 404


def test_a_slot_is_withdrawn_by_its_panel_only(client, cohort):
    slot = slot_of(cohort)
    address = reverse("applications:slot-withdraw", args=[slot.uuid])
    client.force_login(interviewer_of(cohort))
    assert client.post(address).status_code == 404

    client.force_login(slot.interviewers[0])
    client.post(address)

    slot.refresh_from_db()
    assert slot.cancelled_at is not None


@pytest.mark.parametrize("count", [1, 3])
def test_the_interviewers_page_asks_the_same_number_of_queries(
    client, cohort, count, django_assert_num_queries
):
    interviewer = interviewer_of(cohort)
    for number in range(count):
        booked(cohort, slot_of(cohort, interviewer, at=days(2) + timedelta(hours=number)))
        slot_of(cohort, interviewer, at=days(3) + timedelta(hours=number))
        past = booked(cohort, slot_of(cohort, interviewer, at=days(4) + timedelta(hours=number)))
        Slot.objects.filter(pk=past.slot_id).update(
            starts_at=days(-2), ends_at=days(-2) + timedelta(minutes=45)
        )
    client.force_login(interviewer)

    with django_assert_num_queries(8):
        answer = client.get(page("interviews"))

    assert [len(answer.context[name]) for name in ("booked", "to_write", "free")] == [count] * 3


@pytest.fixture
def talk(client, cohort):
    """An interview that has begun, with its first interviewer signed in."""
    interviewer = interviewer_of(cohort)
    CriterionFactory(cohort=cohort, number=1)
    interview = booked(cohort, slot_of(cohort, interviewer, interviewer_of(cohort)))
    with time_machine.travel(interview.slot.starts_at + timedelta(minutes=5)):
        client.force_login(interviewer)
        yield interview


def test_notes_and_scores_are_kept_and_done_means_held(client, talk):
    typed = {"version": 0, "notes": "Eager.", "criterion_1": "4", "done": "1"}

    client.post(page("interview-notes", talk), typed)

    assessment = Assessment.objects.get()
    assert (assessment.notes, assessment.version) == ("Eager.", 1)
    assert [score.value for score in assessment.scores.all()] == [4]
    assert assessment.done_at is not None
    talk.refresh_from_db()
    assert talk.status == Interview.Status.HELD


def test_two_windows_never_lose_a_word(client, talk):
    client.post(page("interview-notes", talk), {"version": 0, "notes": "From the first window."})

    answer = client.post(
        page("interview-notes", talk),
        {"version": 0, "notes": "From the second.", "criterion_1": "4"},
    )

    form = answer.context["form"]
    assert answer.status_code == 409
    assert "From the first window." in answer.text
    assert [form[name].value() for name in ("notes", "criterion_1", "version")] == [
        "From the second.", "4", 1,
    ]  # fmt: skip
    client.post(page("interview-notes", talk), {"version": 1, "notes": "Both."})
    assert Assessment.objects.get().notes == "Both."


def test_the_other_interviewers_scores_stay_hidden_until_mine_are_done(client, talk):
    _me, other = talk.slot.interviewers
    AssessmentFactory(interview=talk, interviewer=other, notes="Brilliant.", done_at=days(0))

    assert "Brilliant." not in client.get(talk.get_absolute_url()).content.decode()
    client.post(page("interview-notes", talk), {"version": 0, "notes": "", "done": "1"})
    assert "Brilliant." in client.get(talk.get_absolute_url()).content.decode()


def test_an_insight_asks_for_its_focus_area_in_words(client, talk):
    form = client.get(talk.get_absolute_url()).context["insight_form"]

    assert next(iter(form.fields["focus_area"].choices)) == ("", "Choose a focus area")


def test_insights_are_added_one_by_one(client, talk, cohort):
    focus = FocusAreaVersionFactory(cohort=cohort).focus_area
    typed = {"focus_area": focus.pk, "sort": "priority", "theme": "Transport", "text": "No bus."}

    client.post(page("interview-insight", talk), typed)
    client.post(page("interview-insight", talk), typed | {"theme": "Care", "quotable": "on"})

    assert [(i.theme, i.quotable) for i in Insight.objects.order_by("pk")] == [
        ("Transport", False),
        ("Care", True),
    ]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("interview-notes", {"version": "x", "notes": "Kept text"}),
        ("interview-notes", {"version": "0", "notes": "Kept text", "criterion_1": "9"}),
        ("interview-insight", {"focus_area": "999", "text": "Kept text", "theme": "T"}),
        ("interview-insight", {"theme": "x" * 200, "text": "Kept text"}),
        ("interview-insight", {"theme": "\x00", "text": "Kept text"}),
    ],
)
def test_nonsense_keeps_what_was_typed(client, talk, name, typed):
    answer = client.post(page(name, talk), typed)

    assert answer.status_code == 200
    assert "Kept text" in answer.content.decode()
    assert (Insight.objects.count(), Assessment.objects.count()) == (0, 0)


BUTTONS = ["interview-notes", "interview-insight", "interview-held", "interview-missed"]


@pytest.fixture
def insight(cohort):
    focus = FocusAreaVersionFactory(cohort=cohort).focus_area
    return {"focus_area": focus.pk, "sort": "priority", "theme": "Transport", "text": "No bus."}


@pytest.mark.parametrize("name", BUTTONS)
def test_every_button_keeps_all_that_is_typed(client, talk, insight, name):
    answer = client.post(page(name, talk), {"version": 0, "notes": "Eager.", **insight})

    assert answer.status_code == 302
    assert [row.notes for row in Assessment.objects.all()] == ["Eager."]
    assert [row.text for row in Insight.objects.all()] == ["No bus."]


@pytest.mark.parametrize("name", BUTTONS)
def test_where_one_part_is_wrong_all_of_it_stays_on_the_page(client, talk, insight, name):
    answer = client.post(
        page(name, talk), {"version": 0, "notes": "Eager.", **insight, "theme": ""}
    )

    assert answer.status_code == 200
    assert "Eager." in answer.text
    assert "No bus." in answer.text
    assert (Insight.objects.count(), Assessment.objects.count()) == (0, 0)
    talk.refresh_from_db()
    assert talk.status == Interview.Status.BOOKED


def test_notes_of_another_window_keep_the_insight_on_the_page(client, talk, insight):
    client.post(page("interview-notes", talk), {"version": 0, "notes": "From the first window."})

    answer = client.post(
        page("interview-insight", talk), {"version": 0, "notes": "From the second.", **insight}
    )

    assert answer.status_code == 409
    assert "No bus." in answer.text
    assert Insight.objects.count() == 0
    again = answer.context["form"]["version"].value()
    client.post(page("interview-insight", talk), {"version": again, "notes": "Both.", **insight})
    assert Assessment.objects.get().notes == "Both."
    assert Insight.objects.count() == 1


def test_an_insight_alone_begins_no_assessment(client, talk, insight):
    client.post(page("interview-insight", talk), {"version": 0, "notes": "", **insight})

    assert (Insight.objects.count(), Assessment.objects.count()) == (1, 0)


@pytest.mark.parametrize("name", ["interview-held", "interview-missed"])
def test_when_it_was_said_already_what_was_typed_is_handed_back(client, talk, insight, name):
    talk.mark_held(by=talk.slot.interviewers[1])

    answer = client.post(page(name, talk), {"version": 0, "notes": "Eager.", **insight})

    assert answer.status_code == 409
    assert "Eager." in answer.text
    assert "No bus." in answer.text
    assert (Insight.objects.count(), Assessment.objects.count()) == (0, 0)


@pytest.mark.parametrize("name", ["interview-held", "interview-missed"])
def test_the_panel_says_whether_it_took_place(client, talk, name):
    client.post(page(name, talk))

    talk.refresh_from_db()
    assert talk.status == name.removeprefix("interview-")
    client.force_login(interviewer_of(talk.application.cohort))
    assert client.post(page(name, talk)).status_code == 404


def test_an_interviewer_of_her_organization_never_sees_the_application(client, talk):
    (me, _other) = talk.slot.interviewers
    talk.application.organization = me.organization
    talk.application.save()

    assert client.get(talk.get_absolute_url()).status_code == 404


def test_the_signed_link_leads_to_the_times_without_signing_in(client, cohort):
    interview, slot = invited(cohort), slot_of(cohort)
    link = links.url(interview.application.person, "applications:interview", interview.uuid)
    answer = client.get(urlsplit(link).path, follow=True)
    book(client, interview, slot)

    assert answer.redirect_chain[-1][0] == interview.get_absolute_url()
    interview.refresh_from_db()
    assert interview.status == Interview.Status.BOOKED
    assert interview.application.status == Status.INTERVIEW
    assert Message.objects.filter(kind="interview-booked").count() == 2


def test_a_reason_that_is_too_long_cancels_nothing_and_stays_in_its_field(client):
    interview = booked(interviewing())
    client.force_login(interview.application.person)

    page = client.post(
        reverse("applications:interview-release", args=[interview.uuid]), {"reason": "why " * 300}
    )

    interview.refresh_from_db()
    assert (page.status_code, interview.status) == (422, "booked")
    assert "why why" in page.text
