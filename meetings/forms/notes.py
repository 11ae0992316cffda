"""The facilitator's one screen, put together from its parts, and the merge of two texts."""

from django import forms
from django.core import signing
from django.db import transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.lifecycle import InvalidTransition
from accounts.models import User
from accounts.unasked import AsksOnly
from meetings import services
from meetings.forms.actions import Actions
from meetings.forms.agenda import Agenda
from meetings.forms.attendance import Attendance
from meetings.forms.decisions import Decisions
from meetings.forms.part import Part, words_field
from meetings.forms.trials import Trials
from meetings.models import Meeting, Note, NoteConflict

SALT = "meetings.notes"
LABELS = {"group": _("Notes for the group"), "shared": _("Notes that may be shared")}
HELP = {
    "group": _("Only the group reads this."),
    "shared": _("Outcomes may quote this. Name no client and no colleague."),
}
LINES = {"group": 12, "shared": 5}


class Texts(Part):
    """The two texts. ``conflicts`` are those that somebody else saved in the meantime."""

    NAMES = {f"({name})": ("", label) for name, label in LABELS.items()}

    def add_rows(self):
        self.conflicts: list[NoteConflict] = []
        notes = {note.audience: note for note in self.meeting.notes.all()}
        for name in Note.Audience.values:
            note = notes.get(name) or Note()
            facts = {"rows": LINES[name], "help_text": HELP[name], "max_length": 50_000}
            self.add(name, words_field(LABELS[name], **facts), note.body)
            self.form.stands[name] = [note.version, note.body]

    def save(self, *, by):
        for name in Note.Audience.values:
            version, shown = self.was(name) or [0, ""]
            typed = self.typed(name)
            if name not in self.form.data or typed == shown.strip():
                continue
            try:
                Note.objects.write(self.meeting, name, typed, over=version, by=by)
            except NoteConflict as conflict:
                if conflict.note.body != typed:
                    self.conflicts.append(conflict)


class NotesForm(AsksOnly, forms.Form):
    """One screen for everything a meeting leaves behind.

    ``was`` carries what the screen showed when it was opened. Only what differs
    from it is written, so two people at the same screen do not undo each other.
    """

    model = Meeting

    hides_optional = True
    NAMES = {
        pattern: what
        for part in (Attendance, Texts, Agenda, Decisions, Actions, Trials)
        for pattern, what in part.NAMES.items()
    }

    def __init__(self, *args, meeting: Meeting, **kwargs):
        super().__init__(*args, **kwargs)
        self.meeting = meeting
        self.was = unpack(self.data.get("was", ""))
        self.stands = {}
        self.people = User.objects.filter(
            memberships__community=meeting.community, memberships__left_at=None
        )
        self.attendance = Attendance(self)
        self.texts = Texts(self)
        self.agenda = Agenda(self)
        self.decisions = Decisions(self)
        self.actions = Actions(self)
        self.trials = Trials(self)
        self.parts = [
            self.attendance, self.texts, self.agenda, self.decisions, self.actions, self.trials,
        ]  # fmt: skip
        self.fields["was"] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.initial["was"] = pack(self.stands)

    @cached_property
    def following(self):
        return self.meeting.following()

    @cached_property
    def people_choices(self):
        return [("", _now("Nobody yet")), *((person.pk, str(person)) for person in self.people)]

    def clean(self):
        for name, value in self.cleaned_data.items():
            if isinstance(value, str):
                self.cleaned_data[name] = value.replace("\r\n", "\n")
        for part in self.parts:
            part.clean()

    @transaction.atomic
    def save(self, *, by: User) -> list[NoteConflict]:
        """Write what changed; return the texts that somebody else changed in the meantime.

        Raises, and writes nothing: InvalidTransition once the notes are final;
        IdentifierFound when they are with the group already and something in
        them may identify a client.
        """
        meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=self.meeting.pk)
        if not meeting.notes_may_be_edited:
            raise InvalidTransition(_now("The notes of this meeting are final."))
        for part in self.parts:
            part.save(by=by)
        if meeting.notes_are_ready:
            services.count_hours(meeting)
        if meeting.notes_are_sent:
            services.refuse_identifiers(meeting)
        return self.texts.conflicts


class MergeForm(forms.Form):
    """Two versions of a text, put together by the person who came second."""

    was = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, conflicts, **kwargs):
        super().__init__(**kwargs)
        self.conflicts = conflicts
        for conflict in conflicts:
            self.fields[conflict.note.audience] = forms.CharField(
                label=LABELS[conflict.note.audience],
                help_text=_("Your text. Put into it what you want to keep of the other one."),
                widget=forms.Textarea({"rows": 14}),
            )
            self.initial[conflict.note.audience] = conflict.typed
        self.initial["was"] = pack(
            {
                conflict.note.audience: [conflict.note.version, conflict.note.body]
                for conflict in conflicts
            }
        )

    def rows(self):
        return [(conflict.note, self[conflict.note.audience]) for conflict in self.conflicts]


def pack(shown: dict) -> str:
    return signing.dumps(shown, salt=SALT, compress=True)


def unpack(text: str) -> dict:
    try:
        return signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return {}
