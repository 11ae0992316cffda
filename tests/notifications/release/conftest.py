"""Whoever lets mail go, and what a kind "letter" says."""

import pytest

from accounts import links
from tests.notifications.conftest import like_event_moved


@pytest.fixture
def facts(kinds):
    """What the mails of a kind "letter" say; tests change it. Each has its reader's own link."""
    facts = {"title": "The plan", "when": "Monday", "until": "noon"}

    def of_letter(ids):
        if not facts:
            return None
        return {**facts, "join_link": links.url(ids["recipient"], "accounts:me")}

    kinds["letter"] = like_event_moved("letter", of_letter)
    return facts
