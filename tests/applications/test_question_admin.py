"""Staff write the questions of a call, without a developer."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts import logged
from accounts.lifecycle import InvalidTransition
from applications import budget
from applications.admin import question as question_admin
from applications.admin.question import QuestionAdmin
from applications.models import YES, Option, Question
from applications.models import question as question_module
from tests.concurrency import at_once
from tests.factories import (
    AnswerFactory,
    ApplicationFactory,
    CohortFactory,
    OptionFactory,
    QuestionFactory,
    StaffFactory,
    days,
)

pytestmark = pytest.mark.django_db
Kind = Question.Kind
ADD = "/admin/applications/question/add/"
BOXES = ("is_required", "is_asked", "goes_live")


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
        "condition": "", "is_asked": "on", "reader": "reviewers",
        "keep_until": "", "key": "software",
        "goes_live": "on",
        "options-TOTAL_FORMS": len(options), "options-INITIAL_FORMS": 0,
        **rows, **facts,
    }  # fmt: skip


def save(client, question, **facts):
    """Send the page of ``question``, where only ``facts`` are changed."""
    kept = {
        "text_en": question.text_en, "text_fr": question.text_fr, "kind": question.kind,
        "key": question.key, "is_required": "on" if question.is_required else "",
        "is_asked": "on" if question.is_asked else "",
    }  # fmt: skip
    page = client.get(change(question))
    sent = typed(question.cohort, **{**kept, **facts}, seen=page.context["seen"])
    ticked = {name: fact for name, fact in sent.items() if name not in BOXES or fact}
    return client.post(change(question), ticked)


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


# What an open call asks goes live by an act of its own.


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


# Their order.


def do(client, question, verb):
    return client.post(reverse("admin:applications_question_verb", args=[question.pk, verb]))


def order(cohort) -> list[str]:
    return list(cohort.questions.values_list("key", flat=True))


@pytest.fixture
def three():
    """A, B and C of one call; all were given the same place once."""
    cohort = CohortFactory()
    for key in ("a", "b", "c"):
        QuestionFactory(cohort=cohort, key=key, position=1, kind=Kind.YES_NO)
    return cohort


def test_a_question_moves_up_and_down(client, staff, three):
    a, _b, c = three.questions.all()

    do(client, c, "move_up")
    do(client, a, "move_down")

    assert order(three) == ["c", "a", "b"]
    assert list(three.questions.values_list("position", flat=True)) == [1, 2, 3]


def test_it_does_not_pass_what_it_depends_on(client, staff, three):
    a, b, _c = three.questions.all()
    Question.objects.filter(pk=b.pk).update(asked_if=a, asked_if_value=YES)

    do(client, b, "move_up")
    do(client, a, "move_down")

    assert order(three) == ["a", "b", "c"]


def test_what_was_just_deleted_is_not_moved(three):
    _a, b, _c = three.questions.all()
    Question.objects.filter(pk=b.pk).delete()

    with pytest.raises(InvalidTransition):
        b.move(-1)

    assert order(three) == ["a", "c"]


@pytest.mark.parametrize(("place", "verb"), [(0, "move_up"), (2, "move_down")])
def test_nothing_lies_beyond_the_first_and_the_last(client, staff, three, place, verb):
    do(client, three.questions.all()[place], verb)

    assert order(three) == ["a", "b", "c"]


def test_a_stranger_moves_nothing(client, sign_in, three):
    sign_in(client, ApplicationFactory().person)

    answer = do(client, three.questions.last(), "move_up")

    assert answer.status_code == 403
    assert order(three) == ["a", "b", "c"]


def test_the_list_has_a_button_that_needs_no_script(client, staff, three):
    page = client.get(reverse("admin:applications_question_changelist")).content.decode()

    assert page.count('formaction="') == 4
    assert 'aria-label="Move down: What about a?"' in page


def move_two_at_once(cohort):
    _a, b, c = cohort.questions.all()
    at_once(lambda: b.move(-1), lambda: c.move(-1))
    return sorted(cohort.questions.values_list("position", flat=True))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_at_once_each_finds_the_order_of_the_other(three):
    assert move_two_at_once(three) == [1, 2, 3]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_questions_share_a_place(three, monkeypatch):
    barrier = Barrier(2)

    def unlocked(cohort_id):
        rows = list(Question.objects.filter(cohort=cohort_id).order_by("position", "pk"))
        with suppress(BrokenBarrierError):
            barrier.wait(timeout=5)
        return rows

    monkeypatch.setattr(question_module, "_in_order", unlocked)

    assert move_two_at_once(three) != [1, 2, 3]


def depend_and_move_at_once(sign_in, cohort, ready=lambda: None):
    """One lets B depend on A, a colleague moves it before A; return whether that can be."""
    client, staff = Client(), StaffFactory(is_superuser=True)
    sign_in(client, staff)
    a, b, _c = cohort.questions.all()

    def depend():
        answer = save(client, b, condition=f"{a.pk}:{YES}")
        ready()
        return answer.status_code

    told = at_once(depend, lambda: b.move(-1))
    b.refresh_from_db()
    keys = list(cohort.questions.order_by("position", "pk").values_list("key", flat=True))
    return told[0], type(told[1]), b.asked_if == a, keys.index("a") < keys.index("b")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_a_condition_and_a_move_at_once_one_is_refused(sign_in, three):
    assert depend_and_move_at_once(sign_in, three) in [
        (302, InvalidTransition, True, True),
        (200, type(None), False, False),
    ]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_question_comes_before_what_it_depends_on(sign_in, three, monkeypatch):
    both_looked, it_is_saved = Barrier(2), Barrier(2)
    save_model = QuestionAdmin.save_model

    def save_once_both_looked(self, *args):
        both_looked.wait(timeout=10)
        save_model(self, *args)

    def unlocked(cohort_id):
        rows = list(Question.objects.filter(cohort=cohort_id).order_by("position", "pk"))
        both_looked.wait(timeout=10)
        it_is_saved.wait(timeout=10)
        return rows

    monkeypatch.setattr(question_admin, "hold_order_around", lambda question_id: None)
    monkeypatch.setattr(question_module, "_in_order", unlocked)
    monkeypatch.setattr(QuestionAdmin, "save_model", save_once_both_looked)

    told = depend_and_move_at_once(sign_in, three, lambda: it_is_saved.wait(timeout=10))

    assert told == (302, type(None), True, False)
