"""Every model says whose its rows are, and every field what it is to her."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test.utils import isolate_apps
from django.utils.functional import Promise

from accounts import privacy
from accounts.models import Organization, User
from accounts.privacy import Privacy, Topic

EVERY = [pytest.param(model, id=model._meta.label) for model in apps.get_models()]


@pytest.mark.structure
@pytest.mark.parametrize("model", EVERY)
def test_a_model_declares_whose_its_rows_are_and_a_class_for_every_field(model):
    assert privacy.problems(model) == []


@pytest.mark.structure
def test_no_library_is_declared_that_is_not_installed():
    installed = {model._meta.label_lower for model in apps.get_models()}

    assert sorted(set(privacy.ELSEWHERE) - installed) == []


@pytest.mark.structure
def test_our_own_models_are_declared_by_themselves_and_not_from_afar():
    ours = {label for label in privacy.ELSEWHERE if label.split(".")[0] in settings.OUR_APPS}

    assert ours == set()


@pytest.mark.structure
@pytest.mark.parametrize("model", privacy.models_about_people(), ids=lambda m: m._meta.label)
def test_what_a_person_reads_about_herself_has_a_name_in_both_languages(model):
    untold = [
        field.name
        for field in privacy.shown_fields(model)
        if not isinstance(privacy.label(model, field), Promise)
    ]

    assert untold == []


@pytest.mark.structure
def test_a_way_to_a_person_goes_down_only():
    """The person is below every app, and each step is a key that the row itself holds."""
    climbs = {
        Privacy(person_path="applications"): "does not lead down at applications",
        Privacy(person_path="registrations__webinar"): "does not lead down at registrations",
    }

    for said, complaint in climbs.items():
        wrong = privacy._wrong_path(User, said.person_path)
        assert wrong == [f"accounts.User: {said.person_path} {complaint}"]


WHOLE = {"person_path": "person", "topic": Topic.WHO, "called": "Yours", "internal": "size"}


@pytest.mark.parametrize(
    ("said", "complaints"),
    [
        (None, ["accounts.Sample declares no privacy"]),
        (Privacy(**WHOLE), []),
        (Privacy(**{**WHOLE, "internal": ""}), ["accounts.Sample.size has no class"]),
        (
            Privacy(**{**WHOLE, "personal": "shoes"}),
            ["accounts.Sample.shoes is no field"],
        ),
        (
            Privacy(**{**WHOLE, "sensitive": "size"}),
            ["accounts.Sample.size has two classes"],
        ),
        (
            Privacy(**{**WHOLE, "withheld": "shoes"}),
            ["accounts.Sample.shoes is withheld, but no field"],
        ),
        (
            Privacy(internal="person size"),
            ["accounts.Sample has no person_path"],
        ),
        (
            Privacy(person_path=None, internal="person size"),
            ["accounts.Sample is about nobody, but does not say why"],
        ),
        (
            Privacy(**{**WHOLE, "person_path": "owner", "internal": "person size"}),
            ["accounts.Sample: owner leads nowhere at owner"],
        ),
        (
            Privacy(**{**WHOLE, "person_path": "person__organization"}),
            ["accounts.Sample: person__organization leads to accounts.Organization"],
        ),
        (
            Privacy(**{**WHOLE, "writer_path": "size"}),
            ["accounts.Sample: size does not lead down at size"],
        ),
        (
            Privacy(**{**WHOLE, "topic": "", "internal": "", "personal": "size"}),
            ["accounts.Sample has no topic, or no name a person would use"],
        ),
    ],
)
@isolate_apps("accounts")
def test_the_declaration_is_checked(said, complaints):
    class Sample(models.Model):  # noqa: DJ008
        person = models.ForeignKey(User, models.CASCADE, related_name="+")
        size = models.IntegerField()
        if said:
            privacy = said

        class Meta:
            app_label = "accounts"

    assert privacy.problems(Sample) == complaints


@isolate_apps("accounts")
def test_a_model_adds_to_what_the_one_it_is_made_from_declares():
    class Base(models.Model):
        size = models.IntegerField()
        colour = models.TextField()
        privacy = Privacy(personal="size", sensitive="colour", withheld="colour")

        class Meta:
            abstract = True
            app_label = "accounts"

    class Sample(Base):  # noqa: DJ008
        owner = models.ForeignKey(User, models.CASCADE, related_name="+")
        team = models.ForeignKey(Organization, models.CASCADE, related_name="+")
        privacy = Privacy(person_path="owner", topic=Topic.WHO, called="Yours", public="team")

        class Meta:
            app_label = "accounts"

    assert privacy.problems(Sample) == []
    assert privacy.classes(Sample) == {
        "id": "internal",
        "owner": "personal",
        "team": "public",
        "size": "personal",
        "colour": "sensitive",
    }
    assert [field.name for field in privacy.shown_fields(Sample)] == ["size", "team"]
