"""What staff type and choose about a webinar once it has begun: who came, and what was asked."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from accounts.choices import RecordChoices
from cops import attendance, services
from cops.models import Registration
from notifications.models import Invitee


class AttendanceForm(forms.Form):
    """Who came: one box for everybody who was invited."""

    present = RecordChoices(
        label=gettext_lazy("Who came"),
        queryset=Invitee.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Who is not ticked is noted as absent."),
    )
    seen = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)

    def __init__(self, *args, webinar, **kwargs):
        super().__init__(*args, **kwargs)
        event, field = webinar.event, self.fields["present"]
        self.fields["seen"].initial = services.attendance_seen(event)
        field.queryset = event.invitees.current().select_related("person").order_by("person__name")
        field.label_from_instance = lambda invitee: f"{invitee.person} ({invitee.person.email})"
        field.initial = [invitee.pk for invitee in field.queryset if invitee.came]


class AttendanceFileForm(forms.Form):
    """The report of who came, read at once and not kept."""

    file = forms.FileField(
        label=gettext_lazy("Report from Zoom"),
        help_text=gettext_lazy(
            "In Zoom: Reports, then the participants or attendees of this webinar, as CSV. "
            "At most 2 MB. The file is read and not kept."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
        error_messages={
            "required": gettext_lazy("Choose the file."),
            "empty": gettext_lazy("The file is empty."),
        },
    )
    least = forms.IntegerField(
        label=gettext_lazy("Minutes that count as having come"),
        min_value=1,
        max_value=600,
        initial=10,
        error_messages={"required": gettext_lazy("Enter a number of minutes.")},
    )

    def __init__(self, *args, webinar, **kwargs):
        super().__init__(*args, **kwargs)

    def clean_file(self) -> list[attendance.Guest]:
        """Return who is in the file."""
        try:
            return attendance.read(self.cleaned_data["file"].read(attendance.MOST_BYTES + 1))
        except attendance.Unreadable as error:
            raise ValidationError(str(error)) from error


class QuestionsForm(forms.Form):
    """What was asked in advance: a box for each question that is not taken over yet."""

    asked = RecordChoices(
        label=gettext_lazy("Questions asked in advance"),
        queryset=Registration.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Each becomes a question to answer, without the name. Nobody reads it before there is "
            "an answer; take out what would tell who asked."
        ),
        error_messages={"required": gettext_lazy("Tick a question.")},
    )

    def __init__(self, *args, webinar, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["asked"]
        field.queryset = webinar.registrations.to_answer().order_by("pk")
        field.label_from_instance = lambda registration: registration.question
        field.initial = list(field.queryset)
