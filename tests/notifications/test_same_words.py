"""Who is told the same reads the same words: they are drawn once, each mail has its own links."""

import re
from datetime import datetime

import icalendar
import pytest
from django.core import mail as sent

from accounts import links
from notifications import calendar, freeze, outbox, render, sender
from notifications.models import Event, Message
from tests.factories import EventFactory, InviteeFactory, PersonFactory

pytestmark = pytest.mark.django_db

TOKEN = re.compile(r"/go/([^/]+)/")


@pytest.fixture
def drawn(monkeypatch):
    """The kinds whose words are drawn, one for each time."""
    kinds, laid_out = [], render.laid_out

    def counted(message, context, source):
        kinds.append(message.kind)
        return laid_out(message, context, source)

    monkeypatch.setattr(render, "laid_out", counted)
    return kinds


def invited(*languages):
    """Return the people, one for each of ``languages``, who are to hear that an event moved."""
    event = EventFactory()
    people = [PersonFactory(language=language) for language in languages]
    for person in people:
        InviteeFactory(event=event, person=person)
    moved(event, day=8)
    return people


def moved(event, day):
    calendar.move(event, datetime(2027, 4, day, 14))
    waiting = Message.objects.filter(state=Message.State.QUEUED)
    waiting.update(not_before=event.created_at)


def parts(mail):
    """Return the text, the HTML and the calendar file of what was sent."""
    (html, _type), (calendar_file, _method) = mail.alternatives
    return mail.body, html, calendar_file


def readers_of(part):
    return {links.open_token(token)[0].email for token in TOKEN.findall(part)}


@pytest.mark.parametrize("number", [1, 3])
def test_a_notice_is_drawn_once_and_its_links_are_each_readers_own(number, drawn):
    people = invited(*["en"] * number)

    sender.deliver_due()

    assert drawn == ["event-moved"]
    assert sorted(mail.to[0] for mail in sent.outbox) == sorted(one.email for one in people)
    texts, pages, files = zip(*map(parts, sent.outbox), strict=True)
    assert len(set(map(freeze.masked, texts))) == len(set(map(freeze.masked, pages))) == 1
    for mail, text, page, file in zip(sent.outbox, texts, pages, files, strict=True):
        assert readers_of(text) == readers_of(page) == set(mail.to)
        (entry,) = icalendar.Calendar.from_ical(file).events
        assert entry["ATTENDEE"] == f"mailto:{mail.to[0]}"


def test_each_language_is_drawn_by_itself(drawn):
    people = invited("en", "fr", "en", "fr")

    sender.deliver_due()

    assert drawn == ["event-moved"] * 2
    in_french = {mail.to[0] for mail in sent.outbox if "a maintenant lieu" in mail.body}
    assert in_french == {people[1].email, people[3].email}


def test_who_is_told_something_else_does_not_read_anothers_words(drawn):
    _first, second = invited("en", "en")
    second.time_zone = "America/Winnipeg"
    second.save()

    sender.deliver_due()

    assert drawn == ["event-moved"] * 2
    assert [mail.to[0] for mail in sent.outbox if "Central Time" in mail.body] == [second.email]


def test_a_secret_is_read_by_its_own_reader_alone(drawn):
    for code in ("XK42QP", "AB12CD"):
        outbox.write("sign-in-code", PersonFactory(), key=code, secret=code)

    sender.deliver_due()

    assert drawn == ["sign-in-code"] * 2
    assert ["XK42QP" in mail.body for mail in sent.outbox] == [True, False]
    assert ["AB12CD" in mail.body for mail in sent.outbox] == [False, True]


def test_the_next_batch_says_what_is_true_by_then(drawn):
    invited("en")
    sender.deliver_due()
    moved(Event.objects.get(), day=9)

    sender.deliver_due()

    assert drawn == ["event-moved"] * 2
    assert [re.search(r"is now on \w+ (\d+)", mail.body)[1] for mail in sent.outbox] == ["8", "9"]
