"""The employer that somebody names in her details: on file, or asked of staff to add."""

from time import sleep

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError
from django.urls import reverse
from django.utils import translation

from accounts import employers
from accounts.lifecycle import InvalidTransition
from accounts.models import User
from cops import access
from cops.models import AccessRequest
from notifications.models import Event
from tests.concurrency import at_once
from tests.factories import (
    AccessRequestFactory,
    OrganizationFactory,
    PersonFactory,
    StaffFactory,
    days,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["agence du nord", "Northern Agency"])
def test_who_has_another_employer_says_so_herself(client, typed):
    agency = OrganizationFactory(name_en="Northern Agency", name_fr="Agence du Nord")
    person = PersonFactory()
    client.force_login(person)
    details = {"name": "Ada", "language": "en", "time_zone": "America/Toronto"}

    client.post("/me/details/", details | {"employer": typed})

    person.refresh_from_db()
    assert person.organization == agency


def test_staff_find_that_she_has_another_employer_on_her_page(client, sign_in):
    OrganizationFactory(name_en="Northern Agency")
    person = PersonFactory(name="Ada")
    client.force_login(person)
    details = {"name": "Ada", "language": "en", "time_zone": "America/Toronto"}
    as_it_is = {"employer": person.organization.name} if person.organization else {}

    client.post("/me/details/", details | as_it_is)
    before = LogEntry.objects.count()
    client.post("/me/details/", details | {"employer": "Northern Agency"})
    sign_in(client, StaffFactory())
    page = client.get(reverse("admin:person", args=[person.uuid]))

    assert (before, LogEntry.objects.count()) == (0, 1)
    assert "Changed: Organization" in page.text


NEW_EMPLOYER = {
    "name": "Ada", "language": "en", "time_zone": "America/Toronto", "employer": " Jobs North ",
}  # fmt: skip


def test_an_employer_that_is_not_on_file_is_named_and_staff_are_asked_to_add_it(client):
    person = PersonFactory(organization=OrganizationFactory())
    client.force_login(person)

    first = client.post("/me/details/", NEW_EMPLOYER, follow=True)
    client.post("/me/details/", NEW_EMPLOYER)

    person.refresh_from_db()
    asked = AccessRequest.objects.get()
    assert first.redirect_chain == [("/me/", 302)]
    assert "“Jobs North” is new to us. We add it" in first.text
    assert (person.name, person.organization) == ("Ada", None)
    assert (asked.person, asked.kind, asked.words) == (
        person,
        AccessRequest.Kind.CORRECTION,
        "My organization is now “Jobs North”. It is not on your list yet.",
    )


@pytest.mark.parametrize("typed", ["Emploi-Québec du Nord", "emploi quebec du nord "])
def test_an_employer_on_file_is_known_however_it_is_spelled(client, typed):
    on_file = OrganizationFactory(name_en="North Jobs", name_fr="Emploi-Québec du Nord")
    person = PersonFactory(organization=OrganizationFactory())
    client.force_login(person)

    client.post("/me/details/", NEW_EMPLOYER | {"employer": typed})

    person.refresh_from_db()
    assert (person.organization, AccessRequest.objects.count()) == (on_file, 0)


def test_who_waits_for_many_answers_keeps_what_she_typed_and_the_employer_she_had(client):
    was = OrganizationFactory()
    person = PersonFactory(name="Before", organization=was)
    AccessRequestFactory.create_batch(access.OWN_MAX, person=person, source="own-page")
    client.force_login(person)

    page = client.post("/me/details/", NEW_EMPLOYER)

    person.refresh_from_db()
    assert list(page.context["form"].errors) == ["employer"]
    assert page.context["form"]["employer"].value() == " Jobs North "
    assert (person.name, person.organization) == ("Before", was)
    assert AccessRequest.objects.count() == access.OWN_MAX


def test_a_stranger_names_no_employer(client):
    answer = client.post("/me/details/", NEW_EMPLOYER)

    assert answer.status_code == 403
    assert AccessRequest.objects.count() == 0


def test_the_employers_on_file_are_offered(client):
    OrganizationFactory(name_en="Northern Agency")
    client.force_login(PersonFactory(organization=None))

    page = client.get("/me/details/")

    assert '<option value="Northern Agency"></option>' in page.text


DETAILS = "/me/details/"
REQUESTS = reverse("admin:cops_accessrequest_changelist")
Stands = AccessRequest.Status


def name(person, employer):
    employers.changed(person, employer)


def asked_of(person):
    return list(
        AccessRequest.objects.filter(person=person).order_by("pk").values_list("about", "status")
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("", "You named “Jobs North”. We are adding it to our list. You have our answer"),
        ("/fr", "Jobs North\N{NO-BREAK SPACE}». Nous l’ajoutons à notre liste. Vous aurez"),
    ],
)
def test_what_she_named_is_told_below_the_field_until_staff_have_answered(client, language, said):
    person = PersonFactory(organization=None)
    client.force_login(person)

    before = client.get(language + DETAILS).text
    client.post(DETAILS, NEW_EMPLOYER)
    waiting = client.get(language + DETAILS).text
    asked = AccessRequest.objects.get()
    access.answer(asked, "Added.", by=StaffFactory())
    afterwards = client.get(language + DETAILS).text

    assert [said in page for page in (before, waiting, afterwards)] == [False, True, False]
    assert 'aria-describedby="id_employer_helptext id_employer_being_added"' in waiting
    assert f'href="{language}/access/{asked.uuid}/"' in waiting


@pytest.mark.parametrize("is_late", [False, True])
def test_no_day_is_promised_that_is_past(client, is_late):
    person = PersonFactory(organization=None)
    name(person, "Jobs North")
    asked = AccessRequest.objects.get()
    if is_late:
        past = days(-1)
        Event.objects.filter(pk=asked.deadline_id).update(starts_at=past, ends_at=past)
    client.force_login(person)

    details, request = (client.get(url).text for url in (DETAILS, asked.get_absolute_url()))

    assert ["You have our answer by" in page for page in (details, request)] == [not is_late] * 2
    assert "You named “Jobs North”. We are adding it to our list." in details
    assert "A person reads your request and answers you by email." in request


def test_where_staff_have_matched_it_her_employer_stands_in_the_field_alone(client):
    person = PersonFactory(organization=None)
    name(person, "Jobs North")
    User.objects.filter(pk=person.pk).update(organization=OrganizationFactory(name_en="Jobs North"))
    client.force_login(person)

    page = client.get(DETAILS).text

    assert ('value="Jobs North"' in page, "We are adding it" in page) == (True, False)


def test_another_employer_that_is_not_on_file_takes_the_place_of_the_first(client):
    person, other = PersonFactory(organization=None), PersonFactory()
    name(other, "Jobs North")
    client.force_login(person)

    for employer in ("Jobs North", "Jobs South", "Jobs South"):
        client.post(DETAILS, NEW_EMPLOYER | {"employer": employer})

    assert asked_of(person) == [("Jobs North", Stands.WITHDRAWN), ("Jobs South", Stands.OPEN)]
    assert asked_of(other) == [("Jobs North", Stands.OPEN)]
    assert "You named “Jobs South”" in client.get(DETAILS).text


@pytest.mark.parametrize(
    ("first", "again", "waits"),
    [
        ("Emploi-Québec du Nord", "EMPLOI QUEBEC DU NORD", "Emploi-Québec du Nord"),
        ("?", "!", "!"),
    ],
    ids=["the same in other letters", "signs alone are no name to compare"],
)
def test_the_same_name_in_other_letters_is_asked_once(client, first, again, waits):
    person = PersonFactory(organization=None)
    client.force_login(person)

    for employer in (first, again):
        client.post(DETAILS, NEW_EMPLOYER | {"employer": employer})

    asked = asked_of(person)
    assert [about for about, status in asked if status == Stands.OPEN] == [waits]
    assert len(asked) == (1 if waits == first else 2)


@pytest.mark.parametrize(
    ("language", "why"),
    [
        ("en", "She has changed her employer since."),
        ("fr", "L’employeur a changé depuis."),
    ],
)
def test_why_it_is_closed_is_true_where_she_names_no_other(language, why):
    person = PersonFactory(organization=None)
    name(person, "Jobs North")

    with translation.override(language):
        name(person, "")

    assert AccessRequest.objects.get().changes.get().reason == why


def test_one_on_file_leaves_nothing_for_staff_to_add(client):
    on_file = OrganizationFactory(name_en="Jobs South")
    person = PersonFactory(organization=None)
    name(person, "Jobs North")
    client.force_login(person)

    client.post(DETAILS, NEW_EMPLOYER | {"employer": "jobs south"})

    person.refresh_from_db()
    assert person.organization == on_file
    assert asked_of(person) == [("Jobs North", Stands.WITHDRAWN)]


def test_who_leaves_the_field_empty_keeps_what_she_named(client):
    person = PersonFactory(name="Before", organization=None)
    name(person, "Jobs North")
    client.force_login(person)

    client.post(DETAILS, NEW_EMPLOYER | {"employer": ""})

    person.refresh_from_db()
    assert person.name == "Ada"
    assert asked_of(person) == [("Jobs North", Stands.OPEN)]


def test_another_name_is_taken_although_as_many_wait_as_may(client):
    person = PersonFactory(organization=None)
    name(person, "Jobs North")
    AccessRequestFactory.create_batch(access.OWN_MAX - 1, person=person, source="own-page")
    client.force_login(person)

    client.post(DETAILS, NEW_EMPLOYER | {"employer": "Jobs South"})

    assert asked_of(person)[0] == ("Jobs North", Stands.WITHDRAWN)
    assert asked_of(person)[-1] == ("Jobs South", Stands.OPEN)


def test_staff_find_the_last_name_alone_to_be_added_and_why_the_first_is_closed(client, staff):
    person = PersonFactory(organization=None)
    for employer in ("Jobs North", "Jobs South"):
        name(person, employer)
    first, last = AccessRequest.objects.order_by("pk")

    open_ones = client.get(REQUESTS, {"stands": "open"}).context["cl"].queryset
    record = client.get(reverse("admin:cops_accessrequest_change", args=[first.pk])).text
    current = client.get(reverse("admin:cops_accessrequest_change", args=[last.pk])).text

    assert list(open_ones) == [last]
    assert "She has changed her employer since." in record
    assert "answer_it" not in record
    assert "My organization is now “Jobs South”. It is not on your list yet." in current
    assert "answer_it" in current
    assert set(last.deadline.invitees.current().values_list("person", flat=True)) == {staff.pk}
    assert first.deadline.invitees.current().count() == 0


def test_staff_who_answer_about_the_first_name_too_late_are_told(client, staff):
    person = PersonFactory(organization=None)
    name(person, "Jobs North")
    first = AccessRequest.objects.get()
    name(person, "Jobs South")
    url = reverse("admin:cops_accessrequest_verb", args=[first.pk, "answer_it"])

    client.post(url, {"answer": "Jobs North is on the list now."})

    first.refresh_from_db()
    assert (first.status, first.answer) == (Stands.WITHDRAWN, "")


@pytest.fixture
def slow(monkeypatch):
    """Whoever has seen what waits takes a moment before she asks."""
    ask_own = access.ask_own

    def slowly(*args, **facts):
        sleep(0.3)
        return ask_own(*args, **facts)

    monkeypatch.setattr(access, "ask_own", slowly)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_names_saved_at_once_leave_one_to_be_added(slow):
    person = PersonFactory(organization=None)

    results = at_once(lambda: name(person, "Jobs North"), lambda: name(person, "Jobs South"))

    assert results == [None, None]
    assert [status for _name, status in asked_of(person)] == [Stands.WITHDRAWN, Stands.OPEN]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_whoever_answers_about_the_first_name_at_once_with_the_second_keeps_nobody_from_it():
    person, staff = PersonFactory(organization=None), StaffFactory()
    name(person, "Jobs North")
    first = AccessRequest.objects.get()

    answered, named = at_once(
        lambda: access.answer(first, "Added.", by=staff), lambda: name(person, "Jobs South")
    )

    ended = Stands.WITHDRAWN if isinstance(answered, InvalidTransition) else Stands.ANSWERED
    assert named is None
    assert asked_of(person) == [("Jobs North", ended), ("Jobs South", Stands.OPEN)]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_database_lets_only_one_of_them_through(slow, monkeypatch):
    monkeypatch.setattr(access, "_alone_with", lambda person: None)
    person = PersonFactory(organization=None)

    results = at_once(lambda: name(person, "Jobs North"), lambda: name(person, "Jobs South"))

    assert [type(each) for each in results if each] == [IntegrityError]
    assert [status for _name, status in asked_of(person)] == [Stands.OPEN]
