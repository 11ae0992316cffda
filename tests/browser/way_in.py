"""From the call to the place in a group, as one walks it page by page."""

from django.utils import translation
from django.utils.translation import gettext

from applications.models import Offer, Status
from applications.services.selection import accept_offer


class WayIn:
    """What happens until the groups begin; mixed into the stage."""

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
        me.lets_the_letters_go()

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
        me.lets_the_letters_go()

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
