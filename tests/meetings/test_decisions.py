import pytest

from meetings.models import Note
from tests.factories import DecisionFactory, EvidenceFactory
from tests.meetings.noting import screen

pytestmark = pytest.mark.django_db


def test_a_decision_reworded_while_somebody_else_removed_it_is_kept(client, group, notes_url):
    client.force_login(group.facilitator)
    decision = DecisionFactory(meeting=group.past, text="Call")
    typed = screen(group.past, **{f"decision-{decision.pk}": "Call early"})
    decision.delete()

    client.post(notes_url, typed)

    assert list(group.past.decisions.values_list("text", flat=True)) == ["Call early"]


def test_a_decision_that_both_reworded_stays_in_both_wordings(client, group, notes_url):
    client.force_login(group.facilitator)
    decision = DecisionFactory(meeting=group.past, text="Call")
    first, second = (
        screen(group.past, **{f"decision-{decision.pk}": text})
        for text in ("Call early", "Call late")
    )

    client.post(notes_url, first)
    client.post(notes_url, second)

    assert list(group.past.decisions.values_list("text", flat=True)) == ["Call early", "Call late"]


def test_a_decision_without_words_is_removed(client, group, notes_url):
    client.force_login(group.facilitator)
    decision = DecisionFactory(meeting=group.past)
    typed = screen(group.past) | {f"decision-{decision.pk}": ""}

    client.post(notes_url, typed)

    assert not group.past.decisions.exists()


def test_a_decision_that_an_outcome_rests_on_is_not_removed(client, group, notes_url):
    client.force_login(group.facilitator)
    decision = DecisionFactory(meeting=group.past)
    EvidenceFactory(outcome__community=group.community, decision=decision, trial=None)
    typed = screen(group.past, group="We met.") | {f"decision-{decision.pk}": ""}

    answer = client.post(notes_url, typed)

    assert answer.status_code == 409
    assert "An outcome rests on a decision" in answer.content.decode()
    assert group.past.decisions.get() == decision
    assert not Note.objects.exists()
