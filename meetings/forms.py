"""What a facilitator types about a meeting, and a member about her hours."""

from contextlib import suppress
from datetime import datetime, timedelta

from django import forms
from django.core import signing
from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.lifecycle import InvalidTransition
from accounts.models import User, Zone
from meetings import services
from meetings.models import ActionItem, AgendaItem, HoursEntry, Meeting, Note, NoteConflict, Trial
from notifications.models import Invitee

DAY = {"type": "date", "class": "width-10"}
TIME = {"type": "time", "class": "width-10"}
NEW_ROWS = 3


def day_field(**facts):
    return forms.DateField(widget=forms.DateInput(DAY, format="%Y-%m-%d"), **facts)


def time_field(**facts):
    return forms.TimeField(widget=forms.TimeInput(TIME, format="%H:%M"), **facts)


class WhenForm(forms.Form):
    """A time people agree on: day, time, length and clock; and how to join."""

    on = day_field(label=_("Day"))
    at = time_field(label=_("Starts at"))
    zone = forms.ChoiceField(label=_("Clock"), choices=Zone.choices, initial=Zone.TORONTO)
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

    @property
    def wall(self) -> datetime:
        return datetime.combine(self.cleaned_data["on"], self.cleaned_data["at"])

    @property
    def facts(self) -> dict:
        names = ("zone", "minutes", "join_link", "dial_in")
        return {name: self.cleaned_data[name] for name in names}


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
    field_order = ["on", "at", "zone", "minutes", "how_many"]


class LeaveOutForm(forms.Form):
    """Dates of the plan that the group skips."""

    leave_out = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["leave_out"].choices = [
            (day, day) for day in (meeting.wall.date().isoformat() for meeting in plan.meetings)
        ]

    @property
    def days(self):
        return {datetime.fromisoformat(day).date() for day in self.cleaned_data["leave_out"]}


class MoveForm(WhenForm):
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, event, **kwargs):
        initial = {
            "on": event.local_on,
            "at": event.local_at,
            "zone": event.zone,
            "minutes": event.length_minutes,
            "join_link": event.join_link,
            "dial_in": event.dial_in,
            "version": event.schedule_version,
        }
        super().__init__(*args, initial=initial, **kwargs)


class NamedRadios(forms.RadioSelect):
    """Radio buttons in the cells of a table: each says its row and its column."""

    def __init__(self, row):
        super().__init__({"class": "form-check-input"})
        self.row = row

    def create_option(self, name, value, label, *args, **kwargs):
        option = super().create_option(name, value, label, *args, **kwargs)
        option["attrs"]["aria-label"] = f"{self.row}: {label}"
        return option


class NotesForm(forms.Form):
    """One screen for everything a meeting leaves behind.

    ``was`` carries what the screen showed when it was opened. Only what differs
    from it is written, so two people at the same screen do not undo each other;
    a text that both changed raises NoteConflict when it is saved.
    """

    hides_optional = True
    SALT = "meetings.notes"

    everyone = forms.BooleanField(label=_("Everyone else was present"), required=False)
    group = forms.CharField(
        label=_("Notes for the group"),
        help_text=_("Only the group reads this."),
        required=False,
        max_length=50_000,
        widget=forms.Textarea({"rows": 12}),
    )
    shared = forms.CharField(
        label=_("Notes that may be shared"),
        help_text=_("Outcomes may quote this. Name no client and no colleague."),
        required=False,
        max_length=50_000,
        widget=forms.Textarea({"rows": 5}),
    )
    agenda_new = forms.CharField(
        label=_("Add to the agenda"),
        help_text=_("One item a line."),
        required=False,
        max_length=4_000,
        widget=forms.Textarea({"rows": 2}),
    )
    was = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, meeting: Meeting, **kwargs):
        self.meeting = meeting
        self.community = meeting.community
        super().__init__(*args, **kwargs)
        self._existing = []
        self.invitees = self._people_to_mark() if meeting.has_begun else []
        people = User.objects.filter(
            memberships__community=self.community, memberships__left_at=None
        ).distinct()
        following = meeting.following()
        self.by_default = (
            following.event.local_on if following else meeting.event.local_on + timedelta(days=14)
        )
        self.agenda = list(meeting.agenda.select_related("carried_from__meeting"))
        self.decisions = list(meeting.decisions.all())
        self.open_actions = list(
            ActionItem.objects.open()
            .in_community(self.community)
            .with_deadlines()
            .exclude(meeting__event__starts_at__gt=meeting.event.starts_at)
        )
        self.trials = list(self.community.trials.unfinished().select_related("lead"))
        self._add_attendance()
        self._add_agenda()
        self._add_decisions()
        self._add_actions(people)
        self._add_trials(people)
        notes = {note.audience: note for note in meeting.notes.all()}
        for name in Note.Audience.values:
            note = notes.get(name)
            self.initial[name] = note.body if note else ""
        shown = {name: self.initial.get(name) for name in self._existing}
        versions = {
            name: [notes[name].version if name in notes else 0, self.initial[name]]
            for name in Note.Audience.values
        }
        self.initial["was"] = pack(shown | versions)

    # The rows of the screen

    def _people_to_mark(self):
        invitees = self.meeting.event.invitees.select_related("person")
        return list(
            invitees.filter(Q(until=None) | ~Q(attendance="")).order_by("-role", "person__name")
        )

    def _add(self, name, field, initial=None, *, existing=False):
        self.fields[name] = field
        if initial is not None:
            self.initial[name] = initial
        if existing:
            self._existing.append(name)

    def _add_attendance(self):
        for invitee in self.invitees:
            self._add(
                f"came-{invitee.pk}",
                forms.ChoiceField(
                    label=str(invitee.person),
                    choices=self.attendance_choices,
                    required=False,
                    widget=NamedRadios(str(invitee.person)),
                ),
                invitee.attendance
                or (Invitee.Attendance.EXCUSED if invitee.answer == Invitee.Answer.NO else ""),
                existing=True,
            )

    def _add_agenda(self):
        for item in self.agenda:
            label = _now("Done: %(item)s") % {"item": item.title}
            field = forms.BooleanField(label=label, required=False)
            self._add(f"item-{item.pk}", field, item.is_done, existing=True)

    def _add_decisions(self):
        for decision in self.decisions:
            self._add(f"decision-{decision.pk}", decision_field(), decision.text, existing=True)
            self._add(
                f"decision-{decision.pk}-shared",
                shared_field(),
                decision.may_be_shared,
                existing=True,
            )
        for row in range(NEW_ROWS):
            self._add(f"decision-new-{row}", decision_field())
            self._add(f"decision-new-{row}-shared", shared_field())

    def _add_actions(self, people):
        for action in self.open_actions:
            label = _now("Done: %(item)s") % {"item": f"{action.text} ({action.owner})"}
            field = forms.BooleanField(label=label, required=False)
            self._add(f"action-{action.pk}", field, False, existing=True)
            if action.owner not in people:
                heir = forms.ModelChoiceField(people, label=_("Who takes it over"), required=False)
                self._add(f"action-{action.pk}-heir", heir)
        for row in range(NEW_ROWS):
            self._add(
                f"action-new-{row}-who",
                forms.ModelChoiceField(people, label=_("Who"), required=False),
            )
            self._add(
                f"action-new-{row}-what",
                forms.CharField(label=_("What"), required=False, max_length=300),
            )
            self._add(
                f"action-new-{row}-by", day_field(label=_("By"), required=False), self.by_default
            )

    def _add_trials(self, people):
        for trial in self.trials:
            if trial.status == Trial.Status.PLANNED:
                self._add(
                    f"trial-{trial.pk}-prediction",
                    prediction_field(),
                    trial.prediction,
                    existing=True,
                )
                field = forms.BooleanField(label=_("It starts now"), required=False)
                self._add(f"trial-{trial.pk}-start", field, False, existing=True)
            else:
                self._add(f"trial-{trial.pk}-result", result_field(), trial.result, existing=True)
                self._add(
                    f"trial-{trial.pk}-verdict",
                    forms.ChoiceField(
                        label=_("Verdict"),
                        choices=[("", _("not finished")), *Trial.Verdict.choices[1:]],
                        required=False,
                        widget=forms.RadioSelect({"class": "inline-choices"}),
                    ),
                    "",
                    existing=True,
                )
        self._add(
            "trial-new-title", forms.CharField(label=_("Idea"), required=False, max_length=200)
        )
        self._add("trial-new-lead", forms.ModelChoiceField(people, label=_("Who"), required=False))
        self._add("trial-new-prediction", prediction_field())
        self._add(
            "trial-new-measure",
            forms.CharField(label=_("How we will know"), required=False, max_length=300),
        )

    # What the template draws

    attendance_choices = [choice for choice in Invitee.Attendance.choices if choice[0]]

    def attendance_rows(self):
        return [(invitee, self[f"came-{invitee.pk}"]) for invitee in self.invitees]

    def agenda_rows(self):
        return [(item, self[f"item-{item.pk}"]) for item in self.agenda]

    def decision_rows(self):
        keys = [decision.pk for decision in self.decisions]
        keys += [f"new-{row}" for row in range(NEW_ROWS)]
        return [(self[f"decision-{key}"], self[f"decision-{key}-shared"]) for key in keys]

    def open_action_rows(self):
        return [
            [self[name] for name in (f"action-{pk}", f"action-{pk}-heir") if name in self.fields]
            for pk in (action.pk for action in self.open_actions)
        ]

    def new_action_rows(self):
        return [
            [self[f"action-new-{row}-{part}"] for part in ("who", "what", "by")]
            for row in range(NEW_ROWS)
        ]

    def trial_rows(self):
        return [(trial, self._fields_of(f"trial-{trial.pk}-")) for trial in self.trials]

    def new_trial_fields(self):
        return self._fields_of("trial-new-")

    @property
    def new_trial_has_errors(self):
        return any(field.errors for field in self.new_trial_fields())

    def _fields_of(self, prefix):
        return [self[name] for name in self.fields if name.startswith(prefix)]

    # What was typed

    def clean_was(self):
        return unpack(self.cleaned_data["was"])

    def clean(self):
        for name, value in self.cleaned_data.items():
            if isinstance(value, str):
                self.cleaned_data[name] = value.replace("\r\n", "\n")
        for row in range(NEW_ROWS):
            who, what, by = (
                self.cleaned_data.get(f"action-new-{row}-{part}") for part in ("who", "what", "by")
            )
            if what and not who:
                self.add_error(f"action-new-{row}-who", _("Choose who does it."))
            if who and not what:
                self.add_error(f"action-new-{row}-what", _("Say what is to be done."))
            if what and by and not -366 < (by - self.meeting.event.local_on).days < 732:
                self.add_error(f"action-new-{row}-by", _("Enter a day nearer to the meeting."))
        title = self.cleaned_data.get("trial-new-title")
        if title and not self.cleaned_data.get("trial-new-lead"):
            self.add_error("trial-new-lead", _("Choose who tries it."))
        for trial in self.trials:
            names = [f"trial-{trial.pk}-{part}" for part in ("start", "prediction")]
            if self._changed(names[0]) and not self.cleaned_data.get(names[1]):
                self.add_error(names[1], _("Write down what you expect before the trial starts."))
            names = [f"trial-{trial.pk}-{part}" for part in ("verdict", "result")]
            if self._changed(names[0]) and not self.cleaned_data.get(names[1]):
                self.add_error(names[1], _("Say in a sentence what happened."))

    def _changed(self, name) -> bool:
        """Whether this person changed what the screen showed her."""
        was = self.cleaned_data.get("was") or {}
        return name in was and name in self.cleaned_data and self.cleaned_data[name] != was[name]

    @transaction.atomic
    def save(self, *, by: User) -> list[NoteConflict]:
        """Write what changed; return the texts that somebody else changed in the meantime.

        Raises InvalidTransition, and writes nothing, once the notes are final.
        """
        meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=self.meeting.pk)
        if not meeting.notes_may_be_edited:
            raise InvalidTransition(_now("The notes of this meeting are final."))
        conflicts = self._save_texts(by)
        self._save_attendance()
        self._save_agenda()
        self._save_decisions()
        self._save_actions()
        self._save_trials(by)
        if meeting.notes_are_ready:
            services.count_hours(meeting)
        return conflicts

    def _save_texts(self, by):
        conflicts = []
        for name in Note.Audience.values:
            version, shown = self.cleaned_data["was"].get(name, [0, ""])
            typed = self.cleaned_data[name]
            if name not in self.data or typed == shown.strip():
                continue
            try:
                Note.objects.write(self.meeting, name, typed, over=version, by=by)
            except NoteConflict as conflict:
                if conflict.note.body != typed:
                    conflicts.append(conflict)
        return conflicts

    def _save_attendance(self):
        stands = dict(self.meeting.event.invitees.values_list("pk", "attendance"))
        for invitee in self.invitees:
            marked = self.cleaned_data.get(f"came-{invitee.pk}")
            nobody_marked_her = not stands[invitee.pk]
            if not marked and self.cleaned_data["everyone"] and nobody_marked_her:
                invitee.mark(Invitee.Attendance.PRESENT)
            elif marked and (nobody_marked_her or self._changed(f"came-{invitee.pk}")):
                invitee.mark(marked)

    def _save_agenda(self):
        for item in self.agenda:
            name = f"item-{item.pk}"
            if self._changed(name):
                AgendaItem.objects.filter(pk=item.pk).update(is_done=self.cleaned_data[name])
        for line in self.cleaned_data["agenda_new"].splitlines():
            if line.strip():
                self.meeting.add_to_agenda(line.strip()[:200])

    def _save_decisions(self):
        for decision in self.decisions:
            self._save_decision(decision, f"decision-{decision.pk}")
        for row in range(NEW_ROWS):
            if text := self.cleaned_data[f"decision-new-{row}"]:
                self.meeting.decisions.create(
                    text=text, may_be_shared=self.cleaned_data[f"decision-new-{row}-shared"]
                )

    def _save_decision(self, decision, name):
        this = self.meeting.decisions.filter(pk=decision.pk)
        if self._changed(f"{name}-shared"):
            this.update(may_be_shared=self.cleaned_data[f"{name}-shared"])
        if not self._changed(name):
            return
        typed, shown = self.cleaned_data[name], self.cleaned_data["was"][name]
        if not typed:
            with suppress(ProtectedError):
                decision.delete()
        elif not this.filter(text=shown).update(text=typed):
            # Somebody else changed or removed it: both wordings stay in the list.
            self.meeting.decisions.create(text=typed, may_be_shared=decision.may_be_shared)

    def _save_actions(self):
        for action in self.open_actions:
            if self._changed(f"action-{action.pk}"):
                with suppress(InvalidTransition):
                    action.finish(in_meeting=self.meeting)
            elif heir := self.cleaned_data.get(f"action-{action.pk}-heir"):
                action.hand_over(heir)
        for row in range(NEW_ROWS):
            who, what, by = (
                self.cleaned_data[f"action-new-{row}-{part}"] for part in ("who", "what", "by")
            )
            if what:
                services.promise(self.meeting, who, what, by or self.by_default)

    def _save_trials(self, by):
        for trial in self.trials:
            trial.refresh_from_db()
            name = f"trial-{trial.pk}"
            for part in ("prediction", "result"):
                if self._changed(f"{name}-{part}"):
                    setattr(trial, part, self._both(trial, part, f"{name}-{part}"))
                    trial.save(update_fields=[part])
            if self._changed(f"{name}-start"):
                trial.start(by=by)
            if self._changed(f"{name}-verdict"):
                verdict = self.cleaned_data[f"{name}-verdict"]
                trial.finish(verdict, result=trial.result, by=by)
        if title := self.cleaned_data["trial-new-title"]:
            lead = self.cleaned_data["trial-new-lead"]
            self.community.trials.create(
                title=title,
                lead=lead,
                organization=lead.organization,
                prediction=self.cleaned_data["trial-new-prediction"],
                measure=self.cleaned_data["trial-new-measure"],
            )

    def _both(self, record, part, name):
        """Return what was typed, below what somebody else wrote there in the meantime."""
        stands, typed = getattr(record, part), self.cleaned_data[name]
        if stands in (self.cleaned_data["was"][name], typed):
            return typed
        return f"{stands}\n\n{typed}"


class MergeForm(forms.Form):
    """Two versions of a text, put together by the person who came second."""

    was = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, conflicts, **kwargs):
        super().__init__(**kwargs)
        self.conflicts = conflicts
        for conflict in conflicts:
            name = conflict.note.audience
            self.fields[name] = forms.CharField(
                label=NotesForm.base_fields[name].label,
                help_text=_("Your text. Put into it what you want to keep of the other one."),
                widget=forms.Textarea({"rows": 14}),
            )
            self.initial[name] = conflict.typed
        self.initial["was"] = pack(
            {
                conflict.note.audience: [conflict.note.version, conflict.note.body]
                for conflict in conflicts
            }
        )

    def rows(self):
        return [(conflict.note, self[conflict.note.audience]) for conflict in self.conflicts]


def pack(shown: dict) -> str:
    return signing.dumps(shown, salt=NotesForm.SALT, compress=True)


def unpack(text: str) -> dict:
    try:
        return signing.loads(text, salt=NotesForm.SALT)
    except signing.BadSignature:
        return {}


def decision_field():
    return forms.CharField(label=_("Decision"), required=False, max_length=1_000)


def shared_field():
    return forms.BooleanField(label=_("May be shared"), required=False)


def prediction_field():
    return forms.CharField(
        label=_("What we expect"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea({"rows": 2}),
    )


def result_field():
    return forms.CharField(
        label=_("What happened"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea({"rows": 2}),
    )


class HoursForm(forms.ModelForm):
    """Hours between meetings; those in a meeting follow the attendance."""

    class Meta:
        model = HoursEntry
        fields = ["membership", "worked_on", "hours", "note"]
        widgets = {
            "worked_on": forms.DateInput(DAY, format="%Y-%m-%d"),
            "hours": forms.NumberInput({"class": "width-5", "step": "0.25", "min": "0.25"}),
        }

    def __init__(self, *args, person: User, **kwargs):
        super().__init__(*args, **kwargs)
        memberships = person.memberships.current().select_related("community", "person")
        field = self.fields["membership"]
        field.queryset = memberships
        field.label = _("Community")
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
