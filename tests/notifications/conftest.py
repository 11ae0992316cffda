"""Kinds of mail that only these tests know, so that they lean on no app above."""

import pytest

from notifications import mails, sender
from notifications.models import Event, Kind, Message, Rule
from tests.notifications.sending import Server

TEST_MAILS = ("test-mail", "test-digest")


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    """Replace the texts of the default reminders by the one mail that every event has."""
    registered = dict(mails._kinds)
    for name in ("webinar-reminder", "interview-reminder", "meeting-reminder", *TEST_MAILS):
        is_digest = name == "test-digest"
        facts_of = facts_of_digest if is_digest else facts_of_event
        registered[name] = like_event_moved(
            name, facts_of, reminds_of=frozenset(Kind), is_digest=is_digest
        )
    registered["test-news"] = like_event_moved(
        "test-news",
        lambda ids: {"title": "News", "when": "soon", "until": "later"},
        Message.Lane.NEWS,
    )
    monkeypatch.setattr(mails, "_kinds", registered)
    return registered


def like_event_moved(name, context, lane=Message.Lane.SERVICE, **facts):
    """Return a kind with the text of "event-moved" that knows nothing of calendars."""

    def of_event_moved(ids):
        said = context(ids)
        return said and {"add_url": "http://x.test/", **said}

    moved = mails.kind("event-moved")
    return mails.MailKind(
        name, moved.template, of_event_moved, lane, name, placeholders=moved.placeholders, **facts
    )


@pytest.fixture
def desk(client, staff):
    """The browser of ``staff``."""
    return client


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


def facts_of_digest(ids):
    first, *_others = [event for event, _version in ids["events"]]
    return facts_of_event({"event": Event.objects.get(pk=first)})


@pytest.fixture
def server(monkeypatch):
    server = Server()
    monkeypatch.setattr(sender, "get_connection", lambda: server)
    return server
