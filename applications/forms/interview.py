from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Zone
from accounts.moments import settle_which, which_field
from accounts.unasked import AsksOnly
from applications.forms.criteria import NAMES, name_of, value_fields
from applications.models import Assessment, AssessmentScore, Insight, Interview, Slot
from applications.services import interviews
from cops.models import Cohort, CohortRole, FocusArea


class InterviewerChoice(forms.ModelChoiceField):
    def label_from_instance(self, role):
        return f"{role.person}, {role.organization}"


class SlotsForm(AsksOnly, forms.Form):
    """Times that an interviewer offers: one, or several in a row with a break between them."""

    model = Slot

    cohort = forms.ModelChoiceField(label=_("Round"), queryset=None)
    on = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date", "class": "width-10"}, format="%Y-%m-%d"),
    )
    at = forms.TimeField(
        label=_("First interview starts at"),
        widget=forms.TimeInput(attrs={"type": "time", "class": "width-10"}, format="%H:%M"),
    )
    zone = forms.ChoiceField(label=_("On the clock of"), choices=Zone)
    which = which_field()
    minutes = forms.IntegerField(
        label=_("Length in minutes"),
        min_value=15,
        max_value=120,
        initial=45,
        widget=forms.NumberInput(attrs={"class": "width-5"}),
    )
    count = forms.IntegerField(
        label=_("How many in a row"),
        min_value=1,
        max_value=12,
        initial=1,
        widget=forms.NumberInput(attrs={"class": "width-5"}),
    )
    pause = forms.IntegerField(
        label=_("Minutes between two interviews"),
        min_value=0,
        max_value=120,
        initial=15,
        widget=forms.NumberInput(attrs={"class": "width-5"}),
    )
    second = InterviewerChoice(
        label=_("Second interviewer"),
        queryset=None,
        required=False,
        empty_label=_("Nobody: I interview alone"),
        help_text=_("From another partner organization when possible."),
    )
    join_link = forms.URLField(
        label=_("Join link"), required=False, max_length=200, assume_scheme="https"
    )
    dial_in = forms.CharField(label=_("Dial-in"), required=False, max_length=200)

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        if not self.is_bound:
            del self.fields["which"]
        roles = CohortRole.objects.filter(role=CohortRole.Role.INTERVIEWER)
        mine = roles.filter(person=person)
        self.fields["cohort"].queryset = Cohort.objects.filter(roles__in=mine)
        if len(cohorts := list(self.fields["cohort"].queryset)) == 1:
            self.fields["cohort"].initial = cohorts[0]
            self.fields["cohort"].widget = forms.HiddenInput()
        self.fields["zone"].initial = person.time_zone
        others = (
            roles.filter(cohort__in=cohorts)
            .exclude(person=person)
            .select_related("person", "organization")
        )
        self.fields["second"].queryset = others
        elsewhere = others.exclude(organization__in=mine.values("organization"))
        self.fields["second"].initial = elsewhere.first()

    def clean(self):
        super().clean()
        cohort, second = self.cleaned_data.get("cohort"), self.cleaned_data.get("second")
        if cohort and second and second.cohort_id != cohort.pk:
            self.add_error("second", _t("This person is no interviewer of that round."))
        if self.errors:
            self.fields.pop("which", None)
            return self.cleaned_data
        day = self.cleaned_data["on"]
        wall = datetime.combine(day, self.cleaned_data["at"])
        settle_which(self, [wall], self.cleaned_data["zone"])
        if self.errors:
            return self.cleaned_data
        if not cohort.interviews_from <= day <= cohort.interviews_until:
            self.add_error(
                "on",
                _t("Choose a day from %(first)s to %(last)s: those are the interview days.")
                % {
                    "first": clock.spoken_day(cohort.interviews_from),
                    "last": clock.spoken_day(cohort.interviews_until),
                },
            )
            return self.cleaned_data
        try:
            fold = int(self.cleaned_data["which"] or 0)
            first = clock.instant(wall, self.cleaned_data["zone"], fold=fold)
        except ValidationError as error:
            self.add_error("at", error)
            return self.cleaned_data
        length = timedelta(minutes=self.cleaned_data["minutes"])
        step = length + timedelta(minutes=self.cleaned_data["pause"])
        starts = [first + step * number for number in range(self.cleaned_data["count"])]
        panel = [self.person, *([second.person] if second else [])]
        if first <= timezone.now():
            self.add_error("at", _t("Choose a time that lies ahead."))
        elif clashes := [
            seat for start in starts for seat in interviews.busy(panel, start, start + length)
        ]:
            self.add_error("at", self._clash(clashes[0]))
        return self.cleaned_data | {"starts": starts, "panel": panel}

    def _clash(self, seat) -> str:
        return _t("%(person)s already has a slot on %(start)s, until %(end)s.") % {
            "person": seat.person,
            "start": clock.spoken(seat.starts_at, seat.slot.zone),
            "end": clock.spoken_time(seat.ends_at.astimezone(ZoneInfo(seat.slot.zone))),
        }

    def publish(self):
        facts = self.cleaned_data
        return interviews.publish(
            facts["cohort"],
            facts["panel"],
            facts["starts"],
            minutes=facts["minutes"],
            zone=facts["zone"],
            join_link=facts["join_link"],
            dial_in=facts["dial_in"],
        )


class BookingForm(AsksOnly, forms.Form):
    model = Interview

    slot = forms.UUIDField(widget=forms.HiddenInput)


class AssessmentForm(AsksOnly, forms.Form):
    """Notes and one value per criterion. Every value may stay open until "I am done"."""

    model = Assessment

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    notes = forms.CharField(
        label=_("My notes"),
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    hides_optional = True
    NAMES = NAMES

    def __init__(self, *args, assessment: Assessment, criteria, **kwargs):
        self.assessment, self.criteria = assessment, list(criteria)
        initial = {"version": assessment.version, "notes": assessment.notes}
        super().__init__(*args, initial=initial, **kwargs)
        scores = assessment.scores.all() if assessment.pk else []
        self.fields = value_fields(self.criteria, scores) | self.fields

    def scores(self) -> list[AssessmentScore]:
        return [
            AssessmentScore(assessment=self.assessment, criterion=criterion, value=value)
            for criterion in self.criteria
            if (value := self.cleaned_data[name_of(criterion)]) is not None
        ]


class InsightForm(AsksOnly, forms.ModelForm):
    use_required_attribute = False  # it shares its page with notes, and may stay empty

    class Meta:
        model = Insight
        fields = ["focus_area", "sort", "theme", "text", "quotable"]
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, cohort, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["focus_area"].queryset = FocusArea.objects.of(cohort)
        self.fields["focus_area"].empty_label = _("Choose a focus area")

    def has_changed(self) -> bool:
        """Whether one is begun. Its sort begins none: that is chosen beforehand."""
        return self.changed_data not in ([], ["sort"])
