from cops.models.access import AccessChange, AccessRequest
from cops.models.cohort import Cohort, CohortRole, Phase
from cops.models.community import Community, Membership
from cops.models.criterion import Anchor, Criterion
from cops.models.extension import Extension
from cops.models.focus import FocusArea, FocusAreaVersion
from cops.models.program import Program
from cops.models.webinar import Registration, Webinar, WebinarAnswer

__all__ = [
    "AccessChange", "AccessRequest", "Anchor", "Cohort", "CohortRole", "Community", "Criterion",
    "Extension", "FocusArea", "FocusAreaVersion", "Membership", "Phase", "Program", "Registration",
    "Webinar", "WebinarAnswer",
]  # fmt: skip
