"""The board: every figure is the length of the list it leads to."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.counts import Count, Counted, counted, waiting
from applications.models import Review, Status
from applications.templatetags.applications_parts import intake_board, selection_board
from cops.models import Cohort
from cops.templatetags.cops_parts import access_board, cops_board
from meetings.templatetags.meetings_parts import meetings_board
from notifications.models import Kind
from notifications.templatetags.notifications_parts import notifications_board
from outcomes.templatetags.outcomes_parts import outcomes_board
from tests.factories import (
    ApplicationFactory,
    CohortFactory,
    CommunityFactory,
    EventFactory,
    InviteeFactory,
    MeetingFactory,
    ReviewFactory,
    StaffFactory,
)

PARTS = [
    cops_board,
    selection_board,
    meetings_board,
    outcomes_board,
]
# What they count stands on a page of another shape: where groups are composed, and where a
# batch is let go.
OTHER_SHAPE = {
    "Interviewed, to be placed in a group",
    "Letters about decisions, to look at and send",
}


@pytest.mark.django_db
@pytest.mark.parametrize("reads", [False, True])
def test_each_figure_is_the_length_of_its_list(client, sign_in, reads):
    call_command("load_sample")
    staff = StaffFactory()
    if reads:  # much is kept from her, and not counted either
        review = Review.objects.filter(application__status=Status.IN_REVIEW).first()
        ReviewFactory(application=review.application, reviewer=staff)
    sign_in(client, staff)

    wrong = [
        (cohort.slug, count.label, count.number, listed)
        for cohort in Cohort.objects.all()
        for stage in counted(intake_board(cohort, staff), *(part(cohort) for part in PARTS))
        for count in stage.counts
        if count.label not in OTHER_SHAPE
        and (listed := client.get(count.url).context["cl"].result_count) != count.number
    ]

    wrong += [
        (count.label, count.number, listed)
        for stage in counted(access_board(staff), notifications_board(staff))
        for count in stage.counts
        if (listed := client.get(count.url).context["cl"].result_count) != count.number
    ]
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_the_board_takes_the_same_queries_for_any_number(
    client, sign_in, rows, django_assert_num_queries
):
    sign_in(client, StaffFactory())
    cohort = CohortFactory()
    for _ in range(rows):
        application = ApplicationFactory(cohort=cohort, status=Status.SUBMITTED)
        ReviewFactory(application=application)
        MeetingFactory(community=CommunityFactory(cohort=cohort))
        InviteeFactory(event=EventFactory(series=cohort.series, kind=Kind.INTERVIEW))
    client.get(reverse("board"))

    with django_assert_num_queries(12):
        client.get(reverse("board"))


def test_what_needs_somebody_is_urgent_and_not_empty_and_the_dangerous_stands_first():
    late = Count("late", 2, "/late/", "danger")
    silent = Count("silent", 1, "/silent/", "attention")
    none = Count("none", 0, "/none/", "danger")
    only_told = Count("registered", 9, "/registered/")

    stages = [Counted("Mail", [only_told, silent]), Counted("Offers", [none, late])]

    assert waiting(stages) == [late, silent]
