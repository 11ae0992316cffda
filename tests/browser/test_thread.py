"""One practitioner goes the whole way, from the call to the outcome and its evidence.

Every step is a link or a button on the page before it, or a link in a mail.
"""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone, translation
from django.utils.translation import gettext
from icalendar import Calendar

from applications.models import Application, Interview, Offer, Status
from applications.services.selection import accept_offer
from cops.models import CohortRole, Program
from cops.services import join
from notifications import planner
from notifications.models import Kind, Role
from tests.browser.person import Way
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
    Way("fr-1280", language="fr"),
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


class Stage:
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

    def reads_the_call(self):
        me = self.mireille
        me.open(self.way.home)
        me.click("Read the whole call: who is sought, the dates, how people are chosen")
        me.sees("How people are chosen")
        me.click_words(me.words_of(self.area, "name"))
        me.page.go_back()

    def registers_for_the_webinar(self):
        me = self.mireille
        me.open(self.way.home)
        me.click("Register for the webinar")
        me.click("Register")  # nothing typed yet
        me.sees("Tick the box so that we may send you the link to join.")
        me.fill("Your name", me.name)
        me.fill("Email address", me.email)
        me.choose("First Work may use what I write here to run this webinar.")
        me.click("Register")
        me.sees("You are registered")
        letter = me.reads_mail("webinar-registered")
        assert [start for _title, start in letter.events]
        me.follow(letter, "Open my registration")
        me.sees("You are registered")

    def applies_in_pieces(self):
        me = self.mireille
        me.open(self.way.home)
        me.click("Apply")
        self.says_yes_twice()
        me.fill("Your name", me.name)
        me.fill("Your email address", me.email)
        me.click("Start my application")
        me.click("About you")
        me.fill("The organization you work for", "Agency of Ottawa")
        me.click("Save for later")
        letter = me.reads_mail("application-started")
        me.follow(letter, "Open my draft")
        me.click("Yes, this is mine")
        me.click("About you")
        me.fill("Your role there", "Employment counsellor")
        me.fill("Town where you work", "Ottawa")
        me.choose(
            {"en": "English", "fr": "French"}[self.way.language],
            group="In which language should we write to you?",
        )
        me.click("Save and continue")
        me.choose("Newer to this work")
        me.choose(me.words_of(self.program, "name"))
        me.choose("I recommend, and it usually happens")
        me.click("Save and continue")
        program = me.words_of(self.program, "name")
        me.fill("%(program)s: how many years?", "2", program=program)
        me.choose("delivery", group="%(program)s: what was your part?", program=program)
        me.click("Save and continue")
        me.select("Your first choice", me.words_of(self.area, "name"))
        me.fill("What would you like to change, and why now?", "Transport keeps people away.")
        me.fill("What is one thing you would like to try?", "word " * 151)
        me.fill("How will you find the hours?", "Friday mornings; my manager agrees.")
        me.click("Save and continue")
        me.sees("Saved. Some answers still need you; you can also come back to them later.")
        me.fill("What is one thing you would like to try?", "A carpool board at intake.")
        me.click("Save and continue")
        for half_day in ("Tuesday afternoon", "Thursday morning"):
            me.choose(half_day)
        spoken = {"en": "English", "fr": "French"}[self.way.language]
        me.choose(spoken, group="In which language would you like to be interviewed?")
        me.choose(spoken, group="In which language would you like to meet?")
        me.click("Save and continue")
        me.choose(
            "First Work and its partners may use what I write here to choose members and to run "
            "the Communities of Practice."
        )
        me.click("Save and continue")
        me.sees("Check your answers")
        me.click("Send my application")
        me.sees("Your application is sent.")
        letter = me.reads_mail("application-received")
        me.follow(letter, "See where my application stands")
        me.sees("Your application")

    def says_yes_twice(self):
        me = self.mireille
        me.choose("Yes", group="Do you work in Ontario’s employment services?")
        me.page.get_by_label(me.words("Yes"), exact=True).nth(1).check()
        me.click("Continue")

    def staff_assign_reviews(self):
        me = self.at_the_board()
        me.click("Received, readers to be assigned")
        self.does_in_the_list(
            me, "Assign reviews in the calls of the selected applications", "Mireille Okafor"
        )

    def does_in_the_list(self, me, action, *rows):
        """Tick rows of an admin list and do something to them."""
        for row in rows:
            line = me.page.get_by_role("row").filter(has_text=row)
            line.get_by_role("checkbox").check()
        me.page.locator("select[name=action]").select_option(label=me.words(action))
        me.click("Go", within="#changelist-form")

    def the_reviewer_reads_blind(self):
        me = self.arrives(self.dana)
        me.reads_mail("reviews-assigned")
        me.click("My page")
        me.click("My reviews")
        me.click_words(me.words("Read %(reference)s", reference=self.application.reference))
        for secret in ("Mireille", "Okafor", "mireille@agency.test", "Agency of Ottawa"):
            me.does_not_see(secret)
        me.sees_words("Transport keeps people away.")
        me.page.get_by_role("radio").nth(3).check()
        me.click("Finish")
        me.does_not_see("Okafor")

    def staff_invite_to_an_interview(self):
        me = self.at_the_desk()
        me.click("Applications")
        me.click_words(self.application.reference)
        me.click("Decide: interview")
        me.fill("Reason", "A voice we would miss.")
        me.click("Decide: interview")
        with translation.override(me.way.language):
            noted = gettext("Noted: {}. The applicant does not know it before it is released.")
            noted = noted.format(Status.INTERVIEW.label)
        me.sees_words(noted)

    def staff_release_decisions(self, *names):
        """Two acts: release the decisions, look at the letters and let them go."""
        me = self.at_the_board()
        me.click("Decisions noted, to be released")
        self.does_in_the_list(me, "Release the decisions of the selected applications", *names)
        for name in names:
            me.sees_words(name)
        me.press(me.page.locator("input[type=submit].default"))

    def interviewers_offer_times(self):
        me = self.noor
        me.sign_in()
        me.click("My page")
        me.click("My interviews and times")
        me.click("Offer times")
        me.fill("Day", self.cohort.interviews_from.isoformat())
        me.fill("First interview starts at", "14:00")
        me.fill("How many in a row", "2")
        me.fill("Join link", "https://meet.example/interviews")
        me.click("Offer these times")

    def she_books_an_interview(self):
        me = self.mireille
        letter = me.reads_mail("application-interview")
        me.follow(letter, "Choose a time")
        me.click("Choose this time")
        letter = me.reads_mail("interview-booked")
        assert len(letter.events) == 1
        me.follow(letter, "See, move or cancel")
        me.sees("Your interview")

    def an_interviewer_writes_down_what_was_said(self):
        self.later(days=18, hours=5)
        me = self.noor
        me.sign_in()
        me.click("My page")
        me.click("My interviews and times")
        me.click_words("Mireille Okafor")
        me.page.get_by_role("radio").nth(2).check()
        me.fill("My notes", "She knows every bus line.")
        me.click("Save: I am done")
        me.select("Focus area", me.words_of(self.area, "name"))
        me.fill("Theme", "Transport")
        me.fill("What was said", "People cannot reach the training by bus.")
        me.click("Add this insight")
        me.sees("The insight is kept. Add another one, or go on with your notes.")

    def staff_refine_the_guiding_question(self):
        me = self.at_the_desk()
        me.click("Insights")
        me.click("Refine the guiding question")
        me.click_words(me.words_of(self.area, "name"), within="#content")
        me.choose_words("People cannot reach the training by bus.")
        me.fill("Guiding question (English)", "How do people without a car reach training?")
        me.fill("Guiding question (French)", "Comment se rendre en formation sans voiture?")
        me.fill("What changes, and why", "Interviews spoke of transport.")
        me.click("Write the next version")

    def staff_compose_a_group(self):
        me = self.at_the_desk()
        me.click("Add", within=".model-proposal")
        me.select("Cohort", me.words_of(self.cohort, "name"))
        me.fill("Name", "By hand")
        me.click("Save")
        for name in self.group:
            me.page.get_by_label(name).select_option(label=me.words_of(self.community, "name"))
        me.click("Save the groups")
        me.click("Back to the proposal")
        me.click("Accept the proposal")
        me.click("Accept the proposal", within="#content")
        me.sees("Accepted. The decisions wait to be released in the list of applications.")

    def she_accepts_the_place(self):
        me = self.mireille
        letter = me.reads_mail("application-offered")
        me.follow(letter, "See the offer and answer")
        me.click("Accept the place")
        me.sees("The place is yours. Welcome!")
        for offer in Offer.objects.open():
            accept_offer(offer, by=offer.application.person)
        me.reads_mail("community-joined")

    def staff_schedule_the_meetings(self):
        me = self.at_the_desk()
        me.click("Add", within=".model-meeting")
        me.click_words(me.words_of(self.community, "name"))
        me.fill("First day", self.cohort.meetings_from.isoformat())
        me.fill("Starts at", "13:00")
        me.fill("How many meetings", "3")
        me.fill("Link to join", "https://meet.example/group")
        me.click("Show the dates")
        me.click("Plan these meetings")
        assert self.community.meetings.count() == 3

    def she_finds_the_meetings_in_her_calendar(self):
        me = self.mireille
        me.sign_in()
        me.click("My page")
        me.sees("My next meeting")
        feed = me.page.request.get(me.page.locator("details code").text_content())
        meetings = Calendar.from_ical(feed.text()).walk("VEVENT")
        assert len(meetings) >= 3
        me.click_words(me.name_of(self.first_meeting))
        me.click("I will come")

    def she_is_reminded_of_the_first_meeting(self):
        two_days_before = self.first_meeting.event.starts_at - timedelta(days=2)
        self.clock.move_to(two_days_before + timedelta(minutes=10))
        planner.plan()
        me = self.mireille
        letter = me.reads_mail("meeting-reminder")
        me.follow(letter, "I can’t come")

    def a_facilitator_writes_the_notes(self):
        self.later(days=2, hours=3)
        me = self.frances
        me.sign_in()
        me.click("My page")
        me.click("Write the notes")
        me.page.get_by_label(me.words("Everyone else was present")).check()
        me.fill("Notes for the group", "We spoke about rides.")
        me.fill("Decision", "We try a carpool board.")
        me.page.get_by_label(me.words("May be shared"), exact=True).first.check()
        me.select("Who", "Mireille Okafor")
        me.fill("What", "Ask three employers for rides")
        me.page.get_by_text(me.words("Plan a new trial")).click()
        me.fill("Idea", "Carpool board")
        trial = me.page.locator("details").filter(has_text=me.words("Plan a new trial"))
        trial.get_by_label(me.words("Who")).select_option(label="Mireille Okafor")
        me.fill("What we expect", "Five more people arrive.")
        me.click("Notes are ready")
        me.click("Send to the group")
        me.press(me.page.locator("main form button[type=submit]"))

    def she_reads_the_notes_and_counts_her_hours(self):
        me = self.mireille
        letter = me.reads_mail("meeting-notes")
        me.sign_in()
        me.follow(letter, "Read the notes")
        me.sees_words("We try a carpool board.")
        me.press(me.page.get_by_role("button", name="Ask three employers for rides"))
        me.click("My page")
        me.page.get_by_text(me.words("Add hours between meetings")).click()
        me.fill("Hours", "1.5")
        me.click("Add hours")
        me.sees("All my hours")

    def staff_publish_an_outcome(self):
        me = self.at_the_desk()
        me.click("Add", within=".model-outcome")
        me.select("Community", me.words_of(self.community, "name"))
        me.fill("Title (English)", "Share the ride")
        me.fill("Title (French)", "Partager le trajet")
        me.fill("Address", "share-the-ride")
        me.fill(
            "Summary in one paragraph (English)", "A board at intake helps people to share rides."
        )
        me.fill(
            "Summary in one paragraph (French)",
            "Un tableau à l'accueil aide à partager les trajets.",
        )
        me.fill("What was tried and what happened (English)", "One agency hung up a board.")
        me.fill("What was tried and what happened (French)", "Un organisme a posé un tableau.")
        me.fill("Whom to ask (English)", "cops@firstwork.test")
        me.fill("Whom to ask (French)", "cops@firstwork.test")
        me.fill("Program rules as of", timezone.localdate().isoformat())
        me.click("Save and stay here")
        self.adds_evidence(me, 1, "Guiding question", "Interviews moved the question.")
        self.adds_evidence(me, 2, "Decision", "The group chose to try a board.")
        me.click("Send to the members")
        self.mireille.reads_mail("outcome-to-read")
        me.click("Pass to the editor")
        me.click("Approve")
        me.click("Publish now")
        me.click("Publish now", within="#content")

    def adds_evidence(self, me, step, record, sentence):
        row = me.page.locator(f"#evidence-{step - 1}")
        row.locator("input[type=number]").fill(str(step))
        row.get_by_label(me.words(record)).select_option(index=1)
        row.locator("textarea").first.fill(sentence)
        row.locator("textarea").last.fill(f"FR: {sentence}")
        me.click("Save and stay here")

    def the_public_reads_it_and_sees_the_evidence(self):
        me = self.site.person("reader@elsewhere.test", "A reader", self.way)
        me.open(self.way.home)
        me.click("Outcomes")
        me.click_words({"en": "Share the ride", "fr": "Partager le trajet"}[self.way.language])
        me.sees("How we came to this")
        me.sees_words("The group chose to try a board.")

    @property
    def first_meeting(self):
        return self.community.meetings.get(number=1)

    @property
    def application(self):
        return Application.objects.get(person__email="mireille@agency.test")
