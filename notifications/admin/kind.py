"""What mail is about, as filters of its lists."""

from datetime import timedelta

from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy

from notifications import mails
from notifications.models import Event, Message, Reminder


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


class EventFilter(admin.SimpleListFilter):
    """By the event that mail is about; offered are those around today that have any."""

    title = gettext_lazy("event")
    parameter_name = "event"
    AROUND = timedelta(days=45)
    OFFERED = 30

    def lookups(self, request, model_admin):
        now = timezone.now()
        near = Event.objects.for_everyone().filter(
            Exists(Message.objects.filter(event=OuterRef("pk"))),
            starts_at__range=(now - self.AROUND, now + self.AROUND),
        )
        events = list(near.order_by("starts_at")[: self.OFFERED])
        chosen = self.value_of(request)
        if chosen is not None and chosen not in {event.pk for event in events}:
            events += Event.objects.filter(pk=chosen)
        return [(str(event.pk), str(event)) for event in events]

    def queryset(self, request, queryset):
        chosen = self.value_of(request)
        return queryset if chosen is None else queryset.filter(event=chosen)

    def value_of(self, request) -> int | None:
        """Return the number of the event that the address names; None for nonsense."""
        named = request.GET.get(self.parameter_name, "")
        return int(named) if named.isascii() and named.isdigit() and len(named) < 19 else None
