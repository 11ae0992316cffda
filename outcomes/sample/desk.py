"""What everybody who works on the intake of one round shares."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from django.utils import translation

from accounts.models import User
from applications.models import Application, ApplicationChange, Interview, Status
from cops.models import Cohort, FocusArea
from notifications.consent import AGREE_TO_QUOTE
from notifications.models import Consent
from outcomes.sample import rows
from outcomes.sample.asking import Asked
from outcomes.sample.chance import Deck
from outcomes.sample.people import People
from outcomes.sample.texts import read


@dataclass
class Applicant:
    """One line of the texts, and the records that came of it."""

    name: str
    town: str
    agency: str
    role: str
    level: str
    language: str
    focus: str
    fate: str
    person: User | None = None
    application: Application | None = None
    interview: Interview | None = None
    panel: list[User] = field(default_factory=list)


@dataclass
class Desk:
    cohort: Cohort
    people: People
    areas: dict[str, FocusArea]
    rng: Random
    pile: rows.Pile
    staff: User
    asked: Asked

    def __post_init__(self):
        self.deck = Deck(self.rng)

    def move(self, applicants, status, *, by, when: datetime, why="") -> None:
        """Move the applications to ``status``, as the verb did at the instant ``when``.

        ``why`` is the reason, or by fate the reasons to draw one from.
        """
        for each in applicants:
            reason = why
            if isinstance(why, dict):
                reasons = why.get(each.fate)
                reason = self.deck.draw(("why", each.fate), reasons) if reasons else ""
            self.note(each, (each.application.status,), (status, by, when, reason))
            each.application.status = status

    def agree_to_be_quoted(self, each: Applicant) -> None:
        """Note the consent that ``each`` gave in the interview, in her language."""
        with translation.override(each.language):
            self.people.agree(
                self.pile,
                each.person,
                Consent.Purpose.QUOTE,
                wording=str(AGREE_TO_QUOTE),
                source=f"interview {each.application.reference}",
                when=each.interview.event.ends_at,
            )

    def withdraw(self, applicants, *, when: datetime) -> None:
        """Let those whose fate it is have taken their application back."""
        reasons = read("people")["reasons"]
        for each in applicants:
            if each.fate == "withdrawn":
                self.move([each], Status.WITHDRAWN, by=each.person, when=when, why=reasons)

    def note(self, each: Applicant, *steps) -> None:
        self.pile.add(rows.changes(ApplicationChange, each.application, *steps))
