"""Requests for access at the desk of staff."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.lifecycle import InvalidTransition
from applications.models import Application, Status
from applications.services import intake
from cops import access
from cops.models import AccessRequest
from tests.cops.asking import Source, State, Wish, ask, mails, owing, page, reviewed
from tests.factories import (
    AccessRequestFactory,
    CohortFactory,
    PersonFactory,
    ReviewFactory,
    StaffFactory,
    WebinarFactory,
    wall,
)

pytestmark = pytest.mark.django_db

LIST = reverse("admin:cops_accessrequest_changelist")


def verb_url(request, name):
    return reverse("admin:cops_accessrequest_verb", args=[request.pk, name])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_database_as_often_for_three_rows_as_for_one(
    client, staff, rows, django_assert_num_queries
):
    for _number in range(rows):
        AccessRequestFactory(owner=staff, cohort=CohortFactory())
    client.get(LIST)

    with django_assert_num_queries(6):
        client.get(LIST)


@pytest.mark.parametrize(
    ("stands", "found"),
    [("open", "late mine"), ("late", "late"), ("mine", "mine"), ("unowned", "late")],
)
def test_the_list_is_narrowed_by_where_a_request_stands(client, staff, stands, found):
    AccessRequestFactory(words="late", deadline__wall=wall(-1))
    AccessRequestFactory(words="mine", owner=staff)
    AccessRequestFactory(
        words="done", status=State.ANSWERED, answer="x", answered_at=timezone.now()
    )

    rows = client.get(LIST, {"stands": stands}).context["cl"].queryset

    assert sorted(row.words for row in rows) == found.split()


def test_staff_take_answer_and_close_requests_at_the_desk(client, staff):
    taken, closed = ask(), ask()

    client.post(verb_url(taken, "take"))
    client.post(verb_url(taken, "answer_it"), {"answer": "Captions are on."})
    client.post(verb_url(closed, "close"), {"words": "You asked twice."})

    for request in (taken, closed):
        request.refresh_from_db()
    assert (taken.owner, taken.status, taken.answer) == (staff, State.ANSWERED, "Captions are on.")
    assert (closed.status, closed.answer) == (State.WITHDRAWN, "You asked twice.")
    assert mails("access-request-closed") == [closed.person.email]


@pytest.mark.parametrize("kind", [Wish.CORRECTION, Wish.ERASURE])
def test_staff_do_not_close_what_she_asks_about_her_data(client, staff, kind):
    request = ask(kind=kind)

    record = page(client.get(reverse("admin:cops_accessrequest_change", args=[request.pk])))
    client.post(verb_url(request, "close"), {"words": "Too much work."})
    for end in (lambda: access.withdraw(request, by=staff),
                lambda: access.close(request, "No.", by=staff)):  # fmt: skip
        with pytest.raises(InvalidTransition):
            end()

    assert verb_url(request, "answer_it") in record
    assert verb_url(request, "close") not in record
    assert mails("access-request-closed") == []
    request.refresh_from_db()
    assert (request.status, owing(request)) == (State.OPEN, {staff.email})
    access.withdraw(request, by=request.person)
    assert request.status == State.WITHDRAWN


@pytest.mark.parametrize(("verb", "field"), [("answer_it", "answer"), ("close", "words")])
def test_an_end_without_words_is_refused_beside_the_field(client, staff, verb, field):
    request = ask()

    response = client.post(verb_url(request, verb), {field: " "})

    assert "Fill this in." in page(response)
    request.refresh_from_db()
    assert request.is_open


def test_staff_note_what_somebody_asked_for_by_phone(client, staff):
    person = PersonFactory()
    facts = {
        "person": person.pk,
        "kind": "need",
        "words": "An interpreter",
        "about": "",
        "cohort": "",
    }

    response = client.post(reverse("admin:cops_accessrequest_add"), facts)

    request = AccessRequest.objects.get()
    assert response.status_code == 302
    assert (request.person, request.source, request.owner) == (person, Source.STAFF, staff)
    assert owing(request) == {staff.email}


def test_staff_are_told_that_somebody_asked_to_be_erased_before(client, staff):
    person = PersonFactory()
    ask(person, kind=Wish.ERASURE)
    facts = {"person": person.pk, "kind": "erasure", "words": "Again", "about": "", "cohort": ""}

    response = client.post(reverse("admin:cops_accessrequest_add"), facts, follow=True)

    assert "You have asked for this already." in page(response)
    assert AccessRequest.objects.count() == 1


def test_a_record_at_the_desk_is_read_and_not_typed_over(client, staff):
    request = ask()

    response = client.post(
        reverse("admin:cops_accessrequest_change", args=[request.pk]),
        {"words": "Else", "changes-TOTAL_FORMS": 0, "changes-INITIAL_FORMS": 0},
    )

    request.refresh_from_db()
    assert (response.status_code, request.words) == (403, "Captions")


def test_nobody_but_staff_reaches_the_requests_at_the_desk(client):
    request = ask()
    client.force_login(PersonFactory())

    answers = [
        client.get(LIST).status_code,
        client.post(verb_url(request, "take")).status_code,
        client.post(verb_url(request, "answer_it"), {"answer": "x"}).status_code,
    ]

    assert all(status in (302, 403) for status in answers)
    request.refresh_from_db()
    assert (request.owner, request.status) == (None, State.OPEN)


def test_a_reviewer_meets_no_need_and_a_need_names_no_application(client, sign_in):
    staff = StaffFactory()
    application = reviewed()
    intake._take_at_her_word(application)
    Application.objects.update(status=Status.IN_REVIEW)
    review = ReviewFactory(application=application, reviewer=staff)
    sign_in(client, staff)
    asked = AccessRequest.objects.get()
    record = reverse("admin:cops_accessrequest_change", args=[asked.pk])

    def requests():
        return page(client.get(LIST)) + page(client.get(record, follow=True))

    reading = page(client.get(review.get_absolute_url()))
    at_the_desk = page(
        client.get(reverse("admin:applications_application_change", args=[application.pk]))
    )
    while_she_reads = requests()
    type(review).objects.update(status="done", done_at=timezone.now())
    afterwards = requests()

    assert application.reference in reading
    assert "Large print" not in reading + at_the_desk + while_she_reads
    assert "Large print" in afterwards
    assert application.reference not in afterwards


@pytest.mark.parametrize(
    ("source", "about", "told"),
    [
        ("webinar", "ask-us", "Ask us anything"),
        ("webinar", "no-more", "no-more"),
        ("application", "spring", "Communities, spring"),
        ("form", "The outcome on rides", "The outcome on rides"),
    ],
)
def test_what_it_is_about_is_told_by_its_name(source, about, told):
    WebinarFactory(slug="ask-us", title_en="Ask us anything")
    cohort = CohortFactory(slug="spring", name_en="Communities, spring")

    asked = AccessRequestFactory(source=source, about=about, cohort=cohort)

    assert asked.about_in_words == told
