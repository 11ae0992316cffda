"""Groups and offers: who was placed where, and what each answered."""

from datetime import datetime, timedelta

from accounts.models import User
from applications.models import Offer, OfferChange, Placement, Proposal
from notifications.models import Kind, Role
from outcomes.sample import rows
from outcomes.sample.chance import between, weekday_after
from outcomes.sample.desk import Desk
from outcomes.sample.texts import read

S = Offer.Status


def compose(desk: Desk, name: str, placed, communities, *, accepted_at) -> None:
    """Write the accepted proposal that places each of ``placed`` in her first choice."""
    proposal = Proposal(
        cohort=desk.cohort,
        name=name,
        created_by=desk.staff,
        created_at=accepted_at - timedelta(days=2),
        accepted_at=accepted_at,
    )
    desk.pile.add([proposal])
    desk.pile.add(
        Placement(
            proposal=proposal,
            application=each.application,
            community=communities[each.focus],
            reason=f"First choice; {each.application.get_level_display()}; "
            f"{each.application.region.in_language('name', 'en')}",
        )
        for each in placed
    )


def offer(desk: Desk, applicants, communities, *, made_at, answers) -> dict[User, datetime]:
    """Offer each a place and note the answer; returns when each person accepted.

    ``answers`` maps a fate to the status its offer ended in; accepted where it is silent.
    """
    due = weekday_after(made_at.date(), desk.cohort.reply_days)
    reasons = read("people")["reasons"]
    joined = {}
    for each in applicants:
        status = answers.get(each.fate, S.ACCEPTED)
        deadline = rows.deadline(Kind.OFFER_DUE, due, told=made_at, series=desk.cohort.series)
        last = deadline.starts_at
        answered_at = between(desk.rng, made_at, last - timedelta(hours=8))
        if status == S.LAPSED:
            answered_at = last
        made = Offer(
            application=each.application,
            community=communities[each.focus],
            deadline=deadline,
            status=status,
            made_at=made_at,
            answered_at=None if status == S.LAPSED else answered_at,
        )
        desk.pile.add([deadline])
        desk.pile.add([made])
        desk.pile.add(
            [rows.part(deadline, each.person, Role.APPLICANT, since=made_at, until=answered_at)]
        )
        by = None if status == S.LAPSED else each.person
        why = ""
        if status == S.TURNED_DOWN:
            why = desk.deck.draw(("why", each.fate), reasons["turned-down"])
        desk.pile.add(rows.changes(OfferChange, made, (S.OPEN,), (status, by, answered_at, why)))
        if status == S.ACCEPTED:
            joined[each.person] = answered_at
    return joined
