"""The work of a community: its meetings, what was noted and decided, trials, and hours."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from cops.models import Community, Membership
from meetings.models import (
    ActionItem,
    AgendaItem,
    Decision,
    Meeting,
    MeetingChange,
    Note,
    Trial,
    TrialChange,
)
from notifications.models import Invitee, Kind, Role, Standing
from outcomes.sample import rows
from outcomes.sample.chance import between, weekday_after
from outcomes.sample.hours import give_hours
from outcomes.sample.people import slug

EVERY = timedelta(weeks=2)
MEETING_MINUTES = 120
NOTES_DAYS = 2
MINUTES = {2: (60, 60), 3: (20, 60, 40), 4: (15, 45, 35, 25), 5: (10, 30, 35, 30, 15)}
CAME = Invitee.Attendance


class Work:
    """One community, its people, and the records that its meetings left."""

    def __init__(self, cohort, area, facts, people, rng, pile, *, since: datetime):
        self.cohort, self.facts, self.rng, self.pile = cohort, facts, rng, pile
        words = facts["community"]
        year = cohort.slug.removeprefix("cops-")
        self.community = Community.objects.create(
            cohort=cohort,
            focus_area=area,
            **{"slug": f"{slug(words['name_en'])}-{year}", **words},
        )
        self.facilitators, self.members = [], []
        self.meetings, self.decisions, self.trials = [], defaultdict(list), []
        # By person, the meetings she came to.
        self.came = defaultdict(list)
        self.standings = {}
        named = facts.get("facilitators", [])
        persons = people.make(
            ((name, organization, "", language) for name, organization, language in named),
            since=cohort.opens_at,
        )
        self.facilitators = self._join(dict.fromkeys(persons, since), Role.FACILITATOR)

    def take_in(self, joined: dict) -> None:
        """Make people members; ``joined`` says since when."""
        self.members = self._join(joined, Role.MEMBER)

    def let_go(self, person, when: datetime, why: str) -> None:
        """Let a member have left at ``when``; what she was asked to ends there."""
        membership = next(each for each in self.members if each.person == person)
        membership.left_at, membership.left_because = when, why
        self.standings[person].until = when

    def _join(self, joined, role):
        self.standings |= {
            person: Standing(series=self.community.series, person=person, role=role, since=when)
            for person, when in joined.items()
        }
        self.pile.add(self.standings[person] for person in joined)
        return self.pile.add(
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
        for number in self.facts.get("called_off", []):
            self._call_off(self.meetings[number - 1])
        held = [
            (meeting, text)
            for meeting, text in zip(self.meetings, texts, strict=True)
            if meeting.event.ends_at <= timezone.now()
        ]
        logged = [(meeting, text) for meeting, text in held if "shared" in text]
        self._invite(planned_at, {meeting.number for meeting, _text in logged})
        self._agenda(list(zip(self.meetings, texts, strict=True)), logged)
        self._notes(logged)
        self._promises(logged)
        self._try(len(held))
        give_hours(self, planned_at.date())

    def _plan(self, walls, planned_at):
        names = {code: self.community.in_language("name", code) for code in ("en", "fr")}
        series = self.community.series
        for number, wall in enumerate(walls, 1):
            event = rows.event(
                Kind.MEETING,
                wall,
                minutes=MEETING_MINUTES,
                told=planned_at,
                series=series,
                title_en=f"{names['en']}: meeting {number}",
                title_fr=f"{names['fr']}\u00a0: rencontre {number}",
                join_link=f"https://meet.example/{self.community.slug}",
                dial_in="1-555-0100, code 5151#",
            )
            notes_due = rows.deadline(
                Kind.NOTES_DUE,
                wall.date() + timedelta(days=NOTES_DAYS),
                told=planned_at,
                series=series,
                title_en=f"Notes of meeting {number}",
                title_fr=f"Notes de la rencontre {number}",
            )
            self.pile.add([event, notes_due])
            self.meetings.append(
                Meeting(community=self.community, number=number, event=event, notes_due=notes_due)
            )
        self.pile.add(self.meetings)

    def _call_off(self, meeting):
        """Let a meeting have been called off some days ago, as ``services.cancel`` does."""
        meeting.event.cancelled_at = timezone.now() - timedelta(days=4)
        meeting.event.schedule_version = 1

    def _invite(self, planned_at, logged):
        for meeting in self.meetings:
            is_logged = meeting.number in logged
            ready_at = meeting.event.ends_at + timedelta(hours=self.rng.randint(1, 20))
            for membership in [*self.facilitators, *self.members]:
                had_left = membership.left_at and membership.left_at < meeting.event.starts_at
                part = rows.part(
                    meeting.event,
                    membership.person,
                    membership.role,
                    since=max(planned_at, membership.joined_at),
                    until=membership.left_at if had_left else None,
                    **({} if had_left else self._attendance(meeting, membership, is_logged)),
                )
                self.pile.add([part])
                if part.came:
                    self.came[membership.person].append(meeting)
            # Who begins to owe notes now is not reminded of what was due before.
            is_missing = meeting.event.ends_at <= timezone.now() and not is_logged
            self.pile.add(
                rows.part(
                    meeting.notes_due,
                    membership.person,
                    Role.FACILITATOR,
                    since=timezone.now() if is_missing else planned_at,
                    until=ready_at if is_logged else meeting.event.cancelled_at,
                )
                for membership in self.facilitators
            )
            if is_logged:
                self._finish(meeting, ready_at)

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
        self.pile.add(rows.changes(MeetingChange, meeting, (Meeting.Status.PLANNED,), *done))

    def _agenda(self, planned, logged):
        past, before = {meeting.number for meeting, _text in logged}, {}
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
                    is_done=meeting.number in past,
                )
            self.pile.add(now.values())
            before = now

    def _notes(self, logged):
        self.pile.add(
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
        )

    def _promises(self, logged):
        for meeting, text in logged:
            self.decisions[meeting.number] = self.pile.add(
                Decision(
                    meeting=meeting,
                    text=words,
                    may_be_shared=True,
                    noted_at=meeting.event.ends_at - timedelta(minutes=20),
                )
                for words in text.get("decisions", [])
            )
        for meeting, text in logged:
            for owner, words, *still_open in text.get("actions", []):
                self._promise(meeting, self.members[owner].person, words, still_open)

    def _promise(self, meeting, person, words, still_open):
        """Let ``person`` have promised ``words``; open for weeks if ``still_open`` says so."""
        raised_at = meeting.event.ends_at
        deadline = rows.deadline(
            Kind.ACTION_DUE,
            meeting.event.local_on + timedelta(weeks=max(still_open, default=2)),
            told=raised_at,
            series=self.community.series,
            title_en=words,
            title_fr=words,
        )
        done_at = None
        if not still_open:
            done_at = between(self.rng, raised_at, min(deadline.starts_at, timezone.now()))
        self.pile.add([deadline])
        self.pile.add(
            [
                ActionItem(
                    meeting=meeting,
                    owner=person,
                    text=words,
                    deadline=deadline,
                    done_at=done_at,
                    closed_in=self._after(meeting) if done_at else None,
                )
            ]
        )
        self.pile.add([rows.part(deadline, person, Role.MEMBER, since=raised_at, until=done_at)])

    def _after(self, meeting):
        """Return the meeting that heard of it: the next one, if it is over."""
        later = self.meetings[meeting.number : meeting.number + 1]
        return next((each for each in later if each.event.ends_at <= timezone.now()), None)

    def _try(self, held):
        for text in self.facts.get("trial", []):
            lead = self.members[text["lead"]]
            trial = Trial(
                community=self.community,
                decision=self.decisions[text["decided"]][text.get("choice", 0)],
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
            self.pile.add(rows.changes(TrialChange, trial, *steps))
        self.pile.add(self.trials)


def wall(day: date, clock_time: str = "13:00") -> datetime:
    return datetime.combine(day, time.fromisoformat(clock_time))
