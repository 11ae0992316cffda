"""One minimal, valid factory per model, by app."""

from tests.factories.accounts import OrganizationFactory, PersonFactory, RegionFactory, StaffFactory
from tests.factories.applications import (
    ApplicationFactory,
    AssessmentFactory,
    InsightFactory,
    InterviewFactory,
    OfferFactory,
    PanelistFactory,
    PlacementFactory,
    ProposalFactory,
    ReviewFactory,
    ScoreFactory,
    SlotFactory,
)
from tests.factories.cops import (
    AccessRequestFactory,
    AnchorFactory,
    CohortFactory,
    CohortRoleFactory,
    CommunityFactory,
    CriterionFactory,
    FocusAreaFactory,
    FocusAreaVersionFactory,
    MembershipFactory,
    ProgramFactory,
    RegistrationFactory,
    WebinarFactory,
    give_role,
)
from tests.factories.meetings import (
    ActionItemFactory,
    AgendaItemFactory,
    DecisionFactory,
    HoursEntryFactory,
    MeetingFactory,
    NoteFactory,
    TrialFactory,
)
from tests.factories.moments import days, wall
from tests.factories.notifications import (
    BounceFactory,
    ConsentFactory,
    EventFactory,
    InviteeFactory,
    MessageFactory,
    PreferenceFactory,
    RuleFactory,
    SeriesFactory,
    deadline_factory,
)
from tests.factories.outcomes import (
    CompleteOutcomeFactory,
    EvidenceFactory,
    FeedbackFactory,
    OutcomeFactory,
)

__all__ = [
    "AccessRequestFactory", "ActionItemFactory", "AgendaItemFactory", "AnchorFactory",
    "ApplicationFactory", "AssessmentFactory", "BounceFactory", "CohortFactory",
    "CohortRoleFactory",
    "CommunityFactory", "CompleteOutcomeFactory", "ConsentFactory", "CriterionFactory",
    "DecisionFactory", "EventFactory", "EvidenceFactory", "FeedbackFactory", "FocusAreaFactory",
    "FocusAreaVersionFactory", "HoursEntryFactory", "InsightFactory", "InterviewFactory",
    "InviteeFactory", "MeetingFactory", "MembershipFactory", "MessageFactory", "NoteFactory",
    "OfferFactory", "OrganizationFactory", "OutcomeFactory", "PanelistFactory", "PersonFactory",
    "PlacementFactory", "PreferenceFactory", "ProgramFactory", "ProposalFactory", "RegionFactory",
    "RegistrationFactory", "ReviewFactory", "RuleFactory", "ScoreFactory", "SeriesFactory",
    "SlotFactory", "StaffFactory", "TrialFactory", "WebinarFactory", "days", "deadline_factory",
    "give_role", "wall",
]  # fmt: skip
