"""One press makes an application of each row that is right: all of them, once."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import IntegrityError
from django.utils import timezone

from accounts.lifecycle import InvalidTransition
from accounts.models import Region, User
from applications import tasks
from applications.importing import checking
from applications.models import Application, Import, Question, Status
from applications.services import imports, intake
from applications.services.imports import making
from cops.models import AccessRequest
from notifications import duties
from notifications.models import Consent, Message
from tests.applications.importing import GOOGLE, line, read
from tests.factories import (
    ApplicationFactory,
    CohortFactory,
    CohortRoleFactory,
    FocusAreaVersionFactory,
    ImportFactory,
    OrganizationFactory,
    PersonFactory,
    ProgramFactory,
    QuestionFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db


def test_a_right_row_becomes_an_application_that_was_received_then():
    cohort, staff = CohortFactory(), StaffFactory()
    area = FocusAreaVersionFactory(cohort=cohort).focus_area
    question = QuestionFactory(
        cohort=cohort, kind=Question.Kind.CHOICE, options=["Red"], text_en="Which?"
    )
    OrganizationFactory(name_en="Kenora Jobs")
    headers = [*GOOGLE, "Second choice", "Which?", "Availability", "Email me your news"]
    cells = [*line("Amy@x.test"), area.name_en, "red", "Monday morning", "Yes"]
    file = read(cohort, cells, line("nobody"), headers=headers, by=staff)

    made = imports.make(file, by=staff)

    application = Application.objects.get()
    sent_at = datetime(2021, 1, 25, 20, 4, 5, tzinfo=UTC)
    facts = {
        "cohort": cohort, "status": Status.SUBMITTED, "awaits_confirmation": False,
        "submitted_at": sent_at, "started_at": sent_at, "imported": file, "form_version": None,
        "name": "Amy Adams", "job": "Counsellor", "town": "Kenora", "level": "experienced",
        "motivation": "The waiting", "availability": ["mon-am"], "agrees_to_use": True,
        "wants_news": True, "organization_name": "Kenora Jobs",
    }  # fmt: skip
    assert {name: getattr(application, name) for name in facts} == facts
    assert application.organization.name_en == "Kenora Jobs"
    assert application.region.key == "northwest"
    assert [(each.rank, each.focus_area) for each in application.choices.all()] == [(1, area)]
    assert [(each.question, each.value) for each in application.answers.all()] == [
        (question, "red")
    ]
    (change,) = application.changes.all()
    assert (change.old, change.new, change.by) == ("", Status.SUBMITTED, staff)
    assert change.reason == "Imported from the file “answers.csv”."
    file.refresh_from_db()
    assert (made, file.made, file.left_out, file.is_waiting) == (1, 1, 1, False)
    assert [number for number, _cells in file.rows] == [3]
    assert Message.objects.count() == 0


def test_a_new_person_comes_with_what_the_file_says_and_an_address_that_is_not_hers_yet():
    imports.make(read(CohortFactory(), line("Amy@x.test")), by=StaffFactory())

    person = User.objects.get(email="amy@x.test")
    assert (person.name, person.region.key, person.language) == ("Amy Adams", "northwest", "en")
    assert (person.is_verified, person.has_usable_password()) == (False, False)
    assert EmailAddress.objects.filter(user=person, primary=True).count() == 1


@pytest.mark.parametrize(
    ("typed", "region", "zone"),
    [
        ("kenora, ON", "northwest", "America/Winnipeg"),
        ("Atikokan (Ont.)", None, "America/Toronto"),
        ("Sudbury", "northeast", "America/Toronto"),
    ],
)
def test_a_town_tells_region_and_clock_however_it_is_written(typed, region, zone):
    cells = [typed if cell == "Kenora" else cell for cell in line("amy@x.test")]

    imports.make(read(CohortFactory(), cells), by=StaffFactory())

    application = Application.objects.get()
    assert application.region == Region.objects.filter(key=region).first()
    assert application.person.time_zone == zone


def test_the_record_of_a_person_who_is_known_stays_as_it_is():
    person = PersonFactory(email="amy@x.test", name="", phone="", region=None)

    imports.make(read(CohortFactory(), line("Amy@x.test")), by=StaffFactory())

    person.refresh_from_db()
    assert (person.name, person.phone, person.region) == ("", "", None)
    assert person.applications.get().name == "Amy Adams"


def test_consents_are_recorded_as_the_file_has_them_and_no_others():
    with_column, without = CohortFactory(), CohortFactory()
    file = read(with_column, line("amy@x.test", cell_8="Yes"))
    other = read(without, line("ben@x.test")[:8], headers=GOOGLE[:8])

    imports.make(file, by=StaffFactory())
    imports.make(other, by=StaffFactory())

    (consent,) = Consent.objects.all()
    application = with_column.applications.get()
    assert consent.wording == f"{GOOGLE[8]}\nYes"
    assert (consent.person, consent.purpose) == (application.person, Consent.Purpose.DATA)
    assert (consent.version, consent.given_at) == (0, application.submitted_at)
    assert consent.source_in_words == (
        f"form answered elsewhere, application {application.reference}"
    )
    assert [each.agrees_to_use for each in without.applications.all()] == [False]


def test_the_same_file_again_makes_nothing_twice():
    cohort, staff = CohortFactory(), StaffFactory()
    first = read(cohort, line("amy@x.test"), line("ben@x.test"), by=staff)
    imports.make(first, by=staff)
    again = read(cohort, line("amy@x.test"), line("ben@x.test"), by=staff)

    with pytest.raises(InvalidTransition, match="No row of this file can be imported"):
        imports.make(again, by=staff)
    with pytest.raises(InvalidTransition, match="This file is imported already"):
        imports.make(first, by=staff)

    assert Application.objects.count() == 2


def test_who_withdrew_what_came_by_a_file_does_not_get_it_back():
    cohort, staff = CohortFactory(), StaffFactory()
    imports.make(read(cohort, line("amy@x.test")), by=staff)
    intake.withdraw(Application.objects.get(), by=staff)

    checked = checking.check(read(cohort, line("amy@x.test")))

    assert [key for key, _words in checked.wrong[0].problems] == ["has-applied"]


def test_a_repaired_file_brings_the_rest():
    cohort, staff = CohortFactory(), StaffFactory()
    imports.make(read(cohort, line("amy@x.test"), line("ben at x")), by=staff)

    imports.make(read(cohort, line("amy@x.test"), line("ben@x.test")), by=staff)

    assert sorted(cohort.applications.values_list("person__email", flat=True)) == [
        "amy@x.test", "ben@x.test",
    ]  # fmt: skip


def test_a_file_that_is_chosen_again_on_the_way_begins_anew():
    cohort, staff = CohortFactory(), StaffFactory()
    first = read(cohort, line("amy@x.test"), by=staff)

    second = read(cohort, line("amy@x.test"), by=staff)
    third = read(cohort, line("amy@x.test"), by=StaffFactory())

    assert second == first
    assert third != first


def test_who_helps_to_choose_imports_nothing():
    role = CohortRoleFactory()
    file = read(role.cohort, line("amy@x.test"))

    with pytest.raises(InvalidTransition, match="a colleague enters it"):
        imports.make(file, by=role.person)
    with pytest.raises(InvalidTransition, match="a colleague enters it"):
        read(role.cohort, line("ben@x.test"), by=role.person)

    assert Application.objects.count() == 0


@pytest.mark.parametrize("status", Application.DECISIONS)
def test_once_it_is_closed_and_somebody_knows_a_decision_it_is_too_late(status):
    cohort, staff = CohortFactory(), StaffFactory()
    file = read(cohort, line("amy@x.test"), by=staff)
    ApplicationFactory(cohort=cohort, status=status)
    type(cohort).objects.filter(pk=cohort.pk).update(closes_at=timezone.now())

    with pytest.raises(InvalidTransition, match="somebody knows a decision"):
        imports.make(file, by=staff)
    with pytest.raises(InvalidTransition, match="somebody knows a decision"):
        read(cohort, line("ben@x.test"), by=staff)

    assert cohort.applications.count() == 1


def test_as_long_as_anybody_may_apply_a_file_comes_whoever_is_decided():
    cohort = CohortFactory()
    ApplicationFactory(cohort=cohort, status=Status.INTERVIEW)

    assert imports.make(read(cohort, line("amy@x.test")), by=StaffFactory()) == 1


def test_after_it_closed_a_file_comes_while_it_is_read():
    cohort = CohortFactory()
    ApplicationFactory(cohort=cohort, status=Status.IN_REVIEW)
    file = read(cohort, line("amy@x.test"))

    with time_machine.travel(cohort.closes_at + timedelta(days=300), tick=False):
        assert imports.make(file, by=StaffFactory()) == 1


def test_a_stranger_s_draft_stands_beside_it_and_nobody_is_reminded_of_it():
    cohort = CohortFactory()
    draft = intake.start(cohort, "amy@x.test")

    imports.make(read(cohort, line("amy@x.test")), by=StaffFactory())

    assert list(duties.audit()) == []
    assert sorted(draft.person.applications.values_list("status", flat=True)) == [
        Status.DRAFT, Status.SUBMITTED,
    ]  # fmt: skip
    assert not cohort.closing.invitees.current().filter(person=draft.person).exists()


def test_if_one_cannot_be_written_none_is(monkeypatch):
    file = read(CohortFactory(), line("amy@x.test"), line("ben@x.test"))
    monkeypatch.setattr(making, "_consents", lambda made, file: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        imports.make(file, by=StaffFactory())

    assert Application.objects.count() == 0
    assert not User.objects.filter(email="amy@x.test").exists()
    assert Import.objects.get().is_waiting


def test_only_somebody_who_applied_is_told_as_somebody_who_applied(monkeypatch):
    cohort, staff = CohortFactory(), StaffFactory()
    file = read(cohort, line("amy@x.test"), line("ben@x.test"))
    taken = ApplicationFactory().reference
    monkeypatch.setattr(making, "_references", lambda count: [taken, "FRESH1"])

    with pytest.raises(IntegrityError):
        imports.make(file, by=staff)

    assert cohort.applications.count() == 0
    assert Import.objects.get().is_waiting


def test_who_applies_in_that_very_moment_is_told_of(monkeypatch):
    cohort, staff = CohortFactory(), StaffFactory()
    file = read(cohort, line("amy@x.test"), line("ben@x.test"))
    references = making._references

    def apply_first(count):
        intake.start_own(cohort, User.objects.get(email="amy@x.test"))
        return references(count)

    monkeypatch.setattr(making, "_references", apply_first)

    with pytest.raises(InvalidTransition, match="Somebody in the file has just applied"):
        imports.make(file, by=staff)

    assert Import.objects.get().is_waiting


def test_what_people_need_becomes_a_request_of_who_imports_and_nobody_gets_mail():
    cohort, staff = CohortFactory(), StaffFactory()
    StaffFactory()
    headers = [*GOOGLE, "Access needs", "Language for email"]
    lines = [
        [*line("amy@x.test"), "Sous-titres", "Français"],
        [*line("ben@x.test"), "N/A", "English"],
    ]
    file = read(cohort, *lines, headers=headers, by=staff)

    imports.make(file, by=staff)

    [asked] = AccessRequest.objects.all()
    assert (asked.person.email, asked.words, asked.owner, asked.language, asked.source) == (
        "amy@x.test", "Sous-titres", staff, "fr", AccessRequest.Source.APPLICATION,
    )  # fmt: skip
    assert (asked.about, asked.cohort) == (cohort.slug, cohort)
    owing = asked.deadline.invitees.current()
    assert [part.person for part in owing] == [staff]
    assert not Message.objects.exists()


def test_programs_come_ticked_from_one_column_whatever_joins_them():
    cohort = CohortFactory()
    jobs = ProgramFactory(key="bridge", name_en="Bridge Jobs Ontario", name_fr="Emplois passerelle")
    works = ProgramFactory(key="harvest", name_en="Harvest, all of it", name_fr="")
    headers = [*GOOGLE, "Which programs have you worked in?"]
    cells = {
        "amy@x.test": "Bridge Jobs Ontario, Harvest, all of it",
        "ben@x.test": "emplois passerelle;Bridge Jobs Ontario",
        "cat@x.test": "",
    }
    file = read(cohort, *([*line(who), said] for who, said in cells.items()), headers=headers)

    imports.make(file, by=StaffFactory())

    told = {
        each.person.email: {(one.program, one.years, one.part) for one in each.experiences.all()}
        for each in cohort.applications.all()
    }
    assert told == {
        "amy@x.test": {(jobs, None, ""), (works, None, "")},
        "ben@x.test": {(jobs, None, "")},
        "cat@x.test": set(),
    }


def test_references_are_not_given_twice(monkeypatch):
    taken = ApplicationFactory().reference
    drawn = iter([taken, "FRESH1", "FRESH1", "FRESH2"])
    monkeypatch.setattr(Application, "draw_reference", lambda: next(drawn))

    assert making._references(2) == {"FRESH1", "FRESH2"}


@pytest.mark.parametrize("rows", [1, 3])
def test_an_import_costs_the_same_for_few_rows_and_many(rows, django_assert_num_queries):
    cohort, staff = CohortFactory(), StaffFactory()
    file = read(cohort, *(line(f"p{number}@x.test") for number in range(rows)))

    with django_assert_num_queries(31):
        imports.make(file, by=staff)

    assert cohort.applications.count() == rows


def test_what_is_not_imported_is_forgotten_after_a_day():
    day_old = timezone.now() - timedelta(days=1, minutes=1)
    waiting = ImportFactory(read_at=day_old)
    fresh = ImportFactory()
    done = ImportFactory(read_at=day_old, imported_at=day_old, made=1)

    tasks.forget_imports()

    assert set(Import.objects.all()) == {fresh, done}
    done.refresh_from_db()
    fresh.refresh_from_db()
    assert (done.rows, done.headers, done.made) == ([], [], 1)
    assert len(fresh.rows) == 2
    assert not Import.objects.filter(pk=waiting.pk).exists()


def test_letters_that_they_have_arrived_are_drafted_once():
    cohort, staff = CohortFactory(), StaffFactory()
    file = read(cohort, line("amy@x.test"), line("ben@x.test"), by=staff)
    imports.make(file, by=staff)
    intake.withdraw(cohort.applications.get(person__email="ben@x.test"), by=staff)

    letters = imports.draft_letters(file, by=staff)
    again = imports.draft_letters(file, by=staff)

    assert [(each.kind, each.recipient.email, each.state) for each in letters] == [
        ("application-received", "amy@x.test", Message.State.DRAFT)
    ]
    assert list(again) == list(letters)
    assert Message.objects.count() == 1
