"""One practitioner goes the whole way, from the call to the outcome and its evidence.

Every step is a link or a button on the page before it, or a link in a mail.
"""

import pytest

from tests.browser.person import Way
from tests.factories import (
    AnchorFactory,
    CohortFactory,
    CriterionFactory,
    FocusAreaFactory,
    FocusAreaVersionFactory,
    OrganizationFactory,
    ProgramFactory,
    RegionFactory,
    WebinarFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WAYS = [
    Way("en-1280"),
    Way("fr-1280", language="fr"),
    Way("en-390-no-javascript", width=390, javascript=False),
]


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_practitioner_reads_the_call_and_registers_for_its_webinar(way, site, sign_in):
    stage = Stage(site, way, sign_in)
    stage.reads_the_call()
    stage.registers_for_the_webinar()


class Stage:
    """The people of the story, and what each does."""

    def __init__(self, site, way, sign_in):
        self.site, self.way, self.sign_in = site, way, sign_in
        self.sets_the_scene()
        self.mireille = site.person("mireille@agency.test", "Mireille Okafor", way)

    def sets_the_scene(self):
        RegionFactory(name_en="Ottawa", name_fr="Ottawa")
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
        ProgramFactory(name_en="Better Jobs Ontario", name_fr="Meilleurs emplois Ontario")
        WebinarFactory(cohort=self.cohort, slug="webinar")

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
        me.fill("Mail address", me.email)
        me.choose(
            "First Work may use what I write here to run this webinar: to send me the link and "
            "reminders, to prepare for my questions and access needs, and to count how many came."
        )
        me.click("Register")
        me.sees("You are registered")
        letter = me.reads_mail("webinar-registered")
        assert [start for _title, start in letter.events]
        me.follow(letter, "Open my registration")
        me.sees("You are registered")
