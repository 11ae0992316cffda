"""Two people at one record: what only one of them changed is kept, what both did is asked.

A change page carries one signed mark per field as it was loaded (``seen``). A save locks the
record and compares it three ways (``accounts.three_way``). What she left alone keeps what somebody
else made of it meanwhile, and she is told. Where both changed the same, both are shown; the marks
of that page are the new ones, so that saving once more means it. A request without marks (a
script) is not compared.
"""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.phrases import in_a_row
from accounts.refused import refused
from accounts.three_way import Difference, Loaded, ThreeWay

FIELD = "seen"


@dataclass
class Stale:
    """What both changed, who else did, and what only others changed."""

    differences: list[Difference]
    entries: list[LogEntry]
    kept: list[str]


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

    def lock_for_new(self, request) -> None:
        """Let nobody else change what a new record hangs on before this transaction ends."""

    def loaded(self, request, record) -> Loaded:
        """Return the forms of ``record`` as its page would show them now."""
        form = self.get_form(request, record, change=True)(instance=record)
        formsets, used = [], {}
        for formset_class, inline in self.get_formsets_with_inlines(request, record):
            prefix = formset_class.get_default_prefix()
            used[prefix] = used.get(prefix, 0) + 1
            if used[prefix] > 1:
                prefix = f"{prefix}-{used[prefix]}"
            if inline.has_change_permission(request, record):
                queryset = inline.get_queryset(request)
                formsets.append(formset_class(instance=record, prefix=prefix, queryset=queryset))
        return Loaded(form, formsets)

    def compare(self, request, record) -> None:
        """Put into the request what others changed meanwhile; note what has to be asked."""
        loaded_at, seen = _read(record, request.POST[FIELD])
        now = self.loaded(request, record)
        marks = now.marks()
        if marks == seen:
            return
        found = ThreeWay(request, now, seen)
        request.POST, request.seen_by_now = found.data, token(record, marks)
        if found.differences:
            entries = self._entries(record, loaded_at)
            request.stale = Stale(found.differences, entries, found.kept)
        elif found.kept:
            kept = _("Somebody else changed this meanwhile, and it is kept: %(what)s.")
            messages.info(request, kept % {"what": in_a_row(found.kept)})

    def _entries(self, record, since) -> list[LogEntry]:
        """Return who saved the record at the desk since her page was loaded, the last one first."""
        entries = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(record), object_id=str(record.pk)
        ).select_related("user")
        if since:
            entries = entries.filter(action_time__gte=since)
        return list(entries.order_by("-action_time")[:3])

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if getattr(request, "stale", None):
            why = _("Not saved yet: somebody else has changed this record since you opened it.")
            return refused(form, why)
        return form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        view = super().changeform_view
        if request.method != "POST":
            return view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            if object_id is None:
                self.lock_for_new(request)
                return view(request, object_id, form_url, extra_context)
            record_id = unquote(object_id)
            self.lock(record_id)
            if FIELD in request.POST:
                record = self.get_object(request, record_id)
                if record and self.has_change_permission(request, record):
                    self.compare(request, record)
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
        if request.method == "POST":
            return getattr(request, "seen_by_now", request.POST.get(FIELD, ""))
        rows = [each for each in context["inline_admin_formsets"] if each.has_change_permission]
        now = Loaded(context["adminform"].form, [each.formset for each in rows])
        marks = now.marks()
        return token(record, marks) if marks else ""
