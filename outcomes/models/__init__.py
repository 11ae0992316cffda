from outcomes.models.evidence import Evidence
from outcomes.models.feedback import Feedback
from outcomes.models.outcome import NotReady, Outcome, OutcomeChange

__all__ = ["Evidence", "Feedback", "NotReady", "Outcome", "OutcomeChange"]
