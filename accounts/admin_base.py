"""What all pages of the admin share: one field per time, and a record's verbs as buttons.

    @admin.register(Application)
    class ApplicationAdmin(ModelAdmin):
        desk = ("applications", 1)
        verbs = ["invite", "reopen"]

        @verb(_("Invite to an interview"), when=Application.can_be_invited)
        def invite(self, request, application):
            application.invite(by=request.user)

        @verb(_("Reopen"), form=ReasonForm)
        def reopen(self, request, application, facts):
            application.reopen(by=request.user, reason=facts["reason"])

A verb without a form is a button that acts. One with a form, or marked ``danger``,
is a link to a page of its own that asks first. What ``when`` refuses is neither
offered nor done, however old the page that asks. ``InvalidTransition`` becomes a
message, above what was typed if the verb has a form; a verb may return a response,
else the page that ``next`` names is shown again, and without it the record's.
"""

import json

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.db import models
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext, gettext_lazy

from accounts import clock, concealed, once
from accounts.admin_input import ReadsInput, RecordFields
from accounts.lifecycle import InvalidTransition
from accounts.links import page_of_ours
from accounts.moments import MomentField, MomentInput
from accounts.refused import KeepsWhatIsRefused
from accounts.stale import RefusesStaleSaves
from accounts.unasked import AsksOnly

ADDED = "_added"
TOO_LATE = gettext_lazy("This can no longer be changed that way.")


class ReasonForm(forms.Form):
    """Why: kept with the record's history."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Staff see it in the history of the record."),
    )


def verb(label, *, form=None, danger=False, when=None, done="", called=None):
    """Mark a method of a ``ModelAdmin`` as something staff can do to one record.

    ``when(record)`` tells whether it can be done now; ``done`` is the message after it;
    ``called(record)`` is what its button says where ``label`` would leave open what it is about.
    """
    needs_page = bool(form or danger)

    def mark(method):
        method.label = label
        method.form = form
        method.danger = danger
        method.needs_page = needs_page
        method.do_not_call_in_templates = True
        method.when = when or (lambda record: True)
        method.called = called or (lambda record: label)
        method.done = done or format_lazy(gettext_lazy("{}: done."), label)
        return method

    return mark


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class RecordForm(AsksOnly, forms.ModelForm):
    """What every page and row of the admin is typed into."""


class Fields(RecordFields):
    """One input per time, whose help text names the clock."""

    form = RecordForm
    adds_related = True

    formfield_overrides = {
        models.DateTimeField: {"form_class": MomentField, "widget": MomentInput},
        models.DateField: {"widget": Day},
        models.URLField: {"assume_scheme": "https", "widget": forms.URLInput},
    }

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget.can_delete_related = field.widget.can_view_related = False
            field.widget.can_change_related = False
            field.widget.can_add_related &= self.adds_related
        if field and "required" not in kwargs.get("error_messages", {}):
            named = format_lazy(gettext_lazy("Fill in “{label}”."), label=field.label)
            field.error_messages["required"] = named
        if field and isinstance(db_field, models.DateTimeField):
            zone = clock.CLOCK_NAMES[settings.TIME_ZONE]
            field.help_text = format_lazy("{}. {}", zone, field.help_text or "")
        return field

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name not in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class ModelAdmin(KeepsWhatIsRefused, RefusesStaleSaves, Fields, ReadsInput):
    verbs: list[str] = []
    desk = ("rest", 0)  # the group it lies in and its place there, see accounts.admin_site
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    narrowed_by = ()  # columns that an address may name, besides the filters of the list
    tones = {}  # by column, the tone of each value of a state, see accounts.columns
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
        if not is_kept:
            return super()._get_obj_does_not_exist_redirect(request, opts, object_id)
        messages.warning(
            request,
            gettext("This is kept from you until your reviews are in. A colleague sees to it."),
        )
        return redirect(f"admin:{opts.app_label}_{opts.model_name}_changelist")

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
        return super().delete_view(request, object_id, {**words, **(extra_context or {})})

    def get_urls(self):
        info = self.opts.app_label, self.opts.model_name
        view = self.admin_site.admin_view(self.verb_view)
        return [
            path("<path:object_id>/do/<slug:name>/", view, name="{}_{}_verb".format(*info)),
            *super().get_urls(),
        ]

    def verb_url(self, record, name):
        info = self.admin_site.name, self.opts.app_label, self.opts.model_name
        return reverse("{}:{}_{}_verb".format(*info), args=[record.pk, name])

    def record_url(self, record):
        info = self.admin_site.name, self.opts.app_label, self.opts.model_name
        return reverse("{}:{}_{}_change".format(*info), args=[record.pk])

    def offered(self, request, record, *, back=""):
        """Return what can be done to ``record`` now: label, url, danger, needs_page.

        Each leads back to the address ``back`` when it is done, else to the record.
        """
        if not self.has_change_permission(request, record):
            return []
        query = f"?{urlencode({'next': back})}" if back else ""
        methods = [(name, getattr(self, name)) for name in self.verbs]
        return [
            {
                "label": method.called(record),
                "url": self.verb_url(record, name) + query,
                "danger": method.danger,
                "needs_page": method.needs_page,
            }
            for name, method in methods
            if method.when(record)
        ]

    def way_back(self, request, record):
        """Return where a verb ends: the page it was pressed on, else the record's own."""
        return page_of_ours(request, request.GET.get("next", "")) or self.record_url(record)

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
            raise PermissionDenied
        offered = self.offered(request, record) if record else []
        words = {"eyebrow": self.opts.verbose_name, "title": str(record), "subtitle": None}
        context = {"verbs": offered, **words, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def render_change_form(self, request, context, *args, **kwargs):
        rows = context["inline_admin_formsets"]
        can_type = bool(context["adminform"].form.base_fields) or any(
            each.has_change_permission or each.has_add_permission for each in rows
        )
        buttons = {"show_save": can_type, "show_save_and_continue": can_type}
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

    def verb_view(self, request, object_id, name):
        return once.only(self.verb_page)(request, object_id, name)

    def verb_page(self, request, object_id, name):
        record = self.get_object(request, unquote(object_id))
        if record is None or name not in self.verbs:
            raise Http404
        if not self.has_change_permission(request, record):
            raise PermissionDenied
        method = getattr(self, name)
        is_asked = request.method != "POST"
        if is_asked and not method.when(record):
            return self.turn_back(request, record, TOO_LATE)
        if is_asked and not method.needs_page:
            return redirect(self.way_back(request, record))
        form, status = self.verb_form(request, record, method) if method.form else None, 200
        if not is_asked and (form is None or form.is_valid()):
            try:
                return self.do(request, record, method, form)
            except (InvalidTransition, ValidationError) as error:
                why = " ".join(getattr(error, "messages", [str(error)]))
            if form is None:
                return self.turn_back(request, record, why)
            form.add_error(None, why)
            status = 409
        label = method.called(record)
        context = {
            **self.admin_site.each_context(request),
            "title": label,
            "subtitle": self.full_name(record),
            "consequence": self.consequence(record, method),
            "opts": self.opts,
            "record": record,
            "record_url": self.way_back(request, record),
            "form": form,
            "label": label,
            "danger": method.danger,
        }
        return render(request, "admin/verb.html", context, status=status)

    def full_name(self, record) -> str:
        """Return what the page of a verb calls ``record``: enough to tell it from another."""
        return str(record)

    def consequence(self, record, method) -> str:
        """Return, for the page of a verb, what else ``method`` would change; "" if nothing."""
        return ""

    def verb_form(self, request, record, method):
        """Return the form that ``method`` asks with; override it where it depends on ``record``."""
        return method.form(request.POST or None)

    def do(self, request, record, method, form):
        if not method.when(record):
            raise InvalidTransition(TOO_LATE)
        answer = method(request, record, *([form.cleaned_data] if form else []))
        if answer is not None:
            return answer
        self.log_change(request, record, [{"changed": {"fields": [str(method.label)]}}])
        messages.success(request, method.done)
        return redirect(self.way_back(request, record))

    def turn_back(self, request, record, why):
        once.may_be_sent_again(request)
        messages.error(request, why)
        return redirect(self.way_back(request, record))


class TabularInline(Fields, admin.TabularInline):
    extra = 0
    adds_related = False  # the rows stay low


class StackedInline(Fields, admin.StackedInline):
    extra = 0


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


class NoDelete:
    """For records with a life: they end by a verb, never by deletion."""

    def has_delete_permission(self, request, obj=None):
        return False


class NoAdd(NoDelete):
    """For records that come from an act on another page."""

    def has_add_permission(self, request, obj=None):
        return False


class ReadOnly(NoAdd):
    """For history: seen, never written by hand."""

    def has_change_permission(self, request, obj=None):
        return False


class HistoryInline(ReadOnly, TabularInline):
    """Where a record with a life went; ``model`` is its ``StatusChange``."""

    fields = readonly_fields = ["at", "before", "after", "by", "reason"]
    verbose_name_plural = gettext_lazy("history")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("by")

    @admin.display(description=gettext_lazy("from"))
    def before(self, change):
        return change.old_in_words

    @admin.display(description=gettext_lazy("to"))
    def after(self, change):
        return change.new_in_words
