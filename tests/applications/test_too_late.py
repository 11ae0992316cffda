"""What arrives after its record closed says why, and brings back all that was typed."""

import pytest
import time_machine
from django.utils import translation

from accounts.lifecycle import InvalidTransition
from applications.models import Application, Review, Status
from applications.services import intake, interviews, selection
from applications.services import review as reviews
from tests.applications.applying import complete, save, url
from tests.applications.selecting import booked, interviewer_of, interviewing, offered, slot_of
from tests.factories import (
    ApplicationFactory,
    CohortFactory,
    CohortRoleFactory,
    CriterionFactory,
    FocusAreaVersionFactory,
    PersonFactory,
    ReviewFactory,
    StaffFactory,
    WebinarFactory,
    days,
)

pytestmark = pytest.mark.django_db

IDEAS = {"motivation": "First line\nSecond line", "trial_idea": "<b>Bold</b>", "hours_plan": ""}
SAID = [
    ("What would you like to change, and why now?", "First line\nSecond line"),
    ("What is one thing you would like to try?", "<b>Bold</b>"),
]


def in_words(answer):
    return [(field.label, field.words) for field in answer.context["fields"]]


@pytest.fixture
def draft(client):
    version = FocusAreaVersionFactory(cohort=CohortFactory(mailbox="call@agency.test"))
    application = ApplicationFactory(cohort=version.cohort)
    client.force_login(application.person)
    return application


def closed(draft):
    type(draft.cohort).objects.filter(pk=draft.cohort_id).update(closes_at=days(-1))


def sent(draft):
    intake.submit(complete(draft))


def withdrawn(draft):
    draft.withdraw(by=draft.person)


def being_read(draft):
    sent(draft)
    draft.start_review(by=StaffFactory())


@pytest.mark.parametrize(
    ("meanwhile", "why"),
    [
        (closed, "This call closed on "),
        (sent, "This application has been sent already. To change it, write to us."),
        (withdrawn, "This application is withdrawn, so it can no longer be changed."),
        (being_read, "This application can no longer be changed."),
    ],
)
def test_a_section_that_comes_too_late_comes_back(client, draft, meanwhile, why):
    meanwhile(draft)

    answer = save(client, draft, "ideas", IDEAS, seen="x")

    draft.refresh_from_db()
    assert (answer.status_code, in_words(answer)) == (409, SAID)
    assert answer.context["why"].startswith(why)
    assert "First line\nSecond line" in answer.text
    assert "&lt;b&gt;Bold&lt;/b&gt;" in answer.text
    assert 'href="mailto:call@agency.test"' in answer.text
    assert draft.trial_idea != "<b>Bold</b>"


def test_it_says_so_in_french(client, draft):
    withdrawn(draft)

    with translation.override("fr"):
        answer = client.post(f"/fr{url(draft, 'ideas')}", IDEAS)

    assert answer.context["why"] == (
        "Cette candidature est retirée\N{NO-BREAK SPACE}; elle ne peut plus être modifiée."
    )
    assert in_words(answer)[1] == (
        "Qu’aimeriez-vous mettre à l’essai\N{NO-BREAK SPACE}?",
        "<b>Bold</b>",
    )


def test_closed_in_the_moment_between_the_look_and_the_save(client, draft, monkeypatch):
    def too_late(*args, **facts):
        raise InvalidTransition("Closed just now.")

    monkeypatch.setattr(intake, "save", too_late)

    answer = save(client, draft, "ideas", IDEAS, seen="x")

    assert (answer.status_code, answer.context["why"]) == (409, "Closed just now.")
    assert in_words(answer) == SAID


def test_a_button_that_comes_too_late_needs_no_page_of_its_own(client, draft):
    withdrawn(draft)

    answer = client.post(f"{draft.get_absolute_url()}submit/", follow=True)

    assert answer.redirect_chain == [(draft.get_absolute_url(), 302)]
    assert [str(message) for message in answer.context["messages"]] == [
        "This application is withdrawn, so it can no longer be changed."
    ]


def test_a_reason_to_withdraw_what_is_closed_comes_back(client, draft):
    withdrawn(draft)

    answer = client.post(f"{draft.get_absolute_url()}withdraw/", {"reason": "I move away"})

    assert (answer.status_code, in_words(answer)) == (
        409, [("Would you tell us why?", "I move away")],
    )  # fmt: skip


def test_who_may_not_see_it_is_told_nothing_of_it(client, draft):
    withdrawn(draft)
    client.force_login(PersonFactory())

    answer = save(client, draft, "ideas", IDEAS, seen="x")

    assert (answer.status_code, in_words(answer)) == (404, SAID)
    assert "withdrawn" not in answer.text
    assert "call@agency.test" not in answer.text


def test_a_draft_started_after_the_call_closed_comes_back(client):
    cohort = CohortFactory(closes_at=days(-1), mailbox="call@agency.test")

    answer = client.post(
        f"/apply/{cohort.slug}/start/", {"name": "Ada", "email": "ada@agency.test"}
    )

    assert answer.status_code == 409
    assert in_words(answer) == [("Your name", "Ada"), ("Your email address", "ada@agency.test")]
    assert "It closed on " in answer.text
    assert not Application.objects.exists()


def test_a_registration_for_a_webinar_that_has_begun_comes_back(client):
    webinar = WebinarFactory()
    with time_machine.travel(webinar.event.starts_at, tick=False):
        answer = client.post(
            f"/webinars/{webinar.slug}/register/",
            {"name": "Ada", "email": "ada@agency.test", "access_needs": "Captions", "agrees": "on"},
        )

    assert answer.status_code == 409
    assert in_words(answer)[2] == ("What do you need to take part?", "Captions")
    assert "This webinar has begun." in answer.text


# Reviewers


@pytest.fixture
def review(client):
    criterion = CriterionFactory()
    application = ApplicationFactory(cohort=criterion.cohort, status=Status.IN_REVIEW)
    role = CohortRoleFactory(cohort=criterion.cohort)
    client.force_login(role.person)
    return ReviewFactory(application=application, reviewer=role.person)


def decided(review):
    application = review.application
    application.decide(Status.DECLINED, by=StaffFactory())
    application.settle(by=StaffFactory())


def finished(review):
    review.finish()


def given_to_somebody_else(review):
    reviews.recuse(review, reason="She is ill", by=StaffFactory())


def out_of_office(review):
    review.reviewer.cohort_roles.all().delete()


@pytest.mark.parametrize(
    ("meanwhile", "status", "why"),
    [
        (decided, 409, "This application is not being read any more, so its reviews are closed."),
        (finished, 409, "This review is closed. Ask staff to reopen it."),
        (given_to_somebody_else, 404, "There is nothing at this address any more"),
        (out_of_office, 404, "There is nothing at this address any more"),
    ],
)
def test_a_review_that_comes_too_late_comes_back(client, review, meanwhile, status, why):
    meanwhile(review)

    answer = client.post(
        review.get_absolute_url(), {"criterion_1": "4", "remark": "A long thought", "finish": "1"}
    )

    assert (answer.status_code, in_words(answer)) == (
        status, [("Criterion 1: Value", "4"), ("Remark", "A long thought")],
    )  # fmt: skip
    assert answer.context["why"].startswith(why)
    assert Review.objects.get().remark == ""


# Interviewers and those who were offered a place


def test_an_assessment_by_who_sits_on_the_panel_no_more_comes_back(client):
    cohort = interviewing()
    interviewer = interviewer_of(cohort)
    interview = booked(cohort, slot_of(cohort, interviewer))
    client.force_login(interviewer)
    interviews.release(interview, by=StaffFactory())

    answer = client.post(
        f"/interviews/{interview.uuid}/notes/", {"version": "0", "notes": "She was clear."}
    )

    assert (answer.status_code, in_words(answer)) == (404, [("My notes", "She was clear.")])


def test_done_before_the_interview_has_begun_says_so_beside_the_notes(client):
    cohort = interviewing()
    interviewer = interviewer_of(cohort)
    interview = booked(cohort, slot_of(cohort, interviewer))
    client.force_login(interviewer)

    answer = client.post(
        f"/interviews/{interview.uuid}/notes/", {"version": "0", "notes": "Early", "done": "1"}
    )

    form = answer.context["form"]
    assert (answer.status_code, form["notes"].value()) == (409, "Early")
    assert form.non_field_errors() == ["This interview has not begun yet."]


def test_a_reason_to_turn_down_what_has_lapsed_comes_back(client):
    offer = offered()
    person = offer.application.person
    client.force_login(person)
    selection.accept_offer(offer, by=person)

    answer = client.post(
        f"/offers/{offer.uuid}/answer/", {"answer": "turn-down", "reason": "Too much work"}
    )

    assert (answer.status_code, in_words(answer)) == (409, [("Reason", "Too much work")])
