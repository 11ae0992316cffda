"""The town she works in tells the region and the clock she goes by, unless she chose one."""

import pytest

from accounts import places
from accounts.models import User
from applications.models import Application
from applications.services import intake, workplace
from tests.applications.applying import ABOUT, complete, save
from tests.factories import ApplicationFactory, FocusAreaVersionFactory, PersonFactory

pytestmark = pytest.mark.django_db
TORONTO, WINNIPEG, ATIKOKAN = "America/Toronto", "America/Winnipeg", "America/Atikokan"


def sent_from(town, **facts):
    """Return the clock of somebody who sent an application from ``town``."""
    application = ApplicationFactory(**facts)
    FocusAreaVersionFactory(cohort=application.cohort)
    complete(application)
    Application.objects.filter(pk=application.pk).update(town=town)
    application.refresh_from_db()
    intake.submit(application)
    return User.objects.get(pk=application.person_id).time_zone


@pytest.mark.parametrize(
    ("town", "zone"),
    [
        ("Kenora", WINNIPEG),
        ("dryden, ON", WINNIPEG),
        ("Rainy River", WINNIPEG),
        ("Ear Falls", WINNIPEG),
        ("Atikokan", ATIKOKAN),
        ("Pickle Lake", ATIKOKAN),
        ("Thunder Bay", TORONTO),
        ("Sudbury", TORONTO),
    ],
)
def test_the_clock_is_that_of_her_town(town, zone):
    assert sent_from(town) == zone


@pytest.mark.parametrize(("town", "zone"), [("Sudbury", TORONTO), ("Nowhere", WINNIPEG)])
def test_who_moved_has_the_clock_of_the_town_that_is_known(town, zone):
    assert sent_from(town, person=PersonFactory(time_zone=WINNIPEG)) == zone


def test_a_clock_that_she_chose_stays(client):
    person = PersonFactory()
    client.force_login(person)
    details = {"name": "Ada", "language": "en", "time_zone": ATIKOKAN}
    client.post("/me/details/", details)
    client.post("/me/details/", details | {"time_zone": TORONTO})

    assert sent_from("Kenora", person=person) == TORONTO


def test_what_a_stranger_typed_sets_no_clock_before_she_confirms():
    assert sent_from("Kenora", awaits_confirmation=True) == TORONTO

    intake.confirm(Application.objects.get())

    assert User.objects.get(pk=Application.objects.get().person_id).time_zone == WINNIPEG


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Ear Falls", "northwest"),
        ("Sault Ste Marie, Ontario", "northeast"),
        ("ST CATHARINES", "hamilton-niagara"),
        ("Nord-Ouest", "northwest"),
    ],
)
def test_a_town_is_found_as_people_type_it(typed, key):
    assert workplace.region_of(typed).key == key


def test_where_no_region_is_known_her_page_says_so(client):
    draft = ApplicationFactory()
    client.force_login(draft.person)

    unknown = save(client, draft, "about", ABOUT | {"town": "Nowhere Falls"})
    said = client.get(unknown.url).text
    known = client.get(save(client, draft, "about", ABOUT | {"town": "Ear Falls"}).url).text

    assert "We know no region for Nowhere Falls." in said
    assert "We know no region" not in known
    draft.refresh_from_db()
    assert draft.region.key == "northwest"


def test_a_town_is_compared_without_accents_and_marks():
    assert places.named(" Sault  Ste. Marie, ON ") == "sault ste marie"
    assert places.named("Témiscaming") == "temiscaming"
