from datetime import UTC, date, datetime, time

import pytest
import time_machine
from django.utils import translation

from accounts import clock
from cops import timeline
from cops.models import Phase
from notifications import calendar
from tests.factories import CohortFactory, EventFactory, WebinarFactory

pytestmark = pytest.mark.django_db


def at(month, day, hour=12, minute=0):
    return datetime(2021, month, day, hour, minute, tzinfo=clock.ONTARIO)


@pytest.fixture
def call():
    """The 2021 call, with its own dates."""
    cohort = CohortFactory(
        opens_at=at(1, 11, 9),
        closes_at=at(2, 12, 23, 59),
        reviews_due_on=date(2021, 2, 19),
        interviews_from=date(2021, 2, 22),
        interviews_until=date(2021, 3, 12),
        groups_on=date(2021, 3, 19),
        meetings_from=date(2021, 3, 23),
        meetings_until=date(2021, 8, 31),
        publishing_until=date(2021, 9, 29),
    )
    event = EventFactory(
        kind="webinar", minutes=60, wall=datetime.combine(date(2021, 1, 27), time(13))
    )
    WebinarFactory(cohort=cohort, event=event)
    return cohort


def states(cohort, moment):
    with time_machine.travel(moment, tick=False):
        return [step.state for step in timeline.of(cohort).steps]


def test_the_steps_of_the_2021_call_are_those_it_announced(call):
    steps = timeline.of(call).steps

    assert [(step.name, step.when) for step in steps] == [
        ("Applications open", "11\u00a0January 2021"),
        ("Webinar", "27\u00a0January 2021"),
        ("Applications close", "12\u00a0February 2021"),
        ("Interviews", "22\u00a0February to 12\u00a0March 2021"),
        ("Groups are known", "19\u00a0March 2021"),
        ("Meetings", "23\u00a0March to 31\u00a0August 2021"),
        ("Outcomes published", "by 29\u00a0September 2021"),
    ]


@pytest.mark.parametrize(
    ("moment", "phase", "expected"),
    [
        (at(1, 1), Phase.UPCOMING, "next later later later later later later"),
        (at(1, 20), Phase.OPEN, "now next later later later later later"),
        (at(1, 27, 13, 30), Phase.OPEN, "now now next later later later later"),
        (at(2, 12, 23, 58), Phase.OPEN, "now done next later later later later"),
        (at(2, 12, 23, 59), Phase.REVIEWING, "done done done next later later later"),
        (at(3, 12, 23), Phase.INTERVIEWING, "done done done now next later later"),
        (at(3, 15), Phase.SELECTING, "done done done done next later later"),
        (at(6, 1), Phase.MEETING, "done done done done done now next"),
        (at(9, 10), Phase.PUBLISHING, "done done done done done done now"),
        (at(10, 1), Phase.CLOSED, "done done done done done done done"),
    ],
)
def test_each_day_has_its_phase_and_its_next_step(call, moment, phase, expected):
    assert states(call, moment) == expected.split()
    with time_machine.travel(moment, tick=False):
        assert call.phase == phase
        assert timeline.sentence(call)


def test_today_moves_along_the_line_and_leaves_it_when_all_is_over(call):
    moments = [at(1, 1), at(1, 19), at(2, 12, 23, 59), at(6, 11), at(9, 29), at(10, 1)]

    percents = []
    for moment in moments:
        with time_machine.travel(moment, tick=False):
            percents.append(timeline.of(call).today_percent)

    assert percents[0] == 0
    assert percents[-1] is None
    assert percents[:-1] == sorted(percents[:-1])
    assert percents[2] == round(100 * 2 / 7)


def test_a_cancelled_webinar_is_no_step(call):
    calendar.cancel(call.webinars.get().event)

    assert "Webinar" not in [step.name for step in timeline.of(call).steps]


def test_dates_are_written_as_a_canadian_newspaper_would():
    with translation.override("fr"):
        assert timeline.short_day(date(2021, 3, 1)) == "1er\u00a0mars 2021"
        assert timeline.short_day(date(2021, 3, 11)) == "11\u00a0mars 2021"
        assert (
            timeline.short_range(date(2021, 2, 22), date(2021, 3, 12))
            == "du 22\u00a0février au 12\u00a0mars 2021"
        )
        assert timeline.short_range(date(2020, 12, 1), date(2021, 3, 1)) == (
            "du 1er\u00a0décembre 2020 au 1er\u00a0mars 2021"
        )


def test_a_deadline_before_midnight_in_utc_belongs_to_its_day_in_ontario(call):
    assert call.closes_at.astimezone(UTC).date() == date(2021, 2, 13)
    assert timeline.of(call).steps[2].date == "2021-02-12"


@pytest.mark.parametrize(
    ("moment", "sentence", "following"),
    [
        (at(1, 1), "Applications open on Monday 11", "Applications open, 11"),
        (at(1, 20), "You can apply until Friday 12", "Webinar, 27"),
        (at(2, 1), "You can apply until Friday 12", "Applications close, 12"),
        (at(2, 15), "being read until Friday 19", "Interviews, 22"),
        (
            at(2, 20),
            "Interviews take place from Monday 22",
            "Interviews, 22",
        ),
        (at(3, 1), "Interviews take place until Friday 12", "Groups are known, 19"),
        (at(3, 15), "being put together. They are known on Friday 19", "Groups are known, 19"),
        (at(3, 21), "The groups are known. They meet from Tuesday 23", "Meetings, 23"),
        (at(6, 1), "The communities are meeting, until Tuesday 31", "Outcomes published, by 29"),
        (at(9, 10), "The outcomes are out by Wednesday 29", ""),
        (at(11, 1), "This round is finished", ""),
    ],
)
def test_in_every_phase_the_call_says_where_it_stands_and_what_comes_next(
    call, client, moment, sentence, following
):
    with time_machine.travel(moment, tick=False):
        said = timeline.of(call)
        page = client.get(call.get_absolute_url()).text

    assert sentence in said.sentence
    assert said.next_step.startswith(f"Next: {following}" if following else "")
    assert bool(said.next_step) == bool(following)
    assert said.sentence in page
