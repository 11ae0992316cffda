"""What a call asks beyond its own fields: answered in the form, read by those it is meant for."""

import pytest
from django.urls import reverse
from django.utils import translation

from accounts import clock
from applications import tasks
from applications.blind import projection
from applications.forms.application import is_complete, sections_of
from applications.models import NO, YES, Answer, Application, FormVersion, Question
from applications.services import intake
from tests.applications.applying import complete, save, url
from tests.concurrency import at_once
from tests.factories import (
    AnswerFactory,
    ApplicationFactory,
    QuestionFactory,
    StaffFactory,
    days,
)

pytestmark = pytest.mark.django_db
Kind = Question.Kind


@pytest.fixture
def mentors(draft):
    """Do you mentor? If so, how? The second has to be answered after a yes alone."""
    asks = {"cohort": draft.cohort}
    does = QuestionFactory(key="mentor", kind=Kind.YES_NO, position=1, **asks)
    how = QuestionFactory(
        key="how", kind=Kind.TEXT, words_max=10, position=2, asked_if=does, asked_if_value=YES,
        **asks,
    )  # fmt: skip
    return does, how


def kept(application) -> dict:
    return {
        answer.question.key: answer.value
        for answer in Answer.objects.filter(application=application).select_related("question")
    }


def test_a_call_without_questions_has_no_such_section(client, draft):
    assert "questions" not in sections_of(draft)
    assert client.get(url(draft, "questions")).status_code == 404


def test_every_kind_of_answer_is_kept_as_it_was_given(client, draft):
    asks = {"cohort": draft.cohort}
    QuestionFactory(key="line", **asks)
    QuestionFactory(key="text", kind=Kind.TEXT, **asks)
    QuestionFactory(key="choice", kind=Kind.CHOICE, options=["Red", "Blue"], **asks)
    QuestionFactory(key="several", kind=Kind.SEVERAL, options=["Red", "Blue", "Green"], **asks)
    QuestionFactory(key="scale", kind=Kind.SCALE, **asks)
    QuestionFactory(key="yes", kind=Kind.YES_NO, **asks)
    given = {
        "question_line": "A line", "question_text": "Some words", "question_choice": "blue",
        "question_several": ["red", "green"], "question_scale": "4", "question_yes": NO,
    }  # fmt: skip

    answer = save(client, draft, "questions", given)

    assert answer.url == url(draft, "times")
    assert kept(draft) == {
        "line": "A line", "text": "Some words", "choice": "blue", "several": ["red", "green"],
        "scale": "4", "yes": NO,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        (Kind.LINE, [], "Write an answer."),
        (Kind.TEXT, [], "Write an answer."),
        (Kind.SEVERAL, ["Red", "Blue"], "Tick at least one answer."),
        (Kind.CHOICE, ["Red", "Blue"], "Choose an answer."),
    ],
)
def test_what_has_to_be_answered_is_asked_for_in_words(client, draft, kind, options, words):
    question = QuestionFactory(cohort=draft.cohort, kind=kind, options=options)

    answer = save(client, draft, "questions", {})

    assert answer.context["form"].errors == {question.field_name: [words]}
    assert not is_complete(complete(draft))


def test_an_answer_that_is_too_long_is_kept_and_said_to_be(client, draft):
    QuestionFactory(cohort=draft.cohort, key="text", kind=Kind.TEXT, words_max=10)

    answer = save(client, draft, "questions", {"question_text": "word " * 12})

    assert "2 words too long: shorten it to 10 words." in answer.content.decode()
    assert kept(draft) == {"text": ("word " * 12).strip()}


def test_what_is_no_choice_is_refused_and_the_rest_is_kept(client, draft):
    QuestionFactory(cohort=draft.cohort, key="choice", kind=Kind.CHOICE, options=["Red", "Blue"])
    QuestionFactory(cohort=draft.cohort, key="line")

    answer = save(
        client, draft, "questions", {"question_choice": "purple", "question_line": "A line"}
    )

    assert answer.status_code == 200
    assert kept(draft) == {"line": "A line"}


def test_a_question_that_is_not_asked_of_her_is_neither_required_nor_kept(client, draft, mentors):
    typed = {"question_mentor": NO, "question_how": "word " * 30}

    answer = save(client, draft, "questions", typed)

    assert answer.url == url(draft, "times")
    assert kept(draft) == {"mentor": NO}


def test_after_the_answer_it_depends_on_it_is_required(client, draft, mentors):
    answer = save(client, draft, "questions", {"question_mentor": YES})

    assert answer.context["form"].errors == {"question_how": ["Write an answer."]}
    assert kept(draft) == {"mentor": YES}


def test_taking_back_the_answer_it_depends_on_takes_what_was_written_with_it(
    client, draft, mentors
):
    save(client, draft, "questions", {"question_mentor": YES, "question_how": "By walking"})

    save(client, draft, "questions", {"question_mentor": NO, "question_how": "By walking"})

    assert kept(draft) == {"mentor": NO}


def test_without_a_script_it_says_when_it_is_meant_for_her(client, draft, mentors):
    page = client.get(url(draft, "questions")).content.decode()

    assert "Only if you answered “Yes” to “What about mentor?”." in page


def test_a_question_not_asked_of_her_is_not_among_her_answers(client, draft, mentors):
    complete(draft)
    save(client, draft, "questions", {"question_mentor": NO})

    page = client.get(draft.get_absolute_url()).content.decode()

    assert "What about mentor?" in page
    assert "What about how?" not in page


def test_a_question_that_is_no_longer_asked_keeps_what_was_answered(client, draft):
    question = QuestionFactory(cohort=draft.cohort, key="line")
    save(client, draft, "questions", {"question_line": "A line"})

    Question.objects.filter(pk=question.pk).update(is_asked=False)

    assert client.get(url(draft, "questions")).status_code == 404
    assert kept(draft) == {"line": "A line"}


def test_a_stranger_cannot_answer(client, sign_in):
    theirs = ApplicationFactory()
    QuestionFactory(cohort=theirs.cohort, key="line")
    sign_in(client, ApplicationFactory().person)

    answer = client.post(url(theirs, "questions"), {"question_line": "Mine now"})

    assert answer.status_code == 404
    assert kept(theirs) == {}


def test_after_sending_it_is_too_late(client, draft):
    QuestionFactory(cohort=draft.cohort, key="line")
    complete(draft)
    save(client, draft, "questions", {"question_line": "A line"})
    draft.refresh_from_db()
    intake.submit(draft)

    answer = client.post(url(draft, "questions"), {"question_line": "Another"})

    assert answer.status_code == 409
    assert kept(draft) == {"line": "A line"}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_at_once_one_is_kept_and_the_other_told(draft):
    from applications.forms.questions import QuestionsForm

    QuestionFactory(cohort=draft.cohort, key="line")
    seen = intake.fingerprint({})
    tabs = [(Application.objects.get(pk=draft.pk), text) for text in ("one", "two")]

    results = at_once(
        *[
            lambda own=own, text=text: intake.save(
                own, QuestionsForm, {"question_line": text}, seen=seen
            )
            for own, text in tabs
        ]
    )

    assert sorted(type(each).__name__ for each in results) == ["NoneType", "Stale"]
    assert kept(draft)["line"] in {"one", "two"}


def test_what_was_asked_is_kept_with_what_was_sent(draft):
    question = QuestionFactory(cohort=draft.cohort, key="line", text_en="As it was")
    first, second = draft, complete(ApplicationFactory(cohort=draft.cohort))
    intake.submit(complete(first))
    Question.objects.filter(pk=question.pk).update(text_en="As it is")

    intake.submit(second)

    first.refresh_from_db()
    second.refresh_from_db()
    assert [first.form_version.asked[0]["text_en"], second.form_version.asked[0]["text_en"]] == [
        "As it was",
        "As it is",
    ]


def test_two_who_send_the_same_form_share_its_version(draft):
    QuestionFactory(cohort=draft.cohort)
    intake.submit(complete(draft))
    intake.submit(complete(ApplicationFactory(cohort=draft.cohort)))

    assert FormVersion.objects.count() == 1


def test_the_words_of_every_call_are_kept_with_what_was_sent_in_both_languages(draft):
    intake.submit(complete(draft))

    core = {each["key"]: each for each in FormVersion.objects.get().core}
    assert core["motivation"]["label_en"] == "What would you like to change, and why now?"
    assert core["motivation"]["label_fr"].startswith("Qu’aimeriez-vous changer")
    assert core["level"]["options"][0]["label_en"] == "Newer to this work"
    assert core["agrees_to_use"]["label_en"].startswith("First Work and its partners may use")
    assert core["has_hours"]["label_en"].startswith("Can you give 5 to 10 hours a month")
    assert core["choice_1"]["options"][0]["label_en"] == str(draft.choices.get().focus_area)
    assert core["region"]["options"] == []


@pytest.fixture
def reworded(draft):
    """Sent, and asked in other words since."""
    question = QuestionFactory(cohort=draft.cohort, key="line", text_en="The own one as it was")
    AnswerFactory(application=draft, question=question, value="A line")
    intake.submit(complete(draft))
    draft.refresh_from_db()
    question.text_en = "As it is"
    question.save()
    version = draft.form_version
    core = [
        {**each, "label_en": "The one of every call as it was"}
        if each["key"] == "motivation"
        else each
        for each in version.core
    ]
    FormVersion.objects.filter(pk=version.pk).update(core=core)
    return Application.objects.get(pk=draft.pk)


def test_one_version_is_read_in_one_language_after_the_other(reworded):
    Question.objects.filter(key="line").update(text_fr="En français")
    version = FormVersion.current(reworded.cohort, reworded.form_version.core)

    found = []
    for language in ("en", "fr", "en"):
        with translation.override(language):
            found.append((version.labels["question_line"], version.labels["motivation"]))

    english = ("As it is", "The one of every call as it was")
    french = (
        "En français",
        next(each["label_fr"] for each in version.core if each["key"] == "motivation"),
    )
    assert found == [english, french, english]


def test_she_and_staff_find_the_questions_as_she_read_them(client, sign_in, reworded):
    sign_in(client, reworded.person)
    hers = client.get(reworded.get_absolute_url()).content.decode()
    sign_in(client, StaffFactory())
    theirs = client.get(
        reverse("admin:applications_application_change", args=[reworded.pk])
    ).content.decode()

    for page in (hers, theirs):
        assert "The own one as it was" in page
        assert "The one of every call as it was" in page
        assert "As it is" not in page


def test_who_has_it_back_to_correct_reads_the_questions_as_they_are(client, reworded):
    intake.reopen(reworded, by=StaffFactory())

    page = client.get(url(reworded, "questions")).content.decode()

    assert "As it is" in page
    assert "The own one as it was" not in page


def values(rows) -> list:
    return [row["value"] for row in rows if row["label"].startswith("What about")]


@pytest.mark.parametrize(("is_blind", "texts"), [(True, ["Open"]), (False, ["Open", "Telling"])])
def test_a_reader_sees_what_is_meant_for_her(is_blind, texts):
    application = ApplicationFactory()
    asks = {"cohort": application.cohort, "kind": Kind.TEXT}
    open_one, telling, staffs = (
        QuestionFactory(**asks),
        QuestionFactory(is_identifying=True, **asks),
        QuestionFactory(reader=Question.Reader.STAFF, **asks),
    )
    for question, value in ((open_one, "Open"), (telling, "Telling"), (staffs, "Staff's")):
        AnswerFactory(application=application, question=question, value=value)

    told = projection(application, is_blind=is_blind)

    assert values(told["texts"]) == texts


def test_what_was_chosen_is_told_in_the_words_of_the_list():
    application = ApplicationFactory()
    question = QuestionFactory(
        cohort=application.cohort, kind=Kind.SEVERAL, options=["Red", "Blue"]
    )
    AnswerFactory(application=application, question=question, value=["red", "blue"])

    assert values(projection(application)["facts"]) == ["Red, Blue"]


@pytest.mark.parametrize(("offset", "left"), [(-1, 0), (0, 1), (1, 1)])
def test_an_answer_is_deleted_after_the_day_that_was_said(offset, left):
    AnswerFactory(question__keep_until=days(offset).astimezone(clock.ONTARIO).date())
    AnswerFactory()

    tasks.delete_outlived_answers()
    tasks.delete_outlived_answers()

    assert Answer.objects.exclude(question__keep_until=None).count() == left
    assert Answer.objects.filter(question__keep_until=None).count() == 1


def test_all_questions_are_read_before_one_starts(client, draft, mentors):
    client.logout()

    page = client.get(reverse("applications:apply-questions", args=[draft.cohort.slug]))

    words = page.content.decode()
    assert "What would you like to change, and why now?" in words
    assert "What about how?" in words
    assert "Only if you answered “Yes” to “What about mentor?”." in words


def test_the_questions_of_a_call_that_is_not_public_are_not(client):
    hidden = ApplicationFactory(cohort__published_at=None).cohort

    page = client.get(reverse("applications:apply-questions", args=[hidden.slug]))

    assert page.status_code == 404
