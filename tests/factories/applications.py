"""The way in: applications, reviews, interviews, groups, offers."""

from datetime import UTC, timedelta

import factory
from factory import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from applications.models import (
    AccessCode,
    Answer,
    Application,
    Assessment,
    FormerAnswer,
    FormVersion,
    Import,
    Insight,
    Interview,
    Offer,
    Option,
    Panelist,
    Placement,
    Proposal,
    Question,
    Review,
    Score,
    Slot,
    Status,
    Support,
)
from cops.models import CohortRole
from notifications.models import Kind, Message
from tests.factories.accounts import PersonFactory
from tests.factories.cops import (
    CohortFactory,
    CommunityFactory,
    CriterionFactory,
    FocusAreaFactory,
    give_role,
)
from tests.factories.moments import days
from tests.factories.notifications import MessageFactory, deadline_factory


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


class AccessCodeFactory(DjangoModelFactory):
    """A code for whoever has it, for one use, that ends later than any call of the factories."""

    class Meta:
        model = AccessCode

    cohort = SubFactory(CohortFactory)
    deadline = deadline_factory(Kind.APPLICATION_DUE)
    note = "Her server was down"


class QuestionFactory(DjangoModelFactory):
    """A line of text; ``options`` are the labels of a list, and in lower case their keys."""

    class Meta:
        model = Question
        skip_postgeneration_save = True

    cohort = SubFactory(CohortFactory)
    key = Sequence(lambda number: f"asked-{number}")
    position = Sequence(lambda number: number + 1)
    kind = Question.Kind.LINE
    text_en = LazyAttribute(lambda question: f"What about {question.key}?")
    text_fr = LazyAttribute(lambda question: f"Et {question.key}, qu’en est-il?")

    @factory.post_generation
    def options(self, create, extracted, **kwargs):
        for place, label in enumerate(extracted or [], start=1):
            self.options.create(key=label.lower(), label_en=label, label_fr=label, position=place)


class AnswerFactory(DjangoModelFactory):
    class Meta:
        model = Answer

    application = SubFactory(ApplicationFactory)
    question = SubFactory(QuestionFactory, cohort=SelfAttribute("..application.cohort"))
    value = "An answer"


class FormerAnswerFactory(DjangoModelFactory):
    class Meta:
        model = FormerAnswer

    support = SubFactory("tests.factories.applications.SupportFactory", answer="yes")
    answer = "not-now"
    answered_at = LazyAttribute(lambda former: days(-1))


class SupportFactory(DjangoModelFactory):
    """A question to a supervisor; with an answer, one that the applicant has been told."""

    class Meta:
        model = Support
        skip_postgeneration_save = True

    application = SubFactory(ApplicationFactory, status=Status.SUBMITTED)
    person = SubFactory(PersonFactory)
    name = SelfAttribute("person.name")
    answered_at = LazyAttribute(lambda support: days(0) if getattr(support, "answer", "") else None)
    answer_letter = Sequence(lambda number: f"support-answered:made-{number}")

    @factory.post_generation
    def told(self, create, extracted, **kwargs):
        if self.answer and extracted is not False:
            MessageFactory(
                kind="support-answered",
                recipient=self.application.person,
                dedupe_key=self.answer_letter,
                context={"support": self.pk, "application": self.application_id},
                state=Message.State.SENT,
            )


class FormVersionFactory(DjangoModelFactory):
    class Meta:
        model = FormVersion

    cohort = SubFactory(CohortFactory)
    digest = Sequence(str)
    asked = [{"key": "asked"}]


class ImportFactory(DjangoModelFactory):
    """Two people in a file whose columns are known."""

    class Meta:
        model = Import

    cohort = SubFactory(CohortFactory)
    by = SubFactory(PersonFactory, is_staff=True)
    file_name = "answers.csv"
    digest = Sequence(str)
    headers = ["Email", "Name", "Level"]
    rows = [[2, ["amy@imported.test", "Amy", "newer"]], [3, ["ben@imported.test", "Ben", "green"]]]
    columns = {"email": 0, "name": 1, "level": 2}


class OptionFactory(DjangoModelFactory):
    class Meta:
        model = Option

    question = SubFactory(QuestionFactory, kind=Question.Kind.CHOICE)
    key = Sequence(lambda number: f"option-{number}")
    label_en = LazyAttribute(lambda option: option.key)


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
