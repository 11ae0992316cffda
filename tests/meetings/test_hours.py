from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts import clock
from cops.services import leave
from meetings import services
from meetings.models import HoursEntry, members_outside_hours
from notifications import calendar
from tests.factories import CommunityFactory, HoursEntryFactory, MembershipFactory, wall
from tests.meetings.conftest import join

pytestmark = pytest.mark.django_db
HOURS = "/me/hours/"


@pytest.fixture
def entry(group):
    return HoursEntryFactory(
        membership=group.amal.memberships.get(), worked_on=timezone.localdate(), hours=2
    )


def typed(**facts):
    return {"worked_on": timezone.localdate().isoformat(), "hours": "1.5", "note": "Calls", **facts}


def test_a_member_adds_hours_between_meetings(client, group):
    client.force_login(group.amal)

    client.post(HOURS, typed())

    [entry] = HoursEntry.objects.all()
    assert (entry.membership.person, entry.hours, entry.sort, entry.note) == (
        group.amal, Decimal("1.5"), HoursEntry.Sort.BETWEEN, "Calls",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "nonsense"),
    [
        ("hours", "0"),
        ("hours", "24.5"),
        ("hours", "-1"),
        ("hours", "NaN"),
        ("hours", "two"),
        ("worked_on", "2026-02-31"),
        ("worked_on", "0001-01-01"),
        ("worked_on", (timezone.localdate() + timedelta(days=400)).isoformat()),
        ("note", "\x00"),
        ("note", "x" * 1_000_000),
    ],
)
def test_nonsense_hours_are_named_by_their_field(client, group, name, nonsense):
    client.force_login(group.amal)

    page = client.post(HOURS, typed(**{name: nonsense}))

    assert (page.status_code, list(page.context["form"].errors)) == (200, [name])
    assert not HoursEntry.objects.exists()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Enter from 0.25 to 24 hours, for example 1.5."),
        ("fr", "Entrez de 0,25 à 24 heures, par exemple 1,5."),
    ],
)
@pytest.mark.parametrize("hours", ["0", "24.5"])
def test_the_bounds_are_said_as_the_reader_writes_numbers(client, group, hours, language, said):
    client.force_login(group.amal)

    with translation.override(language):
        page = client.post(reverse("meetings:hours"), typed(hours=hours))
        errors = [str(error) for error in page.context["form"].errors["hours"]]

    assert errors == [said]


def test_hours_cannot_be_given_to_somebody_elses_membership(client, group):
    MembershipFactory(person=group.amal)
    client.force_login(group.amal)

    page = client.post(HOURS, typed(membership=group.bo.memberships.get().pk))

    assert list(page.context["form"].errors) == ["membership"]


def test_a_member_changes_and_removes_her_own_hours(client, group, entry):
    client.force_login(group.amal)

    client.post(reverse("meetings:hours-edit", args=[entry.uuid]), typed(hours="3"))
    entry.refresh_from_db()
    client.post(reverse("meetings:hours-remove", args=[entry.uuid]))

    assert entry.hours == 3
    assert not HoursEntry.objects.exists()


def test_before_hours_are_removed_a_page_asks_and_says_which(client, group, entry):
    client.force_login(group.amal)

    page = client.get(reverse("meetings:hours-remove", args=[entry.uuid]))

    assert "Remove these hours?" in page.text
    assert f"2 h on {clock.spoken_day(entry.worked_on)} ({group.community})." in page.text
    assert f'href="{HOURS}"' in page.text
    assert HoursEntry.objects.get() == entry


def test_nobody_else_changes_or_removes_them(client, group, entry):
    for person in (group.bo, group.facilitator, join(CommunityFactory())):
        client.force_login(person)
        for name in ("hours-edit", "hours-remove"):
            response = client.post(reverse(f"meetings:{name}", args=[entry.uuid]), typed())
            assert response.status_code == 404
    entry.refresh_from_db()
    assert entry.hours == 2


def test_the_form_begins_with_the_group_that_met_last(client, group):
    MembershipFactory(person=group.amal)
    later = CommunityFactory()
    MembershipFactory(community=later, person=group.amal)
    [planned] = services.schedule(later, wall(-1), how_many=1)
    calendar.cancel(planned.event)
    client.force_login(group.amal)

    field = client.get(HOURS).context["form"]["membership"]

    assert field.subwidgets[0].data["value"].instance.community == group.community


@pytest.mark.parametrize(
    ("who", "counted", "not_counted", "why_empty"),
    [
        ("amal", True, False, "Hours appear here after your first meeting"),
        ("facilitator", False, True, "Meetings that you facilitate are not counted as hours."),
    ],
)
def test_the_page_says_whose_meetings_are_counted(
    client, group, who, counted, not_counted, why_empty
):
    client.force_login(getattr(group, who))

    page = client.get(HOURS).content.decode()

    assert ("Meetings are counted from the attendance." in page) == counted
    assert ("Meetings that you facilitate are not counted.<" in page) == not_counted
    assert why_empty in page


def test_hours_of_a_meeting_follow_the_attendance_and_are_not_typed(client, group):
    group.past.event.invitees.get(person=group.amal).mark("late")
    services.count_hours(group.past)
    client.force_login(group.amal)

    response = client.post(reverse("meetings:hours-remove", args=[HoursEntry.objects.get().uuid]))

    assert response.status_code == 404
    assert HoursEntry.objects.get().hours == 2


def test_after_leaving_hours_are_read_but_no_longer_changed(client, group, entry):
    client.force_login(group.amal)
    leave(group.amal.memberships.get())

    page = client.get(HOURS)

    assert [entries for _day, _total, entries in page.context["months"]] == [[entry]]
    assert page.context["form"] is None
    assert client.post(reverse("meetings:hours-remove", args=[entry.uuid])).status_code == 404


def test_my_hours_are_summed_by_month(client, group, entry):
    HoursEntryFactory(membership=entry.membership, worked_on=entry.worked_on, hours="0.75")
    HoursEntryFactory(
        membership=entry.membership, worked_on=entry.worked_on.replace(day=1) - timedelta(days=1)
    )
    client.force_login(group.amal)

    page = client.get(HOURS)

    assert [total for _day, total, _entries in page.context["months"]] == [Decimal("2.75"), 2]


@pytest.mark.parametrize("rows", [1, 3])
def test_my_hours_take_the_same_queries_for_any_number(
    client, group, rows, django_assert_num_queries
):
    HoursEntryFactory.create_batch(rows, membership=group.amal.memberships.get())
    client.force_login(group.amal)
    client.get(HOURS)

    with django_assert_num_queries(5):
        client.get(HOURS)


@pytest.mark.parametrize(("hours", "is_outside"), [(4, True), (5, False), (10, False), (11, True)])
def test_members_outside_what_was_agreed_are_found(group, hours, is_outside):
    cohort = group.community.cohort
    month = cohort.meetings_from.replace(day=1) + timedelta(days=70)
    part = group.amal.memberships.get()
    HoursEntryFactory(membership=part, worked_on=month, hours=hours)
    HoursEntryFactory(membership=group.bo.memberships.get(), worked_on=month, hours=6)
    type(part).objects.update(joined_at=cohort.opens_at)

    assert list(members_outside_hours(cohort, month)) == ([part] if is_outside else [])


def test_nobody_is_outside_in_a_month_without_meetings(group):
    cohort = group.community.cohort

    assert not members_outside_hours(cohort, cohort.meetings_from - timedelta(days=90)).exists()
