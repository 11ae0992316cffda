from django import forms
from django.db.models import F, Max, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.unasked import AsksOnly
from meetings.forms.schedule import day_field
from meetings.models import HoursEntry

# When the group of a membership met last: the hours that somebody adds are mostly given there.
MEETING = "community__meetings__event"
LAST_MET = Max(
    f"{MEETING}__starts_at",
    filter=Q(**{f"{MEETING}__starts_at__lte": Now(), f"{MEETING}__cancelled_at": None}),
)
BOUNDS = _("Enter from 0.25 to 24 hours, for example 1.5.")


class HoursForm(AsksOnly, forms.ModelForm):
    """Hours between meetings; those in a meeting follow the attendance."""

    worked_on = day_field(label=_("Day"), initial=timezone.localdate)

    class Meta:
        model = HoursEntry
        fields = ["membership", "worked_on", "hours", "note"]
        labels = {"membership": _("Community")}
        widgets = {
            "hours": forms.NumberInput({"class": "width-5", "step": "0.25", "min": "0.25"}),
        }
        error_messages = {"hours": {"min_value": BOUNDS, "max_value": BOUNDS}}

    def __init__(self, *args, person: User, **kwargs):
        super().__init__(*args, **kwargs)
        memberships = (
            person.memberships.current()
            .select_related("community__cohort", "person")
            .annotate(last_met=LAST_MET)
            .order_by(F("last_met").desc(nulls_last=True), "-joined_at")
        )
        field = self.fields["membership"]
        field.queryset = memberships
        field.label_from_instance = lambda membership: str(membership.community)
        field.empty_label = None
        self.only_membership = memberships[0] if len(memberships) == 1 else None
        if self.only_membership:
            del self.fields["membership"]
            self.instance.membership = self.only_membership

    def clean_worked_on(self):
        day = self.cleaned_data["worked_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Enter a day that is not in the future."))
        membership = self.only_membership or self.cleaned_data.get("membership")
        if membership and day < membership.community.cohort.opens_at.date():
            raise forms.ValidationError(_("Enter a day since the call opened."))
        return day
