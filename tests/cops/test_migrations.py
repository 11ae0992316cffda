from importlib import import_module

import pytest
from django.apps import apps

from notifications.models import Series
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
