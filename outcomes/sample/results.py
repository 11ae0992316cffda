"""What came out: outcomes, the steps that led to each, and what readers said."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from cops.models import Program
from notifications.models import Kind, Role
from outcomes.models import Evidence, Feedback, Outcome, OutcomeChange
from outcomes.sample import rows
from outcomes.services import READING_DAYS

S = Outcome.Status
# What the texts say that is no column of an outcome.
NOT_COLUMNS = {
    "community", "programs", "evidence", "feedback", "published_on", "days_ago", "stage",
    "supersedes",
}  # fmt: skip


def write(facts: list[dict], works, questions, insights, pile, *, by) -> list[Outcome]:
    """Write the outcomes of ``facts``: published on ``published_on``, or ``days_ago``; a draft
    without either, unless ``stage`` says that its members read it. One that is named by the
    next one's ``supersedes`` has stepped back.

    ``works``, ``questions`` and ``insights`` are by the key of the focus area.
    Whoever writes the pile then calls ``refresh_search`` on what is returned.
    """
    programs = {program.key: program for program in Program.objects.all()}
    outcomes = []
    for text in facts:
        work = works[text["community"]]
        outcome = Outcome(community=work.community, **_columns(text))
        outcome.supersedes = next((o for o in outcomes if o.slug == text.get("supersedes")), None)
        _put_out(outcome, text, work, by, pile)
        outcomes.append(outcome)
        pile.add(_steps(outcome, text, work, questions, insights))
        pile.add(_feedback(outcome, text))
        pile.add(
            Outcome.programs.through(outcome=outcome, program=programs[key])
            for key in text["programs"]
        )
    return pile.add(outcomes)


def _columns(text: dict) -> dict:
    return {
        name: value.strip() if isinstance(value, str) else value
        for name, value in text.items()
        if name not in NOT_COLUMNS
    }


def _steps(outcome, text, work, questions, insights) -> Iterator[Evidence]:
    for position, (source, place, english, french) in enumerate(text["evidence"], 1):
        yield Evidence(
            outcome=outcome,
            position=position,
            sentence_en=english,
            sentence_fr=french,
            **_source(source, place, work, questions, insights, text["community"]),
        )


def _feedback(outcome, text) -> Iterator[Feedback]:
    for on, name, organization, words in text.get("feedback", []):
        yield Feedback(
            outcome=outcome,
            name=name,
            organization=organization,
            text=words,
            given_at=rows.at(on, "11:20"),
        )


def _put_out(outcome, text, work, by, pile) -> None:
    """Bring an outcome to where ``text`` says it stands, with the moves that led there."""
    facilitator = work.lead
    out_on = text.get("published_on")
    if "days_ago" in text:
        out_on = timezone.localdate() - timedelta(days=text["days_ago"])
        outcome.rules_on = out_on.replace(day=1)
    if out_on:
        outcome.status = S.PUBLISHED
        outcome.published_at = rows.at(out_on, "09:00")
        pile.add(_way_out(outcome, facilitator, by))
    elif text.get("stage") == S.MEMBER_REVIEW:
        outcome.status = S.MEMBER_REVIEW
        when = timezone.now() - timedelta(days=2)
        pile.add(
            rows.changes(OutcomeChange, outcome, (S.DRAFT,), (outcome.status, facilitator, when))
        )
        _let_read(outcome, work, when, pile)
    if older := outcome.supersedes:
        older.status = S.SUPERSEDED
        step = (S.SUPERSEDED, by, outcome.published_at)
        pile.add(rows.changes(OutcomeChange, older, (S.PUBLISHED,), step))


def _let_read(outcome, work, when, pile) -> None:
    """Let the members owe the reading from ``when`` on."""
    outcome.reading_due = rows.deadline(
        Kind.OUTCOME_DUE,
        when.date() + timedelta(days=READING_DAYS),
        told=when,
        series=work.community.series,
    )
    pile.add([outcome.reading_due])
    pile.add(
        rows.part(outcome.reading_due, member.person, Role.MEMBER, since=when)
        for member in work.members
        if not member.left_at
    )


def _way_out(outcome, facilitator, by):
    """Return the moves from the draft to the page, the last at its hour of publication."""
    out: datetime = outcome.published_at
    return rows.changes(
        OutcomeChange,
        outcome,
        (S.DRAFT,),
        (S.MEMBER_REVIEW, facilitator, out - timedelta(days=9)),
        (S.EDITOR_CHECK, facilitator, out - timedelta(days=4)),
        (S.APPROVED, by, out - timedelta(days=1)),
        (S.PUBLISHED, by, out),
    )


def _source(source, place, work, questions, insights, key) -> dict:
    """Return the record that a step rests on: ``place`` is a number, counted as in the texts."""
    match source:
        case "insight":
            return {source: insights[key][place - 1]}
        case "question":
            return {source: questions[key]}
        case "decision":
            return {source: work.decisions[place][0]}
        case "trial":
            return {source: work.trials[place - 1]}
        case "meeting":
            return {source: work.meetings[place - 1]}
    raise ValueError(source)
