"""The rounds of the sample data, each from its call to where it stands today."""

from datetime import date, datetime, time, timedelta
from random import Random

import holidays
from django.utils import timezone

from accounts import clock
from accounts.models import Zone
from applications.models import Application, Offer, Status
from applications.services import interviews as booking
from applications.services import selection
from cops.models import CohortRole
from notifications import calendar
from notifications.models import Kind, Role
from outcomes.sample import frame, results, rows
from outcomes.sample.intake import INTERVIEW_MINUTES, INTERVIEWED, OFFERED, Intake
from outcomes.sample.texts import read
from outcomes.sample.work import EVERY, Work, wall

DECIDED = {"turned-down": Offer.Status.TURNED_DOWN, "lapsed": Offer.Status.LAPSED}


class Round:
    """What all rounds share: a call, its criteria, questions, readers and interviewers."""

    def __init__(self, people, call: dict, named: dict, *, staff, seed: int):
        self.people, self.call, self.named, self.staff = people, call, named, staff
        self.rng = Random(seed)
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

    def found_communities(self, *, since) -> dict[str, Work]:
        """Make the communities of the texts; their facilitators are there since the instant."""
        return {
            key: Work(self.cohort, self.areas[key], read(name), self.people, self.rng, since=since)
            for key, name in self.call["works"].items()
        }

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
        self.works = self.found_communities(since=rows.at(cohort.groups_on - timedelta(days=10)))
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


MEETINGS, HELD = 12, 8
FRIDAY = 4
SEASONS = [
    ("winter", "hiver"),
    ("spring", "printemps"),
    ("summer", "été"),
    ("fall", "automne"),
]


def meeting_now(people, staff) -> Round:
    """Three groups that have met eight times, and will meet four times more."""
    first = _first_meeting()
    monday = first - timedelta(days=first.weekday())
    closes_on = monday - timedelta(days=38)
    opens_on = closes_on - timedelta(days=32)
    last = first + EVERY * (MEETINGS - 1)
    dates = {
        "opens_at": wall(opens_on, "09:00"),
        "closes_at": wall(closes_on, "23:59"),
        "reviews_due_on": closes_on + timedelta(days=7),
        "interviews_from": closes_on + timedelta(days=10),
        "interviews_until": closes_on + timedelta(days=28),
        "groups_on": closes_on + timedelta(days=35),
        "meetings_from": first,
        "meetings_until": last + timedelta(days=7),
        "publishing_until": last + timedelta(days=35),
    }
    call = _of_season("call_now", dates, webinar_on=opens_on + timedelta(days=16))
    named = read("people_now")
    this = Round(people, call, named, staff=staff, seed=8)
    applicants = this.intake.apply(named["applicants"], until=this.cohort.closes_at)
    this.register(applicants[:20], until=this.webinar.event.starts_at)
    this.select(applicants, read("insights_now"))
    for work in this.works.values():
        work.meet(
            wall(first, work.facts["clock"]),
            MEETINGS,
            planned_at=rows.at(this.cohort.groups_on, "15:00"),
        )
    results.write(
        read("outcomes_now")["outcome"], this.works, this.questions, this.insights, by=staff
    )
    return this


def open_now(people, staff) -> Round:
    """A call that is open, its webinar ahead, its first applications read and invited."""
    today = timezone.localdate()
    webinar_on = _weekday(today + timedelta(days=3))
    closes_on = today + timedelta(days=18)
    closes_on += timedelta(days=(FRIDAY - closes_on.weekday()) % 7)
    first = closes_on + timedelta(days=39)
    dates = {
        "opens_at": wall(today - timedelta(days=10), "09:00"),
        "closes_at": wall(closes_on, "23:59"),
        "reviews_due_on": closes_on + timedelta(days=7),
        "interviews_from": _weekday(webinar_on + timedelta(days=1)),
        "interviews_until": closes_on + timedelta(days=28),
        "groups_on": closes_on + timedelta(days=35),
        "meetings_from": first,
        "meetings_until": first + EVERY * MEETINGS,
        "publishing_until": first + EVERY * MEETINGS + timedelta(days=28),
    }
    call = _of_season("call_next", dates, webinar_on=webinar_on)
    named = read("people_next")
    this = Round(people, call, named, staff=staff, seed=9)
    cohort, intake, now = this.cohort, this.intake, timezone.now()

    days_after = {"booked": 1, "invited": 1.2, "letter": 1.5, "read": 1.8}
    days_after |= {"half-read": 2.5, "in-review": 4}
    applicants = intake.apply(
        named["applicants"],
        sent={
            name: cohort.opens_at + timedelta(days=days_after[fate], minutes=37 * number)
            for number, (name, *_rest, fate) in enumerate(named["applicants"])
            if fate in days_after
        },
        until=now - timedelta(hours=5),
    )
    this.register(applicants[:13], until=now - timedelta(hours=3))
    assigned = [each for each in applicants if each.fate in days_after]
    assigned_at = cohort.opens_at + timedelta(days=5)
    intake.move(assigned, Status.IN_REVIEW, by=staff, when=assigned_at)
    intake.review(
        assigned, this.reviewers, this.criteria, assigned_at=assigned_at,
        done_by=assigned_at + timedelta(days=2), given={"in-review": 0, "half-read": 1},
    )  # fmt: skip
    early = [each for each in assigned if each.fate in {"booked", "invited"}]
    intake.move(early, Status.INTERVIEW, by=staff, when=now - timedelta(days=2))
    intake.close(applicants)
    this.found_communities(since=cohort.opens_at)

    slots = booking.publish(
        cohort, this.panels["en"], _slot_times(cohort.interviews_from), minutes=INTERVIEW_MINUTES,
        zone=Zone.TORONTO, join_link=f"https://meet.example/{cohort.slug}-interview",
    )  # fmt: skip
    by_fate = {each.fate: each for each in applicants}
    booking.invite(by_fate["invited"].application)
    _book(by_fate["booked"], slots[2])
    for fate in ("letter", "read"):
        by_fate[fate].application.decide(
            Status.INTERVIEW, by=staff, reason="Both readers would like to hear more."
        )
    selection.release(Application.objects.filter(pk=by_fate["letter"].application.pk), by=staff)
    return this


def _of_season(name: str, dates: dict, *, webinar_on: date) -> dict:
    """Return the call of the texts with its dates, named after the season it opens in."""
    opens_on = dates["opens_at"].date()
    english, french = SEASONS[opens_on.month % 12 // 3]
    year = opens_on.year
    call = read(name)
    cohort = {
        **call["cohort"],
        **dates,
        "slug": f"cops-{year}-{english}",
        "name_en": f"Communities of Practice, {english} {year}",
        "name_fr": f"Communautés de pratique, {french} {year}",
    }
    webinar = {
        **call["webinar"],
        "slug": f"cops-{year}-{english}-webinar",
        "wall": wall(webinar_on),
    }
    return call | {"cohort": cohort, "webinar": webinar}


def _first_meeting() -> date:
    """Return the day of meeting 1 when meeting 9 is about six days ahead, and none on a holiday."""
    today = timezone.localdate()
    closed = holidays.country_holidays("CA", subdiv="ON")
    for ahead in (6, 5, 7, 4, 8):
        first = today + timedelta(days=ahead) - EVERY * HELD
        days = [first + EVERY * number for number in range(MEETINGS)]
        if first.weekday() <= FRIDAY and not any(day in closed for day in days):
            return first
    return _weekday(today + timedelta(days=6)) - EVERY * HELD


def _weekday(day: date) -> date:
    """Return ``day``, or the Monday after it."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > FRIDAY else day


def _slot_times(first: date) -> list[datetime]:
    """Return two times on each of four weekdays."""
    days = [first + timedelta(days=number) for number in range(8)]
    return [
        clock.instant(datetime.combine(day, at), Zone.TORONTO)
        for day in [day for day in days if day.weekday() <= FRIDAY][:4]
        for at in (time(10), time(14))
    ]


def _book(applicant, slot) -> None:
    """Let the applicant have booked ``slot``, without the mail that booking sends."""
    interview = booking.invite(applicant.application)
    event = calendar.hold(
        Kind.INTERVIEW,
        slot.local_start.replace(tzinfo=None),
        minutes=INTERVIEW_MINUTES,
        zone=slot.zone,
        series=applicant.application.cohort.series,
        join_link=slot.join_link,
    )
    interview.book(slot, event, by=applicant.person)
    calendar.owe(event, applicant.person, Role.APPLICANT)
    for person in slot.interviewers:
        calendar.owe(event, person, Role.INTERVIEWER)
    calendar.settle(interview.deadline, applicant.person)
