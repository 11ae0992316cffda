from datetime import date

import pytest
from django.urls import reverse

from meetings.models import Meeting

pytestmark = pytest.mark.django_db


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


def test_a_series_does_not_begin_in_the_past(client, group, schedule_url):
    client.force_login(group.facilitator)

    page = client.post(schedule_url, series_form(date(2021, 7, 1), confirm="yes"))

    assert page.context["form"].errors == {"at": ["Choose a time that lies ahead."]}
    assert Meeting.objects.count() == 2


def test_members_schedule_nothing(client, group, schedule_url):
    client.force_login(group.amal)

    assert client.post(schedule_url, series_form(date(2027, 7, 1))).status_code == 404


@pytest.mark.parametrize(
    ("name", "nonsense"),
    [
        ("on", "2027-02-30"),
        ("on", "9999-12-31"),
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
