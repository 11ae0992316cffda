"""One minimal, valid factory per model."""

from datetime import UTC, date, datetime, time, timedelta

import factory
from allauth.account.models import EmailAddress
from django.utils import timezone
from factory import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from accounts.models import Organization, Region, User
from applications.models import (
    Application,
    Assessment,
    Insight,
    Interview,
    Offer,
    Panelist,
    Placement,
    Proposal,
    Review,
    Score,
    Slot,
    Status,
)
from cops.models import (
    AccessRequest,
    Anchor,
    Cohort,
    CohortRole,
    Community,
    Criterion,
    FocusArea,
    FocusAreaVersion,
    Membership,
    Program,
    Registration,
    Webinar,
)
from meetings.models import ActionItem, AgendaItem, Decision, HoursEntry, Meeting, Note, Trial
from notifications import calendar
from notifications.models import Consent, Event, Invitee, Kind, Message, Role, Rule, Series
from outcomes.models import Evidence, Feedback, Outcome


def days(number):
    """The instant ``number`` days from now."""
    return timezone.now() + timedelta(days=number)


def wall(number, at=time(13)):
    """The naive wall time ``number`` days from today, at 1 p.m."""
    return datetime.combine(timezone.localdate() + timedelta(days=number), at)


class RegionFactory(DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ["key"]

    key = Sequence("region-{}".format)
    name_en = Sequence("Region {}".format)
    name_fr = Sequence("Région {}".format)


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = Organization

    name_en = Sequence("Agency {}".format)
    name_fr = Sequence("Agence {}".format)


class PersonFactory(DjangoModelFactory):
    """A person with a verified address; ``verified=False`` makes it unverified."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = Sequence("person@workplace-{}.test".format)
    name = Sequence("Person {}".format)
    organization = SubFactory(OrganizationFactory)

    @factory.post_generation
    def verified(self, create, extracted, **kwargs):
        if create:
            EmailAddress.objects.create(
                user=self, email=self.email, primary=True, verified=extracted is not False
            )


class StaffFactory(PersonFactory):
    email = Sequence("staff{}@firstwork.test".format)
    is_staff = True


class SeriesFactory(DjangoModelFactory):
    class Meta:
        model = Series

    name = Sequence("Series {}".format)


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


class ProgramFactory(DjangoModelFactory):
    class Meta:
        model = Program
        django_get_or_create = ["key"]

    key = Sequence("program-{}".format)
    name_en = Sequence("Program {}".format)
    name_fr = Sequence("Programme {}".format)


class CohortFactory(DjangoModelFactory):
    """A published call that is open: it opened ten days ago and closes in ten."""

    class Meta:
        model = Cohort
        skip_postgeneration_save = True

    slug = Sequence("cohort-{}".format)
    name_en = Sequence("Cohort {}".format)
    name_fr = Sequence("Cohorte {}".format)
    headline_en = "Join a Community of Practice"
    headline_fr = "Joignez une communauté de pratique"
    convenor = SubFactory(OrganizationFactory)
    opens_at = LazyFunction(lambda: days(-10))
    closes_at = LazyAttribute(lambda cohort: cohort.opens_at + timedelta(days=20))
    reviews_due_on = LazyAttribute(lambda cohort: cohort.closes_at.date() + timedelta(days=7))
    interviews_from = LazyAttribute(lambda cohort: cohort.closes_at.date() + timedelta(days=8))
    interviews_until = LazyAttribute(lambda cohort: cohort.closes_at.date() + timedelta(days=28))
    groups_on = LazyAttribute(lambda cohort: cohort.closes_at.date() + timedelta(days=35))
    meetings_from = LazyAttribute(lambda cohort: cohort.closes_at.date() + timedelta(days=40))
    meetings_until = LazyAttribute(lambda cohort: cohort.closes_at.date() + timedelta(days=200))
    publishing_until = LazyAttribute(lambda cohort: cohort.closes_at.date() + timedelta(days=230))
    published_at = SelfAttribute("opens_at")
    mailbox = "cops@firstwork.test"
    contact_name = "Robin Sample"


class CohortRoleFactory(DjangoModelFactory):
    class Meta:
        model = CohortRole

    cohort = SubFactory(CohortFactory)
    person = SubFactory(PersonFactory)
    role = CohortRole.Role.REVIEWER
    organization = SelfAttribute("person.organization")


def give_role(person, cohort, role):
    """Let ``person`` review or interview in ``cohort``, if she does not yet."""
    organization = person.organization or OrganizationFactory()
    CohortRole.objects.get_or_create(
        cohort=cohort, person=person, role=role, defaults={"organization": organization}
    )


class CriterionFactory(DjangoModelFactory):
    class Meta:
        model = Criterion

    cohort = SubFactory(CohortFactory)
    number = Sequence(lambda number: number + 1)
    text_en = "Eager to collaborate"
    text_fr = "Désir de collaborer"
    question_en = "How eager?"
    question_fr = "À quel point?"


class AnchorFactory(DjangoModelFactory):
    class Meta:
        model = Anchor

    criterion = SubFactory(CriterionFactory)
    value = 3
    sentence_en = "Somewhat"
    sentence_fr = "Assez"


class FocusAreaFactory(DjangoModelFactory):
    class Meta:
        model = FocusArea

    slug = Sequence("focus-{}".format)
    name_en = Sequence("Focus {}".format)
    name_fr = Sequence("Domaine {}".format)
    problem_en = "how to better support laid off workers"
    problem_fr = "comment mieux soutenir les personnes licenciées"


class FocusAreaVersionFactory(DjangoModelFactory):
    class Meta:
        model = FocusAreaVersion

    focus_area = SubFactory(FocusAreaFactory)
    cohort = SubFactory(CohortFactory)
    number = 1
    question_en = "How can practitioners help?"
    question_fr = "Comment aider?"


class CommunityFactory(DjangoModelFactory):
    class Meta:
        model = Community

    cohort = SubFactory(CohortFactory)
    focus_area = SubFactory(FocusAreaFactory)
    slug = Sequence("community-{}".format)
    name_en = Sequence("Community {}".format)
    name_fr = Sequence("Communauté {}".format)


class MembershipFactory(DjangoModelFactory):
    """The bare row; a test about invitations calls ``cops.services.join`` instead."""

    class Meta:
        model = Membership

    community = SubFactory(CommunityFactory)
    person = SubFactory(PersonFactory)
    role = Role.MEMBER
    organization = SelfAttribute("person.organization")


class WebinarFactory(DjangoModelFactory):
    class Meta:
        model = Webinar

    cohort = SubFactory(CohortFactory)
    event = SubFactory(
        EventFactory, kind=Kind.WEBINAR, minutes=60, series=SelfAttribute("..cohort.series"),
        title_en="Webinar", title_fr="Webinaire", join_link="https://meet.example/webinar",
    )  # fmt: skip
    slug = Sequence("webinar-{}".format)
    title_en = "About the Communities of Practice"
    title_fr = "Les communautés de pratique"


class RegistrationFactory(DjangoModelFactory):
    class Meta:
        model = Registration

    webinar = SubFactory(WebinarFactory)
    person = SubFactory(PersonFactory)
    name = SelfAttribute("person.name")


class AccessRequestFactory(DjangoModelFactory):
    """A bare row; a test about who owes the answer calls ``cops.access.ask`` instead."""

    class Meta:
        model = AccessRequest

    person = SubFactory(PersonFactory)
    words = "Captions, please"
    source = AccessRequest.Source.FORM
    language = "en"
    deadline = deadline_factory(Kind.ACCESS_DUE)


class ApplicationFactory(DjangoModelFactory):
    """A draft; with another status it counts as sent yesterday."""

    class Meta:
        model = Application

    cohort = SubFactory(CohortFactory)
    person = SubFactory(PersonFactory)
    name = SelfAttribute("person.name")
    organization = SelfAttribute("person.organization")
    organization_name = SelfAttribute("organization.name_en")
    status = Status.DRAFT
    submitted_at = LazyAttribute(
        lambda application: None if application.status == Status.DRAFT else days(-1)
    )


class ReviewFactory(DjangoModelFactory):
    """A review by somebody who reads in that call; ``role=False`` leaves her without the role."""

    class Meta:
        model = Review
        skip_postgeneration_save = True

    application = SubFactory(ApplicationFactory, status=Status.IN_REVIEW)
    reviewer = SubFactory(PersonFactory)
    deadline = deadline_factory(Kind.REVIEW_DUE)

    @factory.post_generation
    def role(self, create, extracted, **kwargs):
        if extracted is not False:
            give_role(self.reviewer, self.application.cohort, CohortRole.Role.REVIEWER)


class ScoreFactory(DjangoModelFactory):
    class Meta:
        model = Score

    review = SubFactory(ReviewFactory)
    criterion = SubFactory(CriterionFactory, cohort=SelfAttribute("..review.application.cohort"))
    value = 3


class SlotFactory(DjangoModelFactory):
    class Meta:
        model = Slot

    cohort = SubFactory(CohortFactory)
    starts_at = LazyFunction(
        lambda: days(7).replace(hour=15, minute=0, second=0, microsecond=0, tzinfo=UTC)
    )
    ends_at = LazyAttribute(lambda slot: slot.starts_at + timedelta(minutes=45))


class PanelistFactory(DjangoModelFactory):
    """The seat of somebody who interviews in that call."""

    class Meta:
        model = Panelist
        skip_postgeneration_save = True

    slot = SubFactory(SlotFactory)
    person = SubFactory(PersonFactory)
    starts_at = SelfAttribute("slot.starts_at")
    ends_at = SelfAttribute("slot.ends_at")

    @factory.post_generation
    def role(self, create, extracted, **kwargs):
        if extracted is not False:
            give_role(self.person, self.slot.cohort, CohortRole.Role.INTERVIEWER)


class InterviewFactory(DjangoModelFactory):
    """An invitation that waits for its booking."""

    class Meta:
        model = Interview

    application = SubFactory(ApplicationFactory, status=Status.INTERVIEW)
    deadline = deadline_factory(Kind.BOOKING_DUE)


class AssessmentFactory(DjangoModelFactory):
    class Meta:
        model = Assessment

    interview = SubFactory(InterviewFactory)
    interviewer = SubFactory(PersonFactory)


class InsightFactory(DjangoModelFactory):
    class Meta:
        model = Insight

    interview = SubFactory(InterviewFactory)
    author = SubFactory(PersonFactory)
    focus_area = SubFactory(FocusAreaFactory)
    theme = "Transport"
    text = "People cannot reach the training."


class ProposalFactory(DjangoModelFactory):
    class Meta:
        model = Proposal

    cohort = SubFactory(CohortFactory)
    name = Sequence("Proposal {}".format)


class PlacementFactory(DjangoModelFactory):
    class Meta:
        model = Placement

    proposal = SubFactory(ProposalFactory)
    application = SubFactory(
        ApplicationFactory, status=Status.INTERVIEW, cohort=SelfAttribute("..proposal.cohort")
    )
    community = SubFactory(CommunityFactory, cohort=SelfAttribute("..proposal.cohort"))


class OfferFactory(DjangoModelFactory):
    class Meta:
        model = Offer

    application = SubFactory(ApplicationFactory, status=Status.OFFERED)
    community = SubFactory(CommunityFactory, cohort=SelfAttribute("..application.cohort"))
    deadline = deadline_factory(Kind.OFFER_DUE)


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


class OutcomeFactory(DjangoModelFactory):
    """A draft; with status "published" it has been out since yesterday."""

    class Meta:
        model = Outcome

    community = SubFactory(CommunityFactory)
    slug = Sequence("outcome-{}".format)
    title_en = Sequence("Outcome {}".format)
    title_fr = Sequence("Résultat {}".format)
    summary_en = "What we found."
    summary_fr = "Ce que nous avons trouvé."
    published_at = LazyAttribute(
        lambda outcome: (
            days(-1) if getattr(outcome, "status", "") == Outcome.Status.PUBLISHED else None
        )
    )


class EvidenceFactory(DjangoModelFactory):
    class Meta:
        model = Evidence

    outcome = SubFactory(OutcomeFactory)
    position = Sequence(lambda number: number + 1)
    trial = SubFactory(TrialFactory, community=SelfAttribute("..outcome.community"))
    sentence_en = "We tried it."
    sentence_fr = "Nous l'avons essayé."


class CompleteOutcomeFactory(OutcomeFactory):
    """An outcome that lacks nothing that publishing asks for."""

    class Meta:
        model = Outcome
        skip_postgeneration_save = True

    tried_en = "Two agencies tried it."
    ask_en = "cops@firstwork.test"
    rules_on = date(2027, 1, 1)
    step = factory.RelatedFactory(EvidenceFactory, "outcome")


class FeedbackFactory(DjangoModelFactory):
    class Meta:
        model = Feedback

    outcome = SubFactory(OutcomeFactory)
    text = "We tried this."
