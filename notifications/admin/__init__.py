"""The staff's desk for people, mail, reminders and events; one module per noun."""

from notifications.admin import bounce, consent, event, message, person, reminder, template

__all__ = ["bounce", "consent", "event", "message", "person", "reminder", "template"]
