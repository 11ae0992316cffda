"""A form against its record, three ways: as it was shown, as it stands now, as it was sent.

All three are compared as what a browser sends for them: lists of text, by the key of a field. A
key is the name of a field of the record itself, or ``prefix:id:name`` of a row that hangs on it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import chain

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts import clock, field_names
from accounts.moments import MomentField
from accounts.phrases import labelled

UNCOMPARED = {"DELETE", "id"}


@dataclass(frozen=True)
class Difference:
    """One field that both changed: how it stands now, and what this save would write."""

    label: str
    theirs: str
    mine: str


@dataclass
class Loaded:
    """A record's form and its rows, unbound: what a change page would show at this moment."""

    form: forms.ModelForm
    formsets: list = field(default_factory=list)

    def forms(self) -> Iterator[tuple[str, forms.ModelForm]]:
        """Yield each form with the key that its fields' marks begin with."""
        yield "", self.form
        for formset in self.formsets:
            yield from ((key_of(formset, form), form) for form in rows_of(formset))

    def marks(self) -> dict[str, str]:
        return {
            key + name: mark(shown(form[name]))
            for key, form in self.forms()
            for name, _field in compared(form)
        }


def rows_of(formset) -> list[forms.ModelForm]:
    return [form for form in formset.initial_forms if form.instance.pk]


def key_of(formset, form) -> str:
    return f"{formset.prefix}:{form.instance.pk}:"


def compared(form) -> list[tuple[str, forms.Field]]:
    return [pair for pair in form.fields.items() if pair[0] not in UNCOMPARED]


def mark(values: list[str]) -> str:
    text = "\n".join(sorted(values))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def shown(bound) -> list[str]:
    """Return what a browser sends for a field that nobody touched."""
    return as_sent(bound.field, bound.value())


def as_sent(form_field, value) -> list[str]:
    """Return ``value``, as the field has it or as it was read off a request, as text."""
    if isinstance(form_field, forms.BooleanField):
        return ["on"] if value else []
    if isinstance(form_field, forms.FileField):  # what is stored is never sent back
        return [value.name] if isinstance(value, UploadedFile) else []
    if isinstance(form_field, MomentField):
        return texts([form_field.as_typed(value)])
    widget = getattr(form_field.widget, "widget", form_field.widget)
    formatted = widget.format_value(value)
    return texts(formatted if isinstance(formatted, list | tuple) else [formatted])


def texts(values) -> list[str]:
    """Return what is not empty, with one kind of line end."""
    found = [str(value) for value in values if value is not None]
    return [text.replace("\r\n", "\n").replace("\r", "\n") for text in found if text]


@dataclass
class ThreeWay:
    """What comes of a save: ``data`` to be saved, ``differences`` to be asked, ``kept`` to be told.

    What she left alone stands in ``data`` as others have made it by now; what both changed stands
    there as she sent it, and is asked. ``kept`` says what others changed and she did not.
    """

    request: HttpRequest
    now: Loaded
    seen: dict[str, str]
    data: QueryDict = field(init=False)
    differences: list[Difference] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.data = self.request.POST.copy()
        self._compare(self.now.form)
        self._compare_closed()
        for formset in self.now.formsets:
            if f"{formset.prefix}-TOTAL_FORMS" in self.data:
                self._compare_rows(formset)

    def _compare(self, form, key="", prefix=""):
        """Compare the fields of one form, whose marks begin with ``key``, with what was sent."""
        for name, form_field in compared(form):
            html_name = f"{prefix}-{name}" if prefix else form.add_prefix(name)
            stands, was = shown(form[name]), self.seen.get(key + name)
            if was is None and html_name not in self.data:  # her page had no such field
                self.data.setlist(html_name, stands)
                continue
            value = form_field.widget.value_from_datadict(self.data, self.request.FILES, html_name)
            sent = as_sent(form_field, value)
            label = capfirst(form_field.label or name)
            label = labelled(form.instance, label) if prefix else label
            if mark(stands) == was or sent == stands:
                continue
            if mark(sent) == was:
                self.data.setlist(html_name, stands)
                self.kept.append(label)
            else:
                theirs = in_words(form_field, form[name].value())
                self.differences.append(Difference(label, theirs, in_words(form_field, value)))

    def _compare_closed(self):
        """Ask about what she changed in fields that her page had and that are closed by now."""
        closed = [
            name for name in self.seen if ":" not in name and name not in self.now.form.fields
        ]
        named = field_names.of_request(self.request, closed)
        for name in closed:
            sent = texts(self.data.getlist(name))
            if name in named and mark(sent) != self.seen[name]:
                words = _("This can no longer be changed.")
                self.differences.append(
                    Difference(named[name].label, words, named[name].words(sent))
                )

    def _compare_rows(self, formset):
        """Put her rows in the order of those that stand there now; new ones follow."""
        new, hers = [], {}
        for row in self._take_rows(formset):
            if key := "".join(row.get("id", [])[:1]):
                hers[key] = row
            else:
                new.append(row)
        standing = rows_of(formset)
        for number, form in enumerate(standing):
            self._compare_row(form, key_of(formset, form), hers, f"{formset.prefix}-{number}")
        new = [*filter(None, (self._gone(formset, *each) for each in hers.items())), *new]
        for number, row in enumerate(new, start=len(standing)):
            self._put(f"{formset.prefix}-{number}", row)
        self.data[f"{formset.prefix}-INITIAL_FORMS"] = str(len(standing))
        self.data[f"{formset.prefix}-TOTAL_FORMS"] = str(len(standing) + len(new))

    def _take_rows(self, formset) -> list[dict[str, list[str]]]:
        """Take the rows of ``formset`` out of the data; each is what was sent, by field."""
        pattern = re.compile(rf"{re.escape(formset.prefix)}-(\d{{1,4}})-(\w+)")
        rows = defaultdict(dict)
        for found in filter(None, map(pattern.fullmatch, list(self.data))):
            rows[int(found[1])][found[2]] = self.data.pop(found[0])
        return [rows[number] for number in sorted(rows)]

    def _put(self, prefix, row):
        for name, values in row.items():
            self.data.setlist(f"{prefix}-{name}", values)

    def _compare_row(self, form, key, hers, prefix):
        name = str(form.instance)
        row = hers.pop(str(form.instance.pk), None)
        if row is None:  # somebody else has added it
            self._put(prefix, {each: shown(form[each]) for each in form.fields if each != "DELETE"})
            self.kept.append(name)
            return
        self._put(prefix, row)
        if not is_taken_out(row):
            self._compare(form, key, prefix)
        elif any(
            mark(shown(form[each])) != self.seen.get(key + each) for each, _field in compared(form)
        ):
            self.differences.append(Difference(name, _("Changed"), _("Removed")))

    def _gone(self, formset, pk, row) -> dict | None:
        """Return as a new row what she changed in one that somebody else took out; and ask."""
        start = f"{formset.prefix}:{pk}:"
        was = {key.removeprefix(start): key for key in self.seen if key.startswith(start)}
        sent = {name: texts(row.get(name, [])) for name in was | row if name not in UNCOMPARED}
        changed = [
            values for name, values in sent.items() if mark(values) != self.seen.get(was.get(name))
        ]
        label = capfirst(formset.model._meta.verbose_name)
        if is_taken_out(row) or not changed:
            self.kept.append(labelled(label, _("Removed")))
            return None
        self.differences.append(Difference(label, _("Removed"), "\n".join(chain(*changed))))
        return {**row, "id": [""]}


def is_taken_out(row: dict[str, list[str]]) -> bool:
    return any(row.get("DELETE", ()))


def in_words(form_field, value) -> str:
    """Return ``value`` of a form's field as a person would read it."""
    match form_field:
        case forms.ModelChoiceField():
            wanted = value if isinstance(value, list | tuple) else [value]
            try:
                found = form_field.queryset.filter(pk__in=[pk for pk in wanted if pk])
                text = ", ".join(form_field.label_from_instance(each) for each in found)
            except (ValueError, ValidationError):
                text = str(value)
        case forms.BooleanField():
            text = _("Yes") if value else _("No")
        case forms.ChoiceField():
            text = str(dict(form_field.choices).get(value, value))
        case MomentField():
            try:
                text = clock.spoken(form_field.to_python(value), form_field.widget.zone)
            except (AttributeError, ValidationError):  # none, or no time at all
                text = value
        case _:
            text = form_field.widget.format_value(value) or ""
    return str(text or "–")
