"""A question that is asked until a minute, and answers that stay from a minute on."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from applications.blind import projection
from applications.forms.application import is_complete, sections_of
from applications.forms.questions import QuestionsForm
from applications.models import NO, YES, Answer, Application, Question, Status
from applications.services import again, selection
from tests.applications.applying import complete, save, seen_by, url
from tests.factories import AnswerFactory, QuestionFactory

pytestmark = pytest.mark.django_db
Kind = Question.Kind
SECOND = timedelta(seconds=1)


@pytest.fixture
def moment(draft):
    """Tomorrow, a minute at which nothing else happens."""
    cohort = draft.cohort
    return (cohort.opens_at + (cohort.closes_at - cohort.opens_at) * 0.8).replace(
        second=0, microsecond=0
    )


@pytest.fixture
def due(draft, moment):
    return QuestionFactory(cohort=draft.cohort, key="due", due_at=moment)


@pytest.fixture
def frozen(draft, moment):
    question = QuestionFactory(cohort=draft.cohort, key="frozen", freezes_at=moment)
    AnswerFactory(application=draft, question=question, value="In time")
    return question


def test_who_answers_after_that_minute_may_finish_what_she_writes(client, draft, moment):
    QuestionFactory(cohort=draft.cohort, key="frozen", freezes_at=moment)

    type_at(client, draft, moment, {"question_frozen": "We be", "autosave": "1"})
    type_at(client, draft, moment + SECOND, {"question_frozen": "We began"})

    assert kept(draft) == {"frozen": "We began"}


def kept(application) -> dict:
    return dict(
        Answer.objects.filter(application=application).values_list("question__key", "value")
    )


def type_at(client, draft, moment, data):
    """Send what was typed on a page that was loaded before, at ``moment``."""
    seen = seen_by(draft, "questions")
    with time_machine.travel(moment, tick=False):
        return save(client, draft, "questions", data, seen=seen)


def test_until_the_last_second_it_is_answered_like_any_other(client, draft, due, moment):
    answer = type_at(client, draft, moment - SECOND, {"question_due": "In time"})

    assert answer.url == url(draft, "times")
    assert kept(draft) == {"due": "In time"}


def test_at_its_minute_it_is_too_late_and_what_was_typed_comes_back(client, draft, due, moment):
    QuestionFactory(cohort=draft.cohort, key="open", is_required=False)
    answer = type_at(client, draft, moment, {"question_due": "Too late"})

    assert answer.context["form"].errors == {
        "question_due": ["This came too late, so it is not kept: “Too late”"]
    }
    assert kept(draft) == {}


@pytest.mark.parametrize("way", [{}, {"autosave": "1"}])
def test_so_is_a_whole_part_that_nobody_is_asked_any_more(client, draft, due, moment, way):
    answer = type_at(client, draft, moment, {"question_due": "Too late", **way})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This part is not asked any more." in page
    assert ("Too late" in page) is (not way)
    assert kept(draft) == {}


def test_who_has_not_answered_in_time_is_not_asked_any_more_and_may_send(
    client, draft, due, moment
):
    complete(draft)
    before = is_complete(Application.objects.get(pk=draft.pk))

    with time_machine.travel(moment, tick=False):
        after = is_complete(Application.objects.get(pk=draft.pk))
        sections = sections_of(Application.objects.get(pk=draft.pk))
        client.post(reverse("applications:application-submit", args=[draft.uuid]))

    draft.refresh_from_db()
    assert (before, after, "questions" in sections) == (False, True, False)
    assert draft.status == Status.SUBMITTED


def test_until_the_last_second_an_answer_is_changed(client, draft, frozen, moment):
    type_at(client, draft, moment - SECOND, {"question_frozen": "Otherwise"})

    assert kept(draft) == {"frozen": "Otherwise"}


def test_from_its_minute_on_an_answer_stays_and_what_was_typed_comes_back(
    client, draft, frozen, moment
):
    answer = type_at(client, draft, moment, {"question_frozen": "Otherwise"})

    assert answer.context["form"].errors == {
        "question_frozen": ["This came too late, so it is not kept: “Otherwise”"]
    }
    assert kept(draft) == {"frozen": "In time"}


def test_an_answer_that_stays_is_shown_and_the_others_go_on(client, draft, frozen, moment):
    QuestionFactory(cohort=draft.cohort, key="open")
    with time_machine.travel(moment, tick=False):
        page = client.get(url(draft, "questions")).content.decode()
        answer = save(client, draft, "questions", {"question_open": "A line"})

    assert "Your answer could be changed until" in page
    assert answer.url == url(draft, "times")
    assert kept(draft) == {"frozen": "In time", "open": "A line"}


def test_who_has_not_answered_a_question_whose_answers_stay_may_answer_still(client, draft, moment):
    QuestionFactory(cohort=draft.cohort, key="frozen", freezes_at=moment)

    type_at(client, draft, moment, {"question_frozen": "First"})

    assert kept(draft) == {"frozen": "First"}


def test_an_answer_that_stays_is_not_changed_by_applying_again(client, draft, frozen, moment):
    selection.withdraw_application(draft, by=draft.person)
    draft.refresh_from_db()
    with time_machine.travel(moment, tick=False):
        new, _before = again.start(draft.cohort, draft.person)

    type_at(client, new, moment, {"question_frozen": "Otherwise"})

    assert kept(new) == {"frozen": "In time"}


def test_what_is_saved_by_itself_keeps_the_rest_and_says_that_one_came_too_late(
    client, draft, frozen, moment
):
    QuestionFactory(cohort=draft.cohort, key="open")

    answer = type_at(
        client, draft, moment,
        {"question_frozen": "Otherwise", "question_open": "A line", "autosave": "1"},
    )  # fmt: skip

    assert "One answer came too late: save the page to see which." in answer.json()["note"]
    assert kept(draft) == {"frozen": "In time", "open": "A line"}


def test_an_answer_that_stays_although_it_is_too_long_keeps_nobody_from_sending(
    client, draft, moment
):
    question = QuestionFactory(cohort=draft.cohort, kind=Kind.TEXT, words_max=10, freezes_at=moment)
    AnswerFactory(application=draft, question=question, value="word " * 12)
    complete(draft)

    with time_machine.travel(moment, tick=False):
        assert is_complete(Application.objects.get(pk=draft.pk))
    assert not is_complete(Application.objects.get(pk=draft.pk))


def test_what_depends_on_a_question_that_nobody_asks_any_more_is_not_asked(client, draft, moment):
    before = QuestionFactory(
        cohort=draft.cohort, key="before", kind=Kind.YES_NO, position=1, due_at=moment
    )
    QuestionFactory(
        cohort=draft.cohort, key="after", position=2, asked_if=before, asked_if_value=YES
    )
    complete(draft)

    with time_machine.travel(moment, tick=False):
        assert is_complete(Application.objects.get(pk=draft.pk))


def test_what_depends_on_an_answer_that_stays_is_asked_as_before(client, draft, moment):
    before = QuestionFactory(
        cohort=draft.cohort, key="before", kind=Kind.YES_NO, position=1, freezes_at=moment
    )
    QuestionFactory(
        cohort=draft.cohort, key="after", position=2, asked_if=before, asked_if_value=YES
    )
    AnswerFactory(application=draft, question=before, value=YES)

    type_at(client, draft, moment, {"question_before": NO, "question_after": "How"})

    assert kept(draft) == {"before": YES, "after": "How"}


@pytest.fixture
def how(draft, moment):
    """How, after a yes: answered, and acted on from ``moment`` on. Then what comes of it."""
    asks = {"cohort": draft.cohort}
    does = QuestionFactory(key="does", kind=Kind.YES_NO, position=1, **asks)
    how = QuestionFactory(
        key="how", position=2, asked_if=does, asked_if_value=YES, freezes_at=moment, **asks
    )
    AnswerFactory(application=draft, question=does, value=YES)
    AnswerFactory(application=draft, question=how, value="By bus")
    return how


def test_an_answer_that_stays_outlives_the_answer_it_depended_on(client, draft, how, moment):
    answer = type_at(client, draft, moment, {"question_does": NO, "question_how": "By train"})
    told = type_at(client, draft, moment, {"question_does": NO}).url

    assert answer.context["form"].errors == {
        "question_how": ["This came too late, so it is not kept: “By train”"]
    }
    assert told == url(draft, "times")
    assert kept(draft) == {"does": NO, "how": "By bus"}


def test_so_it_does_where_that_is_not_asked_any_more(client, draft, how, moment):
    QuestionFactory(cohort=draft.cohort, key="open", position=3)
    Question.objects.filter(key="does").update(is_asked=False)

    type_at(client, draft, moment, {"question_open": "A line"})

    assert kept(draft) == {"does": YES, "how": "By bus", "open": "A line"}


def test_until_the_last_second_it_goes_with_it(client, draft, how, moment):
    type_at(client, draft, moment - SECOND, {"question_does": NO, "question_how": "By bus"})

    assert kept(draft) == {"does": NO}


def test_she_and_whoever_reads_her_application_read_it_as_given(client, draft, how, moment):
    type_at(client, draft, moment, {"question_does": NO})

    with time_machine.travel(moment, tick=False):
        page = client.get(url(draft, "questions"))
        form = QuestionsForm(application=Application.objects.get(pk=draft.pk))
        told = projection(Application.objects.get(pk=draft.pk), is_blind=False)
    field = page.context["form"].fields["question_how"]
    assert (field.disabled, "data-asked-if" in field.widget.attrs) == (True, False)
    assert [field.value() for field in form.shown()] == [NO, "By bus"]
    assert [each["value"] for each in told["facts"] if each["label"] == how.text] == ["By bus"]


def test_what_depends_on_an_answer_that_outlived_its_own_condition_is_asked(
    client, draft, how, moment
):
    Question.objects.filter(pk=how.pk).update(kind=Kind.YES_NO)
    Answer.objects.filter(question=how).update(value=YES)
    QuestionFactory(cohort=draft.cohort, key="then", position=3, asked_if=how, asked_if_value=YES)

    type_at(client, draft, moment, {"question_does": NO, "question_then": "Early"})

    assert kept(draft) == {"does": NO, "how": YES, "then": "Early"}


def test_the_form_says_until_when_before_it_is_too_late(client, draft, due, moment):
    due.freezes_at = moment - timedelta(days=1)
    due.save()

    page = client.get(url(draft, "questions")).content.decode()

    assert "Asked until" in page
    assert "What you answer here can be changed until" in page


def test_the_list_of_all_questions_leaves_out_what_is_not_asked_any_more(
    client, draft, due, moment
):
    address = reverse("applications:apply-questions", args=[draft.cohort.slug])

    before = client.get(address).content.decode()
    with time_machine.travel(moment, tick=False):
        after = client.get(address).content.decode()

    assert ("What about due?" in before, "What about due?" in after) == (True, False)


def test_who_has_sent_is_not_held_to_what_was_required_later(client, draft):
    complete(draft)
    sent_at = draft.cohort.opens_at + timedelta(days=1)
    Application.objects.filter(pk=draft.pk).update(submitted_at=sent_at)  # given back to correct
    QuestionFactory(cohort=draft.cohort, key="new", required_since=sent_at + SECOND)

    reopened = Application.objects.get(pk=draft.pk)
    page = client.get(url(draft, "questions")).content.decode()

    assert is_complete(reopened)
    assert "What about new?" in page


def test_what_was_required_when_she_sent_still_is(draft):
    complete(draft)
    sent_at = draft.cohort.opens_at + timedelta(days=1)
    Application.objects.filter(pk=draft.pk).update(submitted_at=sent_at)
    QuestionFactory(cohort=draft.cohort, key="old", required_since=sent_at)

    assert not is_complete(Application.objects.get(pk=draft.pk))
