from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import translation

from meetings import services
from notifications import calendar
from notifications.models import Role
from tests.factories import CommunityFactory, MembershipFactory, PersonFactory, wall


@pytest.fixture(autouse=True)
def english():
    """A page in French leaves its thread speaking French; the next test begins in English."""
    with translation.override("en"):
        yield


def url(name, meeting):
    return reverse(f"meetings:{name}", args=[meeting.uuid])


def join(community, role=Role.MEMBER, **facts):
    """Let a new person be part of ``community`` and its calendar, without the welcome mail."""
    person = PersonFactory(**facts)
    MembershipFactory(community=community, person=person, role=role)
    calendar.invite(community.series, person, role)
    return person


@pytest.fixture
def group(db):
    """A facilitator and two members who met a week ago and meet again in a week."""
    community = CommunityFactory()
    facilitator = join(community, Role.FACILITATOR, name="Fatima")
    amal, bo = join(community, name="Amal"), join(community, name="Bo")
    past, ahead = services.schedule(community, wall(-7), how_many=2)
    return SimpleNamespace(
        community=community, facilitator=facilitator, amal=amal, bo=bo, past=past, ahead=ahead
    )


@pytest.fixture
def notes_url(group):
    return url("meeting-notes", group.past)
