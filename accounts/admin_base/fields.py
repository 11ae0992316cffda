"""How a field of a record is typed, on its page and in its rows."""

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.admin_input import RecordFields
from accounts.moments import MomentField, MomentInput
from accounts.unasked import AsksOnly

NO_CHOICE = gettext_lazy("Choose…")


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class LinesField(forms.CharField):
    """A text of several lines, which is kept as it was written, not as a browser sends it back."""

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")

    def has_changed(self, initial, data):
        return super().has_changed(self.to_python(initial), data)


class RecordForm(AsksOnly, forms.ModelForm):
    """What every page and row of the admin is typed into."""


class Fields(RecordFields):
    """One input per time, whose help text names the clock."""

    form = RecordForm
    adds_related = True

    formfield_overrides = {
        models.DateTimeField: {"form_class": MomentField, "widget": MomentInput},
        models.DateField: {"widget": Day},
        models.TextField: {"form_class": LinesField},
        models.URLField: {"assume_scheme": "https", "widget": forms.URLInput},
    }

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget.can_delete_related = field.widget.can_view_related = False
            field.widget.can_change_related = False
            field.widget.can_add_related &= self.adds_related
            # Boxes to tick are a group with a name, in the wrapper too.
            field.widget.use_fieldset = field.widget.widget.use_fieldset
        if field and "required" not in kwargs.get("error_messages", {}):
            named = format_lazy(gettext_lazy("Fill in “{label}”."), label=field.label)
            field.error_messages["required"] = named
        if isinstance(field, forms.SlugField):
            field.error_messages["invalid"] = gettext_lazy(
                "Use letters without accents, digits and hyphens only, and no spaces."
            )
        if field and isinstance(db_field, models.DateTimeField):
            zone = clock.CLOCK_NAMES[settings.TIME_ZONE]
            field.help_text = format_lazy("{}. {}", zone, field.help_text or "")
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return super().formfield_for_foreignkey(
            db_field, request, **{"empty_label": NO_CHOICE, **kwargs}
        )

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if "choices" not in kwargs:
            may_be_empty = db_field.blank or not db_field.has_default()
            kwargs["choices"] = db_field.get_choices(may_be_empty, [("", NO_CHOICE)])
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name not in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        return super().formfield_for_manytomany(db_field, request, **kwargs)
