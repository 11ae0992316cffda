"""The work of a community: its meetings, what was noted and decided, trials, and hours."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from cops.models import Community, Membership
from meetings.models import (
    ActionItem,
    AgendaItem,
    Decision,
    HoursEntry,
    Meeting,
    MeetingChange,
    Note,
    Trial,
    TrialChange,
)
from notifications.models import Invitee, Kind, Role, Standing
from outcomes.sample import rows
from outcomes.sample.intake import between, weekday_after
from outcomes.sample.people import slug
from outcomes.sample.texts import read

EVERY = timedelta(weeks=2)
MEETING_MINUTES = 120
NOTES_DAYS = 2
MINUTES = {2: (60, 60), 3: (20, 60, 40), 4: (15, 45, 35, 25), 5: (10, 30, 35, 30, 15)}
CAME = Invitee.Attendance
USUAL_HOURS = (5.5, 6, 6.5, 7, 7, 7.5, 8, 8, 9, 9.5)
OTHER_HOURS = (4, 4.5, 10.5, 11.5)


class Work:
    """One community, its people, and the records that its meetings left."""

    def __init__(self, cohort, area, facts, people, rng, *, since: datetime):
        self.cohort, self.facts, self.rng = cohort, facts, rng
        words = facts["community"]
        year = cohort.slug.removeprefix("cops-")
        self.community = Community.objects.create(
            cohort=cohort,
            focus_area=area,
            **{"slug": f"{slug(words['name_en'])}-{year}", **words},
        )
        self.facilitators, self.members = [], []
        self.meetings, self.decisions, self.trials = [], defaultdict(list), []
        named = facts.get("facilitators", [])
        persons = people.make(
            ((name, organization, "", language) for name, organization, language in named),
            since=cohort.opens_at,
        )
        self.facilitators = self._join(dict.fromkeys(persons, since), Role.FACILITATOR)

    def take_in(self, joined: dict) -> None:
        """Make people members; ``joined`` says since when."""
        self.members = self._join(joined, Role.MEMBER)

    def _join(self, joined, role):
        rows.insert(
            Standing(series=self.community.series, person=person, role=role, since=when)
            for person, when in joined.items()
        )
        return rows.insert(
            Membership(
                community=self.community,
                person=person,
                role=role,
                organization=person.organization,
                joined_at=when,
            )
            for person, when in joined.items()
        )

    @property
    def lead(self):
        return self.facilitators[0].person

    def meet(self, first: datetime, how_many: int, *, planned_at: datetime) -> None:
        """Hold the series from the naive time ``first``; what is past has notes, unless omitted."""
        texts = self.facts.get("meeting", [])
        texts = texts + [{}] * (how_many - len(texts))
        walls = [first + EVERY * number for number in range(how_many)]
        self._plan(walls, planned_at)
        held = [
            (meeting, text)
            for meeting, text in zip(self.meetings, texts, strict=True)
            if meeting.event.ends_at <= timezone.now()
        ]
        logged = [(meeting, text) for meeting, text in held if "shared" in text]
        self._invite(planned_at, {meeting for meeting, _text in logged})
        self._agenda(list(zip(self.meetings, texts, strict=True)), logged)
        self._notes(logged)
        self._promises(logged)
        self._try(len(held))
        self._give_hours(planned_at.date())

    def _plan(self, walls, planned_at):
        names = {code: self.community.in_language("name", code) for code in ("en", "fr")}
        for number, wall in enumerate(walls, 1):
            self.meetings.append(
                Meeting(
                    community=self.community,
                    number=number,
                    event=rows.event(
                        Kind.MEETING,
                        wall,
                        minutes=MEETING_MINUTES,
                        told=planned_at,
                        series=self.community.series,
                        title_en=f"{names['en']}: meeting {number}",
                        title_fr=f"{names['fr']}\u00a0: rencontre {number}",
                        join_link=f"https://meet.example/{self.community.slug}",
                        dial_in="1-555-0100, code 5151#",
                    ),
                    notes_due=rows.deadline(
                        Kind.NOTES_DUE,
                        wall.date() + timedelta(days=NOTES_DAYS),
                        told=planned_at,
                        series=self.community.series,
                        title_en=f"Notes of meeting {number}",
                        title_fr=f"Notes de la rencontre {number}",
                    ),
                )
            )
        rows.insert((meeting.event for meeting in self.meetings), "created_at")
        rows.insert((meeting.notes_due for meeting in self.meetings), "created_at")
        rows.insert(self.meetings)

    def _invite(self, planned_at, logged):
        parts, moved = [], []
        for meeting in self.meetings:
            is_logged = meeting in logged
            ready_at = meeting.event.ends_at + timedelta(hours=self.rng.randint(1, 20))
            for membership in [*self.facilitators, *self.members]:
                parts.append(
                    rows.part(
                        meeting.event,
                        membership.person,
                        membership.role,
                        since=max(planned_at, membership.joined_at),
                        **self._attendance(meeting, membership, is_logged),
                    )
                )
            parts += [
                rows.part(
                    meeting.notes_due,
                    membership.person,
                    Role.FACILITATOR,
                    since=planned_at,
                    until=ready_at if is_logged else None,
                )
                for membership in self.facilitators
            ]
            if is_logged:
                moved += self._finish(meeting, ready_at)
        rows.insert(parts)
        Meeting.objects.bulk_update(self.meetings, ["status"])
        rows.insert(moved, "at")

    def _attendance(self, meeting, membership, is_logged):
        weights = [97, 2, 1, 0] if membership.role == Role.FACILITATOR else [83, 6, 9, 2]
        kinds = [CAME.PRESENT, CAME.LATE, CAME.EXCUSED, CAME.ABSENT]
        attendance = self.rng.choices(kinds, weights)[0]
        is_over = meeting.event.ends_at <= timezone.now()
        told = {}
        if is_over and attendance == CAME.EXCUSED:
            day_before = meeting.event.starts_at - timedelta(hours=self.rng.randint(3, 50))
            told = {"answer": Invitee.Answer.NO, "answered_at": day_before}
        return {"attendance": attendance if is_logged else CAME.UNKNOWN, **told}

    def _finish(self, meeting, ready_at):
        """Move the notes as far as time has moved them: ready, sent a day later, then final."""
        steps = [
            (Meeting.Status.NOTES_READY, self.lead, ready_at),
            (Meeting.Status.CIRCULATED, self.lead, ready_at + timedelta(hours=20)),
            (Meeting.Status.LOCKED, self.lead, ready_at + timedelta(days=9)),
        ]
        done = [step for step in steps if step[2] <= timezone.now()]
        meeting.status = done[-1][0] if done else Meeting.Status.PLANNED
        return rows.changes(MeetingChange, meeting, (Meeting.Status.PLANNED,), *done)

    def _agenda(self, planned, logged):
        past = {meeting for meeting, _text in logged}
        items, before = [], {}
        for meeting, text in planned:
            titles = text.get("agenda", [])
            now = {}
            for position, title in enumerate(titles, 1):
                earlier = before.get(title)
                if earlier:
                    earlier.is_done = False
                now[title] = AgendaItem(
                    meeting=meeting,
                    position=position,
                    title=title,
                    minutes=MINUTES[len(titles)][position - 1],
                    carried_from=earlier,
                    is_done=meeting in past,
                )
            items.append(list(now.values()))
            before = now
        for of_meeting in items:
            rows.insert(of_meeting)

    def _notes(self, logged):
        rows.insert(
            [
                Note(
                    meeting=meeting,
                    audience=audience,
                    body=text[audience],
                    version=1,
                    saved_by=self.rng.choice(self.facilitators).person,
                    saved_at=meeting.event.ends_at + timedelta(minutes=30),
                )
                for meeting, text in logged
                for audience in Note.Audience.values
            ],
            "saved_at",
        )

    def _promises(self, logged):
        for meeting, text in logged:
            for words in text.get("decisions", []):
                self.decisions[meeting.number].append(
                    Decision(
                        meeting=meeting,
                        text=words,
                        may_be_shared=True,
                        noted_at=meeting.event.ends_at - timedelta(minutes=20),
                    )
                )
        rows.insert(decision for each in self.decisions.values() for decision in each)
        actions, parts = [], []
        for meeting, text in logged:
            raised_at = meeting.event.ends_at
            for owner, words, *still_open in text.get("actions", []):
                due = meeting.event.local_on + timedelta(weeks=max(still_open, default=2))
                person = self.members[owner].person
                deadline = rows.deadline(
                    Kind.ACTION_DUE,
                    due,
                    told=raised_at,
                    series=self.community.series,
                    title_en=words,
                    title_fr=words,
                )
                done_at = None
                if not still_open:
                    done_at = between(self.rng, raised_at, min(deadline.starts_at, timezone.now()))
                actions.append(
                    ActionItem(
                        meeting=meeting,
                        owner=person,
                        text=words,
                        deadline=deadline,
                        done_at=done_at,
                        closed_in=self._after(meeting) if done_at else None,
                    )
                )
                parts.append(
                    rows.part(deadline, person, Role.MEMBER, since=raised_at, until=done_at)
                )
        rows.insert((action.deadline for action in actions), "created_at")
        rows.insert(actions)
        rows.insert(parts)

    def _after(self, meeting):
        """Return the meeting that heard of it: the next one, if it is over."""
        later = self.meetings[meeting.number : meeting.number + 1]
        return next((each for each in later if each.event.ends_at <= timezone.now()), None)

    def _try(self, held):
        moved = []
        for text in self.facts.get("trial", []):
            lead = self.members[text["lead"]]
            trial = Trial(
                community=self.community,
                decision=self.decisions[text["decided"]][0],
                title=text["title"],
                lead=lead.person,
                organization=lead.organization,
                prediction=text["prediction"],
                measure=text["measure"],
            )
            steps = [(Trial.Status.PLANNED,)]
            if text["started"] <= held:
                trial.status = Trial.Status.RUNNING
                began_in = self.meetings[text["started"] - 1].event.local_on
                trial.started_on = weekday_after(began_in, 3)
                steps.append((trial.status, lead.person, rows.at(trial.started_on)))
            if text.get("finished", held + 1) <= held:
                trial.status = Trial.Status.FINISHED
                trial.finished_on = self.meetings[text["finished"] - 1].event.local_on
                trial.result, trial.verdict = text["result"], text["verdict"]
                steps.append((trial.status, lead.person, rows.at(trial.finished_on, "09:00")))
            self.trials.append(trial)
            moved += rows.changes(TrialChange, trial, *steps)
        rows.insert(self.trials)
        rows.insert(moved, "at")

    def _give_hours(self, since: date):
        """Give each member her meetings, and work between them up to what a month asks."""
        today = timezone.localdate()
        came = defaultdict(list)
        for part in Invitee.objects.filter(
            event__in=[meeting.event for meeting in self.meetings], attendance__in=Invitee.CAME
        ):
            came[part.person_id].append(part.event_id)
        by_event = {meeting.event.pk: meeting for meeting in self.meetings}
        last = min(today, self.meetings[-1].event.local_on + timedelta(days=5))
        notes = read("work")["hours"]
        entries = []
        for membership in self.members:
            in_meetings = defaultdict(int)
            for event in came[membership.person_id]:
                meeting = by_event[event]
                day = meeting.event.local_on
                in_meetings[day.year, day.month] += 2
                entries.append(
                    HoursEntry(
                        membership=membership,
                        sort=HoursEntry.Sort.MEETING,
                        meeting=meeting,
                        worked_on=day,
                        hours=Decimal(2),
                    )
                )
            for first_day, last_day in months(since, last):
                share = ((last_day - first_day).days + 1) / 30
                is_usual = self.rng.random() < 0.88
                wanted = self.rng.choice(USUAL_HOURS if is_usual else OTHER_HOURS)
                left = wanted * min(1, share) - in_meetings[first_day.year, first_day.month]
                while left >= 0.5:
                    hours = min(left, self.rng.choice((1, 1.5, 2, 2.5)))
                    entries.append(
                        HoursEntry(
                            membership=membership,
                            worked_on=weekday(self.rng, first_day, last_day),
                            hours=Decimal(round(hours * 4)) / 4,
                            note=self.rng.choice(notes[membership.person.language]),
                        )
                    )
                    left -= hours
        rows.insert(entries)


def months(first: date, last: date):
    """Yield the first and last day of each month between two days, these included."""
    while first <= last:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, min(last, following - timedelta(days=1))
        first = following


def weekday(rng, first: date, last: date) -> date:
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return rng.choice([day for day in days if day.weekday() < 5] or days)


def wall(day: date, clock_time: str = "13:00") -> datetime:
    return datetime.combine(day, time.fromisoformat(clock_time))
