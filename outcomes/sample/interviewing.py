"""Interviews: who talked when with whom, what each interviewer noted, and what was learned."""

from datetime import date, datetime, timedelta
from itertools import product

from applications.models import (
    Assessment,
    AssessmentScore,
    Insight,
    Interview,
    InterviewChange,
    Panelist,
    Slot,
)
from notifications.models import Invitee, Kind, Role
from outcomes.sample import rows
from outcomes.sample.chance import between, weekdays
from outcomes.sample.desk import Desk
from outcomes.sample.reviewing import value
from outcomes.sample.texts import read

MINUTES = 45
TIMES = ("09:30", "10:30", "11:30", "13:30", "14:30", "15:30")
S = Interview.Status


class Diary:
    """The times at which panels can still meet somebody: no panel is asked twice for one."""

    def __init__(self, panels: dict[str, list], first: date, last: date):
        """``panels`` are, by language, lists of the people who talk together."""
        days = weekdays(first, last)
        self._left = {
            language: iter(list(product(TIMES, days, together)))
            for language, together in panels.items()
        }

    def next(self, language: str):
        """Return (day, time on the clock, panel)."""
        clock_time, day, panel = next(self._left[language])
        return day, clock_time, panel


def interview(desk: Desk, applicants, diary: Diary, criteria, *, invited_at):
    """Hold an interview with each applicant who came."""
    for each in applicants:
        is_missed = each.fate == "missed"
        day, clock_time, each.panel = diary.next(each.language)
        starts_at = rows.at(day, clock_time)
        booked_at = between(desk.rng, invited_at, min(invited_at + timedelta(days=2), starts_at))
        slot = seat(desk, starts_at, each.panel, each.application.reference)
        each.interview = Interview(
            application=each.application,
            deadline=booking(desk, each.person, invited_at, settled_at=booked_at),
            event=rows.event(
                Kind.INTERVIEW,
                datetime.fromisoformat(f"{day} {clock_time}"),
                minutes=MINUTES,
                told=booked_at,
                series=desk.cohort.series,
                join_link=slot.join_link,
            ),
            slot=slot,
            status=S.MISSED if is_missed else S.HELD,
        )
        desk.pile.add([each.interview.event])
        desk.pile.add([each.interview])
        came = Invitee.Attendance.ABSENT if is_missed else Invitee.Attendance.PRESENT
        attend(desk, each, since=booked_at, attendance=came)
        desk.pile.add(
            rows.changes(
                InterviewChange,
                each.interview,
                (S.INVITED,),
                (S.BOOKED, each.person, booked_at),
                (each.interview.status, each.panel[0], slot.ends_at),
            )
        )
    for each in applicants:
        if each.interview.status == S.HELD:
            _assess(desk, each, criteria)


def seat(desk, starts_at, panel, name="") -> Slot:
    """Offer one time with ``panel``."""
    ends_at = starts_at + timedelta(minutes=MINUTES)
    slot = Slot(
        cohort=desk.cohort,
        starts_at=starts_at,
        ends_at=ends_at,
        join_link=f"https://meet.example/interview-{name or desk.cohort.slug}".lower(),
    )
    desk.pile.add([slot])
    desk.pile.add(
        Panelist(slot=slot, person=person, starts_at=starts_at, ends_at=ends_at) for person in panel
    )
    return slot


def booking(desk, person, invited_at, *, settled_at=None, days=7):
    """Let ``person`` owe a booking from ``invited_at`` on, or until she booked."""
    deadline = rows.deadline(
        Kind.BOOKING_DUE,
        invited_at.date() + timedelta(days=days),
        told=invited_at,
        series=desk.cohort.series,
    )
    desk.pile.add([deadline])
    desk.pile.add([rows.part(deadline, person, Role.APPLICANT, since=invited_at, until=settled_at)])
    return deadline


def attend(desk, each, *, since, attendance=Invitee.Attendance.UNKNOWN):
    """Put the interview into the calendars of the applicant and of her panel.

    ``attendance`` is the applicant's; where it is known, the panel was there.
    """
    event, panels = each.interview.event, attendance and Invitee.Attendance.PRESENT
    desk.pile.add(
        [rows.part(event, each.person, Role.APPLICANT, since=since, attendance=attendance)]
    )
    desk.pile.add(
        rows.part(event, person, Role.INTERVIEWER, since=since, attendance=panels)
        for person in each.panel
    )


def _assess(desk, each, criteria):
    for person in each.panel:
        done_at = each.interview.event.ends_at + timedelta(minutes=desk.rng.randint(5, 90))
        assessment = Assessment(
            interview=each.interview,
            interviewer=person,
            notes=_noted(desk, each.language),
            version=1,
            saved_at=done_at,
            done_at=done_at,
        )
        desk.pile.add([assessment])
        desk.pile.add(
            AssessmentScore(
                assessment=assessment, criterion=criterion, value=value(desk.rng, each.fate)
            )
            for criterion in criteria
        )


def _noted(desk, language) -> str:
    """Return how it was, and what stayed with the interviewer."""
    texts = read("people")["notes"]
    first = desk.deck.draw(("notes", language), texts[language])
    return f"{first} {desk.deck.draw(('and', language), texts[f'and_{language}'])}"


def note_insights(desk: Desk, applicants, texts) -> dict[str, list[Insight]]:
    """Spread the insights of ``texts`` over the interviews: one to three each.

    Returns them by focus area's key, in the order of the texts.
    """
    noted = {key: [] for key in texts}
    for key, by_language in texts.items():
        for language, heard in by_language.items():
            talks = [each for each in applicants if each.focus == key and each.language == language]
            if not talks:
                continue
            for number, (theme, sort, text) in enumerate(heard):
                each = talks[number % len(talks)]
                quotable = desk.rng.random() < 0.4
                if quotable:
                    desk.agree_to_be_quoted(each)
                noted[key].append(
                    Insight(
                        interview=each.interview,
                        author=each.panel[number % len(each.panel)],
                        focus_area=desk.areas[key],
                        sort=sort,
                        theme=theme,
                        text=text,
                        quotable=quotable,
                        noted_at=each.interview.event.ends_at + timedelta(minutes=10 + number),
                    )
                )
        desk.pile.add(noted[key])
    return noted
