"""The order of the questions of a call, and what depends on what: the two are one fact."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.test import Client
from django.urls import reverse

from accounts.lifecycle import InvalidTransition
from applications.admin import question as question_admin
from applications.admin.question import QuestionAdmin
from applications.models import YES, Question
from applications.models import question as question_module
from tests.applications.asking import do, order, save
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
