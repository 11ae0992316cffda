"""As many people again and again: rounds like the three that are told in full, from parts.

A wave is one more round's worth of people. Waves like the finished round and like
the one that meets go to rounds of earlier years, a few of the latter to the round
that meets now; waves like the open round go there. So the public pages show some
rounds more, and the lists of staff show thousands.
"""

from datetime import timedelta
from random import Random

from django.utils import timezone

from applications.models import Interview, InterviewChange, Status
from notifications import outbox
from notifications.models import Attempt, Kind, Message
from outcomes.sample import applying, compose, interviewing, reviewing, rows, seasons
from outcomes.sample.names import Names
from outcomes.sample.round import Round
from outcomes.sample.rounds import GIVEN, SENT_AFTER_DAYS, WANTED, publish
from outcomes.sample.texts import read
from outcomes.sample.work import wall

# Rounds of earlier years, of each of two seasons, and waves for the round that meets now.
PAST_ROUNDS, WAVES_NOW = 4, 9
CLOCKS = ("09:30", "13:00", "15:00")
GROUPS = ("First Work", "Purpose Co.")
# From which year on laid off workers ask for the programme by its new name.
RENAMED_IN = 2023


class Crowd:
    """Adds ``scale - 1`` waves to each of three rounds and to those of earlier years."""

    def __init__(self, people, staff, scale: int):
        self.people, self.staff = people, staff
        self.waves = scale - 1
        self.rng = Random(f"crowd of {scale}")
        self.names = Names(people, self.rng, agencies_per_town=1 + min(scale, 100) // 14)
        self.known = {**read("insights_2021"), **read("insights_now")}
        self.groups = {}

    def fill(self, meeting: Round, opened: Round):
        """Add the waves, one after the other; yields what was added after each."""
        now_waves = min(WAVES_NOW, (self.waves + 1) // 2)
        openings = seasons.past_openings(
            meeting.cohort.opens_at.date(), each_season=min(PAST_ROUNDS, self.waves)
        )
        for opens_on in openings:
            alike = [day for day in openings if day.month == opens_on.month]
            share = self.waves if opens_on.month == 1 else self.waves - now_waves
            how_many = share // len(alike) + (alike.index(opens_on) < share % len(alike))
            if how_many:
                yield from self._past_round(opens_on, how_many)
        self._ask_for_help(meeting, now_waves)
        for number in range(now_waves):
            self._group_wave(meeting, read("people_now"), number)
            yield meeting
        self._ask_for_help(opened, self.waves)
        for _number in range(self.waves):
            self._open_wave(opened)
            yield opened

    def _past_round(self, opens_on, how_many):
        closes_on = opens_on + timedelta(days=32)
        first = closes_on + timedelta(days=39)
        is_winter = opens_on.month == 1
        call = seasons.of_season(
            "call_now",
            seasons.dates(opens_on, closes_on, first),
            webinar_on=opens_on + timedelta(days=16),
        )
        call["focus"] = self._focus(opens_on.year, is_winter)
        reviewers, interviewers = self._help(how_many)
        named = {"reviewers": reviewers, "interviewers": interviewers}
        this = Round(self.people, call, named, staff=self.staff, seed=f"{opens_on}")
        shapes = read("people_2021" if is_winter else "people_now")
        for number in range(how_many):
            self._group_wave(this, shapes, number)
            yield this

    def _focus(self, year, is_winter) -> list[dict]:
        """Return the focus areas of a round, the renamed programme under its later name."""
        now = {each["key"]: each for each in read("call_now")["focus"]}
        if not is_winter:
            return list(now.values())
        return [
            now["bjo"] if each["key"] == "sc" and year >= RENAMED_IN else each
            for each in read("call_2021")["focus"]
        ]

    def _help(self, waves):
        """Return reviewers and interviewers for so many waves, half from each partner."""
        fours = 1 + waves // 3
        people = [
            [self.names.colleague(partner, "fr" if french else "en"), partner, french]
            for partner in GROUPS
            for french in (False, True)
            for _number in range(fours)
        ]
        interviewers = [
            people[place] for four in range(fours) for place in range(four, len(people), fours)
        ]
        return people, interviewers

    def _ask_for_help(self, this, waves):
        this.ask_for_help(*self._help(waves))

    def _lines(self, this, shapes) -> list[list]:
        """Return lines like ``shapes`` about other people; groups differ by one or two."""
        lines = []
        for shape in shapes:
            line = self.names.line(shape)
            if line[6] not in this.areas:
                line[6] = "bjo"
            lines.append(line)
        for key in this.areas:
            members = [line for line in lines if line[6] == key and line[7] == "member"]
            if len(members) > 5 and self.rng.random() < 0.4:
                self.rng.choice(members)[7] = "turned-down"
        return lines

    def _group_wave(self, this, named, number):
        """One more set of applications, groups, meetings and outcomes in a round."""
        cohort = this.cohort
        lines = self._lines(this, named["applicants"])
        applicants = applying.apply(this.desk, lines, until=cohort.closes_at)
        guests = self.names.guests(len(named["guests"]))
        those = applicants[: len(applicants) * 3 // 4]
        this.register(those, guests, until=this.webinar.event.starts_at)
        composers = {key: self._composer(this, key, lines) for key in this.areas}
        heard = compose.insights(
            self.rng, list(this.areas), self.known, [line[1] for line in lines], count=9
        )
        works = {
            key: composer.work(self._facilitators(key), CLOCKS[place % 3])
            for place, (key, composer) in enumerate(composers.items())
        }
        this.select(applicants, heard, works, f"proposal {number + 2}")
        planned_at = rows.at(cohort.groups_on, "15:00")
        for key, work in this.works.items():
            work.meet(
                wall(composers[key].first_on, work.facts["clock"]),
                seasons.MEETINGS,
                planned_at=planned_at,
            )
        publish(this, list(self._outcomes(this, composers)))
        self._letters(this, applicants)
        this.pile.write()
        self.people.forget()

    def _composer(self, this, key, lines):
        towns = [
            line[1] for line in lines if line[6] == key and line[7] in {"member", "replacement"}
        ]
        number = self.groups[this.cohort.pk, key] = self.groups.get((this.cohort.pk, key), 0) + 1
        first_on = this.cohort.meetings_from
        return compose.Composer(
            self.rng, this.areas[key], key, number=number + 1, towns=towns, first_on=first_on
        )

    def _facilitators(self, key):
        language = "fr" if key == "fr" else "en"
        return [[self.names.colleague(partner, language), partner, language] for partner in GROUPS]

    def _outcomes(self, this, composers):
        cohort = this.cohort
        is_over = cohort.publishing_until < timezone.localdate()
        span = (cohort.publishing_until - cohort.meetings_until).days
        edition = cohort.slug.removeprefix("cops-")
        for composer in composers.values():
            for place in range(2 if is_over and cohort.opens_at.month == 1 else 1):
                on = cohort.meetings_until + timedelta(days=self.rng.randint(1, span))
                yield composer.outcome(place, published_on=on if is_over else None, edition=edition)

    def _letters(self, this, applicants):
        """The mail each had when her application arrived: sent, and taken at once."""
        for each in applicants:
            if each.application.submitted_at:
                self._sent(this, each, "application-received", each.application.submitted_at)

    def _sent(self, this, each, kind, when):
        pk = each.application.pk
        message = outbox.unsaved(
            kind,
            each.person,
            key=f"{kind}:sample:{pk}",
            context={"application": pk},
            state=Message.State.SENT,
            not_before=when,
            sent_at=when + timedelta(seconds=40),
            created_at=when,
            attempts_made=1,
        )
        this.pile.add([message])
        this.pile.add(
            [Attempt(message=message, number=1, result=Attempt.Result.SENT, at=message.sent_at)]
        )

    def _open_wave(self, this):
        """One more set of applications to the call that is open, where each has come to."""
        desk, cohort, now = this.desk, this.cohort, timezone.now()
        lines = [self.names.line(shape) for shape in read("people_next")["applicants"]]
        sent = {
            line[0]: cohort.opens_at
            + timedelta(days=SENT_AFTER_DAYS[line[7]], minutes=self.rng.randint(0, 700))
            for line in lines
            if line[7] in SENT_AFTER_DAYS
        }
        applicants = applying.apply(desk, lines, sent=sent, until=now - timedelta(hours=5))
        guests = self.names.guests(len(read("people_next")["guests"]))
        this.register(applicants[:13], guests, until=now - timedelta(hours=3))
        assigned = [each for each in applicants if each.fate in SENT_AFTER_DAYS]
        assigned_at = cohort.opens_at + timedelta(days=5)
        desk.move(assigned, Status.IN_REVIEW, by=self.staff, when=assigned_at)
        reviewing.review(
            desk,
            assigned,
            this.reviewers,
            this.criteria,
            assigned_at=assigned_at,
            done_by=assigned_at + timedelta(days=2),
            given=GIVEN,
        )
        desk.withdraw(applicants, when=now - timedelta(hours=3))
        by_fate = {
            fate: [each for each in assigned if each.fate == fate] for fate in SENT_AFTER_DAYS
        }
        early, letters = by_fate["booked"] + by_fate["invited"], by_fate["letter"]
        desk.move(early, Status.INTERVIEW, by=self.staff, when=now - timedelta(days=2))
        desk.move(letters, Status.INTERVIEW, by=self.staff, when=now, why=WANTED)
        for each in by_fate["booked"]:
            self._book(this, each, now - timedelta(days=2))
        for each in by_fate["invited"]:
            self._invite(this, each, now - timedelta(days=2))
        for each in letters:
            self._invite(this, each, now)
        for each in by_fate["read"]:
            each.application.pending_status = Status.INTERVIEW
            each.application.pending_by = self.staff
            each.application.pending_reason = WANTED
        for _number in range(4):
            day, clock_time, panel = this.diary.next("en")
            interviewing.seat(desk, rows.at(day, clock_time), panel)
        this.pile.write()
        self._letters(this, applicants)
        for each in letters:
            kind, pk = "application-interview", each.application.pk
            this.pile.add(
                [
                    outbox.unsaved(
                        kind,
                        each.person,
                        key=f"{kind}:{pk}",
                        by=self.staff,
                        context={"application": pk},
                        state=Message.State.DRAFT,
                    )
                ]
            )
        this.pile.write()
        self.people.forget()

    def _invite(self, this, each, when):
        """Invite an applicant at the instant ``when``; she has not booked yet."""
        deadline = interviewing.booking(this.desk, each.person, when)
        each.interview = Interview(application=each.application, deadline=deadline)
        this.pile.add([each.interview])

    def _book(self, this, each, when):
        """Invite an applicant at ``when``; she booked a time ahead within a day."""
        S = Interview.Status
        desk, booked_at = this.desk, when + timedelta(hours=self.rng.randint(1, 20))
        day, clock_time, each.panel = this.diary.next("en")
        slot = interviewing.seat(
            desk, rows.at(day, clock_time), each.panel, each.application.reference
        )
        each.interview = Interview(
            application=each.application,
            deadline=interviewing.booking(desk, each.person, when, settled_at=booked_at),
            event=rows.event(
                Kind.INTERVIEW,
                wall(day, clock_time),
                minutes=interviewing.MINUTES,
                told=booked_at,
                series=this.cohort.series,
                join_link=slot.join_link,
            ),
            slot=slot,
            status=S.BOOKED,
        )
        desk.pile.add([each.interview.event])
        desk.pile.add([each.interview])
        interviewing.attend(desk, each, since=booked_at)
        desk.pile.add(
            rows.changes(
                InterviewChange, each.interview, (S.INVITED,), (S.BOOKED, each.person, booked_at)
            )
        )
