"""What each kind of email of this app is about; found by the outbox at start."""

from applications.mails import application, code, copy, merged, selection, support

__all__ = ["application", "code", "copy", "merged", "selection", "support"]
