"""Kinds of mail that only these tests know, so that they lean on no app above."""

import pytest

from notifications import mails
from notifications.models import Event, Kind, Message, Rule

TEST_MAILS = ("test-mail", "test-digest")


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    """Replace the texts of the default reminders by the one mail that every event has."""
    registered = dict(mails._kinds)
    for name in ("webinar-reminder", "interview-reminder", "meeting-reminder", *TEST_MAILS):
        registered[name] = mails.MailKind(
            name,
            "notifications/mails/event-moved.md",
            facts_of_event,
            Message.Lane.SERVICE,
            name,
            reminds_of=frozenset(Kind),
            is_digest=name == "test-digest",
        )
    registered["test-news"] = mails.MailKind(
        "test-news",
        "notifications/mails/event-moved.md",
        lambda ids: {"title": "News", "when": "soon", "until": "later"},
        Message.Lane.NEWS,
    )
    monkeypatch.setattr(mails, "_kinds", registered)
    return registered


@pytest.fixture
def two_rules(db):
    """Everybody invited is reminded 2 days and 2 hours before; no other rule holds."""
    Rule.objects.all().delete()
    for unit in ("d", "h"):
        for kind in ("webinar", "interview", "meeting"):
            Rule.objects.create(kind=kind, amount=2, unit=unit, mail=f"{kind}-reminder")


def facts_of_event(ids):
    event: Event = ids["event"]
    return {"title": event.title, "when": "soon", "until": "later"} if event else None
