"""What the admin does with input that no page of it would send."""

import re

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.forms.models import BaseInlineFormSet
from django.shortcuts import redirect
from django.utils.translation import gettext

from accounts.choices import RecordChoices, is_key


class KeysOnly:
    """An autocomplete field that is drawn again after something came that is no key."""

    def optgroups(self, name, value, attrs=None):
        return super().optgroups(name, [key for key in value if is_key(key)], attrs)


class RecordSelect(KeysOnly, AutocompleteSelect):
    known = None  # the record it names, where that is loaded: it is not fetched again

    def optgroups(self, name, value, attrs=None):
        if self.known is None or value != [str(self.known.pk)]:
            return super().optgroups(name, value, attrs)
        options = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        label = self.choices.field.label_from_instance(self.known)
        options.append(self.create_option(name, self.known.pk, label, True, len(options)))
        return [(None, options, 0)]


class RecordSelectMultiple(KeysOnly, AutocompleteSelectMultiple):
    pass


class Rows(BaseInlineFormSet):
    """Rows that name the records which their own query brought along without one query each."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for name, field in form.fields.items():
            select = getattr(field.widget, "widget", field.widget)
            if isinstance(select, RecordSelect):
                select.known = form.instance._state.fields_cache.get(name)


class RecordFields:
    """For admins and inlines: fields that name other records take their keys."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", RecordSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs.setdefault("form_class", RecordChoices)
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", RecordSelectMultiple(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class RecordList(ChangeList):
    """Leaves out a number that no database holds as it does any filter that makes no sense."""

    TOO_LARGE = re.compile(r"(?:^|,)\s*-?\d{19,}\s*(?:,|$)")

    def get_filters(self, request):
        asked = self.get_filters_params().values()
        if any(self.TOO_LARGE.search(value) for values in asked for value in values):
            raise IncorrectLookupParameters
        try:
            return super().get_filters(request)
        except OverflowError as error:  # a year, in the hierarchy of dates
            raise IncorrectLookupParameters from error

    def get_results(self, request):
        try:
            return super().get_results(request)
        except OverflowError as error:  # a year, in any other filter
            raise IncorrectLookupParameters from error


class ReadsInput(admin.ModelAdmin):
    """An admin that answers what makes no sense like what is not there."""

    def get_changelist(self, request, **kwargs):
        return RecordList

    def get_object(self, request, object_id, from_field=None):
        return super().get_object(request, object_id, from_field or None)

    def response_action(self, request, queryset):
        if all(map(is_key, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            return super().response_action(request, queryset)
        messages.warning(request, gettext("Choose records of this list. Nothing was changed."))
        return redirect(request.get_full_path())

    def changeform_view(self, request, *args, **kwargs):
        if "_saveasnew" in request.POST and not self.save_as:  # no page of ours offers it
            request.POST = request.POST.copy()
            del request.POST["_saveasnew"]
        return super().changeform_view(request, *args, **kwargs)
