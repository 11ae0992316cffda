from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts import clock
from cops import services
from cops.models import Cohort, Membership
from tests.factories import (
    CohortFactory,
    CommunityFactory,
    CriterionFactory,
    FocusAreaVersionFactory,
    MembershipFactory,
    PersonFactory,
    WebinarFactory,
)

pytestmark = pytest.mark.django_db


def page(response):
    return response.content.decode()


def test_home_puts_the_open_call_first_with_its_two_actions(client):
    open_call = CohortFactory(name_en="The open one")
    webinar = WebinarFactory(cohort=open_call)
    CohortFactory(name_en="The meeting one", opens_at=timezone.now() - timedelta(days=100))
    FocusAreaVersionFactory(cohort=open_call, question_en="How can we help?")

    response = client.get("/")

    assert response.context["lead"] == open_call
    assert [cohort.name_en for cohort, _timeline in response.context["others"]] == [
        "The meeting one"
    ]
    assert reverse("applications:apply-to", args=[open_call.slug]) in page(response)
    assert reverse("cops:webinar-register", args=[webinar.slug]) in page(response)
    assert "How can we help?" in page(response)


def test_home_without_any_call_says_so(client):
    assert "No call is open today" in page(client.get("/"))


@pytest.mark.parametrize(
    ("opened", "words"),
    [
        (
            -100,
            ["No call is open today.", "The communities are meeting", "Next: Outcomes published"],
        ),
        (5, ["Applications open on", "Next: Applications open"]),
    ],
)
def test_home_without_an_open_call_says_what_is_and_what_comes(client, opened, words):
    cohort = CohortFactory(opens_at=timezone.now() + timedelta(days=opened))
    Cohort.objects.update(published_at=timezone.now())

    text = page(client.get("/"))

    assert [one for one in words if one not in text] == []
    assert reverse("applications:apply-to", args=[cohort.slug]) not in text


def test_home_with_a_finished_call_only_lists_it_as_earlier(client):
    cohort = CohortFactory(opens_at=timezone.now() - timedelta(days=900))

    response = client.get("/")

    assert (response.context["lead"], list(response.context["earlier"])) == (None, [cohort])


def test_home_asks_as_many_questions_for_three_rounds_as_for_one(client, django_assert_num_queries):
    make_round()
    with django_assert_num_queries(5):
        client.get("/")
    make_round()
    make_round()
    with django_assert_num_queries(5):
        client.get("/")


def test_a_call_and_a_community_ask_as_many_questions_for_three_rows_as_for_one(
    client, django_assert_num_queries
):
    membership = MembershipFactory()
    community = membership.community
    cohort = community.cohort
    client.force_login(membership.person)

    def more():
        MembershipFactory(community=community)
        CommunityFactory(cohort=cohort)
        CriterionFactory(cohort=cohort)
        FocusAreaVersionFactory(cohort=cohort)
        WebinarFactory(cohort=cohort)

    more()
    for rows in (1, 3):
        with django_assert_num_queries(8):
            client.get(cohort.get_absolute_url())
        with django_assert_num_queries(12):
            client.get(community.get_absolute_url())
        if rows == 1:
            more()
            more()


def make_round():
    cohort = CohortFactory()
    WebinarFactory(cohort=cohort)
    FocusAreaVersionFactory(cohort=cohort)


def test_an_unpublished_call_is_for_staff(client):
    cohort = CohortFactory(published_at=None)

    assert client.get(cohort.get_absolute_url()).status_code == 404
    client.force_login(PersonFactory())
    assert client.get(cohort.get_absolute_url()).status_code == 404


def test_the_call_tells_who_is_sought_when_and_whom_to_ask(client):
    cohort = CohortFactory(invitation_en="Join us.", commitment_en="Ten hours.")
    CriterionFactory(cohort=cohort, text_en="Eager to collaborate across the province")
    community = CommunityFactory(cohort=cohort)

    text = page(client.get(cohort.get_absolute_url()))

    for words in (
        "Join us.",
        "Ten hours.",
        "Eager to collaborate across the province",
        community.name_en,
        cohort.mailbox,
    ):
        assert words in text


def test_a_finished_call_no_longer_tells_how_people_are_chosen(client):
    open_call = CohortFactory()
    finished = CohortFactory(opens_at=timezone.now() - timedelta(days=900))

    texts = [page(client.get(cohort.get_absolute_url())) for cohort in (open_call, finished)]

    assert ["How people are chosen" in text for text in texts] == [True, False]
    assert ["Apply by" in text for text in texts] == [True, False]
    assert "This round is finished." in texts[1]


@pytest.mark.parametrize("published", [True, False])
def test_a_focus_area_shows_the_questions_of_published_calls_only(client, published):
    cohort = CohortFactory(published_at=timezone.now() if published else None)
    version = FocusAreaVersionFactory(cohort=cohort, question_en="First words?")
    FocusAreaVersionFactory(
        cohort=cohort, focus_area=version.focus_area, number=2, question_en="Refined words?"
    )

    response = client.get(version.focus_area.get_absolute_url())

    assert response.status_code == (200 if published else 404)
    assert ("Refined words?" in page(response)) == published
    assert ("Before that" in page(response)) == published


def test_a_problem_stated_in_lower_case_begins_with_a_capital_for_those_who_search(client):
    area = FocusAreaVersionFactory(focus_area__problem_en="how to help").focus_area

    text = page(client.get(area.get_absolute_url()))

    assert '<meta name="description" content="How to help">' in text


def test_a_community_is_public_in_summary_and_open_inside_to_its_own(client):
    membership = MembershipFactory(community__summary_en="What we do, in public.")
    community = membership.community

    public = client.get(community.get_absolute_url())
    client.force_login(PersonFactory())
    stranger = client.get(community.get_absolute_url())
    client.force_login(membership.person)
    member = client.get(community.get_absolute_url())

    assert "What we do, in public." in page(public)
    assert membership.person.name not in page(public) + page(stranger)
    assert [response.context["is_inside"] for response in (public, stranger, member)] == [
        False,
        False,
        True,
    ]


def test_pages_below_an_open_call_lead_to_its_application(client):
    version = FocusAreaVersionFactory(cohort=CohortFactory())
    group = CommunityFactory(cohort=version.cohort, focus_area=version.focus_area)
    apply = f'href="{reverse("applications:apply-to", args=[version.cohort.slug])}"'

    while_open = [client.get(each.get_absolute_url()) for each in (version.focus_area, group)]
    with time_machine.travel(version.cohort.closes_at + timedelta(minutes=1), tick=False):
        closed = [client.get(each.get_absolute_url()) for each in (version.focus_area, group)]

    assert [page(response).count(apply) for response in while_open] == [1, 1]
    assert [page(response).count(apply) for response in closed] == [0, 0]


def test_a_group_without_members_has_no_balance_to_show(client):
    membership = MembershipFactory(role=Membership.As.FACILITATOR)
    client.force_login(membership.person)

    alone = client.get(membership.community.get_absolute_url())
    MembershipFactory(community=membership.community)
    together = client.get(membership.community.get_absolute_url())

    assert ['id="balance"' in page(response) for response in (alone, together)] == [False, True]


def test_who_left_a_community_reads_only_its_public_summary(client):
    membership = MembershipFactory()
    services.leave(membership)
    client.force_login(membership.person)

    response = client.get(membership.community.get_absolute_url())

    assert response.context["is_inside"] is False


def test_what_was_done_stands_once_and_above_the_call(client, sign_in):
    CohortFactory(headline_en="Join us")
    sign_in(client, PersonFactory())
    client.post(reverse("account_logout"))

    text = page(client.get(reverse("cops:home")))

    assert text.count('id="messages"') == 1
    assert text.index("You have signed out") < text.index("Join us")


def test_applying_comes_before_the_timeline_and_the_phone_can_be_tapped(client):
    cohort = CohortFactory(contact_phone="705 555-0100")

    text = page(client.get(cohort.get_absolute_url()))

    button = f'href="{reverse("applications:apply-to", args=[cohort.slug])}"'
    assert text.count(button) == 1
    assert text.index(button) < text.index('class="timeline"')
    assert 'href="tel:705555-0100">705 555-0100</a>' in text


def test_a_preview_offers_no_webinar_that_is_past_on_its_day():
    webinar = WebinarFactory()
    cohort = webinar.cohort

    with clock.as_of(webinar.event.starts_at + timedelta(days=1)):
        previewed = cohort.next_webinar

    assert (cohort.next_webinar, previewed) == (webinar, None)
