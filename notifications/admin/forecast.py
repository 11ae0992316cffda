"""The reminders to come: to whom, when, by which rule, and which do not go and why."""

from datetime import timedelta

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from notifications import forecast, mails
from notifications.models import Event, Invitee, Reminder, Series

A_PAGE = 50
NO_KIND = gettext_lazy("There is no such kind of email. Choose one from the list.")
NO_SERIES = gettext_lazy("There is no such cohort or community. Choose one from the list.")
NO_EVENT = gettext_lazy("There is no such event. Choose one from the list.")


def _kinds_of_reminder():
    titles = {kind.name: str(kind.title) for kind in mails.reminders()}
    return [("", gettext_lazy("All kinds")), *sorted(titles.items(), key=lambda pair: pair[1])]


class ForecastFilter(forms.Form):
    """What staff look for among the reminders to come; the address holds it."""

    AROUND = timedelta(days=45)
    OFFERED = 50

    q = forms.CharField(
        label=gettext_lazy("Name, address or phone number"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of email"),
        choices=_kinds_of_reminder,
        required=False,
        error_messages={"invalid_choice": NO_KIND},
    )
    series = forms.ModelChoiceField(
        Series.objects.all(),
        label=gettext_lazy("Cohort or community"),
        required=False,
        empty_label=gettext_lazy("All cohorts"),
        error_messages={"invalid_choice": NO_SERIES},
    )
    event = forms.ModelChoiceField(
        Event.objects.all(),
        label=gettext_lazy("Event"),
        required=False,
        empty_label=gettext_lazy("All events"),
        error_messages={"invalid_choice": NO_EVENT},
    )
    hides_optional = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        now = timezone.now()
        near = Event.objects.for_everyone().live()
        near = near.filter(starts_at__range=(now - self.AROUND, now + self.AROUND))
        self._offer(near[: self.OFFERED])

    def clean_event(self):
        """Any event may be named, as the page of one does; then it is offered too."""
        event = self.cleaned_data["event"]
        if event and event.pk not in dict(self.fields["event"].choices):
            self._offer([*self.offered, event])
        return event

    def clean(self):
        asked = super().clean()
        if at := asked.get("series"):
            self.places = {at.pk, *at.children.values_list("pk", flat=True)}
        return asked

    def _offer(self, events):
        self.offered = list(events)
        field = self.fields["event"]
        field.choices = [
            ("", field.empty_label),
            *((event.pk, str(event)) for event in self.offered),
        ]

    @property
    def asks(self) -> bool:
        return any(self.cleaned_data.values())

    def people(self):
        """Return the ids of those it may be about, as a query, or None where nothing is asked."""
        if not self.asks:
            return None
        asked, parts = self.cleaned_data, Invitee.objects.coming()
        if asked["q"]:
            parts = parts.filter(person__in=User.objects.matching(asked["q"]))
        if asked["kind"]:
            parts = parts.filter(event__kind__in=mails.kind(asked["kind"]).reminds_of)
        if asked["series"]:
            parts = parts.filter(event__series__in=self.places)
        if asked["event"]:
            parts = parts.filter(event=asked["event"])
        return parts.values("person")

    def admits(self, row: Reminder) -> bool:
        """Whether ``row``, of one of ``people``, is one that was asked for."""
        asked = self.cleaned_data
        return (
            asked["kind"] in {"", row.mail}
            and asked["event"] in {None, row.event}
            and (not asked["series"] or row.event.series_id in self.places)
        )


@never_cache
@require_safe
def forecast_page(request):
    """What would go to whom in the days ahead, and what would not and why."""
    form, rows, status = ForecastFilter(request.GET), [], 400
    if form.is_valid():
        status = 200
        rows = [row for row in forecast.foresee(of=form.people()) if form.admits(row)]
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    people = User.objects.in_bulk({row.person_id for row in page})
    for row in page:
        row.person = people[row.person_id]
    context = {
        **admin.site.each_context(request),
        "title": _("The next %(days)s days") % {"days": forecast.DAYS},
        "desk_page": "mail-forecast",
        "form": form,
        "days": forecast.DAYS,
        "page_obj": page,
    }
    return render(request, "notifications/forecast.html", context, status=status)
