"""The log of the desk in the reader's language, whoever wrote it and in which."""

import json

import pytest
from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import translation
from django.utils.text import capfirst

from accounts import logged
from accounts.models import Organization
from applications.models import Application
from cops.models import Cohort
from tests.factories import FocusAreaFactory, OrganizationFactory

pytestmark = pytest.mark.django_db


def entry(model, message, flag=CHANGE):
    written = message if isinstance(message, str) else json.dumps(message)
    kind = ContentType.objects.get_for_model(model)
    return LogEntry(content_type=kind, action_flag=flag, change_message=written)


def told(*facts, language="fr"):
    with translation.override(language):
        return logged.told(entry(*facts)).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("facts", "english", "french"),
    [
        ((Organization, [{"added": {}}], ADDITION), "Added.", "Ajout."),
        ((Organization, "", DELETION), "Deleted.", "Suppression."),
        ((Organization, [], CHANGE), "Nothing was changed.", "Rien n’a été modifié."),
        ((Organization, [{"changed": {"fields": ["Email domain", "Size"]}}]),
         "Changed: Email domain and Size", "Modification : Domaine de courriel et Taille"),
        ((Cohort, [{"added": {"name": "criterion", "object": "1. What?"}},
                   {"changed": {"name": "criterion", "object": "2. Why?", "fields": ["Weight"]}},
                   {"deleted": {"name": "criterion", "object": "3. Who?"}}]),
         "Added: Criterion: 1. What? · Changed: Criterion: 2. Why? (Weight) · "
         "Deleted: Criterion: 3. Who?",
         "Ajout : Critère : 1. What? · Modification : Critère : 2. Why? (Pondération) · "
         "Suppression : Critère : 3. Who?"),
        ((Application, [{"changed": {"fields": ["Release the decision"]}}]),
         "Release the decision", "Communiquer la décision"),
        ((Application, [{"changed": {"fields": ["Communiquer la décision"]}}]),
         "Release the decision", "Communiquer la décision"),
        ((Organization, "Invited as staff: Hired"),
         "Invited as staff: Hired", "Invited as staff: Hired"),
    ],
)  # fmt: skip
def test_each_kind_of_entry_is_told_in_either_language(facts, english, french):
    assert (told(*facts, language="en"), told(*facts)) == (english, french)


def fields_written_down():
    """Return every field that can be changed on a page of the desk, as Django would note it."""
    with translation.override(None):
        return [
            (model, field, capfirst(str(field.verbose_name)))
            for model in admin.site._registry
            for field in [*model._meta.fields, *model._meta.many_to_many]
        ]


def test_every_field_is_found_again_by_what_was_written_down():
    with translation.override("fr"):
        lost = [
            f"{model._meta.label}.{field.name}"
            for model, field, written in fields_written_down()
            if logged._called(model, written)
            not in {
                str(field.verbose_name),
                *(str(method.label) for method in logged._verbs(model)),
            }
        ]

    assert lost == []


@pytest.mark.parametrize("entries", [1, 3])
def test_a_history_asks_the_same_however_long_it_is(
    client, staff, entries, django_assert_num_queries
):
    organization = OrganizationFactory()
    kind = ContentType.objects.get_for_model(organization)
    for _entry in range(entries):
        LogEntry.objects.create(
            user=staff, content_type=kind, object_id=organization.pk, action_flag=CHANGE,
            change_message=json.dumps([{"changed": {"fields": ["Size"]}}]),
        )  # fmt: skip
    address = reverse("admin:accounts_organization_history", args=[organization.pk])
    client.get(address)

    with django_assert_num_queries(5):
        page = client.get(address)

    assert page.text.count("Changed: Size") == entries


@pytest.mark.parametrize("kind", [None, {"app_label": "accounts", "model": "former"}])
def test_what_was_done_to_a_kind_of_record_that_is_gone_is_told_as_it_was_written(
    client, staff, kind
):
    LogEntry.objects.create(
        user=staff, content_type=kind and ContentType.objects.create(**kind), object_id=1,
        action_flag=CHANGE, change_message=json.dumps([{"changed": {"fields": ["Size"]}}]),
    )  # fmt: skip

    page = client.get(reverse("admin:index"))

    assert "Changed Size." in page.text


@pytest.mark.parametrize("kept", ["One\n\nTwo", "One\r\n\r\nTwo", "One\n\nTwo\n"])
def test_a_text_of_several_lines_that_nobody_touched_is_not_said_to_have_changed(
    client, staff, kept
):
    area = FocusAreaFactory(problem_en=kept, origin_en="")
    address = reverse("admin:cops_focusarea_change", args=[area.pk])
    page = client.get(address)
    form = page.context["adminform"].form
    sent = {bound.html_name: bound.value() or "" for bound in form}
    for rows in page.context["inline_admin_formsets"]:
        sent |= {each.html_name: each.value() for each in rows.formset.management_form}
    sent |= {"problem_en": "One\r\n\r\nTwo", "origin_en": "Here\r\nThere"}

    client.post(address, sent)

    area.refresh_from_db()
    assert logged.told(LogEntry.objects.get()) == "Changed: Where it came from (English)"
    assert (area.problem_en, area.origin_en) == ("One\n\nTwo", "Here\nThere")
