"""What each kind of email of this app is about; found by the outbox at start."""

from applications.mails import application, copy, selection, support

__all__ = ["application", "copy", "selection", "support"]
