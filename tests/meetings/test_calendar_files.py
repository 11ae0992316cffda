"""A series across the nights on which clocks change, as two calendar programs read its file."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
import vobject
from vobject import icalendar as vobject_zones

from meetings import services
from notifications import calendar, ics
from notifications.models import Event, Message
from notifications.render import render
from tests.factories import CommunityFactory, EventFactory
from tests.meetings.conftest import join

pytestmark = pytest.mark.django_db

TORONTO, KENORA, ATIKOKAN = "America/Toronto", "America/Winnipeg", "America/Atikokan"
# A series of 6 from this Thursday has meetings on both sides of the night named.
SPRING = pytest.param(datetime(2027, 2, 18, 13), id="14 March 2027")
AUTUMN = pytest.param(datetime(2027, 10, 14, 13), id="7 November 2027")
# In hours, before and after each of the two nights.
OFFSETS = {
    (TORONTO, 2): (-5, -4), (KENORA, 2): (-6, -5), (ATIKOKAN, 2): (-5, -5),
    (TORONTO, 10): (-4, -5), (KENORA, 10): (-5, -6), (ATIKOKAN, 10): (-5, -5),
}  # fmt: skip


@pytest.fixture
def zones_of_the_file_only(monkeypatch):
    """Let vobject know no zone but those defined in the file it reads."""
    monkeypatch.setattr(vobject_zones, "__tzidMap", {})
    vobject_zones.registerTzid("UTC", UTC)


def read_by_icalendar(content):
    found = icalendar.Calendar.from_ical(content)
    return sorted((entry.start, entry.end) for entry in found.events)


def read_by_vobject(content):
    found = vobject.readOne(content.decode())
    return sorted((entry.dtstart.value, entry.dtend.value) for entry in found.vevent_list)


@pytest.mark.usefixtures("zones_of_the_file_only")
@pytest.mark.parametrize("zone", [TORONTO, KENORA, ATIKOKAN])
@pytest.mark.parametrize("first", [SPRING, AUTUMN])
@pytest.mark.parametrize("read", [read_by_icalendar, read_by_vobject])
def test_each_meeting_is_read_back_at_the_time_the_group_agreed_on(zone, first, read):
    with time_machine.travel(first.replace(tzinfo=UTC) - timedelta(days=7)):
        community = CommunityFactory()
        person = join(community)
        services.schedule(community, first, how_many=6, zone=zone)
        letter = render(Message.objects.get(kind="meetings-scheduled"))
        feed = ics.for_person(person)
    agreed = [first + timedelta(days=14 * number) for number in range(6)]

    for content in (letter.calendar, feed):
        times = read(content)
        assert [(start.replace(tzinfo=None), end.replace(tzinfo=None)) for start, end in times] == [
            (wall, wall + timedelta(hours=2)) for wall in agreed
        ]
        hours = [start.utcoffset() / timedelta(hours=1) for start, _end in times]
        assert (hours[0], hours[-1]) == OFFSETS[zone, first.month]
        assert [start.astimezone(UTC) for start, _end in times] == list(
            Event.objects.filter(kind="meeting").values_list("starts_at", flat=True)
        )


@pytest.mark.usefixtures("zones_of_the_file_only")
@pytest.mark.parametrize("fold", [0, 1], ids=["the first 1:30", "the second 1:30"])
@pytest.mark.parametrize("read", [read_by_icalendar, read_by_vobject])
def test_an_hour_that_comes_twice_is_read_as_the_one_that_was_chosen(fold, read):
    event = calendar.hold("meeting", datetime(2027, 11, 7, 1, 30), minutes=60, fold=fold)

    ((start, end),) = read(ics.for_event(event))

    assert (start.astimezone(UTC), end.astimezone(UTC)) == (event.starts_at, event.ends_at)


@pytest.mark.usefixtures("zones_of_the_file_only")
@pytest.mark.parametrize("zone", [TORONTO, KENORA, ATIKOKAN])
def test_the_rule_in_a_file_holds_for_ten_years(zone):
    """Where the law changes, this fails with the zone data: the rule then needs an end."""
    read = zones_read(ics.for_event(EventFactory(zone=zone, wall=datetime(2027, 1, 5, 13))))
    noons = [datetime(2027, 1, 1, 12) + timedelta(days=number) for number in range(3653)]

    assert [wall for wall in noons if read.utcoffset(wall) != ZoneInfo(zone).utcoffset(wall)] == []


def zones_read(content):
    (zone,) = vobject.readOne(content.decode()).vtimezone_list
    return zone.tzinfo
