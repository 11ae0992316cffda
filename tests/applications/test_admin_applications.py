"""The staff's desk: lists, blindness, decisions, the counts of the board."""

import pytest
from django.urls import reverse

from accounts.counts import counted
from applications.models import Application, Review, Status
from applications.services import review as reviews
from applications.templatetags.applications_parts import intake_board
from notifications.models import Message
from tests.factories import (
    ApplicationFactory,
    CohortFactory,
    CohortRoleFactory,
    PersonFactory,
    ReviewFactory,
    ScoreFactory,
    SupportFactory,
    days,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/applications/application/"


def page_of(record):
    return reverse(f"admin:applications_{record._meta.model_name}_change", args=[record.pk])


def do(client, record, name, **facts):
    url = reverse(f"admin:applications_{record._meta.model_name}_verb", args=[record.pk, name])
    return client.post(url, facts)


def applied(**facts):
    return ApplicationFactory(
        person=PersonFactory(name="Amara Okafor", email="amara@kenora.test"),
        name="Amara Okafor",
        organization_name="Kenora Job Place",
        town="Kenora",
        motivation="Week two",
        **{"status": Status.IN_REVIEW, **facts},
    )


def test_staff_read_the_answers_and_cannot_write_them(client, staff):
    application = applied()

    page = client.get(page_of(application)).content.decode()
    client.post(page_of(application), {"town": "Dryden", "motivation": "x", "status": "offered"})

    assert "Week two" in page
    assert "amara@kenora.test" in page
    assert 'name="motivation"' not in page
    application.refresh_from_db()
    assert (application.town, application.motivation, application.status) == (
        "Kenora", "Week two", Status.IN_REVIEW,
    )  # fmt: skip


def test_staff_with_an_open_review_see_it_as_blind_as_there(client, staff):
    application = applied()
    review = ReviewFactory(application=application, reviewer=staff)
    other = ReviewFactory(application=application, status="done", done_at=days(-1), remark="Hers")
    ScoreFactory(review=other, value=5)
    pages = [
        page_of(application), page_of(other), page_of(review), LIST, f"{LIST}?q=Kenora",
        f"{LIST}?q=amara%40kenora.test", "/admin/applications/review/",
    ]  # fmt: skip

    def leaks():
        secrets = ("Amara", "amara@", "Job Place", "Hers", "5.0 (", ">5.0<")
        texts = {page: client.get(page).content.decode() for page in pages}
        found = [(page, word) for page, text in texts.items() for word in secrets if word in text]
        # The word that was searched for stands in the search box.
        return [(page, word) for page, word in found if not (word == "amara@" and "?q=" in page)]

    assert leaks() == []
    assert "Week two" in client.get(page_of(application)).content.decode()
    assert application.reference not in client.get(f"{LIST}?q=Kenora").content.decode()
    Review.objects.filter(pk=review.pk).update(status="done", done_at=days(0))
    assert "Amara Okafor" in client.get(page_of(application)).content.decode()
    assert "Hers" in client.get(page_of(other)).content.decode()


def test_the_order_of_the_list_does_not_tell_a_concealed_name(client, staff):
    first, last, concealed = (
        ApplicationFactory(name=name, status=Status.IN_REVIEW) for name in ("Aaron", "Zoe", "Mina")
    )
    ReviewFactory(application=concealed, reviewer=staff)

    orders = [
        [row.pk for row in client.get(f"{LIST}?o={sign}2").context["cl"].result_list]
        for sign in ("", "-")
    ]

    assert orders == [[concealed.pk, first.pk, last.pk], [last.pk, first.pk, concealed.pk]]


@pytest.mark.parametrize(
    "page", ["interview/99/book/", "proposal/99/groups/", "insight/refine/99/"]
)
def test_a_page_of_a_record_that_is_not_there_is_not_found(client, staff, page):
    assert client.get(f"/admin/applications/{page}").status_code == 404


def test_a_review_of_a_decided_application_is_not_given_back(client, staff):
    review = ReviewFactory(
        application=applied(status=Status.DECLINED), status="done", done_at=days(-1)
    )

    client.post(f"/admin/applications/review/{review.pk}/do/give_back/")

    review.refresh_from_db()
    assert review.status == "done"


def test_a_decision_waits_for_its_release(client, staff):
    application = applied()

    do(client, application, "decide_decline", reason="Too far")

    application.refresh_from_db()
    assert (application.status, application.pending_status, application.pending_reason) == (
        Status.IN_REVIEW, Status.DECLINED, "Too far",
    )  # fmt: skip
    assert application.pending_by == staff
    assert Message.objects.count() == 0
    do(client, application, "undecide")
    application.refresh_from_db()
    assert (application.pending_status, application.pending_reason) == ("", "")


def test_what_cannot_be_decided_now_is_neither_offered_nor_done(client, staff):
    application = applied(status=Status.SUBMITTED)

    page = client.get(page_of(application))
    do(client, application, "decide_interview", reason="")

    assert [verb["label"] for verb in page.context["verbs"]] == [
        "Reopen for the applicant",
        "Send the link to the application",
        "Withdraw on the applicant’s behalf",
    ]
    application.refresh_from_db()
    assert application.pending_status == ""


def test_reopening_gives_it_back_and_tells_her(client, staff):
    application = applied(status=Status.SUBMITTED)

    do(client, application, "give_back", reason="The town is missing")

    application.refresh_from_db()
    assert application.status == Status.DRAFT
    assert [(m.kind, m.recipient) for m in Message.objects.all()] == [
        ("application-reopened", application.person)
    ]


def test_the_action_assigns_in_the_calls_of_the_selected(client, staff):
    cohort = CohortFactory(reviews_each=1)
    application = applied(cohort=cohort, status=Status.SUBMITTED)
    CohortRoleFactory(cohort=cohort, person=PersonFactory(email="r@reader.test"))

    page = client.post(
        LIST, {"action": "assign_reviews", "_selected_action": [application.pk]}, follow=True
    )

    assert application.reviews.count() == 1
    assert "1 review assigned" in page.content.decode()


def test_a_finished_review_is_given_back_to_its_reader(client, staff):
    review = ReviewFactory(status="done", done_at=days(-1))

    do(client, review, "give_back")

    review.refresh_from_db()
    assert (review.status, review.done_at) == ("assigned", None)
    assert review.changes.get().by == staff


@pytest.mark.parametrize("name", ["application", "review"])
def test_nobody_but_staff_reaches_the_desk(client, sign_in, name):
    sign_in(client, PersonFactory())

    assert client.get(f"/admin/applications/{name}/").status_code in (302, 403, 404)


@pytest.mark.parametrize("name", ["application", "review"])
def test_a_list_costs_the_same_for_one_and_for_three(
    client, staff, name, django_assert_max_num_queries
):
    def counted():
        with django_assert_max_num_queries(20) as asked:
            client.get(f"/admin/applications/{name}/")
        return len(asked.captured_queries)

    cohort = CohortFactory()
    reader = PersonFactory()
    review = ReviewFactory(application=applied(cohort=cohort), reviewer=reader)
    ScoreFactory(review=review)
    client.get(f"/admin/applications/{name}/")
    one = counted()
    for _ in range(2):
        other = ReviewFactory(
            application__cohort=cohort, application__status=Status.IN_REVIEW, reviewer=reader
        )
        ScoreFactory(review=other, criterion=review.scores.get().criterion)

    assert counted() == one


def test_every_count_of_the_board_leads_to_as_many_rows(client, staff):
    cohort = CohortFactory()
    ApplicationFactory(cohort=cohort)
    ApplicationFactory(cohort=cohort, status=Status.SUBMITTED)
    ApplicationFactory(cohort=cohort, status=Status.SUBMITTED, awaits_confirmation=True)
    decided = ApplicationFactory(cohort=cohort, status=Status.IN_REVIEW)
    decided.decide(Status.DECLINED, by=staff)
    SupportFactory(application=decided, answer="call")
    ReviewFactory(application=decided)
    late = ReviewFactory(application=decided)
    yesterday = days(-1)
    type(late.deadline).objects.filter(pk=late.deadline_id).update(
        starts_at=yesterday, ends_at=yesterday
    )
    ApplicationFactory(status=Status.SUBMITTED)
    ReviewFactory()

    one, _another = (
        ReviewFactory(application=ApplicationFactory(cohort=cohort, status=Status.IN_REVIEW))
        for _number in range(2)
    )
    ReviewFactory(application=one.application)
    reviews.recuse(ReviewFactory(application=one.application), reason="I know this person.")

    (stage,) = counted(intake_board(cohort, staff))

    assert [row.number for row in stage.counts] == [1, 1, 1, 1, 5, 1, 0, 1, 1]
    rows = [client.get(row.url).context["cl"].result_count for row in stage.counts]
    assert rows == [row.number for row in stage.counts]
    assert Application.objects.count() == 8
