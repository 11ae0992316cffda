"""The parts of a list of the desk: its table, its chosen filters, its empty state."""

import json
from datetime import date, time

from django import template
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.utils import lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.columns import columns_of, rows, shown
from accounts.phrases import counted

register = template.Library()


@register.inclusion_tag("admin/_rows.html", takes_context=True)
def desk_rows(context, changelist):
    """The table of a list; ``has_times`` tells whether a clock must be named."""
    columns = columns_of(changelist)
    headers = [head for head in result_headers(changelist) if "action-toggle" not in head["text"]]
    for head, column in zip(headers, columns, strict=True):
        head["label"] = column.label
        head["sort"] = _direction(head)
    body = list(rows(changelist, columns))
    opts = changelist.opts
    add_url = reverse(f"admin:{opts.app_label}_{opts.model_name}_add")
    return {
        "cl": changelist,
        "headers": headers,
        "rows": body,
        "has_box": "action_checkbox" in changelist.list_display,
        "has_times": any(column.has_times for column in columns),
        "add_url": add_url if context.get("has_add_permission") else "",
    }


def _direction(head) -> str:
    if not head.get("sorted"):
        return ""
    return "ascending" if head["ascending"] else "descending"


@register.filter
def chosen(choices):
    """Return the choice of a filter that is on, unless it is the first: everything."""
    return next((each for each in list(choices)[1:] if each["selected"]), None)


@register.filter
def nouns(number, opts) -> str:
    """Return what so many records are called: {{ cl.result_count|nouns:cl.opts }}."""
    return counted(number, opts)


@register.filter
def inline_words(inline) -> str:
    """Return what the script of an inline needs, its buttons named in plain words."""
    facts = json.loads(inline.inline_formset_data())
    noun = capfirst(inline.opts.verbose_name)
    facts["options"] |= {
        "addText": _("Add: %(noun)s") % {"noun": noun},
        "deleteText": _("Remove"),
    }
    return json.dumps(facts)


@register.filter
def column_count(inline) -> int:
    """Return how many columns of an inline follow the first, the one to remove a row included."""
    return len(list(inline.fields())) + 1


@register.filter
def label_of(field) -> str:
    """Return what staff call a field that is only shown."""
    labels = getattr(field.model_admin, "labels", {})  # an inline has none
    return capfirst(labels.get(field.field["field"]) or field.field["label"])


@register.filter
def said(field) -> str:
    """Return what a field that is only shown says: yes and no in words, days as lists say them.

    Django would print them as Python does, or with “1 décembre” and “13 h 00”.
    """
    try:
        of_model, _attribute, value = lookup_field(
            field.field["field"], field.form.instance, field.model_admin
        )
    except (AttributeError, ObjectDoesNotExist, ValueError):
        return field.contents()
    if isinstance(value, bool | date | time) or (of_model is None and value in (None, "")):
        return shown(value)
    if of_model is None:  # ``contents`` would work it out a second time
        return value if hasattr(value, "__html__") else linebreaksbr(value)
    return field.contents() or shown(None)


@register.filter
def id_of(form, name) -> str:
    """Return the id of the input that an error is about."""
    bound = form[name]
    return bound.id_for_label or bound.auto_id
