"""The dry run: what a column is, what a cell means, and what is wrong with a row."""

from datetime import UTC, datetime
from unicodedata import normalize

import pytest
from django.urls import reverse
from django.utils import translation

from applications.importing import checking, values
from applications.importing.mapping import guess
from applications.models import HALF_DAYS, Import, ImportedColumn, Question, Status
from applications.services import imports
from cops.models import CohortRole
from tests.applications.importing import GOOGLE, line, read
from tests.factories import (
    ApplicationFactory,
    CohortFactory,
    CohortRoleFactory,
    FocusAreaVersionFactory,
    ImportFactory,
    PersonFactory,
    QuestionFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db
Kind = Question.Kind


def problems(file) -> dict[int, list[str]]:
    return {row.number: [key for key, _words in row.problems] for row in checking.check(file).wrong}


def facts(file) -> list[dict]:
    return [row.facts for row in checking.check(file).right]


# --------------------------------------------------------------------------- Which column is which


def test_headers_of_google_forms_are_understood_in_english():
    guessed = guess(CohortFactory(), list(GOOGLE))

    assert list(guessed.values()) == [
        "submitted_at", "email", "name", "organization_name", "job", "town", "level",
        "motivation", "agrees_to_use",
    ]  # fmt: skip


def test_headers_of_google_forms_are_understood_in_french():
    headers = [
        "Horodateur", "Adresse courriel", "Votre nom", "Organisme", "Votre poste",
        "Ville où vous travaillez", "Téléphone", "Région", "Premier choix", "Deuxième choix",
        "Disponibilités", "Langue des courriels", "Langue de l’entrevue", "Langue des rencontres",
        "J’accepte que vous utilisiez mes réponses", "Comment trouverez-vous les heures?",
        "Pourquoi maintenant?", "Besoins d’adaptation",
    ]  # fmt: skip

    guessed = guess(CohortFactory(), headers)

    assert list(guessed.values()) == [
        "submitted_at", "email", "name", "organization_name", "job", "town", "phone", "region",
        "choice_1", "choice_2", "availability", "mail_language", "interview_language",
        "meeting_language", "agrees_to_use", "hours_plan", "motivation", "access_needs",
    ]  # fmt: skip


def test_no_answer_is_guessed_twice_and_the_questions_of_the_call_go_first():
    question = QuestionFactory(text_en="Which email program do you use?")

    guessed = guess(
        question.cohort, ["Email", "Other email", "Which e-mail program… do you use", "", "Zzz"]
    )

    assert guessed == {0: "email"}
    assert guess(question.cohort, ["Email", "Which EMAIL program do you use"]) == {
        0: "email", 1: question.field_name,
    }  # fmt: skip


def test_what_was_said_of_a_header_is_remembered_here_first_and_elsewhere_too():
    here, elsewhere = CohortFactory(), CohortFactory()
    imports.choose_columns(ImportFactory(cohort=elsewhere, headers=["A", "B"]), {"name": 0}, None)
    imports.choose_columns(ImportFactory(cohort=here, headers=["A", "Phone"]), {"town": 0}, True)

    assert guess(here, ["A", "Phone", "Email"]) == {0: "town", 2: "email"}
    assert guess(elsewhere, ["A", "Telephone"]) == {0: "name", 1: "phone"}
    assert ImportedColumn.objects.count() == 4


# ------------------------------------------------------------------------------------------- Times


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1/25/2021 15:04:05", (2021, 1, 25, 20, 4, 5)),
        ("25/01/2021 15:04:05", (2021, 1, 25, 20, 4, 5)),
        ("2021/01/25 3:04:05 PM EST", (2021, 1, 25, 20, 4, 5)),
        ("2021/01/25 3:04:05 PM GMT-5", (2021, 1, 25, 20, 4, 5)),
        ("2021/01/25 3:04:05\u202fPM UTC\u22125", (2021, 1, 25, 20, 4, 5)),
        ("2021-07-25T15:04:05-04:00", (2021, 7, 25, 19, 4, 5)),
        ("2021-07-25 15:04", (2021, 7, 25, 19, 4, 0)),
        ("2021-01-25 12:30 a.m.", (2021, 1, 25, 5, 30, 0)),
        ("2021-01-25 15 h 04", (2021, 1, 25, 20, 4, 0)),
        ("2021-01-25 20:04:05Z", (2021, 1, 25, 20, 4, 5)),
        ("2021-01-25", (2021, 1, 25, 5, 0, 0)),
        ("2021-11-07 01:30", (2021, 11, 7, 5, 30, 0)),  # of the two, the first
    ],
)
def test_a_time_stamp_is_read(text, moment):
    assert values.moment(text, None) == datetime(*moment, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["yesterday", "31/31/2021 10:00", "25/01/21 10:00", "2021-03-14 02:30", "2021-01-25 25:00",
     "2021-01-25 13:00 PM", "0000-01-01", "2021-01-25 10:00 XYZ", "9" * 5000],
)  # fmt: skip
def test_a_time_that_is_none_is_not_read(text):
    with pytest.raises(values.NoMoment):
        values.moment(text, None)


def test_day_and_month_are_told_apart_by_the_whole_column():
    assert values.is_day_first(["03/04/2021 9:00", "13/04/2021 9:00"]) is True
    assert values.is_day_first(["03/04/2021 9:00", "04/13/2021 9:00"]) is False
    assert values.is_day_first(["03/04/2021 9:00", "2021-04-13", "x"]) is None
    assert values.is_day_first(["13/04/2021 9:00", "04/13/2021 9:00"]) is None


def test_a_date_that_could_be_two_days_waits_until_it_is_said():
    file = read(CohortFactory(), line("amy@x.test", cell_0="03/04/2021 9:00"))
    before = problems(file)

    imports.choose_columns(file, file.columns, True)

    assert before == {2: ["ambiguous-time"]}
    assert [each["submitted_at"] for each in facts(file)] == [datetime(2021, 4, 3, 13, tzinfo=UTC)]


# ------------------------------------------------------------------------------------------- Words


def test_a_choice_is_known_by_its_words_in_both_languages():
    cohort = CohortFactory()
    area = FocusAreaVersionFactory(cohort=cohort).focus_area
    headers = ["Email", "Level", "Region", "First choice", "Availability", "Language"]
    with translation.override("fr"):
        monday = str(dict(HALF_DAYS)["mon-am"])
    file = read(
        cohort,
        ["a@x.test", "Newer to this work", "Kingston–Pembroke", area.name_fr or area.name_en,
         f"{monday}; Tuesday afternoon", "Les deux"],
        headers=headers,
    )  # fmt: skip

    (found,) = facts(file)

    assert (found["level"], found["meeting_language"]) == ("newer", "both")
    assert found["availability"] == ["mon-am", "tue-pm"]
    assert found["choice_1"] == str(area.pk)
    assert found["region"].isdigit()


def test_labels_with_commas_are_told_apart_in_a_list_of_several():
    question = QuestionFactory(kind=Kind.SEVERAL, options=["Red", "Green"])
    question.options.update(label_en="")
    for option, label in zip(question.options.all(), ["Red, or so", "Green"], strict=True):
        type(option).objects.filter(pk=option.pk).update(label_en=label)
    choice = values.choices_of(question.cohort)[question.field_name]

    assert choice.read("Red, or so, Green", {}) == (["red", "green"], [])
    assert choice.read("Green, Blue", {}) == ([], ["Blue"])
    assert choice.read("Green, Blue", {"blue": ""}) == (["green"], [])


def test_a_word_that_means_nothing_is_told_once_and_for_the_next_file():
    cohort = CohortFactory()
    file = read(cohort, line("a@x.test", cell_6="Fresh"), line("b@x.test", cell_6="fresh!"))
    before = checking.check(file)

    imports.say_meanings(file, {"level": {"fresh": "newer"}})

    assert [[key for key, _ in row.problems] for row in before.wrong] == [["unknown"], ["unknown"]]
    assert before.unknown == {"level": ["fresh!"]}
    assert [each["level"] for each in facts(file)] == ["newer", "newer"]
    assert facts(read(cohort, line("c@x.test", cell_6="FRESH")))[0]["level"] == "newer"


SAME_WORDS = [
    ("Œuvre", "œuvre"), ("Œuvre", "OEUVRE"), ("oeuvre", "Œuvre"),
    ("æ", "Æ"), ("æ", "ae"), ("№ 1", "no 1"), ("ﬁn", "FIN"),
    ("Ελλάδα", "ΕΛΛΆΔΑ"), ("Ελλάδα", normalize("NFD", "Ελλάδα")), ("हाँ", "हाँ!"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "next_time"), SAME_WORDS)
def test_what_staff_said_of_a_word_is_found_again_however_it_is_written(
    client, staff, said, next_time
):
    cohort = CohortFactory()
    file = read(cohort, line("a@x.test", cell_6=said), by=staff)
    words = reverse("admin:applications_import_words", args=[file.pk])
    [field] = client.get(words).context["form"].fields

    client.post(words, {field: "newer"})

    file.refresh_from_db()
    assert [each["level"] for each in facts(file)] == ["newer"]
    assert facts(read(cohort, line("b@x.test", cell_6=next_time)))[0]["level"] == "newer"


def test_what_was_said_under_another_spelling_of_before_counts_on():
    cohort = CohortFactory()
    file = read(cohort, line("a@x.test", cell_6="Œuvre"))

    imports.say_meanings(file, {"level": {"œuvre": "newer"}})

    assert facts(read(cohort, line("b@x.test", cell_6="Oeuvre")))[0]["level"] == "newer"


@pytest.mark.parametrize(
    ("said", "next_time"), [*SAME_WORDS, ("Niveau d’été ?", "Niveau d'été :"), ("?!", "?!")]
)
def test_so_is_what_they_said_of_a_header(said, next_time):
    cohort = CohortFactory()
    file = read(cohort, line("a@x.test", cell_6="Fresh"), headers=headed(said))
    imports.choose_columns(file, {**file.columns, "level": 6}, None)
    imports.say_meanings(file, {"level": {"fresh": "newer"}})

    again = read(cohort, line("b@x.test", cell_6="Fresh"), headers=headed(next_time))

    assert again.columns["level"] == 6
    assert facts(again)[0]["level"] == "newer"


def test_a_header_that_was_said_goes_before_one_that_only_looks_like_it():
    cohort = CohortFactory()
    file = ImportFactory(cohort=cohort, headers=["Œuvre", "B"])
    imports.choose_columns(file, {"town": 0}, None)

    assert guess(cohort, ["Oeuvre", "Œuvre"]) == {1: "town"}


def headed(text) -> tuple:
    """The headers of a file in which the column of the level is called ``text``."""
    return (*GOOGLE[:6], text, *GOOGLE[7:])


def test_a_word_that_means_what_is_no_option_any_more_means_nothing():
    cohort = CohortFactory()
    file = read(cohort, line("a@x.test", cell_6="Fresh"))
    imports.say_meanings(file, {"level": {"fresh": "gone"}})

    checked = checking.check(file)

    assert (checked.right, checked.unknown) == ([], {"level": ["Fresh"]})


# ------------------------------------------------------------------------------- What is wrong


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"cell_1": ""}, "no-address"),
        ({"cell_1": "amy at x"}, "not-an-address"),
        ({"cell_1": f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.test"},
         "not-an-address"),
        ({"cell_0": ""}, "no-time"),
        ({"cell_0": "soon"}, "unreadable-time"),
        ({"cell_0": "2999-01-01 10:00"}, "unreadable-time"),
        ({"cell_8": ""}, "no-consent"),
        ({"cell_8": "No"}, "no-consent"),
        ({"cell_8": "Perhaps"}, "unknown"),
        ({"cell_6": "green"}, "unknown"),
        ({"cell_2": "N" * 151}, "too-long"),
        ({"cell_7": "word " * 2100}, "too-long"),
    ],
)  # fmt: skip
def test_a_row_says_what_is_wrong_with_it(cells, problem):
    file = read(CohortFactory(), line("amy@x.test", **cells), line("ben@x.test"))

    assert problems(file) == {2: [problem]}
    assert [each["email"] for each in facts(file)] == ["ben@x.test"]


def test_a_row_with_a_cell_too_many_is_left_out():
    file = read(CohortFactory(), [*line("amy@x.test"), "more"])

    assert problems(file) == {2: ["shifted"]}


def test_of_one_address_twice_the_last_counts():
    file = read(CohortFactory(), line("Amy@x.test"), line("ben@x.test"), line("amy@X.test"))

    checked = checking.check(file)

    assert problems(file) == {2: ["twice"]}
    assert [row.number for row in checked.right] == [3, 4]
    assert checked.counts == [("The same address again in the file", 1)]


@pytest.mark.parametrize(
    ("standing", "found"),
    [
        ({"status": Status.SUBMITTED}, {2: ["has-applied"]}),
        ({"status": Status.DRAFT}, {2: ["has-applied"]}),
        ({"status": Status.SUBMITTED, "awaits_confirmation": True}, {2: ["has-applied"]}),
        ({"status": Status.DRAFT, "awaits_confirmation": True}, {}),
        ({"status": Status.WITHDRAWN}, {}),
    ],
)
def test_whoever_has_an_application_in_the_call_is_left_out(standing, found):
    cohort = CohortFactory()
    ApplicationFactory(cohort=cohort, person=PersonFactory(email="amy@x.test"), **standing)
    ApplicationFactory(person=PersonFactory(email="ben@x.test"), status=Status.SUBMITTED)

    assert problems(read(cohort, line("Amy@x.test"), line("ben@x.test"))) == found


def test_whoever_helps_to_choose_is_left_out():
    role = CohortRoleFactory(role=CohortRole.Role.REVIEWER, person__email="amy@x.test")
    StaffFactory(email="ben@x.test")

    found = problems(read(role.cohort, line("amy@x.test"), line("ben@x.test"), line("c@x.test")))

    assert found == {2: ["chooses"], 3: ["chooses"]}


def test_what_is_no_reason_to_leave_a_row_out_is_noted():
    cohort = CohortFactory()
    area = FocusAreaVersionFactory(cohort=cohort).focus_area
    headers = [*GOOGLE, "Phone", "First choice", "Second choice", "Access needs"]
    file = read(
        cohort,
        [*line("a@x.test", cell_7="word " * 151), "555", area.name_en, area.name_en, "N/A"],
        headers=headers,
    )

    (row,) = checking.check(file).right

    assert row.notes == [
        "What to change, and why now: 1 word more than the form allows; it is kept whole.",
        "“555” is no whole phone number: it is left empty.",
        "A focus area is chosen twice: it counts once.",
    ]
    assert {"phone", "choice_2", "access_needs"}.isdisjoint(row.facts)
    assert row.facts["choice_1"] == str(area.pk)


@pytest.mark.parametrize("rows", [1, 3])
def test_to_look_through_a_file_writes_nothing_and_costs_the_same(rows, django_assert_num_queries):
    cohort = CohortFactory()
    for number in range(rows):
        QuestionFactory(cohort=cohort, kind=Kind.CHOICE, options=["Red"])
        ApplicationFactory(person=PersonFactory(email=f"p{number}@x.test"))
    file = read(cohort, *(line(f"p{number}@x.test") for number in range(rows)))
    file = Import.objects.select_related("cohort").get(pk=file.pk)

    with django_assert_num_queries(8):
        checked = checking.check(file)

    assert len(checked.right) == rows
    assert cohort.applications.count() == 0
