"""Staff read what many answered to one question, and take the answers of a call as a file."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Export
from applications import gathered
from applications.models import Question, Status
from tests.factories import (
    AnswerFactory,
    ApplicationFactory,
    CohortFactory,
    FocusAreaFactory,
    ProgramFactory,
    QuestionFactory,
    ReviewFactory,
    days,
)

pytestmark = pytest.mark.django_db
Kind = Question.Kind
PAGE = "/admin/applications/question/answers/"


@pytest.fixture
def cohort():
    return CohortFactory()


def sent(cohort, **facts):
    return ApplicationFactory(cohort=cohort, **{"status": Status.SUBMITTED, **facts})


def answered(question, value, **facts):
    return AnswerFactory(
        question=question, value=value, application=sent(question.cohort, **facts)
    ).application


def read(client, question, **query):
    return client.get(PAGE, {"cohort": question.cohort_id, "key": question.key, **query})


def told(page) -> list:
    return [(str(answer["who"]), answer["words"]) for answer in page.context["answers"]]


def take(client, cohort, **facts):
    address = reverse("admin:applications_question_export", args=[cohort.pk])
    return client.post(address, {"reason": "To read them on paper", **facts})


def rows(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text)))


def test_each_answer_stands_with_whose_it_is_in_the_order_in_which_they_were_sent(
    client, staff, cohort
):
    question = QuestionFactory(cohort=cohort)
    answered(question, "Second", name="Ben", submitted_at=days(-1))
    answered(question, "First", name="Amy", submitted_at=days(-2))

    assert told(read(client, question)) == [("Amy", "First"), ("Ben", "Second")]


@pytest.mark.parametrize(
    "facts", [{"status": Status.DRAFT}, {"status": Status.WITHDRAWN}, {"awaits_confirmation": True}]
)
def test_what_is_not_sent_is_withdrawn_or_may_be_a_strangers_does_not_count(
    client, staff, cohort, facts
):
    question = QuestionFactory(cohort=cohort)
    answered(question, "Not this", **facts)

    page = read(client, question)

    assert (told(page), page.context["sent"]) == ([], 0)


def test_page_and_file_say_which_applications_count(client, staff, cohort):
    sent(cohort, motivation="To change it")
    address = reverse("admin:applications_question_export", args=[cohort.pk])

    page = client.get(PAGE, {"cohort": cohort.pk, "key": "motivation"}).text
    file = client.get(address).text

    said = "What counts: applications that are sent, with a confirmed address, and not withdrawn."
    assert ("Answered by 1 of 1" in page, "1 application, a row" in file) == (True, True)
    assert (page.count(said), file.count(said)) == (1, 1)


def test_what_was_chosen_is_counted_and_each_count_leads_to_its_answers(client, staff, cohort):
    question = QuestionFactory(cohort=cohort, kind=Kind.SEVERAL, options=["Red", "Blue", "Green"])
    answered(question, ["red", "blue"], name="Amy")
    answered(question, ["blue"], name="Ben")

    page = read(client, question)
    counts = page.context["counts"]
    blue = client.get(PAGE + counts[1]["url"])
    red = client.get(PAGE + counts[0]["url"])

    assert [(row["label"], row["value"]) for row in counts] == [
        ("Red", "1"), ("Blue", "2"), ("Green", "0"),
    ]  # fmt: skip
    assert sorted(told(blue)) == [("Amy", "Red, Blue"), ("Ben", "Blue")]
    assert told(red) == [("Amy", "Red, Blue")]


def test_what_every_call_asks_is_read_the_same_way(client, staff, cohort):
    sent(cohort, name="Amy", motivation="To change it", level="newer")
    sent(cohort, name="Ben")

    motivation = client.get(PAGE, {"cohort": cohort.pk, "key": "motivation"})
    level = client.get(PAGE, {"cohort": cohort.pk, "key": "level"})

    assert told(motivation) == [("Amy", "To change it")]
    assert [row["value"] for row in level.context["counts"]] == ["1", "0"]


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_of_answers_asks_the_same_of_the_database(
    client, staff, cohort, number, django_assert_num_queries
):
    question = QuestionFactory(cohort=cohort, kind=Kind.CHOICE, options=["Red", "Blue"])
    for _each in range(number):
        answered(question, "red")

    with django_assert_num_queries(14):
        page = read(client, question)

    assert len(told(page)) == number


def test_nonsense_in_the_address_leads_to_the_first_question(client, staff, cohort):
    page = client.get(PAGE, {"cohort": "x", "key": "x", "answer": "x", "page": "x"})

    assert page.context["question"].key == "level"


def test_without_a_call_the_page_says_so(client, staff):
    assert "Answers are read here once there is a call." in client.get(PAGE).content.decode()


# Whoever has reviews to do reads blind here too.


@pytest.fixture
def reads(staff, cohort):
    """What ``staff`` has to read in the call, by Amy."""
    application = sent(cohort, name="Amy", status=Status.IN_REVIEW)
    ReviewFactory(application=application, reviewer=staff)
    return application


def test_who_has_reviews_to_do_reads_answers_without_names(client, reads):
    question = QuestionFactory(cohort=reads.cohort)
    AnswerFactory(question=question, application=reads, value="What she wrote")

    page = read(client, question)

    assert told(page) == [(reads.reference, "What she wrote")]
    assert "Amy" not in page.content.decode()


@pytest.mark.parametrize("facts", [{"is_identifying": True}, {"reader": Question.Reader.STAFF}])
def test_what_may_tell_who_wrote_it_is_kept_from_who_has_reviews_to_do(client, reads, facts):
    question = QuestionFactory(cohort=reads.cohort, **facts)
    AnswerFactory(question=question, application=reads, value="I run the office in Kenora")

    page = read(client, question)
    file = rows(take(client, reads.cohort, with_names="on"))

    assert "Kenora" not in page.content.decode()
    assert question.key not in file[0]
    assert file[1][:2] == [reads.reference, page_time(reads)]


def page_time(application) -> str:
    from accounts.clock import ONTARIO

    return timezone.localtime(application.submitted_at, ONTARIO).isoformat(" ", "minutes")


def test_nobody_reads_her_own(client, staff, cohort):
    question = QuestionFactory(cohort=cohort)
    answered(question, "Mine", person=staff)

    assert told(read(client, question)) == []
    assert len(rows(take(client, cohort))) == 1


# The file.


def test_the_file_has_a_column_for_each_short_name_and_a_row_for_each_application(
    client, staff, cohort
):
    several = QuestionFactory(
        cohort=cohort, key="colours", kind=Kind.SEVERAL, options=["Red", "Blue"], position=1
    )
    line = QuestionFactory(cohort=cohort, key="line", position=2)
    amy = answered(several, ["red", "blue"], level="newer", motivation="Why", submitted_at=days(-2))
    AnswerFactory(application=amy, question=line, value="Words")
    ben = answered(line, "More", submitted_at=days(-1))

    head, *found = rows(take(client, cohort))

    assert head == [
        "reference", "sent", "focus_areas", "programs", "half_days", "level", "authority",
        "motivation", "trial_idea", "hours_plan", "colours", "line",
    ]  # fmt: skip
    assert found == [
        [amy.reference, page_time(amy), "", "", "", "Newer to this work", "", "Why", "", "",
         "Red; Blue", "Words"],
        [ben.reference, page_time(ben), "", "", "", "", "", "", "", "", "", "More"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "lists"),
    [
        ("", ["Reach; Tools", "Second Career (2 years, delivery); A pilot",
              "Monday morning; Friday afternoon"]),
        ("/fr", ["Rejoindre; Outils", "Deuxième carrière (2 ans, prestation); A pilot",
                 "Lundi matin; Vendredi après-midi"]),
    ],
)  # fmt: skip
def test_focus_areas_programs_and_half_days_are_lists_in_the_language_of_the_desk(
    client, staff, cohort, language, lists
):
    amy = sent(cohort, availability=["fri-pm", "mon-am"])
    for rank, (english, french) in enumerate([("Reach", "Rejoindre"), ("Tools", "Outils")], 1):
        area = FocusAreaFactory(name_en=english, name_fr=french)
        amy.choices.create(focus_area=area, rank=rank)
    program = ProgramFactory(name_en="Second Career", name_fr="Deuxième carrière")
    amy.experiences.create(program=program, years=2, part="deliver")
    amy.experiences.create(program=ProgramFactory(), named="A pilot")
    address = reverse("admin:applications_question_export", args=[cohort.pk])

    response = client.post(language + address, {"reason": "To read them on paper"})

    with translation.override("en"):  # a worker speaks another language meanwhile
        assert rows(response)[1][2:5] == lists


def test_a_question_called_like_a_column_of_every_call_has_one_of_its_own(client, staff, cohort):
    old = [QuestionFactory(cohort=cohort, key=key) for key in ("level", "name", "question-level")]
    amy = answered(old[0], "Which floor", level="newer", name="Amy")
    AnswerFactory(application=amy, question=old[1], value="Of the house")

    head, row = rows(take(client, cohort, with_names="on"))
    page = client.get(reverse("admin:applications_question_change", args=[old[0].pk]))

    found = dict(zip(head, row, strict=True))
    assert len(found) == len(head)
    assert (found["level"], found["question.level"]) == ("Newer to this work", "Which floor")
    assert (found["name"], found["question.name"]) == ("Amy", "Of the house")
    assert told(client.get(page.context["answers_url"])) == [("Amy", "Which floor")]


def test_it_is_written_down_who_took_it_and_why(client, staff, cohort):
    sent(cohort)
    sent(cohort)

    response = take(client, cohort, reason="For the committee")

    taken = Export.objects.get()
    assert (taken.person, taken.what, taken.about, taken.reason, taken.records) == (
        staff, Export.What.ANSWERS, cohort.name, "For the committee", 2,
    )  # fmt: skip
    assert response["Content-Disposition"].startswith(f'attachment; filename="{cohort.slug}-')


def test_a_name_with_accents_reaches_the_browser_as_it_is(client, staff, cohort):
    address = reverse("admin:applications_question_export", args=[cohort.pk])

    response = client.post("/fr" + address, {"reason": "Pour le comité"})

    said = response["Content-Disposition"]
    assert said.startswith(f"attachment; filename*=utf-8''{cohort.slug}-r%C3%A9ponses-")


def test_without_a_reason_nothing_is_handed_out(client, staff, cohort):
    response = take(client, cohort, reason=" ")

    assert response.context["form"].errors == {"reason": ["Write what you need the file for."]}
    assert not Export.objects.exists()


def test_names_and_what_may_tell_them_are_in_it_only_when_asked_for(client, staff, cohort):
    question = QuestionFactory(cohort=cohort, key="where", is_identifying=True)
    answered(question, "In Kenora", name="Amy", organization_name="Kenora Jobs")

    without, with_names = rows(take(client, cohort)), rows(take(client, cohort, with_names="on"))

    assert "where" not in without[0]
    assert with_names[0][2:4] == ["name", "organization_name"]
    assert with_names[1][2:4] + with_names[1][-1:] == ["Amy", "Kenora Jobs", "In Kenora"]


def test_no_spreadsheet_takes_an_answer_for_a_formula(client, staff, cohort):
    answered(QuestionFactory(cohort=cohort), "=1+1")

    assert rows(take(client, cohort))[1][-1] == "'=1+1"


def test_answers_whose_last_day_is_over_are_neither_read_nor_taken(client, staff, cohort):
    over = timezone.localdate() - timedelta(days=2)
    question = QuestionFactory(cohort=cohort, key="over", keep_until=over)
    answered(question, "Outlived")

    page, file = read(client, question), take(client, cohort)

    assert "Outlived" not in page.content.decode()
    assert "over" not in rows(file)[0]


def test_a_file_that_was_handed_in_is_named_on_the_page_and_not_in_the_file(client, staff, cohort):
    question = QuestionFactory(cohort=cohort, key="cv", kind=Kind.FILE)
    application = answered(question, "cv.pdf")
    application.answers.update(file="answers/x.pdf")

    (answer,) = read(client, question).context["answers"]

    address = reverse("applications:application-file", args=[application.uuid, "cv"])
    assert (answer["words"], answer["url"]) == ("cv.pdf", address)
    assert rows(take(client, cohort))[1][-1] == "a file"


@pytest.mark.parametrize(("people", "queries"), [(1, 9), (3, 9), (5, 12)])
def test_the_file_is_read_in_parts(
    staff, cohort, people, queries, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr(gathered, "AT_ONCE", 3)
    question = QuestionFactory(cohort=cohort)
    for number in range(people):
        answered(question, str(number))

    with django_assert_num_queries(queries):
        found = list(gathered.table(cohort, staff, with_names=False))

    assert len(found) == people + 1


def test_a_stranger_cannot(client, sign_in, cohort):
    sign_in(client, sent(cohort).person)

    answers = [client.get(PAGE), take(client, cohort)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert not Export.objects.exists()


def test_the_second_factor_itself_is_asked_for(client, staff, cohort):
    session = client.session
    session["account_authentication_methods"] = []
    session.save()

    answer = take(client, cohort)

    assert answer.status_code == 302
    assert not Export.objects.exists()
