from django.contrib import admin
from django.utils.translation import gettext_lazy

from accounts.admin_base.fields import Fields
from accounts.admin_base.limits import ReadOnly
from accounts.admin_input import Rows


class TabularInline(Fields, admin.TabularInline):
    extra = 0
    formset = Rows
    adds_related = False  # the rows stay low


class StackedInline(Fields, admin.StackedInline):
    extra = 0
    formset = Rows


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
