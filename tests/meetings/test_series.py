from datetime import date, datetime, time

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from accounts.lifecycle import InvalidTransition
from accounts.models import Zone
from cops import services as communities
from meetings import series, services
from meetings.models import Meeting
from notifications.models import Invitee, Kind, Message, Role
from notifications.render import NoLongerTrue, render
from tests.concurrency import at_once
from tests.factories import CohortFactory, CommunityFactory, wall
from tests.meetings.conftest import join

AT_ONE = time(13)


def at(day):
    return datetime.combine(day, AT_ONE)


@pytest.fixture
def community(db):
    """A community of a cohort that meets from 22 March to 31 August 2021."""
    cohort = CohortFactory(
        opens_at=datetime.fromisoformat("2021-01-11T09:00-05:00"),
        closes_at=datetime.fromisoformat("2021-02-05T17:00-05:00"),
        reviews_due_on=date(2021, 2, 12),
        interviews_from=date(2021, 2, 16),
        interviews_until=date(2021, 3, 5),
        groups_on=date(2021, 3, 12),
        meetings_from=date(2021, 3, 22),
        meetings_until=date(2021, 8, 31),
        publishing_until=date(2021, 9, 30),
    )
    return CommunityFactory(cohort=cohort)


def planned(community, first, **facts):
    facts = {"how_many": 12, "minutes": 120, "zone": Zone.TORONTO} | facts
    return series.plan(community, at(first), **facts)


@pytest.mark.parametrize(
    ("first", "clashes", "advisory"),
    [
        (date(2021, 3, 23), [], []),
        (date(2021, 3, 25), [date(2021, 7, 1)], []),
        (date(2021, 3, 29), [date(2021, 5, 24)], [date(2021, 8, 2)]),
        (date(2021, 3, 22), [], [date(2021, 4, 5)]),
    ],
)
def test_a_series_in_2021_meets_the_known_holidays(community, first, clashes, advisory):
    plan = planned(community, first)

    assert len(plan.meetings) == 12
    assert [one.wall.date() for one in plan.meetings if one.holiday] == clashes
    assert [one.wall.date() for one in plan.meetings if one.usually_closed] == advisory


def test_a_holiday_is_named_in_the_language_of_the_page():
    with translation.override("fr"):
        french = series.holiday(date(2021, 7, 1))

    assert (series.holiday(date(2021, 7, 1)), french) == (
        ("Canada Day", ""),
        ("Fête du Canada", ""),
    )
    assert series.holiday(date(2021, 9, 30))[0] == ""
    assert "Truth and Reconciliation" in series.holiday(date(2021, 9, 30))[1]


@pytest.mark.parametrize(
    ("language", "names"),
    [("en", ("New Year’s Day", "Boxing Day")), ("fr", ("Jour de l’an", "Lendemain de Noël"))],
)
def test_holidays_are_written_as_the_rest_of_the_page_is(language, names):
    with translation.override(language):
        told = [series.holiday(day)[0] for day in (date(2027, 1, 1), date(2027, 12, 26))]

    assert tuple(told) == names


def test_three_meetings_in_a_month_are_held_against_the_hours(community):
    plan = planned(community, date(2021, 4, 1), how_many=3, minutes=240)

    [load] = plan.full_months
    assert (load.first_day, load.meetings, load.hours, load.too_many) == (
        date(2021, 4, 1), 3, 12, True,
    )  # fmt: skip


def test_a_day_outside_the_cohorts_dates_is_flagged(community):
    plan = planned(community, date(2021, 8, 24), how_many=2)

    assert [(one.outside, one.is_clear) for one in plan.meetings] == [(False, True), (True, False)]


def test_people_who_live_by_another_clock_are_named_with_their_time(community):
    join(community, name="Kenora", time_zone=Zone.WINNIPEG)
    join(community, name="Atikokan", time_zone=Zone.ATIKOKAN)
    join(community, name="Thunder Bay")

    plan = planned(community, date(2021, 3, 23))

    assert sorted(plan.other_clocks) == [
        "Atikokan: 12:00\u00a0p.m., Eastern Standard Time",
        "Kenora: 12:00\u00a0p.m., Central Time",
    ]


def test_a_time_that_the_clocks_skip_is_refused(community):
    with pytest.raises(ValidationError):
        series.plan(
            community,
            datetime(2021, 3, 14, 2, 30),
            how_many=1,
            minutes=60,
            zone=Zone.TORONTO,
        )


def test_scheduling_holds_every_meeting_and_invites_the_group(community):
    facilitator = join(community, Role.FACILITATOR)
    member = join(community)

    meetings = services.schedule(community, at(date(2021, 3, 23)), join_link="https://meet.example")

    assert [meeting.number for meeting in meetings] == list(range(1, 13))
    assert meetings[-1].event.local_on == date(2021, 8, 24)
    assert {meeting.event.join_link for meeting in meetings} == {"https://meet.example"}
    assert meetings[0].event.title_fr.endswith("\u00a0: rencontre 1")
    assert set(meetings[0].event.invitees.values_list("person", "role")) == {
        (facilitator.pk, Role.FACILITATOR),
        (member.pk, Role.MEMBER),
    }
    due = meetings[0].notes_due
    assert (due.local_on, due.local_at, due.kind) == (
        date(2021, 3, 25),
        time(23, 59),
        Kind.NOTES_DUE,
    )
    assert list(due.invitees.values_list("person", flat=True)) == [facilitator.pk]


@pytest.mark.django_db
def test_everyone_in_the_group_gets_the_dates_at_once_with_one_calendar():
    community = CommunityFactory()
    facilitator, member = join(community, Role.FACILITATOR), join(community)

    services.schedule(community, wall(7), how_many=12)

    letters = list(Message.objects.filter(kind="meetings-scheduled").order_by("recipient"))
    assert [letter.recipient for letter in letters] == [facilitator, member]
    mail = render(letters[1])
    assert (mail.calendar.count(b"BEGIN:VEVENT"), mail.method) == (12, "PUBLISH")
    assert mail.text.count("1:00\u00a0p.m. Eastern Time") == 12


@pytest.mark.django_db
def test_whoever_left_before_the_dates_went_out_is_not_told():
    community = CommunityFactory()
    member = join(community)
    services.schedule(community, wall(7), how_many=2)

    communities.leave(community.memberships.get(person=member))

    with pytest.raises(NoLongerTrue):
        render(Message.objects.get(kind="meetings-scheduled"))


def test_a_day_that_is_left_out_is_not_planned(community):
    meetings = services.schedule(community, at(date(2021, 3, 25)), leave_out={date(2021, 7, 1)})

    assert len(meetings) == 11
    assert [meeting.number for meeting in meetings] == list(range(1, 12))


def test_a_second_series_on_the_same_days_is_refused_whole(community):
    services.schedule(community, at(date(2021, 3, 23)), how_many=2)

    with pytest.raises(InvalidTransition):
        services.schedule(community, at(date(2021, 4, 6)), how_many=3)

    assert (Meeting.objects.count(), community.series.events.count()) == (2, 4)


def test_a_second_series_on_other_days_counts_on(community):
    services.schedule(community, at(date(2021, 3, 23)), how_many=2)

    later = services.schedule(community, at(date(2021, 4, 20)), how_many=2)

    assert [meeting.number for meeting in later] == [3, 4]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_schedule_at_once_plan_one_series():
    community = CommunityFactory()

    results = at_once(*[lambda: services.schedule(community, at(date(2027, 3, 23)))] * 2)

    assert [type(result) for result in results].count(InvalidTransition) == 1
    assert Meeting.objects.count() == 12


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_check_of_days_a_second_series_doubles_them(monkeypatch):
    community = CommunityFactory()
    monkeypatch.setattr(series, "taken_days", lambda community: set())

    services.schedule(community, at(date(2027, 3, 23)))
    services.schedule(community, at(date(2027, 3, 23)))

    assert Meeting.objects.count() == 24


def test_leaving_ends_every_invitation_ahead_and_every_duty(group):

    communities.leave(group.facilitator.memberships.get())

    assert (
        not Invitee.objects.current()
        .filter(person=group.facilitator, event=group.ahead.event)
        .exists()
    )
    assert not group.past.notes_due.invitees.current().exists()


# Whoever facilitates owes the notes


def owing(meeting):
    return sorted(part.person.name for part in meeting.notes_due.invitees.current())


def test_who_facilitates_later_owes_the_notes_that_are_still_to_be_written(group):
    join(group.community, Role.FACILITATOR, name="Gul")

    assert owing(group.ahead) == ["Fatima", "Gul"]


def test_a_successor_owes_the_notes_when_nobody_else_is_left(group):
    communities.leave(group.facilitator.memberships.get())

    join(group.community, Role.FACILITATOR, name="Gul")

    assert owing(group.ahead) == ["Gul"]


def test_nobody_comes_to_owe_notes_that_are_finished_or_of_a_cancelled_meeting(group):
    [recent] = services.schedule(group.community, wall(-1), how_many=1)
    recent.event.invitees.update(attendance="present")
    recent.notes.create(body="We met.")
    services.finish_notes(recent, by=group.facilitator)
    services.cancel(group.ahead)

    join(group.community, Role.FACILITATOR, name="Gul")
    join(group.community, name="Cy")

    assert (owing(recent), owing(group.ahead)) == ([], [])
