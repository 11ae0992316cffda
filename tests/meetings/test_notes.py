from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.lifecycle import InvalidTransition
from meetings import services
from meetings.models import HoursEntry, Meeting, Note
from notifications.models import Invitee, Role
from tests.concurrency import at_once
from tests.factories import CommunityFactory, DecisionFactory, PersonFactory
from tests.meetings.conftest import join
from tests.meetings.noting import attendance, came, screen

pytestmark = pytest.mark.django_db


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
        "Fatima": Invitee.Attendance.PRESENT,
        "Amal": Invitee.Attendance.PRESENT,
        "Bo": Invitee.Attendance.EXCUSED,
    }
    assert [(e.membership.person, e.hours, e.sort) for e in HoursEntry.objects.all()] == [
        (group.amal, Decimal(2), HoursEntry.Sort.MEETING)
    ]
    assert not group.past.notes_due.invitees.current().exists()


def test_the_screen_is_for_the_groups_facilitators_alone(client, group, notes_url):
    other = join(CommunityFactory(), Role.FACILITATOR)

    for person in (group.amal, other, PersonFactory()):
        client.force_login(person)
        answers = [client.get(notes_url), client.post(notes_url, {"group": "I was here"})]
        assert [answer.status_code for answer in answers] == [404, 404]
    assert not Note.objects.exists()


def test_notes_are_not_ready_before_the_meeting(client, group):
    client.force_login(group.facilitator)
    url = reverse("meetings:meeting-notes", args=[group.ahead.uuid])

    page = client.post(url, {"group": "Draft", "ready": "yes"}, follow=True)

    group.ahead.refresh_from_db()
    assert (group.ahead.status, group.ahead.group_notes) == (Meeting.Status.PLANNED, "Draft")
    assert "has not begun yet" in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "why"),
    [({"group": "We met."}, "Mark who was there."), ({"everyone": "on"}, "at least one sentence")],
)
def test_notes_are_not_ready_without_attendance_and_text(client, group, notes_url, typed, why):
    client.force_login(group.facilitator)

    page = client.post(notes_url, typed | {"ready": "yes"}, follow=True)

    group.past.refresh_from_db()
    assert group.past.status == Meeting.Status.PLANNED
    assert why in page.content.decode()


def test_everything_of_a_meeting_goes_through_one_form(client, group, notes_url):
    client.force_login(group.facilitator)
    old = group.past.add_to_agenda("Welcome")
    decided = DecisionFactory(meeting=group.past, text="Reach people sooner")
    typed = screen(
        group.past,
        **{
            f"item-{old.pk}": "on",
            "agenda_new": "Bus passes\n\n  Pay dates ",
            "decision-new-0": "Call on day nine",
            "decision-new-0-shared": "on",
            "decision-new-2": "Meet in Kenora",
            "action-new-0-who": group.amal.pk,
            "action-new-0-what": "Ask three employers",
            "trial-new-title": "Day-nine call",
            "trial-new-lead": group.bo.pk,
            "trial-new-decision": decided.pk,
            "trial-new-prediction": "Fewer leave",
            "shared": "Three agencies\r\nsee it",
        },
    )

    client.post(notes_url, typed)

    assert list(group.past.agenda.values_list("title", "is_done")) == [
        ("Welcome", True),
        ("Bus passes", False),
        ("Pay dates", False),
    ]
    assert list(group.past.decisions.values_list("text", "may_be_shared")) == [
        ("Reach people sooner", False),
        ("Call on day nine", True),
        ("Meet in Kenora", False),
    ]
    [action] = group.past.actions.all()
    assert (action.owner, action.deadline.local_on) == (group.amal, group.ahead.event.local_on)
    assert list(action.deadline.invitees.values_list("person", flat=True)) == [group.amal.pk]
    [trial] = group.community.trials.all()
    assert (trial.lead, trial.organization, trial.decision) == (
        group.bo,
        group.bo.organization,
        decided,
    )
    assert group.past.shared_notes == "Three agencies\nsee it"


def test_what_may_identify_a_client_is_not_added_to_notes_the_group_has(client, group, notes_url):
    client.force_login(group.facilitator)
    client.post(notes_url, screen(group.past, everyone="on", group="We met.", ready="yes"))
    client.post(notes_url, screen(group.past, group="Call 416-555-0142"))
    before_sending = Note.objects.get().body
    client.post(notes_url, screen(group.past, group="We met."))
    services.circulate(Meeting.objects.get(pk=group.past.pk), by=group.facilitator)

    answer = client.post(notes_url, screen(group.past, group="Call 416-555-0142"))

    assert (before_sending, Note.objects.get().body) == ("Call 416-555-0142", "We met.")
    assert answer.status_code == 409
    assert "looks like a phone number" in answer.content.decode()
    assert answer.context["form"]["group"].value() == "Call 416-555-0142"


def test_final_notes_are_edited_by_nobody_and_the_typed_text_is_kept(client, group, notes_url):
    client.force_login(group.facilitator)
    typed = screen(group.past, group="A late thought")
    Meeting.objects.filter(pk=group.past.pk).update(status=Meeting.Status.LOCKED)

    answer = client.post(notes_url, typed)

    assert answer.status_code == 409
    assert "A late thought" in answer.content.decode()
    assert client.get(notes_url).url == group.past.get_absolute_url()
    assert not Note.objects.exists()


@pytest.mark.parametrize(
    ("name", "nonsense"),
    [
        ("group", "a\x00b"),
        ("group", "x" * 1_000_000),
        ("decision-new-0", "x" * 2_000),
        ("action-new-0-by", "2026-02-31"),
        ("action-new-0-who", "999999"),
        ("action-new-0-who", "Bo"),
        ("trial-new-lead", "-1"),
    ],
)
def test_nonsense_is_named_by_its_field_and_what_was_typed_is_kept(
    client, group, notes_url, name, nonsense
):
    client.force_login(group.facilitator)

    answer = client.post(
        notes_url, {"agenda_new": "Keep me", "action-new-0-what": "Ask", name: nonsense}
    )

    assert (answer.status_code, list(answer.context["form"].errors)[:1]) == (200, [name])
    assert "Keep me" in answer.content.decode()
    assert not group.past.actions.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_finish_the_notes_at_once_count_the_hours_once(group):
    for invitee in group.past.event.invitees.all():
        invitee.mark("present")
    Note.objects.write(group.past, "group", "We met.", over=0, by=None)
    calls = [
        lambda: services.finish_notes(Meeting.objects.get(pk=group.past.pk), by=group.facilitator)
    ] * 2

    results = at_once(*calls)

    assert [type(result) for result in results].count(InvalidTransition) == 1
    assert HoursEntry.objects.count() == 2
