"""What a facilitator's groups need, as her own page counts it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cops.services import join, leave
from meetings import duties, services
from meetings.models import Trial
from notifications.models import Invitee, Role
from tests.factories import CommunityFactory, MeetingFactory, PersonFactory, TrialFactory, wall

pytestmark = pytest.mark.django_db


def numbers(group):
    return [count.number for count in group.counts]


def test_a_facilitator_sees_what_each_of_her_groups_needs(group):
    yesterday = timezone.localdate() - timedelta(days=1)
    services.promise(group.past, group.amal, "Ask employers", yesterday)
    services.promise(group.past, group.bo, "Ask a landlord", timezone.localdate())
    TrialFactory(community=group.community, status=Trial.Status.RUNNING)
    TrialFactory(community=group.community)
    invitees = group.ahead.event.invitees
    invitees.get(person=group.amal).say(Invitee.Answer.NO)

    [found] = duties.of_facilitator(group.facilitator)

    assert found.community == group.community
    assert numbers(found) == [1, 1, 1, invitees.current().count() - 1]
    assert [count.needs_somebody for count in found.counts] == [True, True, False, False]


def test_a_group_is_counted_for_its_facilitators_alone(group):
    assert duties.of_facilitator(group.amal) == []
    assert duties.of_facilitator(PersonFactory(is_staff=True)) == []

    leave(group.facilitator.memberships.get())

    assert duties.of_facilitator(group.facilitator) == []


@pytest.mark.parametrize("groups", [1, 3])
def test_any_number_of_groups_takes_six_queries(groups, django_assert_num_queries):
    person = PersonFactory()
    for _ in range(groups):
        community = CommunityFactory()
        join(community, person, role=Role.FACILITATOR)
        MeetingFactory(community=community, event__wall=wall(3))

    with django_assert_num_queries(6):
        found = duties.of_facilitator(person)

    assert len(found) == groups
