"""Which notes and promises are still owed."""

from meetings.models import ActionItem, Meeting
from notifications import duties
from notifications.models import Kind


@duties.register(Kind.NOTES_DUE)
def notes():
    """Whoever facilitates may write them, so it is enough that somebody owes them."""
    planned = Meeting.objects.live().without_notes().exclude(notes_due=None)
    return [(notes_due, None) for notes_due in planned.values_list("notes_due", flat=True)]


@duties.register(Kind.ACTION_DUE)
def promises():
    """Not those of who left the group: nobody owes them until somebody takes over."""
    left = ActionItem.objects.left_behind().values("pk")
    return ActionItem.objects.open().exclude(pk__in=left).values_list("deadline", "owner")
