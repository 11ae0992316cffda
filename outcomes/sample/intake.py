"""The way into a round: applications, reviews, interviews with insights, groups and offers."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import override

from accounts.models import User
from applications.models import (
    CONSENTS,
    HALF_DAYS,
    Application,
    ApplicationChange,
    Assessment,
    AssessmentScore,
    Experience,
    FocusChoice,
    Insight,
    Interview,
    InterviewChange,
    Offer,
    OfferChange,
    Panelist,
    Placement,
    Proposal,
    Review,
    ReviewChange,
    Score,
    Slot,
    Status,
)
from cops.models import Program
from notifications.models import Consent, Invitee, Kind, Role
from outcomes.sample import rows
from outcomes.sample.texts import read

INTERVIEW_MINUTES = 45
SLOT_TIMES = ("09:30", "10:30", "11:30", "13:30", "14:30", "15:30")
# How well an application is rated on average, by what became of it.
RATED = {"declined": 2.7, "withdrawn": 3.2, "interviewed": 3.6, "waitlisted": 3.8}
RATED_ELSE = 4.1
INTERVIEWED = {"member", "replacement", "turned-down", "lapsed", "waitlisted", "interviewed"}
AREA_CODES = ("416", "519", "613", "705", "807", "905")
OFFERED = {"member", "replacement", "turned-down", "lapsed"}


@dataclass
class Applicant:
    """One line of the texts, and the records that came of it."""

    name: str
    town: str
    agency: str
    role: str
    level: str
    language: str
    focus: str
    fate: str
    person: User | None = None
    application: Application | None = None


class Deck:
    """Deals cards at random, none twice before all have been dealt."""

    def __init__(self, rng):
        self.rng = rng
        self.left = {}

    def draw(self, key, cards):
        if not self.left.get(key):
            self.left[key] = self.rng.sample(cards, len(cards))
        return self.left[key].pop()


def weekday_after(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def between(rng, first: datetime, last: datetime) -> datetime:
    """Return an instant between two others, to the minute."""
    moment = first + (last - first) * rng.random()
    return moment.replace(second=0, microsecond=0)


class Intake:
    def __init__(self, cohort, people, areas, rng, *, staff):
        self.cohort, self.people, self.areas = cohort, people, areas
        self.rng, self.staff = rng, staff
        self.deck = Deck(rng)
        self.changes = []

    def apply(self, lines, *, sent: dict[str, datetime] | None = None, until: datetime):
        """Write an application for each line of the texts, sent between the opening and ``until``.

        ``sent`` may fix the instant for some names. Returns the applicants.
        """
        applicants = [Applicant(*line) for line in lines]
        persons = self.people.make(
            ((each.name, each.agency, each.town, each.language) for each in applicants),
            since=self.cohort.opens_at,
        )
        for each, person in zip(applicants, persons, strict=True):
            each.person = person
            when = (sent or {}).get(each.name) or between(
                self.rng, self.cohort.opens_at + (until - self.cohort.opens_at) * 0.25, until
            )
            each.application = self._application(each, when)
            if each.fate != "draft":
                self._note(each, (Status.DRAFT,), (Status.SUBMITTED, person, when))
        rows.insert(each.application for each in applicants)
        self._experiences(applicants)
        self._choices(applicants)
        self._consents(each for each in applicants if each.fate != "draft")
        return applicants

    def _application(self, each, when):
        words, rng = read("answers"), self.rng
        language = each.language
        fill = {"town": each.town, "years": self._years(each)}
        is_draft = each.fate == "draft"
        answered = rng.random() < 0.5 if is_draft else True
        opening = self._draw(words["opening"], language, "opening").format(**fill)
        body = self._draw(words["motivation"][each.focus], language, "motivation", each.focus)
        trial = self._draw(words["trial"][each.focus], language, "trial", each.focus)
        hours = self._draw(words["hours"], language, "hours")
        half_days = [key for key, _label in HALF_DAYS]
        available = {"tue-pm", *rng.sample(half_days, rng.randint(3, 6))}
        organization = self.people.organization(each.agency)
        return Application(
            cohort=self.cohort,
            reference="".join(rng.choices("ACDEFGHJKLMNPQRTUVWXY34679", k=6)),
            person=each.person,
            name=each.name,
            phone=f"{rng.choice(AREA_CODES)}-555-01{rng.randint(10, 99)}",
            town=each.town,
            region=self.people.region(each.town),
            organization_name=organization.in_language("name", language),
            organization=organization,
            job=self.people.job(each.role, language),
            level=each.level,
            authority=self._authority(each),
            motivation=f"{opening} {body}" if answered else "",
            trial_idea=trial if not is_draft else "",
            hours_plan=hours if not is_draft else "",
            availability=[key for key in half_days if key in available],
            mail_language=language,
            interview_language=language,
            meeting_language="both" if language == "fr" and each.focus != "fr" else language,
            access_needs=rng.choice(read("people")["webinar"]["needs"])
            if rng.random() < 0.04
            else "",
            agrees_to_use=not is_draft,
            wants_news=not is_draft and rng.random() < 0.6,
            started_at=max(self.cohort.opens_at, when - timedelta(hours=rng.uniform(1, 130))),
            submitted_at=None if is_draft else when,
            status=Status.DRAFT if is_draft else Status.SUBMITTED,
        )

    def _draw(self, words, language, *key):
        cards = words.get(language) or words["en"]
        return self.deck.draw((*key, language), cards)

    def _years(self, each):
        return self.rng.randint(2, 3) if each.level == "newer" else self.rng.randint(6, 19)

    def _authority(self, each):
        if each.role in {"manager", "lead"}:
            return "decide"
        return self.rng.choice(["recommend", "recommend", "approval"])

    def _note(self, each, *steps):
        self.changes += rows.changes(ApplicationChange, each.application, *steps)

    def _experiences(self, applicants):
        programs = {program.key: program for program in Program.objects.all()}
        others = ["employment-service", "youth-job-link", "ontario-works", "lbs", "apprenticeship"]
        parts = {"lead": "supervise", "manager": "supervise", "intake": "refer"}
        rows.insert(
            Experience(
                application=each.application,
                program=program,
                years=1 if each.level == "newer" else self.rng.randint(3, 12),
                part=parts.get(each.role, "deliver"),
            )
            for each in applicants
            for program in {
                self.areas[each.focus].program,
                programs[self.rng.choice(others)],
            }
            if program
        )

    def _choices(self, applicants):
        keys = list(self.areas)
        choices = []
        for each in applicants:
            others = [key for key in keys if key != each.focus]
            ranked = [each.focus, *self.rng.sample(others, self.rng.randint(0, len(others)))]
            choices += [
                FocusChoice(application=each.application, focus_area=self.areas[key], rank=rank)
                for rank, key in enumerate(ranked, 1)
            ]
        rows.insert(choices)

    def _consents(self, applicants):
        applicants = list(applicants)
        known = set(
            Consent.objects.filter(
                person__in=[each.person for each in applicants], withdrawn_at=None
            ).values_list("person_id", "purpose")
        )
        consents = []
        for each in applicants:
            for purpose in Consent.Purpose:
                wanted = purpose == Consent.Purpose.DATA or each.application.wants_news
                if wanted and (each.person.pk, purpose) not in known:
                    consents.append(
                        Consent(
                            person=each.person,
                            purpose=purpose,
                            wording=wording(purpose, each.language),
                            language=each.language,
                            source="application form",
                            given_at=each.application.submitted_at,
                        )
                    )
        rows.insert(consents)

    def move(self, applicants, status, *, by, when, why=""):
        """Move the applications to ``status``, as the verb did at the instant ``when``."""
        for each in applicants:
            reason = why.get(each.fate, "") if isinstance(why, dict) else why
            self._note(each, (each.application.status,), (status, by, when, reason))
            each.application.status = status

    def close(self, applicants):
        """Write down where the applications have come to, and the way there."""
        Application.objects.bulk_update(
            [each.application for each in applicants],
            ["status", "pending_status", "pending_by", "pending_reason"],
            batch_size=200,
        )
        rows.insert(self.changes, "at")
        self.changes = []

    # Reviews

    def review(self, applicants, reviewers, criteria, *, assigned_at, done_by, given=None):
        """Give each application two readers of her language; hand in what ``given`` says.

        ``given`` maps a fate to how many of the two reviews are in; both where it is silent.
        """
        remarks = read("people")["remarks"]
        load = dict.fromkeys((reviewer.pk for reviewer, _french in reviewers), 0)
        reviews, parts, scores, moved = [], [], [], []
        for each in applicants:
            able = [
                reviewer
                for reviewer, french in reviewers
                if (french or each.language == "en")
                and reviewer.email.split("@")[1] != each.person.email.split("@")[1]
            ]
            able.sort(key=lambda reviewer: load[reviewer.pk])
            for number, reviewer in enumerate(able[: self.cohort.reviews_each]):
                load[reviewer.pk] += 1
                is_done = number < (given or {}).get(each.fate, self.cohort.reviews_each)
                done_at = between(self.rng, assigned_at, done_by) if is_done else None
                reference = each.application.reference
                review = Review(
                    application=each.application,
                    reviewer=reviewer,
                    deadline=rows.deadline(
                        Kind.REVIEW_DUE,
                        self.cohort.reviews_due_on,
                        told=assigned_at,
                        series=self.cohort.series,
                        title_en=f"Review of {reference}",
                        title_fr=f"Évaluation de {reference}",
                    ),
                    status=Review.Status.DONE if is_done else Review.Status.ASSIGNED,
                    remark=self._draw(remarks, each.language, "remark") if is_done else "",
                    done_at=done_at,
                )
                reviews.append(review)
                parts.append(
                    rows.part(
                        review.deadline, reviewer, Role.REVIEWER, since=assigned_at, until=done_at
                    )
                )
                if is_done:
                    rating = RATED.get(each.fate, RATED_ELSE)
                    scores += [
                        Score(review=review, criterion=criterion, value=self._value(rating))
                        for criterion in criteria
                    ]
                    moved += rows.changes(
                        ReviewChange,
                        review,
                        (Review.Status.ASSIGNED,),
                        (Review.Status.DONE, reviewer, done_at),
                    )
        rows.insert((review.deadline for review in reviews), "created_at")
        rows.insert(reviews)
        rows.insert(parts)
        rows.insert(scores)
        rows.insert(moved, "at")

    def _value(self, rating):
        return min(5, max(1, round(self.rng.gauss(rating, 0.7))))

    # Interviews

    def interview(self, applicants, panels, criteria, *, invited_at, first, last):
        """Hold an interview with each applicant; ``panels`` maps her language to its interviewers.

        Returns the insights noted, by the key of their focus area.
        """
        texts = read("people")["notes"]
        days = [
            first + timedelta(days=number)
            for number in range((last - first).days + 1)
            if (first + timedelta(days=number)).weekday() < 5
        ]
        grid = {
            language: iter([(day, time) for time in SLOT_TIMES for day in days])
            for language in panels
        }
        slots, panelists, interviews, parts, moved = [], [], [], [], []
        for each in applicants:
            day, clock_time = next(grid[each.language])
            starts_at = rows.at(day, clock_time)
            ends_at = starts_at + timedelta(minutes=INTERVIEW_MINUTES)
            panel = panels[each.language]
            slot = Slot(
                cohort=self.cohort,
                starts_at=starts_at,
                ends_at=ends_at,
                join_link=f"https://meet.example/interview-{each.application.reference.lower()}",
            )
            slots.append(slot)
            panelists += [
                Panelist(slot=slot, person=person, starts_at=starts_at, ends_at=ends_at)
                for person in panel
            ]
            booked_at = between(
                self.rng, invited_at, min(invited_at + timedelta(days=2), starts_at)
            )
            interview = Interview(
                application=each.application,
                deadline=rows.deadline(
                    Kind.BOOKING_DUE,
                    invited_at.date() + timedelta(days=7),
                    told=invited_at,
                    series=self.cohort.series,
                ),
                event=rows.event(
                    Kind.INTERVIEW,
                    datetime.fromisoformat(f"{day} {clock_time}"),
                    minutes=INTERVIEW_MINUTES,
                    told=booked_at,
                    series=self.cohort.series,
                    join_link=slot.join_link,
                ),
                slot=slot,
                status=Interview.Status.HELD,
            )
            interviews.append(interview)
            parts.append(
                rows.part(
                    interview.deadline,
                    each.person,
                    Role.APPLICANT,
                    since=invited_at,
                    until=booked_at,
                )
            )
            parts += [
                rows.part(
                    interview.event,
                    person,
                    role,
                    since=booked_at,
                    attendance=Invitee.Attendance.PRESENT,
                )
                for person, role in [
                    (each.person, Role.APPLICANT),
                    *((person, Role.INTERVIEWER) for person in panel),
                ]
            ]
            moved += rows.changes(
                InterviewChange,
                interview,
                (Interview.Status.INVITED,),
                (Interview.Status.BOOKED, each.person, booked_at),
                (Interview.Status.HELD, panel[0], ends_at),
            )
        rows.insert(slots)
        rows.insert(panelists)
        rows.insert((interview.deadline for interview in interviews), "created_at")
        rows.insert((interview.event for interview in interviews), "created_at")
        rows.insert(interviews)
        rows.insert(parts)
        rows.insert(moved, "at")

        assessments, scores = [], []
        for each, interview in zip(applicants, interviews, strict=True):
            for person in panels[each.language]:
                done_at = interview.event.ends_at + timedelta(minutes=self.rng.randint(5, 90))
                assessment = Assessment(
                    interview=interview,
                    interviewer=person,
                    notes=self._draw(texts, each.language, "notes"),
                    version=1,
                    saved_at=done_at,
                    done_at=done_at,
                )
                assessments.append(assessment)
                rating = RATED.get(each.fate, RATED_ELSE)
                scores += [
                    AssessmentScore(
                        assessment=assessment, criterion=criterion, value=self._value(rating)
                    )
                    for criterion in criteria
                ]
        rows.insert(assessments, "saved_at")
        rows.insert(scores)
        return interviews

    def note_insights(self, applicants, interviews, panels, texts):
        """Spread the insights of ``texts`` over the interviews: one to three each.

        Returns them by focus area's key, in the order of the texts.
        """
        noted = {key: [] for key in texts}
        for key, by_language in texts.items():
            for language, heard in by_language.items():
                talks = [
                    (each, interview)
                    for each, interview in zip(applicants, interviews, strict=True)
                    if each.focus == key and each.language == language
                ]
                if not talks:
                    continue
                for number, (theme, sort, text) in enumerate(heard):
                    _each, interview = talks[number % len(talks)]
                    panel = panels[language]
                    noted[key].append(
                        Insight(
                            interview=interview,
                            author=panel[number % len(panel)],
                            focus_area=self.areas[key],
                            sort=sort,
                            theme=theme,
                            text=text,
                            quotable=self.rng.random() < 0.4,
                            noted_at=interview.event.ends_at + timedelta(minutes=10 + number),
                        )
                    )
        rows.insert(insight for insights in noted.values() for insight in insights)
        return noted

    # Groups and offers

    def compose(self, name, placed, communities, *, accepted_at):
        """Write the accepted proposal that places each of ``placed`` in her first choice."""
        proposal = Proposal(
            cohort=self.cohort,
            name=name,
            created_by=self.staff,
            created_at=accepted_at - timedelta(days=2),
            accepted_at=accepted_at,
        )
        rows.insert([proposal], "created_at")
        rows.insert(
            Placement(
                proposal=proposal,
                application=each.application,
                community=communities[each.focus],
                reason=f"First choice; {each.application.get_level_display()}; "
                f"{each.application.region.in_language('name', 'en')}",
            )
            for each in placed
        )

    def offer(self, applicants, communities, *, made_at, answers) -> dict[str, datetime]:
        """Offer each a place and note the answer; returns when each name accepted.

        ``answers`` maps a fate to the status its offer ended in; accepted where it is silent.
        """
        due = weekday_after(made_at.date(), self.cohort.reply_days)
        reasons = read("people")["reasons"]
        offers, parts, moved, joined = [], [], [], {}
        for each in applicants:
            status = answers.get(each.fate, Offer.Status.ACCEPTED)
            deadline = rows.deadline(Kind.OFFER_DUE, due, told=made_at, series=self.cohort.series)
            last = deadline.starts_at
            answered_at = between(self.rng, made_at, last - timedelta(hours=8))
            if status == Offer.Status.LAPSED:
                answered_at = last
            offer = Offer(
                application=each.application,
                community=communities[each.focus],
                deadline=deadline,
                status=status,
                made_at=made_at,
                answered_at=None if status == Offer.Status.LAPSED else answered_at,
            )
            offers.append(offer)
            parts.append(
                rows.part(deadline, each.person, Role.APPLICANT, since=made_at, until=answered_at)
            )
            by = None if status == Offer.Status.LAPSED else each.person
            why = reasons["turned-down"] if status == Offer.Status.TURNED_DOWN else ""
            moved += rows.changes(
                OfferChange, offer, (Offer.Status.OPEN,), (status, by, answered_at, why)
            )
            if status == Offer.Status.ACCEPTED:
                joined[each.name] = answered_at
        rows.insert((offer.deadline for offer in offers), "created_at")
        rows.insert(offers)
        rows.insert(parts)
        rows.insert(moved, "at")
        return joined


def wording(purpose, language: str) -> str:
    with override(language):
        return str(CONSENTS[purpose])
