"""The rounds of the sample data, each from its call to where it stands today."""

from datetime import timedelta
from random import Random

from applications.models import Offer, Status
from cops.models import CohortRole
from outcomes.sample import frame, results, rows
from outcomes.sample.intake import INTERVIEWED, OFFERED, Intake
from outcomes.sample.texts import read
from outcomes.sample.work import Work, wall

DECIDED = {"turned-down": Offer.Status.TURNED_DOWN, "lapsed": Offer.Status.LAPSED}


class Round:
    """What all rounds share: a call, its criteria, questions, readers and interviewers."""

    def __init__(self, people, call: dict, named: dict, *, staff, seed: int):
        self.people, self.call, self.named, self.staff = people, call, named, staff
        self.rng = Random(seed)
        self.cohort = frame.make_cohort(call["cohort"], people, partners=["Purpose Co."])
        self.criteria = frame.make_criteria(self.cohort)
        self.areas = frame.make_focus_areas(call["focus"], call["origin"])
        self.questions = frame.ask(
            self.cohort,
            self.areas,
            call["focus"],
            number=1,
            by=staff,
            when=self.cohort.opens_at - timedelta(days=4),
        )
        role = CohortRole.Role
        readers = frame.give_roles(self.cohort, people, named["reviewers"], role.REVIEWER)
        self.reviewers = [
            (person, french)
            for person, (*_who, french) in zip(readers, named["reviewers"], strict=True)
        ]
        talkers = frame.give_roles(self.cohort, people, named["interviewers"], role.INTERVIEWER)
        self.panels = {"en": [talkers[0], talkers[2]], "fr": [talkers[1], talkers[3]]}
        self.webinar = frame.make_webinar(self.cohort, call["webinar"])
        self.intake = Intake(self.cohort, people, self.areas, self.rng, staff=staff)

    def register(self, applicants, *, until):
        """Register most of those who applied, and the guests, for the webinar."""
        guests = self.people.make(
            (
                (name, self.rng.choice(list(self.people.organizations)[2:]), "", "en")
                for name in self.named["guests"]
            ),
            since=self.cohort.opens_at,
        )
        frame.register(
            self.webinar, [*guests, *(each.person for each in applicants)], self.rng, until=until
        )

    def select(self, applicants, insights):
        """Read, interview, refine the questions, compose the groups and hear the answers."""
        cohort, intake = self.cohort, self.intake
        sent = [each for each in applicants if each.fate != "draft"]
        talked = [each for each in sent if each.fate in INTERVIEWED]
        offered = [each for each in sent if each.fate in OFFERED]
        decided_at = rows.at(cohort.reviews_due_on, "16:00")
        assigned_at = rows.at(cohort.reviews_due_on - timedelta(days=3), "09:00")
        intake.move(sent, Status.IN_REVIEW, by=self.staff, when=assigned_at)
        intake.review(
            sent, self.reviewers, self.criteria, assigned_at=assigned_at, done_by=decided_at
        )
        reasons = read("people")["reasons"]
        intake.move(
            [each for each in sent if each.fate == "declined"],
            Status.DECLINED, by=self.staff, when=decided_at, why=reasons,
        )  # fmt: skip
        for each in sent:
            if each.fate == "withdrawn":
                intake.move([each], Status.WITHDRAWN, by=each.person, when=decided_at, why=reasons)
        intake.move(talked, Status.INTERVIEW, by=self.staff, when=decided_at)
        interviews = intake.interview(
            talked, self.panels, self.criteria,
            invited_at=decided_at, first=cohort.interviews_from, last=cohort.interviews_until,
        )  # fmt: skip
        self.insights = intake.note_insights(talked, interviews, self.panels, insights)
        self.questions |= frame.ask(
            cohort, self.areas, self.call["focus"], number=2, by=self.staff,
            when=rows.at(cohort.interviews_until, "15:00"),
        )  # fmt: skip
        for key, version in self.questions.items():
            moving = self.insights.get(key, [])[::3]
            version.insights.set(moving)

        made_at = rows.at(cohort.groups_on - timedelta(days=4), "11:00")
        again_at = rows.at(cohort.groups_on - timedelta(days=3), "15:00")
        self.works = {
            key: Work(cohort, self.areas[key], read(f"{name}"), self.people, self.rng)
            for key, name in self.call["works"].items()
        }
        communities = {key: work.community for key, work in self.works.items()}
        first = [each for each in offered if each.fate != "replacement"]
        second = [each for each in offered if each.fate == "replacement"]
        intake.compose(f"{cohort.name_en}: first proposal", first, communities, accepted_at=made_at)
        intake.move(first, Status.OFFERED, by=self.staff, when=made_at)
        waiting = [each for each in talked if each.fate in {"waitlisted", "replacement"}]
        intake.move(waiting, Status.WAITLISTED, by=self.staff, when=made_at, why=reasons)
        intake.move(
            [each for each in talked if each.fate == "interviewed"],
            Status.DECLINED, by=self.staff, when=made_at, why=reasons,
        )  # fmt: skip
        intake.move(second, Status.OFFERED, by=self.staff, when=again_at)
        joined = intake.offer(first, communities, made_at=made_at, answers=DECIDED)
        joined |= intake.offer(second, communities, made_at=again_at, answers={})
        for key, work in self.works.items():
            work.take_in(
                {
                    each.person: joined[each.name]
                    for each in offered
                    if each.focus == key and each.name in joined
                }
            )
        intake.close(applicants)


def finished(people, staff) -> Round:
    """The call of 2021: three groups, twelve meetings each, six outcomes."""
    call, named = read("call_2021"), read("people_2021")
    this = Round(people, call, named, staff=staff, seed=2021)
    applicants = this.intake.apply(named["applicants"], until=this.cohort.closes_at)
    this.register(applicants[:47], until=this.webinar.event.starts_at)
    this.select(applicants, read("insights_2021"))
    for work in this.works.values():
        work.meet(
            wall(this.cohort.meetings_from), 12, planned_at=rows.at(this.cohort.groups_on, "15:00")
        )
    results.write(
        read("outcomes_2021")["outcome"], this.works, this.questions, this.insights, by=staff
    )
    return this
