import json

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy

from accounts import concealed, once
from accounts.admin_base.fields import NO_CHOICE, Fields
from accounts.admin_base.verbs import TOO_LATE, Verbs
from accounts.admin_input import ReadsInput
from accounts.refused import KeepsWhatIsRefused
from accounts.stale import RefusesStaleSaves
from accounts.typed import refuse

ADDED = "_added"
KEPT = gettext_lazy("This is kept from you until your reviews are in. A colleague sees to it.")


class ModelAdmin(Verbs, KeepsWhatIsRefused, RefusesStaleSaves, Fields, ReadsInput):
    desk = ("rest", 0)  # the group it lies in and its place there, see accounts.admin_site
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    narrowed_by = ()  # columns that an address may name, besides the filters of the list
    tones = {}  # by column, the tone of each value of a state, see accounts.columns
    labels = {}  # by field, what staff call it where the model says "your"
    empty_words = gettext_lazy("It fills as the work goes on.")

    def get_queryset(self, request):
        return concealed.without(super().get_queryset(request), request.user)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        """Lead from what is kept from her to its list, and say that it is, not that it is gone."""
        try:
            hers = self.model._default_manager.filter(pk=object_id)
            is_kept = hers.exists() and not concealed.without(hers, request.user).exists()
        except (ValueError, ValidationError):
            is_kept = False
        led_to = f"admin:{opts.app_label}_{opts.model_name}_changelist"
        if request.method == "POST":
            why = KEPT if is_kept else gettext("This record is not there any more.")
            return refuse(request, why, led_to)
        if not is_kept:
            return super()._get_obj_does_not_exist_redirect(request, opts, object_id)
        messages.warning(request, KEPT)
        return redirect(led_to)

    def get_action_choices(self, request, default_choices=(("", NO_CHOICE),)):
        return super().get_action_choices(request, [*default_choices])

    def lookup_allowed(self, lookup, value, request):
        """Narrow a list by its filters alone: any column could be asked for what no page shows."""
        filters = [each[0] if isinstance(each, tuple) else each for each in self.list_filter]
        named = [getattr(each, "parameter_name", each) for each in filters] + [*self.narrowed_by]
        is_named = any(lookup == name or lookup.startswith(f"{name}__") for name in named)
        return (is_named or not self._is_column(lookup.partition("__")[0])) and (
            super().lookup_allowed(lookup, value, request)
        )

    def _is_column(self, name) -> bool:
        try:
            return name == "pk" or bool(self.opts.get_field(name))
        except FieldDoesNotExist:
            return False

    def changelist_view(self, request, extra_context=None):
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def add_view(self, request, form_url="", extra_context=None):
        words = {"eyebrow": self.opts.verbose_name, "title": gettext("Add")}
        return super().add_view(request, form_url, {**words, **(extra_context or {})})

    def history_view(self, request, object_id, extra_context=None):
        words = {"title": gettext("Who changed what")}
        return super().history_view(request, object_id, {**words, **(extra_context or {})})

    def delete_view(self, request, object_id, extra_context=None):
        words = {"eyebrow": self.opts.verbose_name, "title": gettext("Delete this?")}
        page = super().delete_view(request, object_id, {**words, **(extra_context or {})})
        context = getattr(page, "context_data", None) or {}  # what was deleted leads elsewhere
        if context.get("protected") or context.get("perms_lacking"):
            context["title"] = gettext("This cannot be deleted")
        return page

    def response_add(self, request, obj, post_url_continue=None):
        """Lead out of a popup by an address too: who clicked twice is led there again."""
        if IS_POPUP_VAR not in request.POST:
            return super().response_add(request, obj, post_url_continue)
        return redirect(f"{self.record_url(obj)}?{urlencode({IS_POPUP_VAR: 1, ADDED: 1})}")

    def close_popup(self, request, record):
        """Let the page that opened the popup choose what was added in it."""
        if not self.has_view_or_change_permission(request, record):
            raise PermissionDenied
        chosen = json.dumps({"value": str(record.pk), "obj": str(record)})
        return render(request, "admin/popup_response.html", {"popup_response_data": chosen})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        record = self.get_object(request, unquote(object_id))
        if record and ADDED in request.GET and request.method != "POST":
            return self.close_popup(request, record)
        if record and request.method == "POST" and not self.may_be_saved(request, record):
            raise PermissionDenied(TOO_LATE)
        offered = self.offered(request, record) if record else []
        title = capfirst(str(record))
        words = {"eyebrow": self.opts.verbose_name, "title": title, "subtitle": None}
        context = {"verbs": offered, **words, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def render_change_form(self, request, context, *args, **kwargs):
        rows = context["inline_admin_formsets"]
        can_type = bool(context["adminform"].form.base_fields) or any(
            each.has_change_permission or each.has_add_permission for each in rows
        )
        buttons = {"show_save": can_type, "show_save_and_continue": can_type}
        buttons["verbs_lead"] = not can_type  # else saving is what the page is for
        return super().render_change_form(request, {**buttons, **context}, *args, **kwargs)

    def may_be_saved(self, request, record) -> bool:
        """Whether its page has anything to type: what is only shown is never written."""
        if not self.has_change_permission(request, record):
            return False
        inlines = self.get_inline_instances(request, record)
        return bool(self.get_form(request, record, change=True).base_fields) or any(
            inline.has_change_permission(request, record)
            or inline.has_add_permission(request, record)
            for inline in inlines
        )

    def changeform_view(self, request, *args, **kwargs):
        return once.only(super().changeform_view)(request, *args, **kwargs)


class IsSet(admin.EmptyFieldListFilter):
    """Whether there is a date or a record: "cancelled: yes, no"."""

    def __init__(self, field, *args, **kwargs):
        super().__init__(field, *args, **kwargs)
        if field.auto_created:  # a record that points here
            self.title = field.related_model._meta.verbose_name

    def choices(self, changelist):
        words = iter([gettext("All"), gettext("No"), gettext("Yes")])
        for choice in super().choices(changelist):
            yield {**choice, "display": next(words)}
