import pytest

from meetings.models import HoursEntry
from tests.meetings.noting import attendance, came, screen

pytestmark = pytest.mark.django_db


def test_correcting_the_attendance_corrects_the_hours(client, group, notes_url):
    client.force_login(group.facilitator)
    client.post(notes_url, screen(group.past, everyone="on", group="We met.", ready="yes"))

    client.post(
        notes_url,
        screen(group.past, **{came(group.past, group.amal): "absent"}),
    )

    assert [e.membership.person for e in HoursEntry.objects.all()] == [group.bo]


def test_two_people_marking_attendance_do_not_undo_each_other(client, group, notes_url):
    client.force_login(group.facilitator)
    first = screen(group.past, **{came(group.past, group.amal): "late"})
    second = screen(group.past, **{came(group.past, group.bo): "absent", "everyone": "on"})

    client.post(notes_url, first)
    client.post(notes_url, second)

    assert attendance(group.past) == {"Fatima": "present", "Amal": "late", "Bo": "absent"}
