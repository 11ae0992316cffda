"""The page of a webinar at the desk."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from cops import services
from cops.models import Webinar
from notifications.models import Event
from tests.cops.desk import change_url, verb_url
from tests.factories import (
    CohortFactory,
    WebinarFactory,
    wall,
)

pytestmark = pytest.mark.django_db


def webinar_facts(cohort, **facts):
    return {
        "cohort": cohort.pk,
        "kind": "information",
        "slug": "about",
        "title_en": "About",
        "title_fr": "À propos",
        "starts_at": wall(5).strftime("%Y-%m-%dT%H:%M"),
        "minutes": 60,
        "zone": "America/Toronto",
        "join_link": "https://meet.example/about",
        "answers-TOTAL_FORMS": 0,
        "answers-INITIAL_FORMS": 0,
        **facts,
    }


def test_staff_create_and_move_a_webinar_on_one_page(client, staff):
    cohort = CohortFactory()

    client.post(reverse("admin:cops_webinar_add"), webinar_facts(cohort))
    webinar = Webinar.objects.get()
    moved = webinar_facts(cohort, starts_at=wall(6).strftime("%Y-%m-%dT%H:%M"), minutes=90)
    client.post(change_url(webinar), moved)

    event = Event.objects.get(kind="webinar")
    assert (webinar.event, event.series) == (event, cohort.series)
    assert (event.local_on, event.local_at, event.length_minutes, event.schedule_version) == (
        wall(6).date(),
        wall(6).time(),
        90,
        1,
    )


def test_a_webinar_is_not_moved_into_the_past(client, staff):
    webinar = WebinarFactory()
    before = webinar.event.starts_at

    past = webinar_facts(webinar.cohort, starts_at=wall(-1).strftime("%Y-%m-%dT%H:%M"))
    response = client.post(change_url(webinar), past)

    webinar.event.refresh_from_db()
    assert response.context["adminform"].form.errors == {
        "starts_at": ["This time is past. For what was already held, leave the date as it is."]
    }
    assert (webinar.event.starts_at, webinar.event.schedule_version) == (before, 0)


def test_a_webinar_that_was_held_keeps_its_time_and_gets_its_recording(client, staff):
    webinar = WebinarFactory(event__wall=wall(-1))
    facts = webinar_facts(
        webinar.cohort,
        slug=webinar.slug,
        starts_at=webinar.event.local_start.strftime("%Y-%m-%dT%H:%M"),
        recording_url="https://video.example/about",
    )

    response = client.post(change_url(webinar), facts)

    webinar.refresh_from_db()
    assert (response.status_code, webinar.recording_url) == (302, "https://video.example/about")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("starts_at", "2027-03-14T02:30"),
        ("starts_at", "2027-02-30T13:00"),
        ("minutes", "0"),
        ("zone", "Mars/Olympus"),
        ("join_link", "javascript:alert(1)"),
    ],
)
def test_an_impossible_webinar_is_refused_by_its_field(client, staff, field, value):
    response = client.post(
        reverse("admin:cops_webinar_add"), webinar_facts(CohortFactory(), **{field: value})
    )

    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors
    assert not Webinar.objects.exists()


def test_staff_note_who_came(client, staff):
    webinar = WebinarFactory()
    for number in range(2):
        services.register(
            webinar, email=f"{number}@agency.test", name=str(number), consent_wording="Yes."
        )
    came, absent = webinar.event.invitees.order_by("person__name")

    with time_machine.travel(webinar.event.starts_at + timedelta(minutes=70)):
        client.post(verb_url(webinar, "attendance"), {"present": [came.pk]})

    came.refresh_from_db()
    absent.refresh_from_db()
    assert (came.attendance, absent.attendance) == ("present", "absent")


def test_cancelling_a_webinar_asks_first(client, staff):
    webinar = WebinarFactory()
    url = verb_url(webinar, "cancel")

    asked = client.get(url)
    webinar.event.refresh_from_db()
    still_on = webinar.event.is_live
    client.post(url, {"reason": ""})

    webinar.event.refresh_from_db()
    assert (asked.status_code, still_on, webinar.event.is_live) == (200, True, False)
