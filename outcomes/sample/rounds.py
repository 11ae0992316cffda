"""The rounds of the sample data, each from its call to where it stands today."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts import clock
from accounts.models import Zone
from applications.models import Application, Status
from applications.services import interviews as booking
from applications.services import selection
from notifications import calendar
from notifications.models import Kind, Role
from outcomes.sample import applying, frame, interviewing, results, reviewing, rows, seasons
from outcomes.sample.round import Round
from outcomes.sample.texts import read
from outcomes.sample.work import wall

# How long after the opening of the call that is open now those read early had sent theirs,
# and how many of their reviews are in; all where it is silent.
SENT_AFTER_DAYS = {
    "booked": 1, "invited": 1.2, "letter": 1.5, "read": 1.8, "half-read": 2.5, "in-review": 4,
}  # fmt: skip
GIVEN = {"in-review": 0, "half-read": 1}
WANTED = "Both readers would like to hear more."


def finished(people, staff) -> Round:
    """The call of 2021: three groups, twelve meetings each, six outcomes."""
    call, named = read("call_2021"), read("people_2021")
    this = Round(people, call, named, staff=staff, seed=2021)
    applicants = applying.apply(this.desk, named["applicants"], until=this.cohort.closes_at)
    this.register(applicants[:47], this.named_guests(), until=this.webinar.event.starts_at)
    this.select(applicants, read("insights_2021"), _works(call))
    for work in this.works.values():
        work.meet(
            wall(this.cohort.meetings_from), 12, planned_at=rows.at(this.cohort.groups_on, "15:00")
        )
    publish(this, read("outcomes_2021")["outcome"])
    frame.make_webinar(this.cohort, call["results_webinar"])
    this.pile.write()
    return this


def publish(this: Round, texts: list[dict]) -> None:
    """Pile up the outcomes of ``texts``."""
    outcomes = results.write(
        texts, this.works, this.questions, this.insights, this.pile, by=this.staff
    )
    for outcome in outcomes:
        this.pile.then(outcome.refresh_search)


def _works(call) -> dict[str, dict]:
    return {key: read(name) for key, name in call["works"].items()}


def meeting_now(people, staff) -> Round:
    """Three groups that have met eight times, and will meet four times more."""
    first = seasons.first_meeting()
    closes_on = first - timedelta(days=first.weekday() + 38)
    opens_on = closes_on - timedelta(days=32)
    dates = seasons.dates(opens_on, closes_on, first)
    call = seasons.of_season("call_now", dates, webinar_on=opens_on + timedelta(days=16))
    named = read("people_now")
    this = Round(people, call, named, staff=staff, seed=8)
    applicants = applying.apply(this.desk, named["applicants"], until=this.cohort.closes_at)
    this.register(applicants[:20], this.named_guests(), until=this.webinar.event.starts_at)
    this.select(applicants, read("insights_now"), _works(call))
    for work in this.works.values():
        work.meet(
            wall(first, work.facts["clock"]),
            seasons.MEETINGS,
            planned_at=rows.at(this.cohort.groups_on, "15:00"),
        )
    publish(this, read("outcomes_now")["outcome"])
    this.pile.write()
    return this


def open_now(people, staff) -> Round:
    """A call that is open, its webinar ahead, its first applications read and invited."""
    call, named, now = _call_of_today(), read("people_next"), timezone.now()
    this = Round(people, call, named, staff=staff, seed=9)
    applicants = applying.apply(
        this.desk,
        named["applicants"],
        sent=_sent_early(this.cohort, named["applicants"]),
        until=now - timedelta(hours=5),
    )
    this.register(applicants[:13], this.named_guests(), until=now - timedelta(hours=3))
    _read_early(this, [each for each in applicants if each.fate in SENT_AFTER_DAYS])
    this.desk.withdraw(applicants, when=now - timedelta(hours=3))
    early = [each for each in applicants if each.fate in {"booked", "invited"}]
    this.desk.move(early, Status.INTERVIEW, by=staff, when=now - timedelta(days=2))
    this.found_communities(_works(call), since=this.cohort.opens_at)
    this.pile.write()
    _invite_early(this, {each.fate: each for each in applicants})
    return this


def _call_of_today() -> dict:
    """Return a call that opened ten days ago and closes on a Friday in three weeks or so."""
    today = timezone.localdate()
    webinar_on = seasons.on_weekday(today + timedelta(days=3))
    closes_on = today + timedelta(days=18)
    closes_on += timedelta(days=(seasons.FRIDAY - closes_on.weekday()) % 7)
    dates = seasons.dates(today - timedelta(days=10), closes_on, closes_on + timedelta(days=39))
    dates["interviews_from"] = seasons.on_weekday(webinar_on + timedelta(days=1))
    return seasons.of_season("call_next", dates, webinar_on=webinar_on)


def _sent_early(cohort, named) -> dict[str, datetime]:
    """Return when each whose application is being read had sent it, by her name."""
    return {
        name: cohort.opens_at + timedelta(days=SENT_AFTER_DAYS[fate], minutes=37 * number)
        for number, (name, *_rest, fate) in enumerate(named)
        if fate in SENT_AFTER_DAYS
    }


def _read_early(this: Round, assigned) -> None:
    assigned_at = this.cohort.opens_at + timedelta(days=5)
    this.desk.move(assigned, Status.IN_REVIEW, by=this.staff, when=assigned_at)
    reviewing.review(
        this.desk, assigned, this.reviewers, this.criteria, assigned_at=assigned_at,
        done_by=assigned_at + timedelta(days=2), given=GIVEN,
    )  # fmt: skip


def _invite_early(this: Round, by_fate) -> None:
    """Offer times; let one applicant book, one choose, one wait for her letter, one be decided."""
    cohort = this.cohort
    slots = booking.publish(
        cohort,
        this.panels["en"][0],
        [clock.instant(each, Zone.TORONTO) for each in seasons.slot_times(cohort.interviews_from)],
        minutes=interviewing.MINUTES,
        zone=Zone.TORONTO,
        join_link=f"https://meet.example/{cohort.slug}-interview",
    )
    booking.invite(by_fate["invited"].application)
    _book(by_fate["booked"], slots[2])
    for fate in ("letter", "read"):
        by_fate[fate].application.decide(Status.INTERVIEW, by=this.staff, reason=WANTED)
    letter = Application.objects.filter(pk=by_fate["letter"].application.pk)
    selection.release(letter, by=this.staff)


def _book(applicant, slot) -> None:
    """Let the applicant have booked ``slot``, without the mail that booking sends."""
    interview = booking.invite(applicant.application)
    event = calendar.hold(
        Kind.INTERVIEW,
        slot.local_start.replace(tzinfo=None),
        minutes=interviewing.MINUTES,
        zone=slot.zone,
        series=applicant.application.cohort.series,
        join_link=slot.join_link,
    )
    interview.book(slot, event, by=applicant.person)
    calendar.owe(event, applicant.person, Role.APPLICANT)
    for person in slot.interviewers:
        calendar.owe(event, person, Role.INTERVIEWER)
    calendar.settle(interview.deadline, applicant.person)
