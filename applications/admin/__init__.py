"""The staff's desk for applications; one module per noun."""

from applications.admin import application, review

__all__ = ["application", "review"]
