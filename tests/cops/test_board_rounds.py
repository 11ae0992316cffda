"""Which round the board shows, and what it leads to."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications import calendar
from notifications.models import Kind, Role
from tests.cops.desk import make_call, page
from tests.factories import (
    CohortFactory,
    CommunityFactory,
    EventFactory,
    PersonFactory,
    RegistrationFactory,
    StaffFactory,
    wall,
)

pytestmark = pytest.mark.django_db


def test_the_board_shows_the_latest_living_round_and_its_next_days(client, staff):
    CohortFactory(name_en="Finished", opens_at=timezone.now() - timedelta(days=900))
    cohort = CohortFactory(name_en="Living")
    EventFactory(series=CommunityFactory(cohort=cohort).series, title_en="Third meeting")
    EventFactory(series=cohort.series, title_en="Far away", wall=wall(20))
    EventFactory(series=cohort.series, title_en="Review of ABC", kind=Kind.REVIEW_DUE, minutes=0)
    RegistrationFactory(webinar__cohort=cohort)

    response = client.get(reverse("board"))

    assert response.context["cohort"] == cohort
    assert "Third meeting" in page(response)
    assert "Far away" not in page(response)
    assert "Review of ABC" not in page(response)
    of_cohort = f"webinar__cohort__id__exact={cohort.pk}&amp;webinar__kind__exact=information"
    assert f"{of_cohort}&amp;live=yes" in page(response)


def test_the_board_names_rounds_and_communities_in_its_own_language(client, staff):
    community = CommunityFactory(name_fr="Trajets", cohort__name_fr="Cohorte bleue")
    for series in (community.series, community.cohort.series):
        EventFactory(series=series)

    text = page(client.get("/fr/admin/board/", {"cohort": community.cohort.slug}))

    assert '<span class="meta">Trajets</span>' in text
    assert '<span class="meta">Cohorte bleue</span>' in text


def test_a_day_of_the_board_names_whom_it_concerns_and_leads_to_its_event(client, staff):
    cohort = CohortFactory()
    event = EventFactory(series=cohort.series, kind=Kind.INTERVIEW)
    calendar.owe(event, PersonFactory(name="Odette Late"), Role.APPLICANT)

    text = page(client.get(reverse("board"), {"cohort": cohort.slug}))

    assert f'href="{reverse("admin:notifications_event_change", args=[event.pk])}"' in text
    assert "Odette Late · " in text


def test_a_round_still_being_written_does_not_push_the_open_one_off_the_board(client, staff):
    cohort = make_call()
    CohortFactory(opens_at=timezone.now() + timedelta(days=20), published_at=None)

    assert client.get(reverse("board")).context["cohort"] == cohort


def test_every_count_of_the_board_leads_to_its_list(client, staff):
    cohort = make_call()

    response = client.get(reverse("board"), {"cohort": cohort.slug})

    hrefs = re.findall(r'class="board-count[^>]*>\s*<a [^>]*href="([^"]*)"', page(response))
    assert len(hrefs) >= 10
    for href in hrefs:
        answer = client.get(unescape(href))
        assert (href, answer.status_code) == (href, 200)
        assert "e=1" not in answer.request["QUERY_STRING"]


def test_the_board_without_any_round_leads_to_the_first(client, staff):
    assert reverse("admin:cops_cohort_add") in page(client.get(reverse("board")))


def test_the_board_is_for_staff(client, sign_in):
    assert client.get(reverse("board")).status_code == 302
    sign_in(client, PersonFactory())
    assert client.get(reverse("board")).status_code == 403


def test_the_first_page_of_the_desk_leads_to_the_board(client, sign_in):
    sign_in(client, StaffFactory())

    assert 'href="/admin/board/"' in client.get("/admin/").text
