from datetime import date, timedelta

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from accounts import clock
from accounts.counts import Count, counted
from cops.services import leave
from meetings import services
from meetings.models import ActionItem
from meetings.templatetags.meetings_parts import (
    community_inside,
    hours,
    meetings_board,
    trials_by_result,
)
from notifications import mails
from notifications.models import Invitee, Message
from tests.factories import HoursEntryFactory, StaffFactory, TrialFactory, wall
from tests.meetings.conftest import join

pytestmark = pytest.mark.django_db


# A page's parts, put together as the page does it.
PARTS = {
    "meetings_me": """{% meetings_me as me %}{% soonest me.waits as first %}
        {% if first.template %}{% include first.template %}
        {% elif first.title %}{% include "_first_thing.html" with thing=first %}{% endif %}
        {% include "meetings/_me.html" %}{% include "meetings/_me_hours.html" %}""",
    "community_inside community": """{% community_inside community as inside %}
        {% include "meetings/_inside.html" %}{% include "meetings/_inside_hours.html" %}""",
}


def render(tag, person, **facts):
    request = RequestFactory().get("/me/")
    request.user = person
    template = Template("{% load meetings_parts site %}" + PARTS.get(tag, "{% " + tag + " %}"))
    return template.render(Context({"request": request, **facts}))


def test_my_page_shows_the_next_meeting_and_what_i_promised(group):
    group.ahead.add_to_agenda("Bus passes")
    services.promise(group.past, group.amal, "Ask employers", timezone.localdate())
    services.promise(group.past, group.bo, "Ask a landlord", timezone.localdate())

    page = render("meetings_me", group.amal)

    for text in ("Bus passes", "Ask employers", "Eastern Time", "Add hours"):
        assert text in page
    assert "Ask a landlord" not in page
    assert "rite the notes" not in page


def test_my_page_reminds_a_facilitator_of_the_notes(group):
    page = render("meetings_me", group.facilitator)

    first = page[: page.index("</section>")]
    assert f"Write the notes of {group.past}" in first
    assert reverse("meetings:meeting-notes", args=[group.past.uuid]) in first
    assert "Notes to write" not in page


def test_notes_of_an_earlier_meeting_come_first_and_the_others_below(group):
    [earlier] = services.schedule(group.community, wall(-21), how_many=1)

    page = render("meetings_me", group.facilitator)

    first, listed = page.split("Notes to write")
    screens = [reverse("meetings:meeting-notes", args=[one.uuid]) for one in (earlier, group.past)]
    assert [screen in first for screen in screens] == [True, False]
    assert [screen in listed for screen in screens] == [False, True]


def test_the_next_meeting_is_the_first_thing_for_who_owes_no_notes(group):
    page = render("meetings_me", group.amal)

    assert str(group.ahead) in page[: page.index("</section>")]
    assert page.count(reverse("meetings:meeting-answer", args=[group.ahead.uuid])) == 1


def test_my_page_says_the_next_meeting_on_her_own_clock(group):
    group.amal.time_zone = "America/Winnipeg"

    hers, elsewhere = (render("meetings_me", person) for person in (group.amal, group.bo))

    assert "On your clock" in hers
    assert "Central Time" in hers
    assert "On your clock" not in elsewhere


def test_she_can_say_on_my_page_that_she_cannot_come(group):
    assert "I can’t come" in render("meetings_me", group.amal)

    services.answer(group.ahead.event.invitees.get(person=group.amal), Invitee.Answer.NO)

    assert "You told us that you cannot come." in render("meetings_me", group.amal)


def test_my_page_says_nothing_to_people_without_a_group(group):
    assert render("meetings_me", StaffFactory()).strip() == ""


def test_members_see_their_own_hours_and_facilitators_everyones(group):
    def names(person):
        page = render("community_inside community", person, community=group.community)
        bars = page[page.index('<figure class="bars">') :]
        return [name for name in ("Amal", "Bo") if name in bars]

    assert (names(group.amal), names(group.facilitator)) == (["Amal"], ["Amal", "Bo"])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_inside_of_a_community_takes_the_same_queries_for_any_number(
    group, rows, django_assert_num_queries
):
    for number in range(rows):
        join(group.community)
        services.promise(group.past, group.amal, "Ask", timezone.localdate())
        TrialFactory(community=group.community)
        services.schedule(group.community, wall(30 + number), how_many=1)

    with django_assert_num_queries(6):
        render("community_inside community", group.facilitator, community=group.community)


def test_a_group_that_no_longer_meets_shows_the_hours_of_its_last_month(group):
    cohort = group.community.cohort
    cohort.meetings_from, cohort.meetings_until = date(2021, 3, 23), date(2021, 8, 31)
    HoursEntryFactory(membership=group.amal.memberships.get(), worked_on=date(2021, 8, 20), hours=6)

    request = RequestFactory().get("/")
    request.user = group.facilitator
    inside = community_inside({"request": request}, group.community)

    assert inside["month"] == date(2021, 8, 1)
    assert ("Amal", 6) in inside["hours_rows"]


def test_trials_are_drawn_by_how_they_ended_and_what_is_empty_is_left_out(group):
    TrialFactory(community=group.community, status="running", prediction="Fewer")
    for verdict in ("adopt", "adopt", "abandon"):
        TrialFactory(
            community=group.community,
            status="finished",
            prediction="Fewer",
            verdict=verdict,
            finished_on=timezone.localdate(),
        )

    drawn = trials_by_result(group.community.trials.all())

    assert [(row["label"], row["value"], len(row["places"])) for row in drawn["rows"]] == [
        ("Adopted", 2, 2),
        ("Adapted", 0, 0),
        ("Abandoned", 1, 1),
        ("Running", 1, 1),
    ]


def test_many_trials_are_bars_instead_of_squares():
    drawn = trials_by_result({"adopt": 40, "adapt": 10})

    assert drawn["many"]
    assert [(row["label"], row["value"], row["percent"]) for row in drawn["rows"]] == [
        ("Adopted", "40", 100),
        ("Adapted", "10", 25),
        ("Abandoned", "0", 0),
    ]


def test_what_people_left_behind_shows_to_their_facilitator_and_to_staff(group):
    action = services.promise(group.past, group.amal, "Ask employers", timezone.localdate())
    services.promise(group.past, group.bo, "Ask a landlord", timezone.localdate())

    leave(group.amal.memberships.get())

    page = render("meetings_me", group.facilitator)
    screen = reverse("meetings:meeting-notes", args=[group.ahead.uuid])
    assert ("Ask employers" in page, "Ask a landlord" in page) == (True, False)
    assert f"{screen}#open-actions" in page
    assert list(ActionItem.objects.left_behind()) == [action]
    assert "Ask employers" not in render("meetings_me", group.bo)
    (stage,) = counted(meetings_board(group.community.cohort))
    assert stage.counts[3] == Count(
        "actions of people who left", 1, stage.counts[3].url, "attention"
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_my_page_takes_the_same_queries_for_any_number(group, rows, django_assert_num_queries):
    gone = join(group.community)
    for _ in range(rows):
        services.promise(group.past, gone, "Ask employers", timezone.localdate())
        services.promise(group.past, group.facilitator, "Ask", timezone.localdate())
    leave(gone.memberships.get())

    with django_assert_num_queries(14):
        render("meetings_me", group.facilitator)


def test_the_board_counts_what_staff_should_look_at(group):
    services.promise(group.past, group.amal, "Ask", timezone.localdate() - timedelta(days=1))

    (stage,) = counted(meetings_board(group.community.cohort))

    assert [count.number for count in stage.counts] == [1, 1, 1, 0, 0]


def test_hours_are_written_as_people_write_them():
    with translation.override("fr"):
        french = hours(6.5)

    assert (hours(6.5), hours(2), hours(None), french) == ("6.5", "2", "0", "6,5")


# Mail


def context(kind, person, **ids):
    return mails.kind(kind).context({"recipient": person, "event": None, **ids})


def test_the_reminder_holds_agenda_promises_and_the_way_to_say_no(group):
    group.ahead.add_to_agenda("Bus passes")
    action = services.promise(group.past, group.amal, "Ask", timezone.localdate())

    facts = context("meeting-reminder", group.amal, event=group.ahead.event)

    promised = {"text": "Ask", "day": clock.spoken_day(action.deadline.local_on)}
    assert (facts["agenda"], facts["actions"]) == (["Bus passes"], [promised])
    assert (facts["calendar"], facts["method"]) == ([group.ahead.event], "REQUEST")
    assert "/go/" in facts["answer_url"]


def test_nobody_is_reminded_of_a_meeting_that_is_off_or_not_hers(group):
    stranger = join(group.community)
    group.ahead.event.invitees.filter(person=stranger).delete()
    assert context("meeting-reminder", stranger, event=group.ahead.event) is None

    services.cancel(group.ahead)

    assert context("meeting-reminder", group.amal, event=group.ahead.event) is None


def test_the_notes_are_not_mailed_to_who_left_in_the_meantime(group):
    for invitee in group.past.event.invitees.all():
        invitee.mark("present")
    group.past.notes.create(body="We met.")
    services.finish_notes(group.past, by=group.facilitator)
    group.past.decisions.create(text="Call on day nine")
    services.circulate(group.past, by=group.facilitator)
    before = context("meeting-notes", group.amal, meeting=group.past.pk)

    leave(group.amal.memberships.get())

    assert before["decisions"] == ["Call on day nine"]
    assert before["hours"] == 2 or group.past.event.local_on.month != timezone.localdate().month
    assert context("meeting-notes", group.amal, meeting=group.past.pk) is None


@pytest.mark.parametrize("language", ["en", "fr"])
def test_both_mails_render(group, language):
    from notifications.render import render as render_mail

    group.amal.language = language
    group.amal.save()
    group.past.notes.create(body="We met.")
    group.past.decisions.create(text="Call *on* day nine\n\n# not a heading")
    services.promise(group.past, group.amal, "Ask [three](x)", timezone.localdate())
    group.past.event.invitees.update(attendance="present")
    services.finish_notes(group.past, by=group.facilitator)
    notes = services.circulate(group.past, by=group.facilitator)
    reminder = Message(
        kind="meeting-reminder", recipient=group.amal, event=group.ahead.event, context={}
    )

    [sent] = [render_mail(message) for message in notes if message.recipient == group.amal]
    reminded = render_mail(reminder)

    assert "Call *on* day nine" in sent.text
    assert "Ask [three](x)" in sent.text
    assert b"METHOD:REQUEST" in reminded.calendar
    assert "/go/" in reminded.text
