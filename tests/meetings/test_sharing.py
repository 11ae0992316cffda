import pytest

from accounts.lifecycle import InvalidTransition
from meetings import services
from meetings.models import Meeting
from notifications.models import Message
from tests.concurrency import at_once
from tests.meetings.conftest import url
from tests.meetings.noting import finished

pytestmark = pytest.mark.django_db


def test_notes_are_sent_to_everyone_in_the_group_once(client, group):
    meeting = finished(group)
    client.force_login(group.facilitator)

    client.post(url("meeting-circulate", meeting))
    client.post(url("meeting-circulate", meeting))

    meeting.refresh_from_db()
    assert meeting.status == Meeting.Status.CIRCULATED
    recipients = Message.objects.filter(kind="meeting-notes").values_list("recipient__name")
    assert sorted(recipients) == [("Amal",), ("Bo",), ("Fatima",)]


def test_notes_that_are_not_ready_are_not_sent(group):
    with pytest.raises(InvalidTransition):
        services.circulate(group.past, by=group.facilitator)

    assert not Message.objects.filter(kind="meeting-notes").exists()


def test_notes_become_final_after_they_were_sent(client, group):
    meeting = finished(group)
    client.force_login(group.facilitator)
    client.post(url("meeting-final", meeting))
    meeting.refresh_from_db()
    too_early = meeting.status

    client.post(url("meeting-circulate", meeting))
    client.post(url("meeting-final", meeting))

    meeting.refresh_from_db()
    assert (too_early, meeting.status) == (Meeting.Status.NOTES_READY, Meeting.Status.LOCKED)
    assert list(meeting.changes.values_list("new", flat=True)) == [
        "notes-ready", "circulated", "locked",
    ]  # fmt: skip


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_send_at_once_send_once(group):
    meeting = finished(group)

    results = at_once(
        *[lambda: services.circulate(Meeting.objects.get(pk=meeting.pk), by=group.facilitator)] * 2
    )

    assert [type(result) for result in results].count(InvalidTransition) == 1
    assert Message.objects.filter(kind="meeting-notes").count() == 3
