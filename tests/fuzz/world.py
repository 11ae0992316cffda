"""One of everything, and the people who meet it: what bad input is tried on."""

from types import SimpleNamespace

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts import links
from applications.forms.application import SECTIONS
from applications.models import Interview, Question, Status
from cops.models import CohortRole
from meetings import services as meetings
from notifications import calendar, people
from notifications.models import Kind, Role
from outcomes.models import Outcome
from tests.factories import (
    AccessCodeFactory,
    AccessRequestFactory,
    ActionItemFactory,
    AgendaItemFactory,
    AnchorFactory,
    AnswerFactory,
    ApplicationFactory,
    CohortFactory,
    CohortRoleFactory,
    CommunityFactory,
    CompleteOutcomeFactory,
    ConsentFactory,
    CriterionFactory,
    DecisionFactory,
    EventFactory,
    FeedbackFactory,
    FocusAreaVersionFactory,
    HoursEntryFactory,
    ImportFactory,
    InsightFactory,
    InterviewFactory,
    MembershipFactory,
    MessageFactory,
    NoteFactory,
    OfferFactory,
    OptionFactory,
    OutcomeFactory,
    PanelistFactory,
    PersonFactory,
    PlacementFactory,
    ProposalFactory,
    QuestionFactory,
    RegistrationFactory,
    ReviewFactory,
    RuleFactory,
    SlotFactory,
    StaffFactory,
    SupportFactory,
    TrialFactory,
    WebinarFactory,
    days,
    wall,
)

# The seven kinds of people that sign in, and all who visit; who sees less comes first.
PEOPLE = (
    "applicant", "reviewer", "interviewer", "member", "facilitator", "cofacilitator", "staff",
)  # fmt: skip
EVERYBODY = ("guest", "by link", *PEOPLE)


def build():
    """Return the people by kind, and the records that an address may name."""
    world = SimpleNamespace(
        people={
            kind: (StaffFactory if kind == "staff" else PersonFactory)(name=f"Sample {kind}")
            for kind in PEOPLE
        }
    )
    world.people["staff"].is_superuser = True
    world.people["staff"].save()
    _call(world)
    _intake(world)
    _group(world)
    _outcomes(world)
    MessageFactory(kind="community-joined", context={"membership": world.membership.pk})
    RuleFactory()
    ConsentFactory(person=world.people["member"])
    return world


def _call(world):
    world.cohort = CohortFactory()
    world.version = FocusAreaVersionFactory(cohort=world.cohort)
    FocusAreaVersionFactory(cohort=world.cohort)
    world.webinar = WebinarFactory(cohort=world.cohort)
    world.registration = RegistrationFactory(
        webinar=world.webinar, person=world.people["applicant"], wants_news=True
    )
    for kind, role in (("reviewer", "reviewer"), ("interviewer", "interviewer")):
        CohortRoleFactory(cohort=world.cohort, person=world.people[kind], role=role)

    world.request = AccessRequestFactory(person=world.people["applicant"])


def _intake(world):
    AccessCodeFactory(cohort=world.cohort)
    applicant, interviewer = world.people["applicant"], world.people["interviewer"]
    world.draft = ApplicationFactory(cohort=world.cohort, person=applicant)
    world.support = SupportFactory(application=world.draft, person=world.people["member"])
    world.file = AnswerFactory(
        application=world.draft, question__kind=Question.Kind.FILE, value="cv.pdf"
    )
    world.file.file.save("cv.pdf", ContentFile(b"%PDF-"))
    asked = OptionFactory(question__cohort=world.cohort).question
    QuestionFactory(cohort=world.cohort, asked_if=asked, asked_if_value=asked.options.get().key)
    ImportFactory(cohort=world.cohort)
    read = CohortFactory(opens_at=days(-30))
    AnchorFactory(criterion=CriterionFactory(cohort=read))
    CohortRoleFactory(cohort=read, person=world.people["reviewer"])
    world.sent = ApplicationFactory(cohort=read, person=applicant, status=Status.IN_REVIEW)
    world.review = ReviewFactory(application=world.sent, reviewer=world.people["reviewer"])

    talks = CohortFactory(opens_at=days(-40))
    AnchorFactory(criterion=CriterionFactory(cohort=talks))
    FocusAreaVersionFactory(cohort=talks)
    CohortRoleFactory(cohort=talks, person=interviewer, role=CohortRole.Role.INTERVIEWER)
    world.invitation = InterviewFactory(
        application=ApplicationFactory(cohort=talks, person=applicant, status=Status.INTERVIEW)
    )
    world.slot = SlotFactory(cohort=talks)
    begun = timezone.now().replace(minute=0, second=0, microsecond=0)
    taken = SlotFactory(cohort=talks, starts_at=begun)
    for slot in (world.slot, taken):
        PanelistFactory(slot=slot, person=interviewer)
    world.interview = InterviewFactory(
        application=ApplicationFactory(cohort=talks, status=Status.INTERVIEW),
        status=Interview.Status.BOOKED,
        slot=taken,
        event=EventFactory(kind=Kind.INTERVIEW, minutes=45),
    )
    InsightFactory(interview=world.interview, author=interviewer)

    chosen = CohortFactory(opens_at=days(-60))
    proposal = ProposalFactory(cohort=chosen)
    offered = ApplicationFactory(cohort=chosen, person=applicant, status=Status.OFFERED)
    place = PlacementFactory(proposal=proposal, application=offered)
    world.offer = OfferFactory(application=offered, community=place.community)


def _group(world):
    world.community = CommunityFactory(cohort=CohortFactory(opens_at=days(-90)))
    for kind, role in (
        ("facilitator", Role.FACILITATOR),
        ("cofacilitator", Role.FACILITATOR),
        ("member", Role.MEMBER),
    ):
        person = world.people[kind]
        world.membership = MembershipFactory(community=world.community, person=person, role=role)
        calendar.invite(world.community.series, person, role)
    world.past, world.ahead = meetings.schedule(world.community, wall(-7), how_many=2)
    member = world.people["member"]
    AgendaItemFactory(meeting=world.past)
    NoteFactory(meeting=world.past)
    decision = DecisionFactory(meeting=world.past)
    world.action = ActionItemFactory(meeting=world.past, owner=member)
    world.trial = TrialFactory(community=world.community, lead=member, decision=decision)
    world.hours = HoursEntryFactory(
        membership=world.membership, worked_on=timezone.localdate(), hours=1
    )


def _outcomes(world):
    world.published = CompleteOutcomeFactory(
        community=world.community, status=Outcome.Status.PUBLISHED
    )
    world.unpublished = OutcomeFactory(community=world.community)
    FeedbackFactory(outcome=world.published)


def named(world):
    """Return what stands in the address of each route: by route, a list of its arguments.

    A name that ends in ``*`` stands for every route that begins so.
    """
    applicant = world.people["applicant"]
    own = [(record.uuid,) for record in (world.draft, world.sent)]
    talks = [(record.uuid,) for record in (world.invitation, world.interview)]
    met = [(meeting.uuid,) for meeting in (world.past, world.ahead)]
    token = links.url(applicant, "applications:application", world.draft.uuid).rsplit("/", 2)[1]
    return {
        "accounts:go": [(token,)],
        "notifications:address-confirm": [
            (people.new_address_url(applicant, "n@x.test").rsplit("/", 2)[1],)
        ],
        "accounts:sign-in-link": [(links.sign_in_url(applicant).rsplit("/", 2)[1],)],
        "mail-events": [("nobody",)],
        "notifications:event-file": [(world.ahead.event.uuid,)],
        "notifications:add-to-calendar": [(world.ahead.event.uuid,)],
        "meetings:dates": [(world.community.slug,)],
        "notifications:calendar-feed": [(applicant.calendar_secret,)],
        "cops:cohort": [(world.cohort.slug,)],
        "board-funnel": [(world.cohort.slug,)],
        "cops:focus-area": [(world.version.focus_area.slug,)],
        "cops:community": [(world.community.slug,)],
        "cops:webinar*": [(world.webinar.slug,)],
        "cops:registration*": [(world.registration.uuid,)],
        "cops:for-employers*": [(world.cohort.slug,)],
        "cops:news-confirm": [(world.people["member"].uuid,)],
        "cops:mail-arrived": [(world.people["staff"].uuid,)],
        "notifications:consent*": [("news",)],
        "merge": [(applicant.uuid, world.people["member"].uuid)],
        "admin:person": [(applicant.uuid,)],
        "admin:applications_question_export": [(world.cohort.pk,)],
        "cops:access-*": [(world.request.uuid,)],
        "applications:apply-*": [(world.cohort.slug,)],
        "applications:application-section": [(world.draft.uuid, section) for section in SECTIONS],
        "applications:application-supervisor-take-back": [(world.draft.uuid, world.support.uuid)],
        "applications:application-file": [(world.draft.uuid, world.file.question.key)],
        "applications:application*": own,
        "applications:support": [(world.support.uuid,)],
        "applications:review*": [(world.review.uuid,)],
        "applications:slot-withdraw": [(world.slot.uuid,)],
        "applications:interview*": talks,
        "applications:offer*": [(world.offer.uuid,)],
        "meetings:schedule": [(world.community.slug,)],
        "meetings:meeting*": met,
        "meetings:action-done": [(world.action.uuid,)],
        "meetings:hours-*": [(world.hours.uuid,)],
        "outcomes:*": [(world.published.slug,), (world.unpublished.slug,)],
        "account_reset_password_from_key": [("0", "x-y")],
        "no-password": [("reset/",)],
        "mfa_*_webauthn": [(1,)],
        "dev-mail-part": [("none.log", 0, 0)],
        "dev-mail-*": [("none.log", 0)],
    }


def links_of(world):
    """Return the addresses behind the links that were mailed to the applicant and the member."""
    applicant, member = world.people["applicant"], world.people["member"]
    mailed = [
        links.url(applicant, "applications:application", world.draft.uuid),
        links.url(applicant, "applications:application", world.sent.uuid),
        links.url(applicant, "applications:interview", world.invitation.uuid),
        links.url(applicant, "applications:offer", world.offer.uuid),
        links.url(applicant, "cops:registration", world.registration.uuid),
        links.url(applicant, "cops:registration-cancel", world.registration.uuid),
        links.url(member, "applications:support", world.support.uuid),
        links.url(member, "meetings:meeting-answer", world.ahead.uuid),
    ]
    return [link[link.index("/go/") :] for link in mailed]
