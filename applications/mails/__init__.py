"""What each kind of email of this app is about; found by the outbox at start."""

from applications.mails import application, copy, merged, selection, support

__all__ = ["application", "copy", "merged", "selection", "support"]
