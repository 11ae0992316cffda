from meetings.models.hours import HoursEntry, members_outside_hours
from meetings.models.meeting import AgendaItem, Meeting, MeetingChange, Note, NoteConflict
from meetings.models.work import ActionItem, Decision, Trial, TrialChange

__all__ = [
    "ActionItem", "AgendaItem", "Decision", "HoursEntry", "Meeting", "MeetingChange", "Note",
    "NoteConflict", "Trial", "TrialChange",
    "members_outside_hours",
]  # fmt: skip
