"""What came out."""

from datetime import date

import factory
from factory import LazyAttribute, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from outcomes.models import Evidence, Feedback, Outcome
from tests.factories.cops import CommunityFactory
from tests.factories.meetings import TrialFactory
from tests.factories.moments import days


class OutcomeFactory(DjangoModelFactory):
    """A draft; with status "published" it has been out since yesterday."""

    class Meta:
        model = Outcome

    community = SubFactory(CommunityFactory)
    slug = Sequence("outcome-{}".format)
    title_en = Sequence("Outcome {}".format)
    title_fr = Sequence("Résultat {}".format)
    summary_en = "What we found."
    summary_fr = "Ce que nous avons trouvé."
    published_at = LazyAttribute(
        lambda outcome: (
            days(-1) if getattr(outcome, "status", "") == Outcome.Status.PUBLISHED else None
        )
    )


class EvidenceFactory(DjangoModelFactory):
    class Meta:
        model = Evidence

    outcome = SubFactory(OutcomeFactory)
    position = Sequence(lambda number: number + 1)
    trial = SubFactory(TrialFactory, community=SelfAttribute("..outcome.community"))
    sentence_en = "We tried it."
    sentence_fr = "Nous l'avons essayé."


class CompleteOutcomeFactory(OutcomeFactory):
    """An outcome that lacks nothing that publishing asks for."""

    class Meta:
        model = Outcome
        skip_postgeneration_save = True

    tried_en = "Two agencies tried it."
    ask_en = "cops@firstwork.test"
    rules_on = date(2027, 1, 1)
    step = factory.RelatedFactory(EvidenceFactory, "outcome")


class FeedbackFactory(DjangoModelFactory):
    class Meta:
        model = Feedback

    outcome = SubFactory(OutcomeFactory)
    text = "We tried this."
