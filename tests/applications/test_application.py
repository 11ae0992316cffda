"""What has been sent: its status page, home, withdrawing."""

import re
from datetime import timedelta

import pytest
from django.utils import translation

from accounts import clock
from applications.models import Status
from applications.words import standing
from notifications import calendar
from notifications.models import Invitee, Kind, Role
from tests.applications.applying import complete
from tests.factories import (
    ApplicationFactory,
    EventFactory,
    InterviewFactory,
    OfferFactory,
    PersonFactory,
    ReviewFactory,
    SlotFactory,
    StaffFactory,
    days,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_status_says_what_comes_next(client, sign_in, status, language):
    application = ApplicationFactory(status=status)
    if status == Status.OFFERED:
        OfferFactory(application=application)
    sign_in(client, application.person)

    with translation.override(language):
        page = client.get(application.get_absolute_url())
        words = standing(application)

    assert all(words[key] for key in ("tone", "label", "sentence"))
    assert page.status_code == (302 if status == Status.DRAFT else 200)


@pytest.mark.parametrize(
    ("answer", "label", "leads_to_community"),
    [("open", "A place for you", False), ("accepted", "Accepted", True),
     ("turned-down", "Turned down", False), ("lapsed", "Time is over", False),
     ("withdrawn", "Withdrawn", False)],
)  # fmt: skip
def test_after_an_offer_the_page_tells_what_became_of_it(
    client, sign_in, answer, label, leads_to_community
):
    offer = OfferFactory(application__status=Status.OFFERED, status=answer)
    sign_in(client, offer.application.person)

    pages = [client.get(url) for url in (offer.application.get_absolute_url(), "/me/")]

    assert standing(offer.application)["label"] == label
    for page in pages:
        text = page.content.decode()
        assert label in text
        assert (offer.community.get_absolute_url() in text) == leads_to_community
        assert ("See the offer and answer" in text) == (answer == "open")


@pytest.mark.parametrize(
    ("status", "label"), [("held", "Interviewed"), ("missed", "Interview missed")]
)
def test_after_an_interview_the_page_no_longer_invites_to_one(client, sign_in, status, label):
    interview = InterviewFactory(
        application__status=Status.INTERVIEW, status=status, slot=SlotFactory(),
        event=EventFactory(kind=Kind.INTERVIEW, minutes=45),
    )  # fmt: skip
    sign_in(client, interview.application.person)

    page = client.get(interview.application.get_absolute_url()).content.decode()

    assert label in page
    assert "Choose a time" not in page


def test_a_decision_that_is_not_released_leaves_no_trace_on_her_pages(client, sign_in):
    application = ApplicationFactory(status=Status.IN_REVIEW)
    sign_in(client, application.person)
    pages = [application.get_absolute_url(), "/me/"]
    before = [client.get(page).content for page in pages]

    application.decide(Status.DECLINED, by=StaffFactory(), reason="Too far")

    def without_tokens(content):
        return re.sub(rb'(csrfmiddlewaretoken" value=")\w+', b"", content)

    after = [client.get(page).content for page in pages]
    assert list(map(without_tokens, after)) == list(map(without_tokens, before))


def test_she_withdraws_with_a_reason_and_nobody_reads_any_more(client, sign_in):
    application = ApplicationFactory(status=Status.IN_REVIEW)
    review = ReviewFactory(application=application)
    calendar.owe(review.deadline, review.reviewer, Role.REVIEWER)
    sign_in(client, application.person)

    page = client.get(f"{application.get_absolute_url()}withdraw/")
    client.post(f"{application.get_absolute_url()}withdraw/", {"reason": "New job"})

    assert page.status_code == 200
    application.refresh_from_db()
    review.refresh_from_db()
    assert (application.status, application.changes.get().reason) == ("withdrawn", "New job")
    assert review.status == "recused"
    assert Invitee.objects.current().count() == 0


@pytest.mark.parametrize(("opened", "times"), [(-10, 1), (-40, 0)], ids=["open", "closed"])
def test_who_withdrew_is_led_to_the_call_while_it_is_open(client, sign_in, opened, times):
    application = ApplicationFactory(status=Status.WITHDRAWN, cohort__opens_at=days(opened))
    sign_in(client, application.person)

    page = client.get(application.get_absolute_url())

    assert page.text.count(f'action="{application.get_absolute_url()}again/"') == times


@pytest.mark.parametrize("status", [Status.DECLINED, Status.WITHDRAWN])
def test_what_is_closed_is_not_withdrawn(client, sign_in, status):
    application = ApplicationFactory(status=status)
    sign_in(client, application.person)

    client.post(f"{application.get_absolute_url()}withdraw/")

    assert application.changes.count() == 0


def test_the_page_of_what_is_sent_asks_so_many_questions(client, draft, django_assert_num_queries):
    complete(draft).submit()
    client.get(draft.get_absolute_url())

    with django_assert_num_queries(9):
        assert client.get(draft.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_home_asks_the_same_number_of_questions_for_three_applications(
    client, sign_in, count, django_assert_num_queries
):
    person = PersonFactory()
    for _number in range(count):
        OfferFactory(application__person=person, application__status=Status.OFFERED)
    sign_in(client, person)
    client.get("/me/")

    with django_assert_num_queries(16):
        client.get("/me/")


@pytest.mark.parametrize(
    ("zone", "is_said"), [("America/Toronto", False), ("America/Winnipeg", True)]
)
def test_who_has_booked_reads_when_we_talk_on_her_own_clock_too(zone, is_said):
    interview = InterviewFactory(
        application__status=Status.INTERVIEW, application__person__time_zone=zone,
        status="booked", slot=SlotFactory(), event=EventFactory(kind=Kind.INTERVIEW, minutes=45),
    )  # fmt: skip

    words = standing(interview.application)

    assert words["label"] == "Interview booked"
    assert clock.spoken(interview.slot.starts_at, interview.slot.zone) in words["sentence"]
    assert (clock.spoken(interview.slot.starts_at, zone) in words["next_step"]) == is_said


def test_between_the_talk_and_its_note_she_is_not_asked_to_come_again(client, sign_in):
    interview = InterviewFactory(
        application__status=Status.INTERVIEW, status="booked",
        slot=SlotFactory(starts_at=days(-1), ends_at=days(-1) + timedelta(minutes=45)),
        event=EventFactory(kind=Kind.INTERVIEW, minutes=45),
    )  # fmt: skip
    application = interview.application
    sign_in(client, application.person)

    page = client.get(application.get_absolute_url()).text

    when = clock.spoken(interview.slot.starts_at, interview.slot.zone)
    assert standing(application)["sentence"] == f"Your interview was on {when}."
    assert "See, move or cancel" not in page
    assert "Choose a time" not in page


@pytest.mark.parametrize(
    ("status", "is_shown"),
    [(Status.DRAFT, False), (Status.SUBMITTED, True), (Status.WAITLISTED, True),
     (Status.DECLINED, False)],
)  # fmt: skip
def test_her_own_page_shows_the_way_of_what_is_still_open(client, sign_in, status, is_shown):
    application = ApplicationFactory(status=status)
    sign_in(client, application.person)

    text = client.get("/me/").content.decode()

    assert ("The way of your application" in text) == is_shown
