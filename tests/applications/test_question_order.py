"""The order of the questions of a call, and what depends on what: the two are one fact."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from accounts.lifecycle import InvalidTransition
from applications.admin import question as question_admin
from applications.admin.question import QuestionAdmin
from applications.models import YES, Question
from applications.models import question as question_module
from tests.applications.asking import ADD, do, errors, order, save, typed
from tests.concurrency import at_once
from tests.factories import ApplicationFactory, CohortFactory, QuestionFactory, StaffFactory

pytestmark = pytest.mark.django_db
Kind = Question.Kind


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


@pytest.fixture
def colours():
    """Which colour? The answers of a list, of which a question may be asked after red."""
    return QuestionFactory(kind=Kind.CHOICE, options=["Red", "Blue", "Green"], key="colour")


def rows_of(question) -> dict:
    """Return what the page of ``question`` sends of the answers on its list."""
    options = list(question.options.all())
    rows = {
        f"options-{row}-{name}": fact
        for row, option in enumerate(options)
        for name, fact in {
            "id": option.pk, "question": question.pk, "position": row + 1,
            "label_en": option.label_en, "label_fr": option.label_fr,
        }.items()
    }  # fmt: skip
    counted = {"options-TOTAL_FORMS": len(options), "options-INITIAL_FORMS": len(options)}
    return {**rows, **counted}


def without_red(question) -> dict:
    return {**rows_of(question), "options-0-DELETE": "on"}


GONE = "That is no answer to a question before this one in this call. Choose again."
KIND_STAYS = "Another question is asked only after an answer to this one: its kind stays."
STAYS = "“Red” has been chosen already. It has to stay."


def test_a_question_is_not_added_after_an_answer_that_was_just_taken_off(client, staff, colours):
    red = typed(colours.cohort, condition=f"{colours.pk}:red")
    save(client, colours, **without_red(colours))

    refused = client.post(ADD, red)

    assert refused.context["adminform"].form.errors == {"condition": [GONE]}
    assert not Question.objects.filter(key="software").exists()


def add_and_take_off_at_once(sign_in, colours):
    """One adds a question after red, a colleague takes red off; return what each was told."""
    one, other = Client(), Client()
    for client in (one, other):
        sign_in(client, StaffFactory())
    red = typed(colours.cohort, condition=f"{colours.pk}:red")
    taken_off = without_red(colours)

    added, changed = at_once(lambda: one.post(ADD, red), lambda: save(other, colours, **taken_off))
    told = [errors(answer) if answer.status_code == 200 else [] for answer in (added, changed)]
    depends = Question.objects.filter(key="software", asked_if=colours).exists()
    return *told, depends, colours.options.filter(key="red").exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_a_question_added_after_an_answer_and_its_end_at_once_one_is_refused(sign_in, colours):
    assert add_and_take_off_at_once(sign_in, colours) in [
        ([GONE], [], False, False),
        ([], [STAYS], True, True),
    ]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_question_is_asked_after_what_nobody_can_answer(
    sign_in, colours, monkeypatch
):
    both_looked = Barrier(2)
    save_model = QuestionAdmin.save_model

    def save_once_both_looked(self, *args):
        both_looked.wait(timeout=10)
        save_model(self, *args)

    monkeypatch.setattr(QuestionAdmin, "lock_for_new", lambda self, request: None)
    monkeypatch.setattr(QuestionAdmin, "save_model", save_once_both_looked)

    assert add_and_take_off_at_once(sign_in, colours) == ([], [], True, False)


@pytest.mark.parametrize(
    ("kind", "becomes", "stays"),
    [
        (Kind.YES_NO, Kind.LINE, [KIND_STAYS]),
        (Kind.YES_NO, Kind.SCALE, [KIND_STAYS]),
        (Kind.CHOICE, Kind.SEVERAL, []),
    ],
)
def test_what_another_depends_on_stays_to_be_answered(client, staff, kind, becomes, stays):
    options = ["Red", "Blue"] if kind == Kind.CHOICE else []
    question = QuestionFactory(kind=kind, options=options)
    value = "red" if options else YES
    QuestionFactory(
        cohort=question.cohort, asked_if=question, asked_if_value=value, position=2, key="after"
    )
    rows = rows_of(question)

    answer = save(client, question, **rows, kind=becomes)

    question.refresh_from_db()
    assert (errors(answer) if answer.status_code == 200 else []) == stays
    assert question.kind == (kind if stays else becomes)


def add_and_delete_at_once(sign_in, colours):
    """One adds a question after red, a colleague deletes the question; return what came of it."""
    one, other = Client(), Client()
    for client in (one, other):
        sign_in(client, StaffFactory())
    red = typed(colours.cohort, condition=f"{colours.pk}:red")
    delete = reverse("admin:applications_question_delete", args=[colours.pk])

    told = at_once(lambda: one.post(ADD, red), lambda: other.post(delete, {"post": "yes"}))
    left = set(Question.objects.values_list("key", flat=True))
    return [getattr(answer, "status_code", type(answer)) for answer in told], left


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_a_question_added_after_another_and_its_end_at_once_one_is_refused(sign_in, colours):
    assert add_and_delete_at_once(sign_in, colours) in [
        ([200, 302], set()),
        ([302, 200], {"colour", "software"}),
    ]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_end_of_a_question_breaks_on_the_one_added_after_it(
    sign_in, colours, monkeypatch
):
    both_looked = Barrier(2)

    def once_both_looked(act):
        def wait_and_act(self, *args):
            both_looked.wait(timeout=10)
            return act(self, *args)

        return wait_and_act

    for name in ("save_model", "delete_model"):
        act = getattr(QuestionAdmin, name)
        monkeypatch.setattr(QuestionAdmin, name, once_both_looked(act))
    monkeypatch.setattr(QuestionAdmin, "lock", lambda self, record_id: None)

    told, _left = add_and_delete_at_once(sign_in, colours)

    assert IntegrityError in told
