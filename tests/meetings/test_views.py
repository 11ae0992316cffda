import re
from datetime import date, time, timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import clock, links
from accounts.lifecycle import InvalidTransition
from cops.services import leave
from meetings import services
from meetings.models import ActionItem, Meeting, Note
from notifications import calendar
from notifications.models import Invitee, Message, Role
from tests.concurrency import at_once
from tests.factories import CommunityFactory, DecisionFactory, TrialFactory, wall
from tests.meetings.conftest import join

pytestmark = pytest.mark.django_db


def url(name, meeting):
    return reverse(f"meetings:{name}", args=[meeting.uuid])


def answers(meeting):
    return dict(meeting.event.invitees.values_list("person__name", "answer"))


def finished(group, **marks):
    """Let the past meeting have attendance, a sentence and the status "notes ready"."""
    for invitee in group.past.event.invitees.all():
        invitee.mark(marks.get(invitee.person.name, "present"))
    Note.objects.write(group.past, "group", "We met.", over=0, by=group.facilitator)
    services.finish_notes(group.past, by=group.facilitator)
    return group.past


# The page of a meeting


def test_a_member_reads_when_how_to_join_and_who_is_invited(client, group):
    calendar.move(group.ahead.event, join_link="https://meet.example/abc")
    client.force_login(group.amal)

    page = client.get(group.ahead.get_absolute_url()).content.decode()

    for text in ("Eastern Time", "https://meet.example/abc", "Bo", "I can’t come"):
        assert text in page


def test_a_member_reads_the_notes_once_they_are_sent_to_the_group(client, group):
    client.force_login(group.amal)
    meeting = finished(group, Bo="absent")
    before = client.get(meeting.get_absolute_url()).content.decode()

    services.circulate(meeting, by=group.facilitator)
    after = client.get(meeting.get_absolute_url()).content.decode()

    assert ("We met." in before, "We met." in after) == (False, True)
    assert "2 of 3 people came" in after
    assert "absent" not in after


def test_members_do_not_read_who_was_absent_but_facilitators_do(client, group):
    finished(group, Bo="absent")
    client.force_login(group.facilitator)

    assert "absent" in client.get(group.past.get_absolute_url()).content.decode()


@pytest.mark.parametrize("name", ["meeting", "meeting-calendar", "meeting-answer"])
def test_a_stranger_does_not_learn_that_a_meeting_exists(client, group, name):
    client.force_login(join(CommunityFactory()))

    assert client.get(url(name, group.ahead)).status_code == 404


@pytest.mark.parametrize("name", ["meeting", "meeting-notes", "meeting-calendar", "meeting-move"])
def test_who_leaves_the_group_loses_every_page_in_the_same_moment(client, group, name):
    client.force_login(group.facilitator)
    before = client.get(url(name, group.ahead)).status_code

    leave(group.facilitator.memberships.get())

    assert (before, client.get(url(name, group.ahead)).status_code) == (200, 404)


def test_the_calendar_file_holds_the_meeting(client, group):
    client.force_login(group.amal)

    response = client.get(url("meeting-calendar", group.ahead))

    assert response["Content-Type"].startswith("text/calendar")
    assert f"UID:{group.ahead.event.uuid}" in response.content.decode()


# "I can’t come"


def test_a_member_says_that_she_cannot_come(client, group):
    client.force_login(group.amal)

    client.post(url("meeting-answer", group.ahead), {"answer": "no"})

    assert answers(group.ahead) == {"Fatima": "", "Amal": "no", "Bo": ""}


def test_the_link_in_the_mail_acts_for_its_person_and_opening_it_changes_nothing(client, group):
    address = links.url(group.amal, "meetings:meeting-answer", group.ahead.uuid)

    page = client.get(address, follow=True)
    assert answers(group.ahead)["Amal"] == ""
    client.post(page.redirect_chain[-1][0], {"answer": "no"})

    assert answers(group.ahead)["Amal"] == "no"
    assert client.get(group.ahead.get_absolute_url()).status_code == 302


def test_without_sign_in_and_link_the_way_leads_to_sign_in(client, group):
    response = client.get(url("meeting-answer", group.ahead))

    assert response.url.startswith(reverse("account_login"))


def test_only_who_is_invited_answers(client, group):
    client.force_login(join(CommunityFactory()))

    response = client.post(url("meeting-answer", group.ahead), {"answer": "yes"})

    assert response.status_code == 404


def test_an_answer_after_the_start_comes_too_late(group):
    invitation = group.past.event.invitees.get(person=group.amal)

    with pytest.raises(InvalidTransition):
        services.answer(invitation, Invitee.Answer.NO)


# Moving and cancelling


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


# Sending the notes, making them final


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


# What was promised


@pytest.fixture
def action(group):
    return services.promise(group.past, group.amal, "Ask three employers", timezone.localdate())


def done(client, action, **facts):
    return client.post(reverse("meetings:action-done", args=[action.uuid]), facts)


def test_who_promised_says_that_it_is_done(client, group, action):
    client.force_login(group.amal)

    response = done(client, action, next="/me/")

    action.refresh_from_db()
    assert response.url == "/me/"
    assert action.done_at is not None
    assert not action.deadline.invitees.current().exists()


def test_the_facilitator_ticks_for_others_but_members_do_not(client, group, action):
    client.force_login(group.bo)
    assert done(client, action).status_code == 404

    client.force_login(group.facilitator)
    done(client, action, next="https://elsewhere.example/")

    assert ActionItem.objects.open().count() == 0


def test_what_is_done_is_not_done_again(client, group, action):
    client.force_login(group.amal)
    done(client, action)
    first = ActionItem.objects.get().done_at

    page = client.post(
        reverse("meetings:action-done", args=[action.uuid]), {"next": "/me/"}, follow=True
    )

    assert "already done" in page.content.decode()
    assert ActionItem.objects.get().done_at == first


def test_who_left_the_group_no_longer_ticks_and_is_no_longer_reminded(client, group, action):
    client.force_login(group.amal)

    leave(group.amal.memberships.get())

    assert done(client, action).status_code == 404
    assert not action.deadline.invitees.current().exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_ticks_at_once_one_counts(group):
    action = services.promise(group.past, group.amal, "Ask", timezone.localdate())

    results = at_once(*[lambda: ActionItem.objects.get(pk=action.pk).finish()] * 2)

    assert [type(result) for result in results].count(InvalidTransition) == 1


# Scheduling


@pytest.fixture
def schedule_url(group):
    return reverse("meetings:schedule", args=[group.community.slug])


def series_form(first, **facts):
    return {
        "on": first.isoformat(), "at": "13:00", "zone": "America/Toronto", "minutes": 120,
        "how_many": 3, **facts,
    }  # fmt: skip


def test_the_dates_are_shown_before_anything_is_planned(client, group, schedule_url):
    client.force_login(group.facilitator)

    page = client.post(schedule_url, series_form(date(2027, 7, 1)))

    assert "Canada Day" in page.content.decode()
    assert Meeting.objects.count() == 2


def test_confirming_plans_the_series_without_what_is_left_out(client, group, schedule_url):
    client.force_login(group.facilitator)

    response = client.post(
        schedule_url,
        series_form(date(2027, 7, 1), confirm="yes", leave_out="2027-07-01"),
    )

    assert response.url == group.community.get_absolute_url()
    assert [m.event.local_on for m in Meeting.objects.filter(number__gt=2)] == [
        date(2027, 7, 15), date(2027, 7, 29),
    ]  # fmt: skip


def test_members_schedule_nothing(client, group, schedule_url):
    client.force_login(group.amal)

    assert client.post(schedule_url, series_form(date(2027, 7, 1))).status_code == 404


@pytest.mark.parametrize(
    ("name", "nonsense"),
    [
        ("on", "2027-02-30"),
        ("at", "25:00"),
        ("zone", "Mars/Olympus"),
        ("minutes", "100000"),
        ("how_many", "-1"),
        ("join_link", "javascript:alert(1)"),
        ("dial_in", "\x00"),
    ],
)
def test_nonsense_in_the_plan_is_named_by_its_field(client, group, schedule_url, name, nonsense):
    client.force_login(group.facilitator)

    page = client.post(schedule_url, series_form(date(2027, 7, 1)) | {name: nonsense})

    assert list(page.context["form"].errors) == [name]
    assert page.context["plan"] is None


# In French


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", ["Rencontre 2", "Serez-vous là\u00a0?", "13\u00a0h"]),
        ("notes/", ["Notes pour le groupe", "Qui fait quoi"]),
        ("move/", ["Déplacer ou modifier la rencontre", "Durée en minutes"]),
        ("cancel/", ["Annuler cette rencontre\u00a0?"]),
    ],
)
def test_the_pages_speak_french(client, group, path, words):
    client.force_login(group.facilitator)

    page = client.get(f"/fr/meetings/{group.ahead.uuid}/{path}").content.decode()

    assert [
        word for word in words if word.replace("’", "&#x27;") not in page and word not in page
    ] == []


def test_a_meeting_says_what_each_person_answered(client, group):
    services.answer(group.ahead.event.invitees.get(person=group.bo), Invitee.Answer.NO)
    services.answer(group.ahead.event.invitees.get(person=group.amal), Invitee.Answer.YES)
    client.force_login(group.amal)

    page = client.get(group.ahead.get_absolute_url()).content.decode()

    people = page[page.index('<ul class="answers">') :]
    said = [" ".join(re.sub("<[^>]+>", " ", row).split()) for row in people.split("</li>")[:3]]
    assert sorted(said) == [
        "Amal will come", "Bo cannot come", "Fatima facilitator no answer yet",
    ]  # fmt: skip
    assert "1 of 3 said that they will come." in page


def test_a_group_sees_its_last_two_meetings_and_those_without_notes(client, group):
    services.schedule(group.community, wall(-63), how_many=4)
    client.force_login(group.facilitator)
    held = group.community.meetings.held()
    for meeting in held.order_by("event__starts_at")[1:]:
        meeting.mark_ready(by=group.facilitator)

    page = client.get(group.community.get_absolute_url()).content.decode()

    listed = page[page.index('id="all-meetings"') : page.index("<details")]
    named = re.findall(r'class="row-link"[^>]*>([^<]+)<', listed)
    oldest, *_between, last_but_one, last = held.order_by("event__starts_at")
    assert named == [last.name, last_but_one.name, oldest.name]


# Pages ask as many questions for many rows as for one


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_of_a_group_take_the_same_queries_for_any_number(
    client, group, rows, django_assert_num_queries
):
    meeting = finished(group)
    for _ in range(rows):
        person = join(group.community)
        DecisionFactory(meeting=meeting)
        trial = TrialFactory(community=group.community)
        type(trial).objects.update(decision=meeting.decisions.first())
        meeting.add_to_agenda("Bus passes")
        services.promise(meeting, person, "Ask", timezone.localdate())
    client.force_login(group.facilitator)

    for address, queries in [
        (group.community.get_absolute_url(), 13),
        (meeting.get_absolute_url(), 16),
        (url("meeting-notes", meeting), 12),
    ]:
        with django_assert_num_queries(queries):
            client.get(address)
