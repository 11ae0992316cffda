"""Staff write the questions of a call, without a developer."""

import pytest
from django.urls import reverse

from applications import budget
from applications.models import YES, Option, Question
from tests.applications.asking import ADD, change, errors, save, typed
from tests.factories import (
    AnswerFactory,
    ApplicationFactory,
    CohortFactory,
    OptionFactory,
    QuestionFactory,
)

pytestmark = pytest.mark.django_db
Kind = Question.Kind


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

    client.post(ADD, typed(before.cohort, condition=f"{before.pk}:{YES}"))

    question = Question.objects.get(key="software")
    assert (question.asked_if, question.asked_if_value) == (before, YES)


def conditions(client, address) -> list[str]:
    return [
        key
        for key, _words in client.get(address).context["adminform"].form.fields["condition"].choices
        if key
    ]


def test_a_question_depends_on_those_before_it_alone(client, staff):
    first, second, third = (
        QuestionFactory(kind=Kind.YES_NO, position=place, cohort=cohort)
        for cohort in [CohortFactory()]
        for place in (1, 2, 3)
    )

    assert conditions(client, change(first)) == []
    assert conditions(client, change(second)) == [f"{first.pk}:yes", f"{first.pk}:no"]
    assert len(conditions(client, change(third))) == 4


def test_no_two_questions_depend_on_each_other(client, staff):
    first = QuestionFactory(kind=Kind.YES_NO, position=1)
    second = QuestionFactory(
        cohort=first.cohort, kind=Kind.YES_NO, position=2, asked_if=first, asked_if_value=YES
    )

    answer = save(client, first, condition=f"{second.pk}:{YES}")

    assert len(errors(answer)) == 1
    first.refresh_from_db()
    assert first.asked_if is None


def test_a_condition_of_another_call_is_no_choice(client, staff):
    elsewhere = QuestionFactory(kind=Kind.YES_NO)

    answer = client.post(ADD, typed(CohortFactory(), condition=f"{elsewhere.pk}:{YES}"))

    assert errors(answer) == [
        "That is no answer to a question before this one in this call. Choose again."
    ]
    assert not Question.objects.filter(key="software").exists()


def test_a_new_question_has_no_condition_to_choose_until_its_call_is_known(client, staff):
    before = QuestionFactory(kind=Kind.YES_NO)
    both = [f"{before.pk}:yes", f"{before.pk}:no"]

    page = client.get(ADD)
    refused = client.post(ADD, typed(before.cohort, condition=both[1], text_en=""))

    assert conditions(client, ADD) == []
    assert "Save it first, then choose after which answer it is asked." in page.text
    assert conditions(client, f"{ADD}?cohort={before.cohort_id}") == both
    assert refused.context["adminform"].form["condition"].value() == both[1]
    assert f'<option value="{both[1]}" selected>' in refused.text


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

    client.post(ADD, typed(last.cohort))
    assert form.initial["cohort"] == last.cohort_id
    assert Question.objects.get(key="software").position == 5


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
