"""Reviews: who reads what, what was handed in, and how it was rated."""

from applications.models import Review, ReviewChange, Score
from notifications.models import Kind, Role
from outcomes.sample import rows
from outcomes.sample.chance import between
from outcomes.sample.desk import Desk
from outcomes.sample.texts import read

# How well an application is rated on average, by what became of it.
RATED = {"declined": 2.7, "withdrawn": 3.2, "interviewed": 3.6, "waitlisted": 3.8}
RATED_ELSE = 4.1


def review(desk: Desk, applicants, reviewers, criteria, *, assigned_at, done_by, given=None):
    """Give each application its readers, able to read her language; hand in what ``given`` says.

    ``reviewers`` are pairs of a person and whether she reads French. ``given``
    maps a fate to how many of the reviews are in; all where it is silent.
    """
    load = dict.fromkeys((reviewer.pk for reviewer, _french in reviewers), 0)
    each_gets = desk.cohort.reviews_each
    for each in applicants:
        able = [
            reviewer
            for reviewer, french in reviewers
            if (french or each.language == "en") and _domain(reviewer) != _domain(each.person)
        ]
        able.sort(key=lambda reviewer: load[reviewer.pk])
        for number, reviewer in enumerate(able[:each_gets]):
            load[reviewer.pk] += 1
            is_done = number < (given or {}).get(each.fate, each_gets)
            done_at = between(desk.rng, assigned_at, done_by) if is_done else None
            _assign(desk, each, reviewer, criteria, assigned_at=assigned_at, done_at=done_at)


def _assign(desk, each, reviewer, criteria, *, assigned_at, done_at):
    """Write one review, handed in at ``done_at`` or still owed."""
    S = Review.Status
    reference = each.application.reference
    deadline = rows.deadline(
        Kind.REVIEW_DUE,
        desk.cohort.reviews_due_on,
        told=assigned_at,
        series=desk.cohort.series,
        title_en=f"Review of {reference}",
        title_fr=f"Évaluation de {reference}",
    )
    given = Review(
        application=each.application,
        reviewer=reviewer,
        deadline=deadline,
        status=S.DONE if done_at else S.ASSIGNED,
        remark=desk.deck.in_language(read("people")["remarks"], each.language, "remark")
        if done_at
        else "",
        done_at=done_at,
    )
    pile = desk.pile
    pile.add([deadline])
    pile.add([given])
    pile.add([rows.part(deadline, reviewer, Role.REVIEWER, since=assigned_at, until=done_at)])
    if done_at:
        pile.add(
            Score(review=given, criterion=criterion, value=value(desk.rng, each.fate))
            for criterion in criteria
        )
        pile.add(rows.changes(ReviewChange, given, (S.ASSIGNED,), (S.DONE, reviewer, done_at)))


def value(rng, fate: str) -> int:
    """Return a value from 1 to 5, by what became of the application."""
    return min(5, max(1, round(rng.gauss(RATED.get(fate, RATED_ELSE), 0.7))))


def _domain(person):
    return person.email.split("@")[1]
