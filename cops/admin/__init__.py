from cops.admin.access import AccessRequestAdmin
from cops.admin.cohort import CohortAdmin, CriterionAdmin, ProgramAdmin
from cops.admin.community import CommunityAdmin, MembershipAdmin
from cops.admin.focus import FocusAreaAdmin, FocusAreaVersionAdmin
from cops.admin.webinar import RegistrationAdmin, WebinarAdmin

__all__ = [
    "AccessRequestAdmin", "CohortAdmin", "CommunityAdmin", "CriterionAdmin", "FocusAreaAdmin",
    "FocusAreaVersionAdmin", "MembershipAdmin", "ProgramAdmin", "RegistrationAdmin", "WebinarAdmin",
]  # fmt: skip
