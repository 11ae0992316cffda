"""What each kind of email of this app is about; found by the outbox at start."""

from cops.mails import community, news, office, requests, webinar

__all__ = ["community", "news", "office", "requests", "webinar"]
