"""Staff import a file at the desk: choose it, say what is what, look through it, press once."""

from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from applications.importing.reading import BYTES_MAX
from applications.models import Application, Import, Status
from applications.services import imports
from notifications.models import Message
from tests.applications.importing import GOOGLE, as_file, line, read
from tests.factories import (
    ApplicationFactory,
    CohortFactory,
    CohortRoleFactory,
    ImportFactory,
    PersonFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db
READ = "/admin/applications/import/read/"


@pytest.fixture
def staff(client, sign_in):
    person = StaffFactory()
    sign_in(client, person)
    return person


def page(file, name="change") -> str:
    return reverse(f"admin:applications_import_{name}", args=[file.pk])


def press(client, file, verb="make", **extra):
    return client.post(reverse("admin:applications_import_verb", args=[file.pk, verb]), **extra)


def upload(client, cohort, content, name="answers.csv"):
    return client.post(READ, {"cohort": cohort.pk, "file": SimpleUploadedFile(name, content)})


def test_staff_import_a_file_in_four_pages(client, staff):
    cohort = CohortFactory()
    lines = [line("amy@x.test", cell_6="Fresh"), line("ben at x"), line("cora@x.test")]

    answer = upload(client, cohort, as_file(*lines))
    file = Import.objects.get()
    columns = client.get(answer.url).context["form"]
    chosen = {name: columns[name].initial for name in columns.fields}
    answer = client.post(page(file, "columns"), {**chosen, "order": "month"})
    before = client.get(answer.url).context["checked"]
    word = f"word_level_{sha256(b'fresh').hexdigest()[:12]}"
    client.post(page(file, "words"), {word: "newer"})
    answer = press(client, file)

    assert answer.url == page(file)
    assert [row.number for row in before.right] == [4]
    assert [row.number for row in before.wrong] == [2, 3]
    assert sorted(cohort.applications.values_list("person__email", "level", "status")) == [
        ("amy@x.test", "newer", Status.SUBMITTED),
        ("cora@x.test", "experienced", Status.SUBMITTED),
    ]
    assert Message.objects.count() == 0
    after = client.get(answer.url)
    assert "2 applications are imported. No email goes out." in after.text
    assert [row.number for row in after.context["checked"].wrong] == [3]
    made = client.get(f"/admin/applications/application/?imported__id__exact={file.pk}")
    assert made.context["cl"].result_count == 2
    desk = client.get(f"/admin/applications/application/{cohort.applications.first().pk}/change/")
    assert str(Import.objects.get()) in desk.text


@pytest.mark.parametrize("verb", ["make", "choose_columns", "write_letters", "drop"])
def test_a_stranger_can_do_nothing_with_a_file(client, sign_in, verb):
    file = ImportFactory()
    sign_in(client, PersonFactory())

    answers = [press(client, file, verb)] + [
        client.get(address)
        for address in (READ, page(file), *(page(file, n) for n in ("columns", "words", "leftout")))
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert (Application.objects.count(), Import.objects.count()) == (0, 1)


def test_pressed_twice_it_makes_nothing_twice(client, staff):
    file = read(CohortFactory(), line("amy@x.test"), by=staff)

    press(client, file)
    answer = press(client, file, follow=True)

    assert Application.objects.count() == 1
    assert "This can no longer be changed that way." in answer.text


def test_what_is_imported_is_neither_changed_nor_dropped(client, staff):
    file = read(CohortFactory(), line("amy@x.test"), by=staff)
    imports.make(file, by=staff)

    answers = [
        client.post(page(file, "columns"), {"column_1": "email"}),
        client.post(page(file, "words"), {}),
        press(client, file, "drop"),
    ]

    assert [answer.status_code for answer in answers] == [409, 302, 302]
    assert Import.objects.get().made == 1


def test_when_it_is_too_late_it_says_so_and_the_call_is_not_offered(client, staff):
    cohort = CohortFactory()
    file = read(cohort, line("amy@x.test"), by=staff)
    ApplicationFactory(cohort=cohort, status=Status.DECLINED)
    type(cohort).objects.filter(pk=cohort.pk).update(closes_at=timezone.now())

    answer = press(client, file, follow=True)
    offered = list(client.get(READ).context["form"].fields["cohort"].queryset)
    refused = upload(client, cohort, as_file(line("ben@x.test")))

    assert "no file is added to it" in answer.text
    assert offered == []
    assert list(refused.context["form"].errors) == ["cohort"]
    assert cohort.applications.count() == 1


def test_a_file_can_be_dropped(client, staff):
    file = read(CohortFactory(), line("amy@x.test"), by=staff)

    asked = client.get(reverse("admin:applications_import_verb", args=[file.pk, "drop"]))
    press(client, file, "drop")

    assert asked.status_code == 200
    assert Import.objects.count() == 0


def test_letters_are_drafted_and_seen_before_they_go(client, staff):
    file = read(CohortFactory(), line("amy@x.test"), by=staff)
    imports.make(file, by=staff)

    answer = press(client, file, "write_letters")

    letter = Message.objects.get()
    assert (letter.kind, letter.state) == ("application-received", Message.State.DRAFT)
    assert answer.url == f"/admin/notifications/message/review/?ids={letter.pk}"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"\x00" * 400),
        ("a.exe", b"MZ\x90\x00"),
        ("a.xlsx", b"PK\x03\x04" + b"\xff" * 300),
        ("a.csv", b"\xed\xa0\x80,b\nc,d"),
        ("a.csv", b"x" * (BYTES_MAX + 1)),
        ("a.csv", b",".join(b"c%d" % n for n in range(10_000)) + b"\nb"),
        ("a.csv", b"a,a\nb,c"),
        ("a.csv", b'a,b\n"' + b"c" * 300_000),
        (f"{'n' * 300}.csv", b"a\nb"),
    ],
)
def test_a_hostile_file_is_refused_beside_its_field(client, staff, name, content):
    answer = upload(client, CohortFactory(), content, name)

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["file"]
    assert Import.objects.count() == 0


def test_without_a_column_of_addresses_or_with_one_answer_twice_nothing_is_said(client, staff):
    file = read(CohortFactory(), line("amy@x.test"), by=staff)

    no_address = client.post(page(file, "columns"), {"column_2": "name"})
    twice = client.post(page(file, "columns"), {"column_1": "email", "column_2": "email"})

    assert no_address.context["form"].non_field_errors() == [
        "Say which column holds the email address."
    ]
    assert list(twice.context["form"].errors) == ["column_2"]
    file.refresh_from_db()
    assert file.columns["name"] == 2


def test_before_its_columns_are_known_a_file_cannot_be_imported(client, staff):
    file = ImportFactory(columns={})

    shown = client.get(page(file))
    press(client, file)

    assert "Say first which column holds the email address." in shown.text
    assert [verb["label"] for verb in shown.context["verbs"] if verb["is_next"]] == [
        "Change the columns"
    ]
    assert Application.objects.count() == 0


def test_the_rows_that_are_left_out_come_as_a_file_without_formulas(client, staff):
    cells = line("amy at x", cell_2="=HYPERLINK(A1)", cell_7="+1")
    file = read(CohortFactory(), cells, line("ben@x.test"), by=staff)

    answer = client.get(page(file, "leftout"))

    header, row = answer.content.decode("utf-8-sig").splitlines()
    assert answer["Content-Disposition"] == 'attachment; filename="answers-left-out.csv"'
    assert header == ",".join(
        ["Row", "What is wrong", *(f'"{each}"' if "," in each else each for each in GOOGLE)]
    )
    assert row == (
        "2,“amy at x” is no address.,1/25/2021 15:04:05,amy at x,'=HYPERLINK(A1),Kenora Jobs,"
        "Counsellor,Kenora,More experienced,'+1,Yes"
    )


def test_the_rows_that_are_left_out_are_given_with_the_second_factor_alone(
    client, sign_in, monkeypatch
):
    staff = StaffFactory()
    file = read(CohortFactory(), line("amy at x"), by=staff)
    monkeypatch.setattr("accounts.middleware.is_mfa_enabled", lambda user: True)
    monkeypatch.setattr("accounts.middleware.is_trusted_browser", lambda request, user: True)
    client.force_login(staff)

    trusted = [client.get(address).status_code for address in (page(file), page(file, "leftout"))]
    sign_in(client, staff)

    assert (trusted, client.get(page(file, "leftout")).status_code) == ([200, 302], 200)


def test_who_helps_to_choose_in_a_call_sees_no_file_for_it(client, staff):
    cohort = CohortRoleFactory(person=staff).cohort
    file = read(cohort, line("amy@x.test"))

    listed = client.get("/admin/applications/import/").context["cl"].result_count
    answers = [client.get(page(file, name)).status_code for name in ("columns", "leftout", "words")]
    shown = client.get(page(file))
    offered = list(client.get(READ).context["form"].fields["cohort"].queryset)

    assert (listed, answers) == (0, [404, 404, 404])
    assert (shown.status_code, "amy@x.test" in shown.text) == (302, False)
    assert cohort not in offered


def test_an_address_that_came_by_a_file_is_not_called_confirmed(client, staff):
    imports.make(read(CohortFactory(), line("amy@x.test")), by=staff)
    application = Application.objects.get()
    address = reverse("admin:applications_application_change", args=[application.pk])

    def confirmed():
        (form,) = [client.get(address).context["adminform"].model_admin]
        return form.is_confirmed(Application.objects.get())

    before = confirmed()
    application.person.verify()

    assert (before, confirmed()) == (False, True)


def test_the_first_rows_that_are_right_are_shown_as_they_are_read(client, staff):
    long = "word " * 60
    file = read(
        CohortFactory(),
        line("ben at x"),
        line("amy@x.test", cell_3="", cell_7=long),
        *(line(f"p{number}@x.test") for number in range(3)),
    )

    shown = client.get(page(file)).context["first_ones"]

    assert [one["row"].email for one in shown] == ["amy@x.test", "p0@x.test", "p1@x.test"]
    assert [tuple(answer.values()) for answer in shown[0]["answers"]] == [
        ("When it was sent", "Monday 25\xa0January 2021, 3:04\xa0p.m. Eastern Time"),
        ("Email address", "amy@x.test"),
        ("Name", "Amy Adams"),
        ("Organization", ""),
        ("Role", "Counsellor"),
        ("Town", "Kenora"),
        ("Newer or more experienced", "more experienced"),
        ("What to change, and why now", f"{long[:149].strip()}…"),
        ("Agrees that we use the answers", "Yes"),
    ]


def test_what_is_chosen_is_shown_in_the_words_of_the_desk(client, staff):
    headers = (*GOOGLE, "When are you available?", "News by email?", "Shoe size")
    answers = ("Lundi matin, Tuesday afternoon", "non", "42")
    file = read(CohortFactory(), [*line("amy@x.test"), *answers], headers=headers)

    shown = client.get(page(file))

    (one,) = shown.context["first_ones"]
    assert [tuple(answer.values()) for answer in one["answers"]][-2:] == [
        ("Half-days", "Monday morning, Tuesday afternoon"),
        ("Agrees to our news by email", "No"),
    ]
    assert shown.context["unread"] == ["Shoe size"]


@pytest.mark.parametrize("is_right", [True, False])
def test_nothing_is_shown_where_no_row_is_right_or_all_is_imported(client, staff, is_right):
    file = read(CohortFactory(), line("amy@x.test" if is_right else "amy"))
    if is_right:
        press(client, file)

    answer = client.get(page(file))

    assert answer.context.get("first_ones", []) == []
    assert "As the first rows are read" not in answer.text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_a_file_costs_the_same_for_few_rows_and_many(
    client, staff, rows, django_assert_num_queries
):
    file = read(CohortFactory(), *(line(f"p{number}@x.test") for number in range(rows)))

    with django_assert_num_queries(13):
        shown = client.get(page(file))

    assert len(shown.context["first_ones"]) == rows
