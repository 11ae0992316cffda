"""The staff's desk for people, mail, reminders and events; one module per noun."""

from notifications.admin import consent, event, message, person, reminder

__all__ = ["consent", "event", "message", "person", "reminder"]
