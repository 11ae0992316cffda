"""What all rounds share: a call, its criteria and questions, and the way to its groups."""

from datetime import timedelta
from random import Random

from applications.models import Offer, Status
from cops.models import CohortRole
from notifications.models import Role
from outcomes.sample import frame, interviewing, offering, reviewing, rows
from outcomes.sample.asking import Asked
from outcomes.sample.desk import Desk
from outcomes.sample.texts import read
from outcomes.sample.work import Work

OFFERED = {"member", "replacement", "turned-down", "lapsed", "left"}
INTERVIEWED = {*OFFERED, "waitlisted", "interviewed", "missed"}
# How long after the first meeting those left who did not stay.
STAYED = timedelta(days=45)
ANSWERED = {"turned-down": Offer.Status.TURNED_DOWN, "lapsed": Offer.Status.LAPSED}


class Round:
    """One call, from its opening to the groups that came of it."""

    def __init__(self, people, call: dict, named: dict, *, staff, seed):
        self.people, self.call, self.named, self.staff = people, call, named, staff
        self.rng = Random(seed)
        self.pile = rows.Pile()
        self.cohort = frame.make_cohort(call["cohort"], people, partners=["Purpose Co."])
        self.criteria = frame.make_criteria(self.cohort, call.get("hours", {}))
        self.areas = frame.make_focus_areas(call["focus"], call["origin"])
        self.questions = frame.ask(
            self.cohort,
            self.areas,
            call["focus"],
            number=1,
            by=staff,
            when=self.cohort.opens_at - timedelta(days=4),
        )
        self.reviewers = []
        self.ask_for_help(named["reviewers"], named["interviewers"])
        self.webinar = frame.make_webinar(self.cohort, call["webinar"])
        asked = Asked(self.cohort, call.get("asked", []))
        self.desk = Desk(self.cohort, people, self.areas, self.rng, self.pile, staff, asked)

    def ask_for_help(self, reviewers, interviewers) -> None:
        """Take in reviewers, and the interviewers who talk with applicants from now on."""
        role = CohortRole.Role
        readers = frame.give_roles(self.cohort, self.people, reviewers, role.REVIEWER)
        self.reviewers += [
            (person, french) for person, (*_who, french) in zip(readers, reviewers, strict=True)
        ]
        self.panels = _panels(
            frame.give_roles(self.cohort, self.people, interviewers, role.INTERVIEWER)
        )
        self.diary = interviewing.Diary(
            self.panels, self.cohort.interviews_from, self.cohort.interviews_until
        )

    def found_communities(self, facts: dict[str, dict], *, since) -> dict[str, Work]:
        """Make a community for each focus area in ``facts``; ``since`` it has its facilitators."""
        return {
            key: Work(
                self.cohort, self.areas[key], words, self.people, self.rng, self.pile, since=since
            )
            for key, words in facts.items()
        }

    def named_guests(self) -> list[tuple]:
        """Return (name, agency, town, language) of those who register and do not apply."""
        agencies = list(self.people.organizations)[2:]
        french, known = self.named["french_guests"], self.named.get("guests_at", {})
        return [
            (
                name,
                known.get(name) or self.rng.choice(agencies),
                "",
                "fr" if name in french else "en",
            )
            for name in self.named["guests"]
        ]

    def register(self, applicants, guests, *, until):
        """Register those who applied, and the guests, for the webinar."""
        persons = self.people.make(guests, since=self.cohort.opens_at)
        everyone = [*persons, *(each.person for each in applicants)]
        frame.register(self.webinar, everyone, self.rng, self.people, self.pile, until=until)
        if self.cohort.is_open:
            self.pile.add(
                rows.part(self.cohort.closing, person, Role.GUEST, since=self.cohort.opens_at)
                for person in persons
            )

    def select(self, applicants, insights, works: dict[str, dict], proposal="first proposal"):
        """Read, interview, refine the questions, compose the groups and hear the answers."""
        desk, cohort = self.desk, self.cohort
        sent = [each for each in applicants if each.fate != "draft"]
        talked = [each for each in sent if each.fate in INTERVIEWED]
        decided_at = rows.at(cohort.reviews_due_on, "16:00")
        self._read(sent, decided_at)
        desk.move(talked, Status.INTERVIEW, by=self.staff, when=decided_at)
        interviewing.interview(desk, talked, self.diary, self.criteria, invited_at=decided_at)
        self.insights = interviewing.note_insights(desk, talked, insights)
        self._refine()
        self.works = self.found_communities(
            works, since=rows.at(cohort.groups_on - timedelta(days=10))
        )
        self._offer(talked, proposal)

    def _read(self, sent, decided_at):
        """Have all that was sent read and rated, and tell those who are not invited."""
        desk, reasons = self.desk, read("people")["reasons"]
        assigned_at = rows.at(self.cohort.reviews_due_on - timedelta(days=3), "09:00")
        desk.move(sent, Status.IN_REVIEW, by=self.staff, when=assigned_at)
        reviewing.review(
            desk, sent, self.reviewers, self.criteria, assigned_at=assigned_at, done_by=decided_at
        )
        declined = [each for each in sent if each.fate == "declined"]
        desk.move(declined, Status.DECLINED, by=self.staff, when=decided_at, why=reasons)
        desk.withdraw(sent, when=decided_at)

    def _refine(self):
        """Ask the questions again as the interviews moved them, the first time they did."""
        if not any(version.number == 2 for version in self.questions.values()):
            self.questions |= frame.ask(
                self.cohort,
                self.areas,
                self.call["focus"],
                number=2,
                by=self.staff,
                when=rows.at(self.cohort.interviews_until, "15:00"),
            )
        for key, version in self.questions.items():
            moved = version.insights.through
            self.pile.add(
                moved(focusareaversion=version, insight=insight)
                for insight in self.insights.get(key, [])[::3]
            )

    def _offer(self, talked, proposal):
        """Propose the groups, offer the places, and let those join who accepted."""
        desk, cohort, reasons = self.desk, self.cohort, read("people")["reasons"]
        made_at = rows.at(cohort.groups_on - timedelta(days=4), "11:00")
        again_at = rows.at(cohort.groups_on - timedelta(days=3), "15:00")
        communities = {key: work.community for key, work in self.works.items()}
        offered = [each for each in talked if each.fate in OFFERED]
        first = [each for each in offered if each.fate != "replacement"]
        second = [each for each in offered if each.fate == "replacement"]
        name = f"{cohort.name_en}: {proposal}"
        offering.compose(desk, name, first, communities, accepted_at=made_at)
        desk.move(first, Status.OFFERED, by=self.staff, when=made_at)
        waiting = [each for each in talked if each.fate in {"waitlisted", "replacement"}]
        desk.move(waiting, Status.WAITLISTED, by=self.staff, when=made_at, why=reasons)
        others = [each for each in talked if each.fate in {"interviewed", "missed"}]
        desk.move(others, Status.DECLINED, by=self.staff, when=made_at, why=reasons)
        desk.move(second, Status.OFFERED, by=self.staff, when=again_at)
        joined = offering.offer(desk, first, communities, made_at=made_at, answers=ANSWERED)
        joined |= offering.offer(desk, second, communities, made_at=again_at, answers={})
        went_at = rows.at(cohort.meetings_from + STAYED, "17:00")
        for key, work in self.works.items():
            here = [each for each in offered if each.focus == key and each.person in joined]
            work.take_in({each.person: joined[each.person] for each in here})
            for each in here:
                if each.fate == "left":
                    work.let_go(each.person, went_at, desk.deck.draw("left", reasons["left"]))


def _panels(talkers) -> dict[str, list]:
    """Return the panels by language: of each four interviewers, the first and the third, and
    the second and the fourth, who speak French.
    """
    fours = [talkers[start : start + 4] for start in range(0, len(talkers), 4)]
    return {
        "en": [[first, third] for first, _second, third, _fourth in fours],
        "fr": [[second, fourth] for _first, second, _third, fourth in fours],
    }
