from datetime import date, time, timedelta
from functools import partial

import pytest
import time_machine

from accounts import clock
from accounts.lifecycle import InvalidTransition
from meetings import services
from meetings.models import Meeting
from notifications import calendar
from notifications.models import Role
from tests.concurrency import at_once
from tests.factories import CommunityFactory, wall
from tests.meetings.conftest import join, url

pytestmark = pytest.mark.django_db


def moved_form(meeting, on, **facts):
    return {
        "on": on.isoformat(), "at": "14:30", "zone": "America/Toronto", "minutes": 90,
        "version": meeting.event.schedule_version, **facts,
    }  # fmt: skip


def test_a_facilitator_moves_a_meeting_and_its_notes_are_due_later(client, group):
    client.force_login(group.facilitator)
    day = group.ahead.event.local_on + timedelta(days=1)

    response = client.post(url("meeting-move", group.ahead), moved_form(group.ahead, day))

    group.ahead = Meeting.objects.get(pk=group.ahead.pk)
    event = group.ahead.event
    assert response.url == group.ahead.get_absolute_url()
    assert (event.local_on, event.local_at, event.length_minutes) == (day, time(14, 30), 90)
    assert event.schedule_version == 1
    assert group.ahead.notes_due.local_on == day + timedelta(days=2)


def test_a_meeting_left_as_it_stands_is_said_to_be_unchanged(client, group):
    client.force_login(group.facilitator)
    event = group.ahead.event
    form = moved_form(group.ahead, event.local_on, at=event.local_at.strftime("%H:%M"))
    form["minutes"] = event.length_minutes

    page = client.post(url("meeting-move", group.ahead), form, follow=True)

    event.refresh_from_db()
    assert [str(said) for said in page.context["messages"]] == [
        "You have changed nothing, and nobody gets an email."
    ]
    assert event.schedule_version == 0


def test_a_meeting_is_not_moved_into_the_past(client, group):
    client.force_login(group.facilitator)
    form = moved_form(group.ahead, wall(-9).date())

    page = client.post(url("meeting-move", group.ahead), form)

    group.ahead.event.refresh_from_db()
    assert list(page.context["form"].errors) == ["at"]
    assert group.ahead.event.schedule_version == 0


def test_a_meeting_is_not_moved_to_the_day_of_another_one(client, group):
    client.force_login(group.facilitator)
    day = group.ahead.event.local_on + timedelta(days=1)
    other, called_off = (
        services.schedule(group.community, wall(8 + days), how_many=1)[0] for days in (0, 1)
    )
    services.cancel(called_off)

    page = client.post(url("meeting-move", group.ahead), moved_form(group.ahead, day))
    free = client.post(
        url("meeting-move", group.ahead), moved_form(group.ahead, day + timedelta(days=1))
    )

    assert other.event.local_on == day
    assert page.context["form"].errors == {"on": ["This community already meets on that day."]}
    assert free.url == group.ahead.get_absolute_url()


def test_a_meeting_that_has_begun_keeps_its_start_and_lasts_longer(client, group):
    client.force_login(group.facilitator)
    event = group.ahead.event
    form = moved_form(group.ahead, event.local_on, at=event.local_at.strftime("%H:%M"), minutes=180)

    with time_machine.travel(event.starts_at + timedelta(minutes=5)):
        client.post(url("meeting-move", group.ahead), form)

    event.refresh_from_db()
    assert (event.length_minutes, event.schedule_version) == (180, 1)


def test_members_and_facilitators_of_other_groups_move_and_cancel_nothing(client, group):
    for person in (group.amal, join(CommunityFactory(), Role.FACILITATOR)):
        client.force_login(person)
        for name in ("meeting-move", "meeting-cancel", "meeting-circulate", "meeting-final"):
            assert client.post(url(name, group.ahead)).status_code == 404


def test_a_move_against_an_older_version_is_refused(client, group):
    client.force_login(group.facilitator)
    day = group.ahead.event.local_on + timedelta(days=1)
    form = moved_form(group.ahead, day)
    services.move(Meeting.objects.get(pk=group.ahead.pk), wall(9))

    response = client.post(url("meeting-move", group.ahead), form)

    assert response.status_code == 409
    assert Meeting.objects.get(pk=group.ahead.pk).event.local_on == wall(9).date()


def test_who_came_second_sees_what_stands_and_saves_after_looking_again(client, group):
    client.force_login(group.facilitator)
    day = group.ahead.event.local_on + timedelta(days=1)
    form = moved_form(group.ahead, day)
    services.move(Meeting.objects.get(pk=group.ahead.pk), wall(9))

    refused = client.post(url("meeting-move", group.ahead), form).context["form"]
    client.post(url("meeting-move", group.ahead), form | {"version": refused["version"].value()})

    [said] = refused.non_field_errors()
    assert clock.spoken_day(wall(9).date()) in said
    assert Meeting.objects.get(pk=group.ahead.pk).event.local_on == day


def test_a_time_that_does_not_exist_is_named_by_its_field(client, group):
    client.force_login(group.facilitator)
    form = moved_form(group.ahead, date(2027, 3, 14), at="02:30")

    response = client.post(url("meeting-move", group.ahead), form)

    assert list(response.context["form"].errors) == ["at"]


def test_a_cancelled_meeting_leaves_its_agenda_to_the_next_one(client, group):
    services.schedule(group.community, wall(21), how_many=1)
    group.ahead.add_to_agenda("Bus passes")
    client.force_login(group.facilitator)

    client.post(url("meeting-cancel", group.ahead))

    cancelled, after = Meeting.objects.filter(number__gte=2).order_by("number")
    assert not cancelled.event.is_live
    assert not cancelled.notes_due.invitees.current().exists()
    assert [item.title for item in after.agenda.all()] == ["Bus passes"]


@pytest.mark.parametrize("act", [services.cancel, lambda meeting: services.move(meeting, wall(9))])
def test_a_meeting_that_is_over_or_off_is_neither_moved_nor_cancelled(group, act):
    services.cancel(group.ahead)

    for meeting in (group.past, group.ahead):
        with pytest.raises(InvalidTransition):
            act(meeting)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_a_meeting_at_once_one_is_refused(group):
    found = [Meeting.objects.with_events().get(pk=group.ahead.pk) for _ in range(2)]
    calls = [
        partial(services.move, meeting, wall(day))
        for meeting, day in zip(found, (9, 10), strict=True)
    ]

    results = at_once(*calls)

    assert [type(result) for result in results].count(calendar.Moved) == 1
    assert Meeting.objects.get(pk=group.ahead.pk).event.schedule_version == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_cancel_at_once_carry_the_agenda_forward_once(group):
    services.schedule(group.community, wall(21), how_many=1)
    group.ahead.add_to_agenda("Bus passes")
    twins = [Meeting.objects.get(pk=group.ahead.pk) for _ in range(2)]

    at_once(*(lambda twin=twin: services.cancel(twin) for twin in twins))

    after = Meeting.objects.get(number=3)
    assert [item.title for item in after.agenda.all()] == ["Bus passes"]
    assert Meeting.objects.get(pk=group.ahead.pk).event.schedule_version == 1
