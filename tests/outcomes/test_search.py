"""A ligature is its letters, in the library as in a list of people."""

from importlib import import_module

import pytest
from django.apps import apps

from outcomes.models import Outcome
from tests.factories import OutcomeFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("words", ["main-d’œuvre", "Main-d'oeuvre", "MAIN-D’ŒUVRE"])
def test_an_outcome_is_found_by_a_ligature_and_by_its_letters(words):
    outcome = OutcomeFactory(title_fr="La main-d’œuvre de Kenora")
    outcome.refresh_search()
    OutcomeFactory(title_fr="Le trajet").refresh_search()

    assert list(Outcome.objects.search(words)) == [outcome]


def test_what_was_published_before_is_found_so_too():
    outcome = OutcomeFactory()
    Outcome.objects.filter(pk=outcome.pk).update(search_text="la main-d'œuvre, æ, łodz et ørsted")
    fold = import_module("outcomes.migrations.0009_search_by_ligatures").fold

    fold(apps, None)
    fold(apps, None)

    outcome.refresh_from_db()
    assert outcome.search_text == "la main-d'oeuvre, ae, lodz et orsted"
