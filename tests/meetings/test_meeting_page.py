import re

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from cops.services import leave
from meetings import services
from notifications import calendar
from notifications.models import Invitee
from tests.factories import (
    CommunityFactory,
    DecisionFactory,
    TrialFactory,
    wall,
)
from tests.meetings.conftest import join, url
from tests.meetings.noting import finished

pytestmark = pytest.mark.django_db


def test_a_member_reads_when_how_to_join_and_who_is_invited(client, group):
    calendar.move(group.ahead.event, join_link="https://meet.example/abc")
    client.force_login(group.amal)

    page = client.get(group.ahead.get_absolute_url()).content.decode()

    for text in ("Eastern Time", "https://meet.example/abc", "Bo", "I can’t come"):
        assert text in page


def test_a_comma_stands_between_the_clock_and_the_end_in_both_languages(client, group):
    client.force_login(group.amal)
    address = group.ahead.get_absolute_url()

    english, french = (
        " ".join(strip_tags(client.get(f"{language}{address}").text).replace("\xa0", " ").split())
        for language in ("", "/fr")
    )

    assert "Eastern Time, until " in english
    assert "heure de l’Est, jusqu’à " in french


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
        (meeting.get_absolute_url(), 14),
        (url("meeting-notes", meeting), 12),
    ]:
        with django_assert_num_queries(queries):
            client.get(address)
