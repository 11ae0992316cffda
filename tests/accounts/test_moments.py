"""Times that the clocks skip are refused; those that come twice are asked, in every form."""

from datetime import UTC, datetime, time

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from accounts import clock
from accounts.moments import MomentField
from applications.models import Slot
from applications.services import interviews
from cops.models import Cohort, Webinar
from meetings import services
from meetings.models import Meeting
from notifications import calendar
from notifications.models import Event, Kind, Role
from tests.applications.selecting import interviewer_of, invited
from tests.factories import (
    CohortFactory,
    CommunityFactory,
    EventFactory,
    MembershipFactory,
    StaffFactory,
    WebinarFactory,
)

pytestmark = pytest.mark.django_db

# Toronto's clocks go back on this day at 2:00; 1:30 is at 05:30 and again at 06:30 UTC.
TWICE = datetime(2026, 11, 1, 1, 30)
FIRST, SECOND = datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
TORONTO, ATIKOKAN = "America/Toronto", "America/Atikokan"


@pytest.fixture(autouse=True)
def october():
    with (
        time_machine.travel(datetime(2026, 10, 1, 12, tzinfo=UTC), tick=False),
        translation.override("en"),
    ):
        yield


@pytest.fixture
def desk(client, sign_in):
    sign_in(client, StaffFactory())
    return client


@pytest.mark.parametrize(
    ("wall", "zone", "twice"),
    [
        (TWICE, TORONTO, True),
        (TWICE, "America/Winnipeg", True),
        (TWICE, ATIKOKAN, False),
        (datetime(2026, 11, 1, 2, 0), TORONTO, False),
        (datetime(2026, 11, 1, 0, 59), TORONTO, False),
        (datetime(2026, 3, 8, 2, 30), TORONTO, False),
        (datetime(9999, 12, 31, 23, 59), TORONTO, False),
        (datetime(1, 1, 1), TORONTO, False),
    ],
)
def test_an_hour_of_the_autumn_comes_twice(wall, zone, twice):
    assert clock.is_repeated(wall, zone) is twice


@pytest.mark.parametrize("wall", [datetime(2026, 3, 8, 2, 30), datetime(9999, 12, 31, 23, 59)])
def test_a_time_that_no_clock_shows_is_refused(wall):
    with pytest.raises(ValidationError):
        clock.instant(wall, TORONTO, fold=1)


@pytest.mark.parametrize(
    ("moment", "words"),
    [(FIRST, "1:30\u00a0a.m. Eastern Time (the first time that day)"),
     (SECOND, "1:30\u00a0a.m. Eastern Time (the second time that day)")],
)  # fmt: skip
def test_a_time_that_comes_twice_is_told_apart_in_words(moment, words):
    assert clock.spoken(moment) == f"Sunday 1\u00a0November 2026, {words}"


# The one input of the admin


def read(typed, which=None, zone=TORONTO):
    field = MomentField()
    field.on_the_clock_of(zone)
    data = {"at": typed} | ({"at_which": which} if which else {})
    return field.clean(field.widget.value_from_datadict(data, {}, "at"))


@pytest.mark.parametrize(("which", "instant"), [("0", FIRST), ("1", SECOND)])
def test_the_choice_says_which(which, instant):
    assert read("2026-11-01T01:30", which) == instant


@pytest.mark.parametrize("which", [None, "", "2", "+09:00"])
def test_without_a_choice_the_input_asks(which):
    with pytest.raises(ValidationError) as refused:
        read("2026-11-01T01:30", which)

    assert refused.value.messages == [
        "1:30\u00a0a.m. happens twice on Sunday 1\u00a0November 2026: the clocks go back. "
        "Choose which of the two."
    ]


def test_a_choice_left_over_from_another_time_changes_nothing():
    assert read("2026-11-02T01:30", "1") == datetime(2026, 11, 2, 6, 30, tzinfo=UTC)
    assert read("2026-11-01T01:30", "1", zone=ATIKOKAN) == SECOND


@pytest.mark.parametrize(
    ("value", "asks", "chosen"),
    [
        (datetime(2026, 11, 2, 6, 30, tzinfo=UTC), False, None),
        (FIRST, True, "0"),
        (SECOND, True, "1"),
        ("2026-11-01T01:30", True, None),
        ("2026-11-01T01:30-05:00", True, "1"),
        ("nonsense", False, None),
        ("2026-13-45T01:30", False, None),
        (None, False, None),
    ],
)
def test_the_question_stands_there_only_when_it_is_one(value, asks, chosen):
    field = MomentField()

    context = field.widget.get_context("at", field.prepare_value(value), {})["widget"]

    assert ("which" in context) is asks
    if asks:
        assert context["value"] == "2026-11-01T01:30"
        assert [key for key, _w, is_it in context["which"]["choices"] if is_it] == (
            [chosen] if chosen else []
        )


def test_the_closing_of_a_call_is_asked_on_the_page_and_kept(desk):
    cohort = CohortFactory(published_at=None)
    address = reverse("admin:cops_cohort_change", args=[cohort.pk])
    form = desk.get(address).context["adminform"].form
    typed = {field.html_name: field.value() for field in form}
    typed = {name: value for name, value in typed.items() if value not in (None, False)}
    typed |= {
        "opens_at": "2026-09-21T08:00", "closes_at": "2026-11-01T01:30",
        "roles-TOTAL_FORMS": 0, "roles-INITIAL_FORMS": 0,
    }  # fmt: skip
    for inline in desk.get(address).context["inline_admin_formsets"]:
        for field in inline.formset.management_form:
            typed[field.html_name] = field.value()

    asked = desk.post(address, typed)
    answered = desk.post(address, typed | {"closes_at_which": "1"})

    errors = asked.context["adminform"].form.errors
    assert list(errors) == ["closes_at"]
    assert 'name="closes_at_which"' in asked.text
    assert answered.status_code == 302
    assert Cohort.objects.get(pk=cohort.pk).closes_at == SECOND
    page = desk.get(address).text
    assert 'name="closes_at_which" value="1" checked' in page
    assert 'name="opens_at_which"' not in page


@pytest.mark.parametrize(("which", "instant"), [("0", FIRST), ("1", SECOND)])
def test_a_webinar_is_held_and_saved_again_at_the_one_that_was_chosen(desk, which, instant):
    webinar = WebinarFactory()
    address = reverse("admin:cops_webinar_change", args=[webinar.pk])
    typed = {
        "answers-TOTAL_FORMS": 0, "answers-INITIAL_FORMS": 0,
        "kind": webinar.kind, "slug": webinar.slug, "title_en": "About",
        "starts_at": "2026-11-01T01:30", "minutes": 60, "zone": TORONTO,
    }  # fmt: skip

    asked = desk.post(address, typed)
    desk.post(address, typed | {"starts_at_which": which})
    event = Webinar.objects.get().event
    desk.post(address, typed | {"starts_at_which": which, "title_en": "All about"})

    assert list(asked.context["adminform"].form.errors) == ["starts_at"]
    assert (event.starts_at, event.local_on, event.local_at, event.zone) == (
        instant, TWICE.date(), TWICE.time(), TORONTO,
    )  # fmt: skip
    again = Webinar.objects.get().event
    assert (again.starts_at, again.schedule_version) == (instant, event.schedule_version)


def test_an_event_is_moved_on_its_own_clock(desk):
    event = EventFactory(kind=Kind.WEBINAR, zone="America/Winnipeg")
    address = reverse("admin:notifications_event_verb", args=[event.pk, "move"])
    typed = {"when": "2026-11-01T01:30", "minutes": 60}

    asked = desk.post(address, typed)
    desk.post(address, typed | {"when_which": "1"})

    assert list(asked.context["form"].errors) == ["when"]
    event.refresh_from_db()
    assert (event.starts_at, event.local_at) == (
        datetime(2026, 11, 1, 7, 30, tzinfo=UTC), time(1, 30),
    )  # fmt: skip


# The forms of facilitators and interviewers


@pytest.fixture
def facilitator(client):
    community = CommunityFactory(cohort=CohortFactory())
    part = MembershipFactory(community=community, role=Role.FACILITATOR)
    calendar.invite(community.series, part.person, Role.FACILITATOR)
    client.force_login(part.person)
    return part


def when(**facts):
    return {"on": "2026-11-01", "at": "01:30", "zone": TORONTO, "minutes": 120, **facts}


@pytest.mark.parametrize(("which", "instant"), [("0", FIRST), ("1", SECOND)])
def test_a_series_that_meets_the_hour_is_asked_and_planned(client, facilitator, which, instant):
    address = reverse("meetings:schedule", args=[facilitator.community.slug])
    typed = when(on="2026-10-18", how_many=3)

    opened = client.get(address)
    asked = client.post(address, typed)
    shown = client.post(address, typed | {"which": which})
    client.post(address, typed | {"which": which, "confirm": "yes"})

    assert "which" not in opened.context["form"].fields
    assert list(asked.context["form"].errors) == ["which"]
    assert f'name="which" value="{which}"' in shown.text, "the plan carries the choice"
    starts = list(Event.objects.filter(kind=Kind.MEETING).values_list("starts_at", flat=True))
    assert starts == [
        datetime(2026, 10, 18, 5, 30, tzinfo=UTC), instant,
        datetime(2026, 11, 15, 6, 30, tzinfo=UTC),
    ]  # fmt: skip


def test_a_series_in_another_hour_is_not_asked(client, facilitator):
    address = reverse("meetings:schedule", args=[facilitator.community.slug])

    shown = client.post(address, when(on="2026-10-18", at="13:00", how_many=3, which="1"))

    assert shown.context["form"].errors == {}
    assert "which" not in shown.context["form"].fields


@pytest.mark.parametrize(("which", "instant"), [("0", FIRST), ("1", SECOND)])
def test_a_meeting_is_moved_there_and_its_link_changed_later(client, facilitator, which, instant):
    [meeting] = services.schedule(facilitator.community, datetime(2026, 10, 20, 13), how_many=1)
    address = reverse("meetings:meeting-move", args=[meeting.uuid])

    asked = client.post(address, when(version=0))
    client.post(address, when(version=0, which=which))
    opened = client.get(address).context["form"]
    client.post(address, when(version=1, which=opened.initial["which"], dial_in="416 555 0100"))

    assert list(asked.context["form"].errors) == ["which"]
    assert opened.initial["which"] == which
    event = Meeting.objects.get(pk=meeting.pk).event
    assert (event.starts_at, event.local_at, event.dial_in) == (
        instant, time(1, 30), "416 555 0100",
    )  # fmt: skip


def test_an_event_at_the_second_of_the_two_is_made_longer_without_a_question():
    event = calendar.hold(Kind.MEETING, TWICE, minutes=60, fold=1)

    calendar.move(event, minutes=90)

    assert (event.starts_at, event.length_minutes) == (SECOND, 90)


@pytest.mark.parametrize(("which", "instant"), [("0", FIRST), ("1", SECOND)])
def test_an_interview_is_offered_and_booked_there(client, which, instant):
    cohort = CohortFactory(opens_at=datetime(2026, 9, 20, tzinfo=UTC))
    client.force_login(interviewer_of(cohort))
    address = reverse("applications:slots-publish")
    typed = when(cohort=cohort.pk, minutes=45, count=1, pause=15)

    asked = client.post(address, typed)
    client.post(address, typed | {"which": which})
    slot, interview = Slot.objects.get(), invited(cohort)
    interviews.book(interview, slot, by=interview.application.person)

    assert list(asked.context["form"].errors) == ["which"]
    interview.refresh_from_db()
    assert (slot.starts_at, interview.event.starts_at) == (instant, instant)


@pytest.mark.parametrize("path", ["", "/fr"])
def test_the_question_speaks_both_languages(client, facilitator, path):
    address = path + reverse("meetings:schedule", args=[facilitator.community.slug])

    page = client.post(address, when(how_many=1)).text

    words = {"": "The first time, before the clocks go back", "/fr": "La première fois"}
    assert words[path] in page
    question = {"": "Which of the two</legend>", "/fr": "Première ou deuxième fois</legend>"}
    assert question[path] in page, "it is not optional"


@pytest.mark.parametrize(
    ("moment", "own", "said"),
    [
        (datetime(2027, 4, 6, 17, tzinfo=UTC), "America/Toronto", ""),
        (datetime(2027, 1, 6, 18, tzinfo=UTC), "America/Atikokan", ""),
        (
            datetime(2027, 4, 6, 17, tzinfo=UTC),
            "America/Atikokan",
            "12:00\u00a0p.m. Eastern Standard Time",
        ),
        (
            datetime(2027, 4, 6, 4, 30, tzinfo=UTC),
            "America/Winnipeg",
            "Monday 5\u00a0April 2027, 11:30\u00a0p.m. Central Time",
        ),
    ],
)
def test_another_clock_is_said_where_it_shows_another_hour(moment, own, said):
    there = clock.spoken(moment)

    both = clock.spoken_to(moment, "America/Toronto", own)

    assert both == (f"{there} (on your clock: {said})" if said else there)
