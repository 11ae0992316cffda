"""One more set of applications to the call that is open, where each has come to."""

from datetime import timedelta
from functools import partial

from django.utils import timezone

from applications.models import Interview, InterviewChange, Status
from notifications.models import Kind
from outcomes.sample import applying, interviewing, letters, reviewing, rows
from outcomes.sample.rounds import GIVEN, SENT_AFTER_DAYS, WANTED
from outcomes.sample.texts import read
from outcomes.sample.work import wall

# How many of those who began also registered for the webinar, and times offered to each wave.
REGISTERED, FREE_TIMES = 13, 4
INVITED = timedelta(days=1)
S = Interview.Status


class OpenWaves:
    def __init__(self, people, staff, rng, names):
        self.people, self.staff, self.rng, self.names = people, staff, rng, names

    def add(self, this) -> None:
        """Add one wave to the open round ``this``."""
        now = timezone.now()
        applicants = self._apply(this, now)
        by_fate = {
            fate: [each for each in applicants if each.fate == fate] for fate in SENT_AFTER_DAYS
        }
        self._read(this, [each for fate in by_fate.values() for each in fate])
        this.desk.withdraw(applicants, when=now - timedelta(hours=3))
        self._invite_some(this, by_fate, now)
        for _number in range(FREE_TIMES):
            day, clock_time, panel = this.diary.next("en")
            interviewing.seat(this.desk, rows.at(day, clock_time), panel)
        this.pile.then(partial(letters.arrived, this.pile, applicants))
        this.pile.then(partial(letters.drafted, this.pile, by_fate["letter"], by=self.staff))
        this.pile.write_if_high()
        self.people.forget()

    def _apply(self, this, now):
        lines = [self.names.line(shape) for shape in read("people_next")["applicants"]]
        sent = {
            line[0]: this.cohort.opens_at
            + timedelta(days=SENT_AFTER_DAYS[line[7]], minutes=self.rng.randint(0, 700))
            for line in lines
            if line[7] in SENT_AFTER_DAYS
        }
        applicants = applying.apply(this.desk, lines, sent=sent, until=now - timedelta(hours=5))
        guests = self.names.guests(len(read("people_next")["guests"]))
        this.register(applicants[:REGISTERED], guests, until=now - timedelta(hours=3))
        return applicants

    def _read(self, this, assigned):
        assigned_at = this.cohort.opens_at + timedelta(days=5)
        this.desk.move(assigned, Status.IN_REVIEW, by=self.staff, when=assigned_at)
        reviewing.review(
            this.desk,
            assigned,
            this.reviewers,
            this.criteria,
            assigned_at=assigned_at,
            done_by=assigned_at + timedelta(days=2),
            given=GIVEN,
        )

    def _invite_some(self, this, by_fate, now):
        """Invite those read first: some have booked, some not, some letters wait for staff."""
        desk, invited_at = this.desk, now - INVITED
        early = by_fate["booked"] + by_fate["invited"]
        desk.move(early, Status.INTERVIEW, by=self.staff, when=invited_at)
        desk.move(by_fate["letter"], Status.INTERVIEW, by=self.staff, when=now, why=WANTED)
        for each in by_fate["booked"]:
            self._book(this, each, invited_at)
        for each in by_fate["invited"]:
            self._invite(this, each, invited_at)
        for each in by_fate["letter"]:
            self._invite(this, each, now)
        for each in by_fate["read"]:
            each.application.pending_status = Status.INTERVIEW
            each.application.pending_by = self.staff
            each.application.pending_at = now
            each.application.pending_reason = WANTED

    def _invite(self, this, each, when):
        """Invite an applicant at the instant ``when``; she has not booked yet."""
        deadline = interviewing.booking(this.desk, each.person, when)
        each.interview = Interview(application=each.application, deadline=deadline)
        this.pile.add([each.interview])

    def _book(self, this, each, when):
        """Invite an applicant at ``when``; she booked a time ahead within a day."""
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
