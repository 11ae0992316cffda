"""What an outcome rests on in figures, and its first words in a list."""

from datetime import date

import pytest

from accounts.models import Region
from meetings.models import Trial
from notifications.models import Role
from outcomes.models import Outcome
from tests.factories import MembershipFactory, OutcomeFactory, PersonFactory, TrialFactory


@pytest.mark.django_db
def test_the_figures_count_members_their_regions_and_trials_that_ended():
    outcome = OutcomeFactory()
    north, south = (Region.objects.create(key=key, name_en=key) for key in ("up", "down"))
    for region in (north, south, south, None):
        MembershipFactory(community=outcome.community, person=PersonFactory(region=region))
    MembershipFactory(community=outcome.community, role=Role.FACILITATOR)
    ended = {"status": Trial.Status.FINISHED, "finished_on": date(2027, 6, 1)}
    for verdict in (Trial.Verdict.ADOPT, Trial.Verdict.ADOPT, Trial.Verdict.ABANDON):
        TrialFactory(community=outcome.community, verdict=verdict, **ended)
    TrialFactory(community=outcome.community)
    TrialFactory(verdict=Trial.Verdict.ADAPT, **ended)

    found = Outcome.objects.with_strength().get(pk=outcome.pk)

    assert found.strength() == [
        (4, "practitioners"),
        (2, "regions"),
        (3, "trials: 2\u00a0adopted, 1\u00a0abandoned"),
    ]


@pytest.mark.parametrize(
    ("summary", "gist"),
    [
        ("One sentence.", "One sentence."),
        ("It works. It is cheap.", "It works. It is cheap."),
        (f"It works. {'word ' * 38}end.", "It works."),
        (f"{'word ' * 60}end. And more.", f"{'word ' * 60}end."),
        ("", ""),
    ],
)
def test_a_list_shows_whole_sentences_up_to_forty_words(summary, gist):
    assert Outcome(summary_en=summary).gist == gist
