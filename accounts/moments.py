"""Times that a person types: one that the clocks skip is refused, one that comes twice is asked.

The second case is one hour of the year, so the question appears only then: below the one input
of the admin (``MomentField``), as a field of its own in the other forms (``which_field``).
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import clock

# By ``fold``, the name that Python's datetime has for it.
WHICH = {
    "0": _("The first time, before the clocks go back"),
    "1": _("The second time, after the clocks have gone back"),
}
LABEL = _("Which of the two")


def which_field():
    """Return the question as a field. A form takes it out again where nothing is to be asked."""
    widget = forms.RadioSelect
    field = forms.ChoiceField(label=LABEL, choices=WHICH.items(), required=False, widget=widget)
    field.needed = True
    return field


def settle_which(form, walls, zone) -> None:
    """In a form's ``clean``: ask which, where a clock in ``zone`` shows one of ``walls`` twice."""
    twice = next((wall for wall in walls if clock.is_repeated(wall, zone)), None)
    if twice is None:
        form.fields.pop("which", None)
        form.cleaned_data["which"] = ""
    elif not form.cleaned_data.get("which"):
        form.add_error("which", clock.repeated(twice))


def refuse_past(form, name, moment: datetime, *, was: datetime) -> None:
    """In a form's ``clean``: refuse to move what was to begin at ``was`` to a time that is past."""
    if moment != was and moment <= timezone.now():
        form.add_error(
            name, gettext("This time is past. For what was already held, leave the date as it is.")
        )


def fold_of(moment: datetime, zone: str) -> str:
    """Return which of two equal times on the clock of ``zone`` it is, "" where there is one."""
    local = moment.astimezone(ZoneInfo(zone))
    return str(local.fold) if clock.is_repeated(local.replace(tzinfo=None), zone) else ""


class MomentInput(forms.DateTimeInput):
    """One ``datetime-local`` input; a time that comes twice is sent with its offset from UTC."""

    input_type = "datetime-local"
    template_name = "accounts/moment.html"
    zone = settings.TIME_ZONE

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")

    def value_from_datadict(self, data, files, name):
        typed, which = super().value_from_datadict(data, files, name), data.get(f"{name}_which")
        wall = _read(typed)
        is_asked = which in WHICH and wall is not None and wall.tzinfo is None
        if not (is_asked and clock.is_repeated(wall, self.zone)):
            return typed
        chosen = wall.replace(tzinfo=ZoneInfo(self.zone), fold=int(which))
        return chosen.isoformat(timespec="minutes")

    def format_value(self, value):
        moment = _read(value)
        return super().format_value(moment.replace(tzinfo=None) if moment else value)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        moment = _read(value)
        if moment and clock.is_repeated(moment.replace(tzinfo=None), self.zone):
            chosen = fold_of(moment, self.zone) if moment.tzinfo else ""
            choices = [(value, words, value == chosen) for value, words in WHICH.items()]
            which = {"name": f"{name}_which", "label": LABEL, "choices": choices}
            context["widget"]["which"] = which
        return context


def _read(value) -> datetime | None:
    """Return the moment in what was typed or what stands there, if there is one."""
    if isinstance(value, datetime):
        return value
    try:
        return parse_datetime(value or "")
    except (TypeError, ValueError):
        return None


class MomentField(forms.DateTimeField):
    """A moment on one clock, the site's unless ``on_the_clock_of`` says another; aware."""

    widget = MomentInput

    def on_the_clock_of(self, zone: str) -> None:
        self.widget.zone = zone

    def prepare_value(self, value):
        if isinstance(value, datetime) and value.tzinfo:
            return value.astimezone(ZoneInfo(self.widget.zone))
        return value

    def to_python(self, value):
        moment = _read(value.strip() if isinstance(value, str) else value)
        if moment is None or value in self.empty_values:
            return super().to_python(value)
        if moment.tzinfo:
            return moment
        return clock.instant(moment, self.widget.zone).astimezone(ZoneInfo(self.widget.zone))

    def as_typed(self, value):
        """Return ``value``, a moment or a text, as it is sent: which of two by its offset."""
        if not isinstance(value, datetime):
            return value
        is_one_of_two = fold_of(value, self.widget.zone)
        return value.isoformat("T", "minutes") if is_one_of_two else self.widget.format_value(value)

    def wall(self, moment: datetime) -> datetime:
        """Return the naive time that the clock of this field shows at ``moment``."""
        return moment.astimezone(ZoneInfo(self.widget.zone)).replace(tzinfo=None)
