"""A list of the desk as rows of cells: what each column is, is found out once, not per row.

A state is a chip in the tone that the ``ModelAdmin`` names, by column and value:
``tones = {"status": {"done": "success"}}``. Dates are said briefly, numbers stand right, a long
text is cut. On a phone each row folds into a block, so every cell carries its column's name.
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal

from django.contrib.admin.utils import label_for_field
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import models
from django.utils.formats import number_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from accounts import clock

LONGEST = 120
LONG_WORD = 30  # an address, a link: it may break anywhere, so that its column stays narrow
NOTHING = "–"


def shown(value) -> str:
    """Return ``value`` as a cell says it."""
    match value:
        case None | "":
            return NOTHING
        case SafeString():
            return value
        case bool():
            return _("Yes") if value else _("No")
        case datetime():
            return format_html(
                '<time datetime="{}">{}</time>', value.isoformat(), clock.brief(value)
            )
        case date():
            return format_html(
                '<time datetime="{}">{}</time>', value.isoformat(), clock.brief_day(value)
            )
        case time():
            return clock.spoken_time(value)
        case int() | float() | Decimal():
            return number_format(value, use_l10n=True)
        case _:
            text = str(value)
            if len(text) > LONGEST:
                text = Truncator(text).chars(LONGEST)
            return conditional_escape(text)


def chip(text, tone: str) -> str:
    """Return a state as a cell says it: a word in its tone."""
    return format_html('<span class="chip chip-{}">{}</span>', tone, text)


def kind_of(value) -> str:
    """Return the class of a cell with this value."""
    match value:
        case bool():
            return ""
        case int() | float() | Decimal():
            return "num"
        case datetime():
            return "moment"
        case date():
            return "nowrap"
        case str() if any(len(word) > LONG_WORD for word in value.split()):
            return "wraps"
        case _:
            return ""


def called(name, model, model_admin) -> str:
    """Return what staff call a field or column."""
    return capfirst(model_admin.labels.get(name) or label_for_field(name, model, model_admin))


class Column:
    """One column of a list: how its value is found, and where it leads."""

    def __init__(self, name, changelist):
        self.name = name
        self.admin = changelist.model_admin
        self.label = called(name, changelist.model, self.admin)
        self.tones = self.admin.tones.get(name)
        self.has_times = False
        self.get = self._getter(changelist.lookup_opts)
        links = changelist.list_display_links
        self.is_link = links is not None and name in links

    def _getter(self, opts):
        name = self.name
        try:
            field = opts.get_field(name)
        except FieldDoesNotExist:
            method = getattr(self.admin, name, None) if name != "__str__" else str
            if method:
                return method
            return lambda record: _called(getattr(record, name))
        if getattr(field, "choices", None):
            return lambda record: getattr(record, f"get_{name}_display")()
        self.has_times = isinstance(field, models.DateTimeField)
        return lambda record: getattr(record, name)

    def cell(self, record, url: str) -> str:
        try:
            value = self.get(record)
        except ObjectDoesNotExist:
            value = None
        text = shown(value)
        if self.tones is not None and text != NOTHING:
            text = chip(text, self.tones.get(getattr(record, self.name), "neutral"))
        css = "none" if text == NOTHING else kind_of(value)
        if self.is_link:
            cell = '<th scope="row" class="{}"><a class="row-link" href="{}">{}</a></th>'
            return format_html(cell, css, url, text)
        return format_html('<td class="{}" data-label="{}">{}</td>', css, self.label, text)


def _called(value):
    return value() if callable(value) else value


def columns_of(changelist) -> list[Column]:
    names = [name for name in changelist.list_display if name != "action_checkbox"]
    return [Column(name, changelist) for name in names]


def rows(changelist, columns) -> Iterator[str]:
    """Yield the cells of each row of this page, ready to print."""
    has_box = "action_checkbox" in changelist.list_display
    kept = f"?{changelist.preserved_filters}" if changelist.preserved_filters else ""
    for record in changelist.result_list:
        url = changelist.url_for_result(record) + kept
        cells = [column.cell(record, url) for column in columns]
        if has_box:
            cells.insert(0, _box(record))
        yield mark_safe("".join(cells))


def _box(record) -> str:
    return format_html(
        '<td class="action-checkbox"><input type="checkbox" name="_selected_action" '
        'value="{}" class="action-select" aria-label="{}"></td>',
        record.pk,
        _("Choose %(record)s") % {"record": record},
    )
