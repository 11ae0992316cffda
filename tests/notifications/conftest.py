"""Kinds of mail that only these tests know, so that they lean on no app above."""

import pytest

from notifications import mails
from notifications.models import Event, Message, Rule


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    """Replace the texts of the default reminders by the one mail that every event has."""
    registered = dict(mails._kinds)
    for name in ("webinar-reminder", "interview-reminder", "meeting-reminder", "test-mail"):
        registered[name] = mails.MailKind(
            name, "notifications/mails/event-moved.md", facts_of_event, Message.Lane.SERVICE
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
def default_rules(db):
    """The rules a new site starts with; a transactional test before may have emptied the table."""
    for unit in ("d", "h"):
        for kind in ("webinar", "interview", "meeting"):
            Rule.objects.get_or_create(
                kind=kind,
                amount=2,
                unit=unit,
                role="",
                event=None,
                series=None,
                defaults={"mail": f"{kind}-reminder"},
            )


def facts_of_event(ids):
    event: Event = ids["event"]
    return {"title": event.title, "when": "soon", "until": "later"} if event else None
