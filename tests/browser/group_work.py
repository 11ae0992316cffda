"""From the first meeting to the outcome and its evidence, as one walks it page by page."""

from datetime import timedelta

from django.utils import timezone
from icalendar import Calendar

from notifications import planner


class GroupWork:
    """What happens once the groups meet; mixed into the stage."""

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
        me.click("The address of my calendar")
        feed = me.page.request.get(me.page.locator("#feed").input_value())
        me.click("My page")
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
        me.page.get_by_label(me.words("Everyone was there, except whom I mark below")).check()
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
        outcome = me.page.url
        me.click("Send to the members")
        me.lets_the_letters_go()
        me.open(outcome)
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
