"""What the log of the desk says of a change, in the reader's words.

Django writes down how a field was called in English, a verb how its button was called to whoever
pressed it. Both are found again by that name and told as the reader knows them.
"""

import json
from functools import cache

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import ADDITION, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.phrases import in_a_row, labelled


def told(entry: LogEntry) -> str:
    """Return what was done, for example "Changed: Town and Region" or "Release the decision"."""
    model = _model_of(entry)
    if model is None:
        return entry.get_change_message()
    try:
        parts = json.loads(entry.change_message or "{}")
    except ValueError:  # a sentence of ours
        return entry.change_message
    if not parts:
        whole = {ADDITION: _("Added."), DELETION: _("Deleted.")}
        return whole.get(entry.action_flag, _("Nothing was changed."))
    return " · ".join(_part(model, act, facts) for part in parts for act, facts in part.items())


def _model_of(entry):
    """Return what kind of record it is about, without a query for each entry; None once gone."""
    key = entry.content_type_id
    return ContentType.objects.get_for_id(key).model_class() if key else None


def _part(model, act, facts) -> str:
    names = [_called(model, name) for name in facts.get("fields", [])]
    if names and names[0] in {str(method.label) for method in _verbs(model)}:
        return names[0]
    what = capfirst(_called(model, facts["name"])) if "name" in facts else ""
    row = labelled(what, facts["object"]) if what else ""
    if act == "added":
        return labelled(_("Added"), row) if row else _("Added.")
    if act == "deleted":
        return labelled(_("Deleted"), row)
    fields = in_a_row(capfirst(name) for name in names)
    return labelled(_("Changed"), f"{row} ({fields})" if row else fields)


def _called(model, name: str) -> str:
    """Return in the reader's language what ``name`` calls in whichever it was written down."""
    return str(_labels(model).get(name.lower(), name))


@cache
def _labels(model) -> dict:
    """Return how fields, rows and verbs of ``model`` are called: by each of their names, lazily."""
    labels = {}
    for language in (None, *dict(settings.LANGUAGES)):
        with translation.override(language):
            labels |= {str(label).lower(): label for label in _all_labels(model)}
    return labels


def _all_labels(model):
    model_admin = admin.site._registry.get(model)
    parts = [model_admin, *getattr(model_admin, "inlines", [])] if model_admin else []
    for part in parts:
        yield part.model._meta.verbose_name
        yield from (field.label for field in part.form.declared_fields.values() if field.label)
    for each in {model, *(part.model for part in parts)}:
        yield from (field.verbose_name for field in each._meta.fields + each._meta.many_to_many)
    yield from (method.label for method in _verbs(model))


def _verbs(model) -> list:
    model_admin = admin.site._registry.get(model)
    return [getattr(model_admin, name) for name in getattr(model_admin, "verbs", [])]
