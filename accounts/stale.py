"""Two people at one record: the second save is refused until its sender has seen the first.

A change page carries one signed mark per field as it was loaded (``seen``). A save locks the
record, compares those marks with the record as it is, and where somebody else has changed
what this save would change too, shows both; the marks of that page are the new ones, so that
saving once more means it. A request without marks (a script) is not compared.
"""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts import clock
from accounts.moments import MomentField
from accounts.phrases import labelled
from accounts.refused import refused

FIELD = "seen"


@dataclass(frozen=True)
class Difference:
    """One field that both changed: how it stands now, and what this save would write."""

    label: str
    theirs: str
    mine: str


@dataclass
class Stale:
    """What a save would overwrite, who wrote it, and the marks of what she has seen by now."""

    differences: list[Difference]
    entries: list[LogEntry]
    token: str


@dataclass
class Loaded:
    """A record's form and its rows, unbound: what a change page would show at this moment."""

    form: forms.ModelForm
    formsets: list = field(default_factory=list)

    def forms(self):
        """Yield each form with the key that its fields' marks begin with."""
        yield "", self.form
        for formset in self.formsets:
            for form in formset.initial_forms:
                if form.instance.pk:
                    yield f"{formset.prefix}:{form.instance.pk}:", form

    def marks(self) -> dict[str, str]:
        return {
            key + name: _mark(form[name].value())
            for key, form in self.forms()
            for name in form.fields
            if name not in {"DELETE", "id"}
        }


def _mark(value) -> str:
    text = "\n".join(sorted(map(str, value))) if isinstance(value, list | tuple) else str(value)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _salt(record) -> str:
    return f"accounts.stale:{record._meta.label}:{record.pk}"


def token(record, marks: dict[str, str]) -> str:
    facts = {"at": timezone.now().isoformat(), "marks": marks}
    return signing.dumps(facts, salt=_salt(record), compress=True)


def _read(record, text: str) -> tuple[datetime | None, dict[str, str]]:
    """Return when the page was loaded and its marks; no marks at all when they are not ours."""
    try:
        facts = signing.loads(text, salt=_salt(record))
    except signing.BadSignature:
        return None, {}
    return datetime.fromisoformat(facts["at"]), facts["marks"]


def _shown(form_field, value) -> str:
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


class RefusesStaleSaves:
    """For a ``ModelAdmin``: see the module."""

    def lock(self, record_id: str) -> None:
        """Let nobody else save this record, or its rows, before this transaction ends."""
        # An order of the model's own may join other tables: their rows would be locked too, and
        # PostgreSQL refuses that where the join is an outer one.
        rows = self.model._base_manager.order_by("pk").select_for_update(no_key=True)
        try:
            rows.filter(pk=record_id).first()
        except (ValueError, ValidationError):
            return  # not an id: the page says so

    def loaded(self, request, record, data=None) -> Loaded:
        """Return the forms of ``record``, bound to ``data`` if there is any."""
        form = self.get_form(request, record, change=True)(data, instance=record)
        formsets, used = [], {}
        for formset_class, inline in self.get_formsets_with_inlines(request, record):
            prefix = formset_class.get_default_prefix()
            used[prefix] = used.get(prefix, 0) + 1
            if used[prefix] > 1:
                prefix = f"{prefix}-{used[prefix]}"
            if not inline.has_change_permission(request, record):
                continue
            queryset = inline.get_queryset(request)
            formset = formset_class(data, instance=record, prefix=prefix, queryset=queryset)
            if data is None or formset.management_form.is_valid():
                formsets.append(formset)
        return Loaded(form, formsets)

    def stale(self, request, record) -> Stale | None:
        """Return what this save would overwrite unseen, or None."""
        loaded_at, seen = _read(record, request.POST[FIELD])
        now = self.loaded(request, record)
        marks = now.marks()
        changed = {key for key, mark in marks.items() if seen.get(key) != mark}
        if not changed:
            return None
        current = dict(now.forms())
        # The bound forms write what is typed into the record they are given: take another.
        typed = self.loaded(request, self.get_object(request, str(record.pk)), request.POST)
        differences = [
            Difference(
                label=self._label(form, name, is_row=bool(key)),
                theirs=_shown(form.fields[name], current[key][name].value()),
                mine=_shown(form.fields[name], form[name].data),
            )
            for key, form in typed.forms()
            for name in form.changed_data
            if key + name in changed
        ]
        if not differences:
            return None
        entries = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(record), object_id=str(record.pk)
        ).select_related("user")
        if loaded_at:
            entries = entries.filter(action_time__gte=loaded_at)
        return Stale(differences, list(entries.order_by("-action_time")[:3]), token(record, marks))

    @staticmethod
    def _label(form, name, *, is_row):
        label = capfirst(form.fields[name].label or name)
        return labelled(form.instance, label) if is_row else label

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if getattr(request, "stale", None):
            why = _("Not saved yet: somebody else has changed this record since you opened it.")
            return refused(form, why)
        return form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        view = super().changeform_view
        if request.method != "POST" or object_id is None or FIELD not in request.POST:
            return view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            record_id = unquote(object_id)
            self.lock(record_id)
            record = self.get_object(request, record_id)
            if record and self.has_change_permission(request, record):
                request.stale = self.stale(request, record)
            answer = view(request, object_id, form_url, extra_context)
        if getattr(request, "stale", None):
            answer.status_code = 409
        return answer

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if change and obj and self.has_change_permission(request, obj):
            context["stale"] = getattr(request, "stale", None)
            context[FIELD] = self._token(request, context, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _token(self, request, context, record) -> str:
        if context["stale"]:
            return context["stale"].token
        if request.method == "POST":
            return request.POST.get(FIELD, "")
        rows = [each for each in context["inline_admin_formsets"] if each.has_change_permission]
        now = Loaded(context["adminform"].form, [each.formset for each in rows])
        marks = now.marks()
        return token(record, marks) if marks else ""
