"""The work: meetings, and what they give rise to."""

from datetime import date

from factory import SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from meetings.models import ActionItem, AgendaItem, Decision, HoursEntry, Meeting, Note, Trial
from notifications.models import Kind
from tests.factories.accounts import PersonFactory
from tests.factories.cops import CommunityFactory, MembershipFactory
from tests.factories.notifications import EventFactory, deadline_factory


class MeetingFactory(DjangoModelFactory):
    class Meta:
        model = Meeting

    community = SubFactory(CommunityFactory)
    number = Sequence(lambda number: number + 1)
    event = SubFactory(EventFactory, series=SelfAttribute("..community.series"))
    notes_due = deadline_factory(Kind.NOTES_DUE)


class AgendaItemFactory(DjangoModelFactory):
    class Meta:
        model = AgendaItem

    meeting = SubFactory(MeetingFactory)
    position = Sequence(lambda number: number + 1)
    title = "Welcome"


class NoteFactory(DjangoModelFactory):
    class Meta:
        model = Note

    meeting = SubFactory(MeetingFactory)
    body = "We talked."


class DecisionFactory(DjangoModelFactory):
    class Meta:
        model = Decision

    meeting = SubFactory(MeetingFactory)
    text = "We try a shorter intake."


class ActionItemFactory(DjangoModelFactory):
    class Meta:
        model = ActionItem

    meeting = SubFactory(MeetingFactory)
    owner = SubFactory(PersonFactory)
    text = "Ask three employers"
    deadline = deadline_factory(Kind.ACTION_DUE)


class TrialFactory(DjangoModelFactory):
    class Meta:
        model = Trial

    community = SubFactory(CommunityFactory)
    title = "Shorter intake"
    lead = SubFactory(PersonFactory)
    prediction = "Two days sooner"


class HoursEntryFactory(DjangoModelFactory):
    class Meta:
        model = HoursEntry

    membership = SubFactory(MembershipFactory)
    worked_on = date(2027, 3, 1)
    hours = 2
