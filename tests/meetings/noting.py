"""What a facilitator does on the notes screen, for its tests."""

from meetings import services
from meetings.forms.notes import NotesForm
from meetings.models import Note


def screen(meeting, **typed):
    """What a browser sends when a person opens the notes screen and types ``typed``."""
    form = NotesForm(meeting=meeting)
    sent = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    sent |= {name: f"{day:%Y-%m-%d}" for name, day in sent.items() if hasattr(day, "month")}
    return {name: value for name, value in (sent | typed).items() if value not in (None, False)}


def came(meeting, person):
    return f"came-{meeting.event.invitees.get(person=person).pk}"


def attendance(meeting):
    return dict(meeting.event.invitees.values_list("person__name", "attendance"))


def finished(group, **marks):
    """Let the past meeting have attendance, a sentence and the status "notes ready"."""
    for invitee in group.past.event.invitees.all():
        invitee.mark(marks.get(invitee.person.name, "present"))
    Note.objects.write(group.past, "group", "We met.", over=0, by=group.facilitator)
    services.finish_notes(group.past, by=group.facilitator)
    return group.past
