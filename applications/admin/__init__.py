"""The staff's desk for applications; one module per noun."""

from applications.admin import (
    application,
    code,
    concealed,
    imported,
    insight,
    interview,
    people,
    question,
    review,
    selection,
    slot,
    support,
)

__all__ = [
    "application", "code", "concealed", "imported", "insight", "interview", "people", "question",
    "review", "selection", "slot", "support",
]  # fmt: skip
