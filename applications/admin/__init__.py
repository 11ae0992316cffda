"""The staff's desk for applications; one module per noun."""

from applications.admin import application, insight, interview, people, review, selection, slot

__all__ = ["application", "insight", "interview", "people", "review", "selection", "slot"]
