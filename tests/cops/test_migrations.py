from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps

from notifications.models import Event, Series
from tests.factories import CohortFactory, CommunityFactory, SeriesFactory

pytestmark = pytest.mark.django_db


def test_a_series_named_in_english_gets_the_french_of_what_owns_it_once():
    cohort = CohortFactory(name_en="Fall", name_fr="Automne")
    community = CommunityFactory(cohort=cohort, name_en="Getting to work", name_fr="Le trajet")
    english = CommunityFactory(cohort=cohort, name_fr="")
    changed = CommunityFactory(cohort=cohort)
    SeriesFactory()
    Series.objects.exclude(pk=changed.series_id).update(name_fr="")
    Series.objects.filter(pk=changed.series_id).update(name_fr="Autrement")
    name_in_french = import_module("cops.migrations.0009_series_in_french").name_in_french

    name_in_french(apps, None)
    name_in_french(apps, None)

    names = dict(Series.objects.exclude(name_fr="").values_list("pk", "name_fr"))
    assert names == {
        cohort.series_id: "Automne",
        community.series_id: "Le trajet",
        changed.series_id: "Autrement",
    }
    assert english.series.name == english.name_en


@pytest.mark.parametrize(
    ("closes_at", "local"),
    [
        (datetime(2027, 3, 1, 4, 59, tzinfo=UTC), datetime(2027, 2, 28, 23, 59)),
        (datetime(2027, 7, 1, 3, 59, tzinfo=UTC), datetime(2027, 6, 30, 23, 59)),
    ],
)
def test_a_closing_held_for_a_call_that_had_none_is_the_one_a_new_call_gets(closes_at, local):
    """The column is never empty by now, so the calls are handed to the migration as they were."""
    cohort = CohortFactory(opens_at=closes_at - timedelta(days=20), closes_at=closes_at)
    new = cohort.closing
    hold = import_module("cops.migrations.0012_every_call_has_its_closing").hold
    saved = []

    class Before:
        closing, closing_id = None, None
        closes_at, series_id = cohort.closes_at, cohort.series_id

        def save(self, update_fields):
            saved.append((self.closing, update_fields))

    before = SimpleNamespace(objects=SimpleNamespace(filter=lambda closing: [Before()]))
    hold(
        SimpleNamespace(get_model=lambda app, name: before if app == "cops" else Event),
        None,
    )

    ((held, fields),) = saved
    assert fields == ["closing"]
    assert datetime.combine(held.local_on, held.local_at) == local
    facts = ("kind", "series_id", "local_on", "local_at", "zone", "starts_at", "ends_at")
    assert [getattr(held, name) for name in facts] == [getattr(new, name) for name in facts]
