"""An applicant's own way through a call, as the steps of ``_timeline.html``.

Sent, read, interview, answer, group: what is behind her, where she is, what is next and by when.
Read from what she has been told alone, like ``words.standing``.
"""

from django.utils.translation import gettext as _

from accounts import clock
from applications.models import Application, Interview, Offer, Status
from cops.timeline import short_day, short_range

# The place of each status on the way; later ones depend on the offer and the interview.
SENT, READ, TALK, ANSWER, GROUP = range(5)


def of(application: Application) -> list[dict]:
    """Return the steps, each with ``name``, ``when`` and ``state``; none before it was sent."""
    if not application.submitted_at or application.status == Status.DRAFT:
        return []
    steps = _all_steps(application)
    if application.status == Status.WITHDRAWN:
        return _ended(steps[: _behind(application, READ)], _withdrawn(application))
    if application.status == Status.DECLINED:
        return _ended(steps[: _behind(application, TALK)], _step(_("Not selected this time")))
    if application.status == Status.OFFERED:
        return _after_offer(application, steps)
    if application.status == Status.WAITLISTED:
        steps[ANSWER] = _step(_("On the waitlist"))
        return _marked(steps, ANSWER, True, goes_on=False)
    return _marked(steps, *_now(application))


def _all_steps(application):
    cohort = application.cohort
    interview = _interview(application)
    slot = interview and interview.slot
    sent = application.submitted_at.astimezone(clock.ONTARIO).date()
    return [
        _step(_("Sent"), short_day(sent), sent),
        _read(cohort, slot),
        _step(_("Interview"), short_day(slot.local_start.date()), slot.local_start.date())
        if slot
        # Interviews may begin while others are still read: the last day keeps the order.
        else _due(_("Interview"), cohort.interviews_until),
        _due(_("Our answer"), cohort.groups_on),
        _step(
            _("Your group meets"),
            short_range(cohort.meetings_from, cohort.meetings_until),
            cohort.meetings_from,
        ),
    ]


def _read(cohort, slot):
    """The step of being read; without its last day where her interview is sooner."""
    name, until = _("Read by reviewers"), cohort.reviews_due_on
    return _step(name) if slot and slot.local_start.date() < until else _due(name, until)


def _now(application) -> tuple[int, bool]:
    """Return the step that lasts or comes next, and whether it has begun."""
    interview = _interview(application)
    if application.awaits_confirmation and application.status == Status.SUBMITTED:
        return SENT, True
    if application.status == Status.INTERVIEW:
        is_held = interview and interview.status == Interview.Status.HELD
        return (ANSWER, True) if is_held else (TALK, True)
    return READ, application.status == Status.IN_REVIEW


def _after_offer(application, steps):
    offer = application.last_offer
    if offer.may_be_answered:
        steps[ANSWER] = _due(_("Your answer"), offer.deadline.local_on)
        return _marked(steps, ANSWER, True)
    if offer.status == Offer.Status.ACCEPTED:
        steps[ANSWER] = _step(_("You accepted the place"))
        today = clock.now().astimezone(clock.ONTARIO).date()
        if today > application.cohort.meetings_until:
            return _marked(steps, GROUP + 1, True)
        return _marked(steps, GROUP, today >= application.cohort.meetings_from)
    ends = {
        Offer.Status.TURNED_DOWN: _("You turned the place down"),
        Offer.Status.WITHDRAWN: _("The offer no longer stands"),
    }
    return _ended(steps[:ANSWER], _step(ends.get(offer.status, _("Not answered in time"))))


def _behind(application, without_interview) -> int:
    """How many steps lie behind an application that is closed."""
    interview = _interview(application)
    if not interview:
        return without_interview
    return ANSWER if interview.status == Interview.Status.HELD else TALK


def _withdrawn(application):
    change = application.changes.filter(new=Status.WITHDRAWN).last()
    day = change and change.at.astimezone(clock.ONTARIO).date()
    return _step(_("Withdrawn"), short_day(day), day) if day else _step(_("Withdrawn"))


def _marked(steps, place, has_begun, *, goes_on=True):
    """Mark what is done, what is now or next at ``place``, and what is sure to follow."""
    states = ["now" if has_begun else "next"]
    if has_begun and goes_on:
        states.append("next")
    states += ["later"] * len(steps)
    ahead = zip(steps[place:], states, strict=False)
    return [*map(_done, steps[:place]), *(step | {"state": state} for step, state in ahead)]


def _ended(steps, last):
    return [*map(_done, steps), last | {"state": "ended"}]


def _done(step):
    """The step lies behind her: until when it was to be done no longer matters."""
    return step | {"state": "done"} | ({"when": "", "date": ""} if step["is_due"] else {})


def _interview(application):
    return getattr(application, "interview", None)


def _step(name, when="", day=None, *, is_due=False) -> dict:
    return {
        "name": name, "when": when, "date": day.isoformat() if day else "", "is_due": is_due
    }  # fmt: skip


def _due(name, day) -> dict:
    return _step(name, _("by %(day)s") % {"day": short_day(day)}, day, is_due=True)
