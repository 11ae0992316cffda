from decimal import Decimal

import pytest
from django.urls import reverse

from meetings.forms import NotesForm
from meetings.models import HoursEntry, Meeting
from notifications.models import Invitee

Attendance = Invitee.Attendance


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


@pytest.fixture
def notes_url(group):
    return reverse("meetings:meeting-notes", args=[group.past.uuid])


def test_attendance_and_one_sentence_are_a_finished_meeting(client, group, notes_url):
    client.force_login(group.facilitator)
    typed = screen(
        group.past,
        **{came(group.past, group.bo): "excused", "everyone": "on", "group": "We met."},
        ready="yes",
    )

    response = client.post(notes_url, typed)

    group.past.refresh_from_db()
    assert response.url == group.past.get_absolute_url()
    assert group.past.status == Meeting.Status.NOTES_READY
    assert attendance(group.past) == {
        "Fatima": Attendance.PRESENT,
        "Amal": Attendance.PRESENT,
        "Bo": Attendance.EXCUSED,
    }
    assert [(e.membership.person, e.hours, e.sort) for e in HoursEntry.objects.all()] == [
        (group.amal, Decimal(2), HoursEntry.Sort.MEETING)
    ]
    assert not group.past.notes_due.invitees.current().exists()
