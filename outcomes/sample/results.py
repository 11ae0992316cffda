"""What came out: outcomes, the steps that led to each, and what readers said."""

from datetime import datetime, timedelta

from cops.models import Program
from outcomes.models import Evidence, Feedback, Outcome, OutcomeChange
from outcomes.sample import rows

S = Outcome.Status


def write(facts: list[dict], works, questions, insights, pile, *, by) -> list[Outcome]:
    """Write the outcomes of ``facts``: published on ``published_on``, or a draft without one.

    ``works``, ``questions`` and ``insights`` are by the key of the focus area.
    Whoever writes the pile then calls ``refresh_search`` on what is returned.
    """
    programs = {program.key: program for program in Program.objects.all()}
    outcomes = []
    for text in facts:
        work = works[text["community"]]
        outcome = Outcome(
            community=work.community,
            **{
                name: value.strip() if isinstance(value, str) else value
                for name, value in text.items()
                if name not in {"community", "programs", "evidence", "feedback", "published_on"}
            },
        )
        if published_on := text.get("published_on"):
            outcome.status = S.PUBLISHED
            outcome.published_at = rows.at(published_on, "09:00")
            pile.add(_way_out(outcome, work.lead, by))
        outcomes.append(outcome)
        pile.add(
            Evidence(
                outcome=outcome,
                position=position,
                sentence_en=english,
                sentence_fr=french,
                **_source(source, place, work, questions, insights, text["community"]),
            )
            for position, (source, place, english, french) in enumerate(text["evidence"], 1)
        )
        pile.add(
            Feedback(
                outcome=outcome,
                name=name,
                organization=organization,
                text=words,
                given_at=rows.at(on, "11:20"),
            )
            for on, name, organization, words in text.get("feedback", [])
        )
        pile.add(
            Outcome.programs.through(outcome=outcome, program=programs[key])
            for key in text["programs"]
        )
    return pile.add(outcomes)


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
