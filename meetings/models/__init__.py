from meetings.models.hours import HoursEntry
from meetings.models.meeting import AgendaItem, Meeting, MeetingChange, Note
from meetings.models.work import ActionItem, Decision, Trial, TrialChange

__all__ = [
    "ActionItem", "AgendaItem", "Decision", "HoursEntry", "Meeting", "MeetingChange", "Note",
    "Trial", "TrialChange",
]  # fmt: skip
