"""What the fields of a form are called, by the address that it was sent to.

A page that hands text back has no form: its session is gone, or its record is closed. But the
view behind the address stands in a module that imports what it shows, or belongs to a
``ModelAdmin``. Of those forms, the one that knows most of the names sent is the one she filled in.

A form that adds rows at run time says beforehand what is in them, by a pattern whose group tells
one row from the next. The row's own label is numbered; there is none where one row is enough:

    NAMES = {r"decision-(new-\\d+|\\d+)": (_("Decision"), _("Text"))}

Nothing of a record is told: a label or a choice that only a record knows stays out.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from inspect import isclass, unwrap
from sys import modules

from django import forms
from django.contrib.admin import ModelAdmin
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.forms.utils import pretty_name
from django.utils.choices import flatten_choices
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.phrases import in_a_row, labelled

OF_A_FORMSET = re.compile(r"(\w+)-(\d+)-(\w+)")


@dataclass(frozen=True)
class Named:
    """A field as far as it is known without its form.

    ``choices`` are words by value: None where text is typed, empty where only a record knows
    them. ``row`` is which of the rows called ``row_label`` it is in.
    """

    label: str
    choices: dict[str, str] | None = None
    is_hidden: bool = False
    row_label: str = ""
    row: str = ""

    def words(self, values: list[str]) -> str:
        """Return ``values`` as a person reads them."""
        if self.choices is None:
            return "\n".join(values)
        if not self.choices:
            return _("As you chose it")
        return in_a_row(self.choices.get(value, value) for value in values)


def of_request(request, names: list[str]) -> dict[str, Named]:
    """Return those of ``names`` that a form behind the address of ``request`` knows."""
    match = getattr(request, "resolver_match", None)
    known = []
    for source in _sources(match) if match else ():
        named = _of_model if issubclass(source, models.Model) else _of_form
        known.append({name: field for name in names if (field := named(source, name))})
    found = {}
    for each in sorted(known, key=len, reverse=True):
        found = each | found
    return _numbered({name: found[name] for name in names if name in found})


def _numbered(found: dict[str, Named]) -> dict[str, Named]:
    """Say of each row which one it is, in the order of the page."""
    rows = defaultdict(dict)
    for field in found.values():
        rows[field.row_label].setdefault(field.row, len(rows[field.row_label]) + 1)

    def label(field):
        number = rows[field.row_label][field.row]
        return labelled(f"{field.row_label} {number}", field.label)

    return {
        name: replace(field, label=label(field)) if field.row_label else field
        for name, field in found.items()
    }


def _sources(match) -> Iterator[type]:
    """Yield the forms and models that the view behind an address may ask with, likely first."""
    view = unwrap(match.func, stop=lambda each: hasattr(each, "view_class"))
    view = getattr(view, "view_class", view)
    desk = _desk_of(match.func)
    if desk:
        view = type(desk)
        verb = getattr(desk, match.kwargs.get("name", ""), None)
        yield from filter(None, [desk.model, desk.form, getattr(verb, "form", None)])
    if form := getattr(view, "form_class", None):
        yield form
    named = getattr(getattr(view, "__code__", None), "co_names", ())
    if view.__module__.startswith("allauth."):
        yield from _of_module("accounts.forms")
    yield from sorted(_of_module(view.__module__), key=lambda form: form.__name__ not in named)


def _desk_of(view) -> ModelAdmin | None:
    owner = getattr(unwrap(view, stop=lambda each: hasattr(each, "__self__")), "__self__", None)
    return owner if isinstance(owner, ModelAdmin) else None


@cache
def _of_module(name: str) -> tuple[type, ...]:
    """Return the forms that a module names, by themselves or in a table of them."""

    def forms_in(thing):
        if isclass(thing) and issubclass(thing, forms.BaseForm):
            yield thing
        elif isinstance(thing, dict | list | tuple):
            for each in thing.values() if isinstance(thing, dict) else thing:
                yield from forms_in(each)

    return tuple(dict.fromkeys(forms_in(dict(vars(modules[name])))))


def _of_form(form_class, name) -> Named | None:
    if field := form_class.base_fields.get(name):
        return _of_field(name, field)
    for pattern, (row_label, what) in getattr(form_class, "NAMES", {}).items():
        if row := re.fullmatch(pattern, name):
            field = what if isinstance(what, forms.Field) else forms.CharField(label=what)
            return replace(_of_field(name, field), row_label=str(row_label), row=row[1])
    return None


def _of_model(model, name) -> Named | None:
    """Return a field of ``model`` or of a row that hangs on it, as the desk has them."""
    if not (row := OF_A_FORMSET.fullmatch(name)):
        return _of_column(model, name)
    for relation in model._meta.related_objects:
        if relation.get_accessor_name() == row[1]:
            known = _of_column(relation.related_model, row[3])
            row_label = str(capfirst(relation.related_model._meta.verbose_name))
            is_hidden = row[3] == relation.field.name
            return known and replace(known, is_hidden=is_hidden, row_label=row_label, row=row[2])
    return None


def _of_column(model, name) -> Named | None:
    try:
        column = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    if column.auto_created or not column.editable:  # a key, or what points here
        return None
    label = str(capfirst(column.verbose_name))
    if isinstance(column, models.BooleanField):
        return Named(label, _yes())
    return Named(label, {} if column.is_relation else _in_words(column.flatchoices) or None)


def _of_field(name, field) -> Named:
    label = str(capfirst(field.label or pretty_name(name)))
    return Named(label, _choices(field), field.widget.is_hidden)


def _choices(field) -> dict[str, str] | None:
    match field:
        case forms.BooleanField():
            return _yes()
        case forms.ModelChoiceField():
            return {}
        case forms.ChoiceField():
            return _in_words(flatten_choices(field.choices))
    return None


def _in_words(choices) -> dict[str, str]:
    return {str(value): str(words) for value, words in choices}


def _yes() -> dict[str, str]:
    return {"on": _("Yes")}
