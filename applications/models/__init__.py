from applications.models.answers import CONSENTS, HALF_DAYS, Answer, Experience, FocusChoice
from applications.models.application import Application, ApplicationChange
from applications.models.assessment import Assessment, AssessmentScore, Insight
from applications.models.code import AccessCode
from applications.models.form_version import FormVersion
from applications.models.imported import Import, ImportedColumn
from applications.models.interview import Interview, InterviewChange
from applications.models.question import (
    NO,
    WORDS,
    WORDS_MOST,
    YES,
    Option,
    Question,
)
from applications.models.review import Review, ReviewChange, Score
from applications.models.selection import Offer, OfferChange, Placement, Proposal
from applications.models.slot import Panelist, Slot
from applications.models.status import Status
from applications.models.support import FormerAnswer, Support

__all__ = [
    "CONSENTS",
    "HALF_DAYS",
    "NO",
    "WORDS",
    "WORDS_MOST",
    "YES",
    "AccessCode",
    "Answer",
    "Application",
    "ApplicationChange",
    "Assessment",
    "AssessmentScore",
    "Experience",
    "FocusChoice",
    "FormVersion",
    "FormerAnswer",
    "Import",
    "ImportedColumn",
    "Insight",
    "Interview",
    "InterviewChange",
    "Offer",
    "OfferChange",
    "Option",
    "Panelist",
    "Placement",
    "Proposal",
    "Question",
    "Review",
    "ReviewChange",
    "Score",
    "Slot",
    "Status",
    "Support",
]  # fmt: skip
