"""When a group meets: a whole series, or one meeting moved."""

from datetime import date, datetime

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Zone
from accounts.moments import fold_of, refuse_past, settle_which, which_field
from accounts.unasked import AsksOnly
from meetings import series
from notifications import forms as forms_of_events
from notifications.models import Event

# A series of the most meetings that begins by then ends before the last day that can be written.
LAST_DAY = date(9998, 12, 31)


def day_field(**facts):
    widget = forms.DateInput({"type": "date", "class": "width-10"}, format="%Y-%m-%d")
    writable = MaxValueValidator(LAST_DAY, clock.NO_YEAR)
    return forms.DateField(widget=widget, validators=[writable], **facts)


def time_field(**facts):
    widget = forms.TimeInput({"type": "time", "class": "width-10"}, format="%H:%M")
    return forms.TimeField(widget=widget, **facts)


class WhenForm(AsksOnly, forms.Form):
    """A time people agree on: day, time, length and clock; and how to join."""

    model = Event

    on = day_field(label=_("Day"))
    at = time_field(label=_("Starts at"))
    zone = forms.ChoiceField(label=_("Clock"), choices=Zone.choices, initial=Zone.TORONTO)
    which = which_field()
    minutes = forms.IntegerField(
        label=_("Length in minutes"),
        min_value=15,
        max_value=480,
        initial=120,
        widget=forms.NumberInput({"class": "width-5"}),
    )
    join_link = forms.URLField(
        label=_("Link to join"), required=False, max_length=200, assume_scheme="https"
    )
    dial_in = forms.CharField(label=_("Dial-in"), required=False, max_length=200)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not (self.is_bound or self.initial.get("which")):
            del self.fields["which"]

    def clean(self):
        facts = super().clean()
        if self.errors:
            self.fields.pop("which", None)
        else:
            settle_which(self, self.walls, facts["zone"])
        if not self.errors:
            try:
                starts_at = clock.instant(self.wall, facts["zone"], fold=self.facts["fold"])
            except ValidationError as error:
                self.add_error("at", error)
            else:
                self.check_start(starts_at)
        return facts

    def check_start(self, starts_at: datetime) -> None:
        if starts_at <= timezone.now():
            self.add_error("at", _t("Choose a time that lies ahead."))

    @property
    def walls(self) -> list[datetime]:
        """The times that are typed here, on the clock of ``facts["zone"]``."""
        return [self.wall]

    @property
    def wall(self) -> datetime:
        """The naive time on the clock of ``facts["zone"]``."""
        return datetime.combine(self.cleaned_data["on"], self.cleaned_data["at"])

    @property
    def facts(self) -> dict:
        names = ("zone", "minutes", "join_link", "dial_in")
        fold = int(self.cleaned_data["which"] or 0)
        return {"fold": fold} | {name: self.cleaned_data[name] for name in names}


class SeriesForm(WhenForm):
    on = day_field(label=_("First day"))
    how_many = forms.IntegerField(
        label=_("How many meetings"),
        help_text=_("One every two weeks."),
        min_value=1,
        max_value=26,
        initial=12,
        widget=forms.NumberInput({"class": "width-5"}),
    )
    field_order = ["on", "at", "zone", "which", "minutes", "how_many"]

    @property
    def walls(self):
        return series.walls(self.wall, self.cleaned_data["how_many"])


class LeaveOutForm(forms.Form):
    """Dates of the plan that the group skips."""

    leave_out = forms.MultipleChoiceField(
        label=_("Leave out"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, **kwargs)
        days = (meeting.wall.date().isoformat() for meeting in plan.meetings)
        self.fields["leave_out"].choices = [(day, day) for day in days]

    @property
    def days(self) -> set[date]:
        return {date.fromisoformat(day) for day in self.cleaned_data["leave_out"]}


class MoveForm(WhenForm):
    """``version`` is the one this screen shows; a change against an older one is refused.

    ``taken`` are the days on which the group meets, the one of ``event`` among them.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, event, taken, **kwargs):
        initial = {
            "on": event.local_on,
            "at": event.local_at,
            "zone": event.zone,
            "which": fold_of(event.starts_at, event.zone),
            "minutes": event.length_minutes,
            "join_link": event.join_link,
            "dial_in": event.dial_in,
            "version": event.schedule_version,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.was = event.starts_at
        self.taken = set(taken) - {event.local_on}

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day in self.taken:
            raise ValidationError(_t("This community already meets on that day."))
        return day

    def check_start(self, starts_at):
        refuse_past(self, "at", starts_at, was=self.was)

    def look_again(self, event) -> None:
        """Let what was typed stand against ``event`` as it is by now."""
        self.data = self.data.copy()
        self.data["version"] = event.schedule_version


class CancelForm(forms_of_events.CancelForm):
    words = _("The members read it in the email and on the page of the meeting.")
