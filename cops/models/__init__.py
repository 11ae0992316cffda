from cops.models.cohort import Anchor, Cohort, CohortRole, Criterion, Phase, Program
from cops.models.community import Community, Membership
from cops.models.focus import FocusArea, FocusAreaVersion
from cops.models.webinar import Registration, Webinar

__all__ = [
    "Anchor", "Cohort", "CohortRole", "Community", "Criterion", "FocusArea", "FocusAreaVersion",
    "Membership", "Phase", "Program", "Registration", "Webinar",
]  # fmt: skip
