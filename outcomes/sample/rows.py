"""Rows of the past: inserted in bulk, and dated when they would have been written."""

from collections import defaultdict
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from django.db import models
from django.utils import timezone

from accounts import clock
from accounts.models import Zone
from applications.models import (
    Answer,
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
)
from cops.models import AccessChange, AccessRequest, Membership, Registration
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
from notifications.models import Attempt, Consent, Event, Invitee, Message, Reminder, Standing
from outcomes.models import Evidence, Feedback, Outcome, OutcomeChange

LAST_MINUTE = time(23, 59)
BATCH = 1000

# What a pile may hold, parents before those that point to them.
PARENTS_FIRST = (
    Event, Consent, Registration, AccessRequest, AccessChange,
    Application, ApplicationChange, Answer, Experience, FocusChoice,
    Review, ReviewChange, Score,
    Slot, Panelist, Interview, InterviewChange, Assessment, AssessmentScore,
    Insight, Insight.moved.through,
    Proposal, Placement, Offer, OfferChange,
    Membership, Standing,
    Meeting, MeetingChange, AgendaItem, Note, Decision, ActionItem, Trial, TrialChange, HoursEntry,
    Outcome, OutcomeChange, Outcome.programs.through, Evidence, Feedback,
    Invitee, Message, Attempt, Reminder,
)  # fmt: skip


class Pile:
    """Rows of many models, kept until ``write`` inserts them all, parents first.

    A row may point to another that is not written yet. What is piled up is what
    the load needs of memory: it is written when it is high.
    """

    HIGH = 20_000

    def __init__(self):
        self._rows = defaultdict(list)
        self._afterwards = []

    def add(self, rows) -> list:
        """Put rows of one model on the pile, and return them."""
        rows = list(rows)
        if rows:
            self._rows[type(rows[0])] += rows
        return rows

    def then(self, act) -> None:
        """Call ``act`` once the rows are written and have their keys; it may pile up others."""
        self._afterwards.append(act)

    def write_if_high(self) -> None:
        if sum(map(len, self._rows.values())) >= self.HIGH:
            self.write()

    def write(self) -> None:
        while self._rows or self._afterwards:
            self._write_rows()
            acts, self._afterwards = self._afterwards, []
            for act in acts:
                act()

    def _write_rows(self):
        for model in PARENTS_FIRST:
            for generation in _generations(model, self._rows.pop(model, [])):
                insert(generation)
        if self._rows:
            raise LookupError(f"No place in the order for {list(self._rows)}")


def insert(rows) -> list:
    """Insert ``rows`` of one model as they are, with the dates they name."""
    rows = list(rows)
    if rows:
        with _their_own_dates(type(rows[0]), rows):
            type(rows[0])._base_manager.bulk_create(rows, batch_size=BATCH)
    return rows


def _generations(model, rows):
    """Yield ``rows`` so that none comes before the row of its own model that it points to."""
    above = [field.name for field in model._meta.concrete_fields if field.related_model is model]
    while rows:
        ready = [
            row for row in rows if not any(_is_unsaved(getattr(row, name)) for name in above)
        ] if above else rows  # fmt: skip
        yield ready
        rows = [row for row in rows if row.pk is None]


def _is_unsaved(row: models.Model | None) -> bool:
    return row is not None and row.pk is None


@contextmanager
def _their_own_dates(model, rows):
    """Let columns that say "now" at each insert keep what the rows say, where they say it."""
    stamped = [field for field in model._meta.concrete_fields if getattr(field, "auto_now", False)]
    added = [
        field for field in model._meta.concrete_fields if getattr(field, "auto_now_add", False)
    ]
    now = timezone.now()
    for field in (*stamped, *added):
        for row in rows:
            if getattr(row, field.attname) is None:
                setattr(row, field.attname, now)
    for field in stamped:
        field.auto_now = False
    for field in added:
        field.auto_now_add = False
    try:
        yield
    finally:
        for field in stamped:
            field.auto_now = True
        for field in added:
            field.auto_now_add = True


def at(day: date, clock_time: str = "10:00") -> datetime:
    """Return the instant at which clocks in Toronto show ``clock_time`` on ``day``."""
    return clock.instant(datetime.combine(day, time.fromisoformat(clock_time)), Zone.TORONTO)


def event(kind, wall: datetime, *, told: datetime, minutes=0, zone=Zone.TORONTO, **facts) -> Event:
    """Return an event that people were told of at the instant ``told``."""
    starts_at = clock.instant(wall, zone)
    return Event(
        kind=kind,
        local_on=wall.date(),
        local_at=wall.time(),
        zone=zone,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        scheduled_at=told,
        created_at=told,
        **facts,
    )


def deadline(kind, day: date, *, told: datetime, **facts) -> Event:
    return event(kind, datetime.combine(day, LAST_MINUTE), told=told, **facts)


def part(event, person, role, *, since: datetime, until: datetime | None = None, **facts):
    """Return the row of an invitee; ``until`` is when her duty was settled."""
    return Invitee(event=event, person=person, role=role, since=since, until=until, **facts)


def changes(model, record, *steps) -> list:
    """Return the change rows of ``record``: each step is (new status, who, when[, why])."""
    rows, old = [], steps[0][0]
    for new, by, when, *why in steps[1:]:
        rows.append(model(record=record, old=old, new=new, by=by, at=when, reason="".join(why)))
        old = new
    return rows
