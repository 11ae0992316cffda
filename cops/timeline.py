"""A cohort's way from its call to its outcomes: the steps, where it stands today, what is next."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import clock
from cops.models import Cohort, Phase

TONES = {Phase.OPEN: "success", Phase.UPCOMING: "attention", Phase.CLOSED: "neutral"}


@dataclass(frozen=True)
class Step:
    """One step, from ``start`` to ``end`` (aware instants; equal for a moment)."""

    name: str
    when: str
    start: datetime
    end: datetime
    url: str = ""
    state: str = "later"

    @property
    def date(self) -> str:
        return self.start.astimezone(clock.ONTARIO).date().isoformat()


@dataclass(frozen=True)
class Timeline:
    """What ``_timeline.html`` and ``_status.html`` need to know about a cohort."""

    steps: list[Step]
    today_percent: int | None
    tone: str
    label: str
    sentence: str

    @property
    def next_step(self) -> str:
        for step in self.steps:
            if step.state == "next":
                return _("Next: %(name)s, %(when)s") % {"name": step.name, "when": step.when}
        return ""


def of(cohort: Cohort) -> Timeline:
    """Derive the timeline of ``cohort`` from its dates, its webinars and the clock."""
    now = clock.now()
    steps = _with_states(sorted(_steps(cohort), key=lambda step: (step.start, step.end)), now)
    phase = cohort.phase
    return Timeline(
        steps=steps,
        today_percent=None if phase == Phase.CLOSED else _percent(steps, now),
        tone=TONES.get(phase, "info"),
        label=phase.label,
        sentence=sentence(cohort),
    )


def sentence(cohort: Cohort) -> str:
    """Say where ``cohort`` stands today, and until when."""
    today = clock.now().astimezone(clock.ONTARIO).date()
    day, time_of = clock.spoken_day, clock.spoken
    match cohort.phase:
        case Phase.UPCOMING:
            return _("Applications open on %(opens)s.") % {"opens": time_of(cohort.opens_at)}
        case Phase.OPEN:
            return _("You can apply until %(closes)s.") % {"closes": time_of(cohort.closes_at)}
        case Phase.REVIEWING:
            return _("Applications are closed and being read until %(reviews)s.") % {
                "reviews": day(cohort.reviews_due_on)
            }
        case Phase.INTERVIEWING if today < cohort.interviews_from:
            return _("Interviews take place from %(interviews_from)s to %(interviews)s.") % {
                "interviews_from": day(cohort.interviews_from),
                "interviews": day(cohort.interviews_until),
            }
        case Phase.INTERVIEWING:
            return _("Interviews take place until %(interviews)s.") % {
                "interviews": day(cohort.interviews_until)
            }
        case Phase.SELECTING:
            return _("The groups are being put together. They are known on %(groups)s.") % {
                "groups": day(cohort.groups_on)
            }
        case Phase.MEETING if today < cohort.meetings_from:
            return _("The groups are known. They meet from %(meetings_from)s to %(meetings)s.") % {
                "meetings_from": day(cohort.meetings_from),
                "meetings": day(cohort.meetings_until),
            }
        case Phase.MEETING:
            return _("The communities are meeting, until %(meetings)s.") % {
                "meetings": day(cohort.meetings_until)
            }
        case Phase.PUBLISHING:
            return _("The meetings are over. The outcomes are out by %(publishing)s.") % {
                "publishing": day(cohort.publishing_until)
            }
        case Phase.CLOSED:
            return _("This round is finished. Its outcomes stay in the library.")


def short_day(day: date, *, year: bool = True) -> str:
    """Return "27 January 2021", to be broken before the year alone; "1er" in French."""
    text = date_format(day, "j\u00a0F Y" if year else "j\u00a0F")
    if (get_language() or "en").startswith("fr") and day.day == 1:
        return text.replace("1\u00a0", "1er\u00a0", 1)
    return text


def short_range(first: date, last: date) -> str:
    return _("%(first)s to %(last)s") % {
        "first": short_day(first, year=first.year != last.year),
        "last": short_day(last),
    }


def _steps(cohort):
    opens, closes = (
        instant.astimezone(clock.ONTARIO) for instant in (cohort.opens_at, cohort.closes_at)
    )
    yield Step(_("Applications open"), short_day(opens.date()), opens, closes)
    for webinar in cohort.webinars.all():
        event = webinar.event
        if event.is_live:
            yield Step(
                _("Webinar") if webinar.recruits else _("Results webinar"),
                short_day(event.local_on),
                event.starts_at,
                event.ends_at,
                webinar.get_absolute_url(),
            )
    yield Step(_("Applications close"), short_day(closes.date()), closes, closes)
    yield _span(_("Interviews"), cohort.interviews_from, cohort.interviews_until)
    yield _span(_("Groups are known"), cohort.groups_on)
    yield _span(_("Meetings"), cohort.meetings_from, cohort.meetings_until)
    after_meetings = cohort.meetings_until + timedelta(days=1)
    yield _span(
        _("Outcomes published"),
        min(after_meetings, cohort.publishing_until),
        cohort.publishing_until,
        when=_("by %(day)s") % {"day": short_day(cohort.publishing_until)},
    )


def _span(name, first, last=None, when=None):
    last = last or first
    start = datetime.combine(first, time(), clock.ONTARIO)
    end = datetime.combine(last, time.max, clock.ONTARIO)
    when = when or (short_day(first) if first == last else short_range(first, last))
    return Step(name, when, start, end)


def _with_states(steps, now):
    """Mark what is done, what lasts today, and the first that has not begun."""
    states, has_next = [], False
    for step in steps:
        if step.end <= now:
            state = "done"
        elif step.start <= now:
            state = "now"
        else:
            state, has_next = ("later", True) if has_next else ("next", True)
        states.append(replace(step, state=state))
    return states


def _percent(steps, now):
    """Where today is on the line, 0 to 100: the steps stand at equal distances."""
    if now <= steps[0].start:
        return 0
    count = len(steps)
    for place, (step, following) in enumerate(pairwise(steps)):
        if now < following.start:
            share = (now - step.start) / (following.start - step.start)
            return round(100 * (place + share) / count)
    last = steps[-1]
    share = min(1, (now - last.start) / (last.end - last.start)) if last.end > last.start else 1
    return round(100 * (count - 1 + share) / count)
