"""One practitioner goes the whole way, from the call to the outcome and its evidence.

Every step is a link or a button on the page before it, or a link in a mail.
"""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from applications.models import Application, Interview, Status
from cops.models import CohortRole, Program
from cops.services import join
from notifications.models import Kind, Role
from tests.browser.group_work import GroupWork
from tests.browser.person import Way
from tests.browser.way_in import WayIn
from tests.factories import (
    AnchorFactory,
    ApplicationFactory,
    CohortFactory,
    CohortRoleFactory,
    CommunityFactory,
    CriterionFactory,
    EventFactory,
    FocusAreaFactory,
    FocusAreaVersionFactory,
    InterviewFactory,
    OrganizationFactory,
    PersonFactory,
    SlotFactory,
    StaffFactory,
    WebinarFactory,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]

MORNING = timezone.now().replace(hour=15, minute=0, second=0, microsecond=0)
WAYS = [
    Way("en-1280"),
    pytest.param(Way("fr-1280", language="fr"), marks=pytest.mark.slow),
    Way("en-390-no-javascript", width=390, javascript=False),
]


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_one_practitioner_goes_the_whole_way(way, site, sign_in):
    with time_machine.travel(MORNING, tick=True) as clock:
        walk(Stage(site, way, sign_in, clock))


def walk(stage):
    stage.reads_the_call()
    stage.registers_for_the_webinar()
    stage.applies_in_pieces()
    stage.staff_assign_reviews()
    stage.the_reviewer_reads_blind()
    stage.staff_invite_to_an_interview()
    stage.staff_release_decisions("Mireille Okafor")
    stage.interviewers_offer_times()
    stage.she_books_an_interview()
    stage.an_interviewer_writes_down_what_was_said()
    stage.staff_refine_the_guiding_question()
    stage.staff_compose_a_group()
    stage.staff_release_decisions(*stage.group)
    stage.she_accepts_the_place()
    stage.staff_schedule_the_meetings()
    stage.she_finds_the_meetings_in_her_calendar()
    stage.she_is_reminded_of_the_first_meeting()
    stage.a_facilitator_writes_the_notes()
    stage.she_reads_the_notes_and_counts_her_hours()
    stage.staff_publish_an_outcome()
    stage.the_public_reads_it_and_sees_the_evidence()


class Stage(WayIn, GroupWork):
    """The people of the story, and what each does."""

    def __init__(self, site, way, sign_in, clock):
        self.site, self.way, self.sign_in, self.clock = site, way, sign_in, clock
        self.sets_the_scene()
        self.mireille = site.person("mireille@agency.test", "Mireille Okafor", way)
        self.robin = self.colleague(StaffFactory, "Robin Leduc", self.first_work)
        self.dana = self.colleague(PersonFactory, "Dana Roy", self.first_work)
        self.noor = self.colleague(PersonFactory, "Noor Haddad", self.purpose)
        self.frances = self.colleague(PersonFactory, "Frances Bell", self.first_work)
        for person, role in (
            (self.dana, CohortRole.Role.REVIEWER),
            (self.noor, CohortRole.Role.INTERVIEWER),
        ):
            CohortRoleFactory(
                cohort=self.cohort, person=person.record, role=role, speaks_french=True
            )
        join(self.community, self.frances.record, Role.FACILITATOR)

    def colleague(self, factory, name, organization):
        """Somebody whom First Work or its partner has entered already."""
        email = f"{name.split()[0].lower()}@firstwork.test"
        record = factory(
            email=email, name=name, organization=organization, language=self.way.language
        )
        person = self.site.person(email, name, self.way)
        person.record = record
        return person

    def arrives(self, person):
        """She comes to the site, signed in."""
        person.take_session(self.sign_in, person.record)
        person.open(self.way.home)
        return person

    def at_the_board(self):
        me = self.arrives(self.robin)
        me.click("Staff")
        return me

    def at_the_desk(self):
        me = self.at_the_board()
        me.click("Staff", within="main")
        return me

    def later(self, **span):
        """Time goes by."""
        self.clock.shift(timedelta(**span))

    def sets_the_scene(self):
        self.first_work = OrganizationFactory(name_en="First Work", name_fr="First Work")
        self.purpose = OrganizationFactory(name_en="Purpose Co.", name_fr="Purpose Co.")
        self.cohort = CohortFactory(
            slug="next", name_en="2027 cohort", name_fr="Cohorte 2027", convenor=self.first_work,
            invitation_en="We invite practitioners.", invitation_fr="Nous vous invitons.",
            reviews_each=1,
        )  # fmt: skip
        self.area = FocusAreaFactory(
            slug="laid-off", name_en="Laid-off workers", name_fr="Personnes licenciées"
        )
        FocusAreaVersionFactory(cohort=self.cohort, focus_area=self.area)
        criterion = CriterionFactory(cohort=self.cohort)
        for value in (1, 3, 5):
            AnchorFactory(criterion=criterion, value=value)
        self.program = Program.objects.get(name_en="Better Jobs Ontario")
        WebinarFactory(cohort=self.cohort, slug="webinar")
        self.community = CommunityFactory(
            cohort=self.cohort, focus_area=self.area, slug="rides",
            name_en="Ottawa rides", name_fr="Trajets d'Ottawa",
        )  # fmt: skip
        self.group = ["Mireille Okafor"]
        for name in ("Ana Pop", "Bo Chen", "Cy Young", "Di Kaur"):
            person = PersonFactory(name=name, language=self.way.language)
            application = ApplicationFactory(
                cohort=self.cohort, person=person, status=Status.INTERVIEW
            )
            InterviewFactory(
                application=application,
                status=Interview.Status.HELD,
                slot=SlotFactory(cohort=self.cohort),
                event=EventFactory(kind=Kind.INTERVIEW, minutes=45),
            )
            self.group.append(name)

    @property
    def first_meeting(self):
        return self.community.meetings.get(number=1)

    @property
    def application(self):
        return Application.objects.get(person__email="mireille@agency.test")
