"""What an open call asks goes live by an act of its own."""

import pytest
from django.contrib.admin.models import LogEntry

from accounts import logged
from applications.models import Question
from tests.applications.asking import ADD, errors, save, typed
from tests.factories import AnswerFactory, ApplicationFactory, CohortFactory, QuestionFactory, days

pytestmark = pytest.mark.django_db
Kind = Question.Kind


def test_in_an_open_call_staff_look_first_at_whom_it_concerns(client, staff):
    cohort = CohortFactory()
    ApplicationFactory.create_batch(2, cohort=cohort)
    ApplicationFactory(cohort=cohort, status="submitted")

    first = client.post(ADD, typed(cohort, goes_live=""))
    told = first.context["live"].concerned
    asked_by_then = Question.objects.count()
    client.post(ADD, typed(cohort))

    assert errors(first) == ["The call is open. Read whom this concerns, and say yes."]
    assert told == [
        "2 people have a draft, and cannot send it without an answer.",
        "1 person has sent an application, confirmed or not, and not withdrawn it: "
        "nothing changes for it.",
    ]
    assert (asked_by_then, Question.objects.count()) == (0, 1)


def test_other_words_for_a_live_question_are_looked_at_too(client, staff):
    question = AnswerFactory(question__text_en="Before").question

    refused = save(client, question, text_en="After", goes_live="")
    question.refresh_from_db()
    before = question.text_en
    save(client, question, text_en="After")

    question.refresh_from_db()
    assert "1 person has answered it as it was before. The answer stays." in (
        refused.context["live"].concerned
    )
    assert (before, question.text_en) == ("Before", "After")


def test_other_answers_to_choose_are_looked_at_too(client, staff):
    question = QuestionFactory(kind=Kind.CHOICE, options=["Red", "Blue"])
    red, blue = question.options.all()
    rows = {
        f"options-{row}-{name}": fact
        for row, option in enumerate((red, blue))
        for name, fact in {
            "id": option.pk, "question": question.pk, "position": row + 1,
            "label_en": f"{option.label_en}!", "label_fr": option.label_fr,
        }.items()
    } | {"options-TOTAL_FORMS": 2, "options-INITIAL_FORMS": 2}  # fmt: skip

    refused = save(client, question, **rows, goes_live="")
    before = list(question.options.values_list("label_en", flat=True))
    save(client, question, **rows)

    assert errors(refused) == ["The call is open. Read whom this concerns, and say yes."]
    assert refused.context["live"].concerned
    assert before == ["Red", "Blue"]
    assert list(question.options.values_list("label_en", flat=True)) == ["Red!", "Blue!"]


def test_that_it_goes_live_is_no_change_of_its_own(client, staff):
    question = QuestionFactory(text_fr="Avant", words_max=150)

    save(client, question, text_fr="Après")

    assert logged.told(LogEntry.objects.get()) == "Changed: Question (French)"


@pytest.mark.parametrize("facts", [{"text_fr": ""}, {"help_en": "A hint"}, {"help_fr": "Un mot"}])
def test_nothing_goes_live_in_one_language(client, staff, facts):
    answer = client.post(ADD, typed(CohortFactory(), **facts))

    assert errors(answer) == ["The call is open: write this in both languages."]
    assert not Question.objects.exists()


def test_no_answer_to_choose_goes_live_in_one_language(client, staff):
    facts = typed(CohortFactory(), "Red", "Blue", kind=Kind.CHOICE)

    client.post(ADD, facts | {"options-1-label_fr": ""})

    assert not Question.objects.exists()


@pytest.mark.parametrize("facts", [{"opens_at": 3}, {"opens_at": -60}, {"published_at": None}])
def test_before_the_call_opens_and_after_it_a_draft_may_be_in_one_language(client, staff, facts):
    opens_at = days(facts.pop("opens_at", -10))
    cohort = CohortFactory(opens_at=opens_at, **facts)

    client.post(ADD, typed(cohort, goes_live="", text_fr=""))

    assert Question.objects.get().text_fr == ""


def test_a_question_that_is_not_asked_is_written_in_peace(client, staff):
    facts = typed(CohortFactory(), goes_live="", text_fr="")
    del facts["is_asked"]

    client.post(ADD, facts)

    assert Question.objects.get().is_asked is False
