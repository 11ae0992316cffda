"""The staff's desk for applications; one module per noun."""

from applications.admin import application, interview, people, review, selection

__all__ = ["application", "interview", "people", "review", "selection"]
