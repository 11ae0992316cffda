"""The kinds of mail, as a filter of its lists."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from notifications import mails
from notifications.models import Reminder


class KindFilter(admin.SimpleListFilter):
    """By the kind of email, in the words of ``mails.title``."""

    title = gettext_lazy("kind of email")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return sorted(
            ((name, mails.title(name)) for name in mails.names()), key=lambda pair: pair[1]
        )

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        field = "mail" if queryset.model is Reminder else "kind"
        return queryset.filter(**{field: self.value()})
