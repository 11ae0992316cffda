"""Staff write the questions of a call, without a developer."""

import pytest
from django.urls import reverse

from applications import budget
from applications.models import YES, Option, Question
from tests.factories import (
    AnswerFactory,
    ApplicationFactory,
    CohortFactory,
    OptionFactory,
    QuestionFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db
Kind = Question.Kind
ADD = "/admin/applications/question/add/"


@pytest.fixture
def staff(client, sign_in):
    person = StaffFactory(is_superuser=True)
    sign_in(client, person)
    return person


def typed(cohort, *options, **facts) -> dict:
    """Return what the page of a question sends; ``options`` are the labels of a list."""
    rows = {
        f"options-{row}-{name}": value
        for row, label in enumerate(options)
        for name, value in {"position": row + 1, "label_en": label, "label_fr": label}.items()
    }
    return {
        "cohort": cohort.pk, "text_en": "Which software?", "text_fr": "Quel logiciel?",
        "help_en": "", "help_fr": "", "kind": Kind.LINE, "words_max": 150, "is_required": "on",
        "condition": "", "position": 1, "is_asked": "on", "reader": "reviewers",
        "keep_until": "", "key": "software",
        "options-TOTAL_FORMS": len(options), "options-INITIAL_FORMS": 0,
        **rows, **facts,
    }  # fmt: skip


def change(question) -> str:
    return reverse("admin:applications_question_change", args=[question.pk])


def errors(answer) -> list[str]:
    context = answer.context
    return [
        str(error)
        for form in (context["adminform"].form, *context["inline_admin_formsets"])
        for error in (
            [word for words in form.errors.values() for word in words]
            if isinstance(getattr(form, "errors", None), dict)
            else form.formset.non_form_errors()
        )
    ]


def test_staff_add_a_list_with_its_answers(client, staff):
    cohort = CohortFactory()

    client.post(ADD, typed(cohort, "Excel", "Case software", "Excel!", kind=Kind.SEVERAL))

    question = Question.objects.get()
    assert (question.key, question.kind, question.asked_if) == ("software", Kind.SEVERAL, None)
    assert list(question.options.values_list("key", "label_fr")) == [
        ("excel", "Excel"), ("case-software", "Case software"), ("excel-2", "Excel!"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        (["Excel"], Kind.CHOICE, "Write at least two answers to choose from."),
        (["Excel", "Word"], Kind.LINE, "Only a list has answers to choose from."),
    ],
)
def test_a_list_has_answers_and_nothing_else_does(client, staff, options, kind, words):
    answer = client.post(ADD, typed(CohortFactory(), *options, kind=kind))

    assert errors(answer) == [words]
    assert not Question.objects.exists()


def test_a_question_may_depend_on_an_answer_before_it(client, staff):
    before = QuestionFactory(kind=Kind.YES_NO, position=1)

    client.post(ADD, typed(before.cohort, condition=f"{before.pk}:{YES}", position=2))

    question = Question.objects.get(key="software")
    assert (question.asked_if, question.asked_if_value) == (before, YES)


def test_it_has_to_come_after_what_it_depends_on(client, staff):
    before = QuestionFactory(kind=Kind.YES_NO, position=2, text_en="Do you?")

    answer = client.post(ADD, typed(before.cohort, condition=f"{before.pk}:{YES}", position=1))

    assert errors(answer) == ["It depends on “Do you?”, so it has to come after it."]


def test_what_others_depend_on_stays_before_them(client, staff):
    before = QuestionFactory(kind=Kind.YES_NO, position=1, key="software")
    QuestionFactory(cohort=before.cohort, asked_if=before, asked_if_value=YES, position=2)

    page = client.get(change(before))
    answer = client.post(
        change(before),
        typed(before.cohort, kind=Kind.YES_NO, position=3, seen=page.context["seen"]),
    )

    assert errors(answer) == ["Another question depends on this one and comes earlier."]


def test_a_condition_of_another_call_is_no_choice(client, staff):
    elsewhere = QuestionFactory(kind=Kind.YES_NO)

    answer = client.post(ADD, typed(CohortFactory(), condition=f"{elsewhere.pk}:{YES}"))

    assert len(errors(answer)) == 1
    assert not Question.objects.filter(key="software").exists()


def test_what_was_answered_keeps_its_kind_and_its_name(client, staff):
    question = AnswerFactory(question__key="before").question

    page = client.get(change(question))
    client.post(
        change(question),
        typed(question.cohort, kind=Kind.SCALE, text_en="As it is now", seen=page.context["seen"]),
    )

    question.refresh_from_db()
    assert (question.kind, question.key, question.text_en) == (Kind.LINE, "before", "As it is now")


def test_what_was_answered_is_not_deleted(client, staff):
    question = AnswerFactory().question
    delete = reverse("admin:applications_question_delete", args=[question.pk])

    answer = client.post(delete, {"post": "yes"})

    assert answer.status_code == 403
    assert Question.objects.filter(pk=question.pk).exists()


@pytest.mark.parametrize("value", ["red", ["red", "blue"]])
def test_an_answer_that_was_chosen_stays_on_the_list(client, staff, value):
    question = QuestionFactory(kind=Kind.SEVERAL, options=["Red", "Blue", "Green"], position=1)
    AnswerFactory(
        application=ApplicationFactory(cohort=question.cohort), question=question, value=value
    )
    page = client.get(change(question))
    red, blue, green = question.options.all()
    rows = {
        f"options-{row}-{name}": fact
        for row, option in enumerate((red, blue, green))
        for name, fact in {
            "id": option.pk, "question": question.pk, "position": row + 1,
            "label_en": option.label_en, "label_fr": option.label_fr,
        }.items()
    }  # fmt: skip
    facts = {**rows, "options-TOTAL_FORMS": 3, "options-INITIAL_FORMS": 3, "kind": Kind.SEVERAL}

    refused = client.post(
        change(question),
        typed(question.cohort, **facts, **{"options-0-DELETE": "on"}, seen=page.context["seen"]),
    )

    assert errors(refused) == ["“Red” has been chosen already. It has to stay."]
    assert question.options.count() == 3


def test_an_answer_that_another_question_depends_on_stays_too():
    option = OptionFactory()
    cohort = option.question.cohort
    assert not option.is_chosen

    QuestionFactory(cohort=cohort, asked_if=option.question, asked_if_value=option.key)

    assert Option.objects.get().is_chosen


def test_the_next_question_comes_last_in_the_newest_call(client, staff):
    last = QuestionFactory(position=4)

    form = client.get(ADD).context["adminform"].form

    assert (form.initial["cohort"], form.initial["position"]) == (last.cohort_id, 5)


def test_each_question_is_counted_against_the_twenty_minutes():
    cohort = CohortFactory()
    before = budget.of(cohort)

    QuestionFactory.create_batch(2, cohort=cohort, kind=Kind.TEXT, words_max=150)

    after = budget.of(CohortFactory._meta.model.objects.get(pk=cohort.pk))
    assert (before.questions, before.count, before.is_over) == (0, 0, False)
    assert (after.own, after.count, after.questions, after.is_over) == (before.own, 2, 8, True)


@pytest.mark.parametrize(("people", "measured"), [(4, None), (5, 12)])
def test_what_it_took_is_told_once_enough_have_sent_it(people, measured):
    cohort = CohortFactory()
    for minutes in [1, 11, 12, 13, 90][:people]:
        ApplicationFactory(cohort=cohort, status="submitted", seconds_spent=60 * minutes)
    ApplicationFactory(cohort=cohort, seconds_spent=9000)

    found = budget.of(cohort)

    assert (found.measured, found.measured_count) == (measured, people)


def test_a_stranger_cannot(client, sign_in):
    sign_in(client, ApplicationFactory().person)

    answer = client.post(ADD, typed(CohortFactory()))

    assert answer.status_code == 403
    assert not Question.objects.exists()
