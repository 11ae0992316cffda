"""Events and who is invited, mail and consent."""

from factory import LazyAttribute, LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory

from notifications import calendar
from notifications.models import (
    Bounce,
    Consent,
    Event,
    Invitee,
    Kind,
    MailTemplate,
    Message,
    Preference,
    Role,
    Rule,
    Series,
)
from tests.factories.accounts import PersonFactory
from tests.factories.moments import wall


class SeriesFactory(DjangoModelFactory):
    class Meta:
        model = Series

    name_en = Sequence("Series {}".format)


class EventFactory(DjangoModelFactory):
    """An event 7 days ahead at 1 p.m. Toronto time, written through the calendar's door."""

    class Meta:
        model = Event

    kind = Kind.MEETING
    wall = LazyFunction(lambda: wall(7))
    minutes = LazyAttribute(lambda event: 0 if str(event.kind).endswith("-due") else 120)
    title_en = "Meeting"
    title_fr = "Rencontre"

    @classmethod
    def _create(cls, model_class, kind, wall, **facts):
        return calendar.hold(kind, wall, **facts)


def deadline_factory(kind):
    return SubFactory(EventFactory, kind=kind, title_en="", title_fr="")


class InviteeFactory(DjangoModelFactory):
    class Meta:
        model = Invitee

    event = SubFactory(EventFactory)
    person = SubFactory(PersonFactory)
    role = Role.MEMBER


class RuleFactory(DjangoModelFactory):
    class Meta:
        model = Rule

    kind = Kind.MEETING
    amount = 3
    unit = "d"
    mail = "meeting-reminder"


class MessageFactory(DjangoModelFactory):
    class Meta:
        model = Message

    kind = "event-moved"
    recipient = SubFactory(PersonFactory)
    dedupe_key = Sequence("message:{}".format)
    message_id = Sequence("<{}@test>".format)


class ConsentFactory(DjangoModelFactory):
    class Meta:
        model = Consent

    person = SubFactory(PersonFactory)
    purpose = Consent.Purpose.NEWS
    wording = "Send me news."
    language = "en"
    source = "test"


class PreferenceFactory(DjangoModelFactory):
    class Meta:
        model = Preference

    person = SubFactory(PersonFactory)


class BounceFactory(DjangoModelFactory):
    class Meta:
        model = Bounce

    person = SubFactory(PersonFactory)
    address = LazyAttribute(lambda bounce: bounce.person.email)
    cause = Bounce.Cause.BOUNCED
    key = Sequence("bounce:{}".format)


class MailTemplateFactory(DjangoModelFactory):
    """A text of staff's for cancelled events, that holds everywhere."""

    class Meta:
        model = MailTemplate

    kind = "event-cancelled"
    version = Sequence(lambda number: number + 1)
    subject_en = "Off: {title}"
    subject_fr = "Annulé\u00a0: {title}"
    body_en = "**{title}** on {when} is off."
    body_fr = "**{title}**, {when}, est annulé."
