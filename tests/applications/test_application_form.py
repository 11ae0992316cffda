"""The form in sections: what is kept, what is said, what is ignored."""

import re

import pytest
from django.utils import translation

from applications.forms.application import SECTIONS, AboutForm, is_complete
from applications.models import Application, Experience, Status
from applications.services import intake
from cops.models import Cohort, Program
from tests.applications.applying import ABOUT, complete, save, seen_by, url
from tests.concurrency import at_once
from tests.factories import (
    ApplicationFactory,
    OrganizationFactory,
    ProgramFactory,
    RegionFactory,
)

pytestmark = pytest.mark.django_db


def test_the_list_of_parts_tells_what_is_done_and_what_is_not(client, draft):
    page = client.get(url(draft))

    assert [(str(task["name"]), task["state"]) for task in page.context["tasks"]] == [
        ("About you", "todo"), ("Your experience", "todo"), ("Your ideas", "todo"),
        ("When you can meet", "todo"), ("Consent", "todo"), ("Check and send", "waiting"),
    ]  # fmt: skip


def test_a_part_is_saved_and_leads_to_the_next(client, draft):
    northwest = RegionFactory(places=["Kenora", "Dryden"])
    on_file = OrganizationFactory(name_en="Kenora Jobs")

    answer = save(client, draft, "about", ABOUT | {"town": " kenora "})

    draft.refresh_from_db()
    assert answer.url == url(draft, "experience")
    assert (draft.town, draft.region, draft.organization) == ("kenora", northwest, on_file)


def test_who_ticks_when_she_can_meet_reads_when_groups_usually_do(client, draft):
    Cohort.objects.update(usual_times_en="Tuesdays or Thursdays, 1 to 3 p.m.")

    page = client.get(url(draft, "times")).text

    assert "Groups usually meet: Tuesdays or Thursdays, 1 to 3 p.m. (Eastern Time)." in page


def test_a_region_she_chose_stays(client, draft):
    RegionFactory(places=["Kenora"])
    chosen = RegionFactory()

    save(client, draft, "about", ABOUT | {"region": chosen.pk})

    draft.refresh_from_db()
    assert draft.region == chosen


def test_what_is_incomplete_is_kept_and_said(client, draft):
    page = save(client, draft, "about", ABOUT | {"job": "", "town": "Dryden"})

    draft.refresh_from_db()
    assert (draft.job, draft.town) == ("", "Dryden")
    assert list(page.context["form"].errors) == ["job"]
    answer = save(client, draft, "about", ABOUT | {"job": "", "town": "Ignace", "later": "1"})
    draft.refresh_from_db()
    assert (answer.url, draft.town) == (url(draft), "Ignace")


def test_an_answer_that_is_too_long_is_kept_and_counted(client, draft):
    long_text = "word " * 162

    page = save(client, draft, "ideas", {"motivation": long_text})

    draft.refresh_from_db()
    assert draft.motivation == long_text.strip()
    assert page.context["form"].errors["motivation"] == [
        "This is 12 words too long: shorten it to 150 words."
    ]
    tasks = {str(task["name"]): task["state"] for task in client.get(url(draft)).context["tasks"]}
    assert tasks["Your ideas"] == "problem"


def test_a_phone_number_that_is_none_is_kept_and_asked_for_again(client, draft):
    page = save(client, draft, "about", {**ABOUT, "phone": "abc"})

    draft.refresh_from_db()
    assert draft.phone == "abc"
    assert page.context["form"].errors["phone"] == [
        "Enter a phone number with its area code, such as 705 555-0100."
    ]
    tasks = {str(task["name"]): task["state"] for task in client.get(url(draft)).context["tasks"]}
    assert tasks["About you"] == "problem"


def test_only_programs_that_are_ticked_ask_for_years_and_part(client, draft):
    ticked, other = ProgramFactory(), ProgramFactory()
    assert client.get(url(draft, "programs")).status_code == 404

    answer = save(
        client,
        draft,
        "experience",
        {"level": "newer", "authority": "decide", "programs": [ticked.pk]},
    )
    assert answer.url == url(draft, "programs")
    page = client.get(answer.url)
    assert list(page.context["form"].fields) == [f"years_{ticked.pk}", f"part_{ticked.pk}"]
    save(client, draft, "programs", {f"years_{ticked.pk}": "0", f"part_{ticked.pk}": "deliver"})
    save(
        client,
        draft,
        "experience",
        {"level": "newer", "authority": "decide", "programs": [ticked.pk, other.pk]},
    )

    assert list(draft.experiences.values_list("program", "years", "part")) == [
        (ticked.pk, 0, "deliver"), (other.pk, None, ""),
    ]  # fmt: skip


def test_focus_areas_are_ranked_and_none_twice(client, draft):
    first, second, third = [v.focus_area for v in draft.cohort.focus_versions.all()]

    page = save(client, draft, "ideas", {"choice_1": second.pk, "choice_2": second.pk})
    assert "choice_2" in page.context["form"].errors
    save(client, draft, "ideas", {"choice_1": third.pk, "choice_2": first.pk})

    assert list(draft.choices.values_list("rank", "focus_area")) == [(1, third.pk), (2, first.pk)]


@pytest.mark.parametrize(
    ("section", "field", "value"),
    [
        ("about", "name", "n" * 151),
        ("about", "name", "a\x00b"),
        ("about", "region", "999999"),
        ("about", "region", "x"),
        ("about", "mail_language", "tlh"),
        ("experience", "programs", "999999"),
        ("experience", "programs", "9" * 60),
        ("experience", "programs", "\x00"),
        ("experience", "level", "expert"),
        ("ideas", "motivation", "w" * 1_000_000),
        ("ideas", "choice_1", "999999"),
        ("times", "availability", "sun-am"),
        ("times", "access_needs", "\x00"),
    ],
)
def test_nonsense_is_answered_by_its_field_and_stays_on_the_page(
    client, draft, section, field, value
):
    page = save(client, draft, section, {field: value})

    assert page.status_code == 200
    assert field in page.context["form"].errors
    assert page.context["form"][field].value() in (value, [value])


def test_facts_that_no_field_asks_for_are_ignored(client, draft):
    save(client, draft, "about", ABOUT | {"status": "offered", "person": "1", "reference": "AAA"})

    again = Application.objects.get(pk=draft.pk)
    assert (again.status, again.person, again.reference) == (
        Status.DRAFT, draft.person, draft.reference,
    )  # fmt: skip


def test_two_windows_lose_no_word(client, draft):
    """The second to save sees both texts, and decides which stays."""
    page = client.get(url(draft, "ideas")).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    save(client, draft, "ideas", {"motivation": "From the phone"}, seen=seen)

    conflict = save(client, draft, "ideas", {"motivation": "From the laptop"}, seen=seen)

    draft.refresh_from_db()
    assert (conflict.status_code, draft.motivation) == (409, "From the phone")
    text = conflict.content.decode()
    assert "From the phone" in text
    assert "From the laptop" in text
    seen_now = re.search(r'name="seen" value="(\w+)"', text)[1]
    save(client, draft, "ideas", {"motivation": "From the laptop"}, seen=seen_now)
    draft.refresh_from_db()
    assert draft.motivation == "From the laptop"


def test_two_windows_with_different_parts_do_not_disturb_each_other(client, draft):
    seen = {}
    for section in ("about", "ideas"):
        page = client.get(url(draft, section)).content.decode()
        seen[section] = re.search(r'name="seen" value="(\w+)"', page)[1]

    save(client, draft, "about", ABOUT, seen=seen["about"])
    save(client, draft, "ideas", {"motivation": "Both stay"}, seen=seen["ideas"])

    draft.refresh_from_db()
    assert (draft.town, draft.motivation) == ("Kenora", "Both stay")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_once_one_is_told_that_it_is_stale():
    application = ApplicationFactory()
    _title, form = SECTIONS["times"]
    seen = intake.fingerprint(form.stored(application))

    results = at_once(
        *[
            lambda text=text: intake.save(
                Application.objects.get(pk=application.pk), form, {"access_needs": text}, seen=seen
            )
            for text in ("one", "two")
        ]
    )

    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Stale"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_version_the_second_of_two_saves_overwrites_the_first(monkeypatch):
    application = ApplicationFactory()
    _title, form = SECTIONS["times"]
    seen = intake.fingerprint(form.stored(application))
    monkeypatch.setattr(intake, "fingerprint", lambda answers: seen)

    for text in ("one", "two"):
        intake.save(application, form, {"access_needs": text}, seen=seen)

    application.refresh_from_db()
    assert application.access_needs == "two"


def test_a_programme_that_is_not_on_the_list_is_named(client, draft):
    other = Program.objects.get(key="other")
    save(client, draft, "experience", {"level": "newer", "authority": "decide",
                                       "programs": [other.pk]})  # fmt: skip
    typed = {f"years_{other.pk}": "2", f"part_{other.pk}": "refer"}

    unnamed = save(client, draft, "programs", typed)
    save(client, draft, "programs", typed | {f"named_{other.pk}": "Skills Ahead"})

    assert list(unnamed.context["form"].errors) == [f"named_{other.pk}"]
    assert draft.programs == ["Skills Ahead (2 years, referral)"]


def test_who_has_had_several_parts_in_a_programme_ticks_them_all(client, draft):
    program = ProgramFactory(name_en="Second Career")
    Experience.objects.create(application=draft, program=program)
    years, part = f"years_{program.pk}", f"part_{program.pk}"

    none = save(client, draft, "programs", {years: "9"})
    wrong = save(client, draft, "programs", {years: "9", part: ["deliver", "own"]})
    save(client, draft, "programs", {years: "9", part: ["supervise", "deliver", *["refer"] * 9]})

    assert none.context["form"].errors == {part: ["Tick your part in Second Career."]}
    assert list(wrong.context["form"].errors) == [part]
    assert draft.programs == ["Second Career (9 years, delivery, supervision, referral)"]
    assert client.get(url(draft, "programs")).context["form"][part].value() == [
        "deliver", "supervise", "refer",
    ]  # fmt: skip


def test_what_was_answered_when_one_part_could_be_chosen_is_read_as_it_was(client, draft):
    program = ProgramFactory()
    Experience.objects.create(application=draft, program=program, years=3, part="refer")

    form = client.get(url(draft, "programs")).context["form"]

    assert form[f"part_{program.pk}"].value() == ["refer"]


def test_a_programme_that_is_unticked_takes_its_years_along(client, draft):
    program = ProgramFactory()
    Experience.objects.create(application=draft, program=program, years=3, part="refer")

    save(client, draft, "experience", {"level": "newer", "authority": "decide"})

    assert draft.experiences.count() == 0


def test_what_is_counted_is_what_she_fills_in_and_not_the_sending(client, draft):
    begun = client.get(url(draft))
    complete(draft)
    filled = client.get(url(draft))

    assert [(page.context["done"], page.context["parts"]) for page in (begun, filled)] == [
        (0, 5), (5, 5),
    ]  # fmt: skip
    assert "5 of 5 parts filled in" in filled.text
    assert [task["state"] for task in filled.context["tasks"]] == [*["done"] * 5, "todo"]


def test_complete_means_complete(draft):
    assert not is_complete(draft)
    assert is_complete(complete(draft))


@pytest.mark.parametrize(
    ("page", "asked"),
    [
        ("", 9),
        ("edit/", 9),
        ("edit/about/", 4),
        ("edit/programs/", 5),
        ("edit/ideas/", 5),
        ("edit/times/", 3),
    ],
)
def test_a_page_of_the_draft_asks_so_many_questions(
    client, draft, page, asked, django_assert_num_queries
):
    complete(draft)
    for _number in range(3):
        Experience.objects.create(
            application=draft, program=ProgramFactory(), years=1, part="refer"
        )
    address = draft.get_absolute_url() + page
    client.get(address)

    with django_assert_num_queries(asked):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("programs", [1, 3])
@pytest.mark.parametrize(("is_stale", "status", "asked"), [(False, 200, 11), (True, 409, 12)])
def test_the_page_about_programs_asks_the_same_for_any_number_when_it_is_sent(
    client, draft, programs, is_stale, status, asked, django_assert_num_queries
):
    for _program in range(programs):
        Experience.objects.create(application=draft, program=ProgramFactory())
    seen = "" if is_stale else seen_by(draft, "programs")
    address = url(draft, "programs")
    client.get(address)

    with django_assert_num_queries(asked):
        answer = client.post(address, {"seen": seen})

    assert answer.status_code == status


def test_a_form_that_arrives_empty_is_kept_empty_and_says_what_is_missing(client, draft):
    page = client.post(url(draft, "about"))

    assert page.status_code == 409
    page = client.post(url(draft, "about"), {"seen": seen_by(draft, "about")})
    assert page.status_code == 200
    assert "name" in page.context["form"].errors


@pytest.mark.parametrize(("language", "last"), [("en", "name_en"), ("fr", "name_fr")])
def test_the_regions_stand_in_the_order_of_the_readers_alphabet(language, last):
    with translation.override(language):
        regions = [*AboutForm(application=ApplicationFactory()).fields["region"].queryset]

    catchments = [getattr(region, last) for region in regions if region.is_catchment]
    assert catchments == sorted(catchments)
    assert [region.is_catchment for region in regions] == [True] * 15 + [False] * 2
