"""Staff let mail go: what it says is settled, other facts hold it."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts import links
from notifications import freeze, mails, outbox, reasons, sender
from notifications.models import Attempt, Message
from notifications.render import render
from tests.factories import MessageFactory, PersonFactory
from tests.notifications.conftest import like_event_moved
from tests.notifications.releasing import GONE_BY, State, fresh, letters, verb

pytestmark = pytest.mark.django_db


def test_release_settles_what_is_said_and_keeps_no_secret(staff, facts):
    (letter,) = letters(1, staff)
    token = render(letter).text.partition("/go/")[2].partition("/")[0]

    outbox.release(Message.objects.all(), by=staff)

    letter = fresh(letter)
    assert letter.subject == "Changed – The plan"
    assert "Something about The plan has changed" in letter.body
    assert "<!doctype html>" in letter.html
    assert len(token) > 50
    assert token not in letter.body + letter.html + letter.facts_digest
    assert "/go/link.join_link/" in letter.body
    assert "/go/link.join_link/" in letter.html


def test_the_settled_words_go_out_with_links_that_open(staff, facts, kinds, mailoutbox):
    (letter,) = letters(1, staff)
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        outbox.release(Message.objects.all(), by=staff)
        settled = fresh(letter)
        kinds["letter"] = replace(
            kinds["letter"], template="notifications/mails/event-cancelled.md"
        )
        clock.move_to(start + GONE_BY)
        sender.deliver_due()

    (mail,) = mailoutbox
    html = mail.alternatives[0].content
    (token,) = {found[2] for found in freeze.TOKEN.finditer(mail.body + html)}
    assert mail.subject == settled.subject
    assert freeze.masked(mail.body) == freeze.masked(settled.body)
    assert freeze.masked(html) == freeze.masked(settled.html)
    assert links.open_token(token)[0] == letter.recipient
    assert fresh(letter).state == State.SENT


def test_its_links_open_after_the_server_asked_to_wait_too(staff, facts, monkeypatch, mailoutbox):
    (letter,) = letters(1, staff)
    outbox.release(Message.objects.all(), by=staff)
    outbox.send_now(Message.objects.all())
    with monkeypatch.context() as full:
        full.setattr(sender, "hand_over", lambda *args: (Attempt.Result.LATER, "452 full"))
        sender.deliver_due()
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        sender.deliver_due()

    (mail,) = mailoutbox
    (token,) = {found[2] for found in freeze.TOKEN.finditer(mail.body)}
    assert links.open_token(token)[0] == letter.recipient
    assert "/go/…/" in fresh(letter).body


def test_a_mail_whose_facts_changed_is_held_and_says_so(staff, facts, mailoutbox):
    (letter,) = letters(1, staff)
    outbox.release(Message.objects.all(), by=staff)
    outbox.send_now(Message.objects.all())
    facts["when"] = "Tuesday"

    sender.deliver_due()

    letter = fresh(letter)
    assert mailoutbox == []
    assert (letter.state, letter.reason) == (State.DRAFT, reasons.OTHER_FACTS)
    assert (letter.released_at, letter.released_by, letter.attempts_made) == (None, None, 0)


def test_a_held_mail_shows_what_changed_and_can_be_released_again(desk, staff, facts, mailoutbox):
    (letter,) = letters(1, staff)
    outbox.release(Message.objects.all(), by=staff)
    outbox.send_now(Message.objects.all())
    facts["when"] = "Tuesday"
    sender.deliver_due()

    page = desk.get(outbox.review_url([letter]))
    desk.post(outbox.review_url([letter]), {"act": "release"})
    desk.post(outbox.review_url([letter]), {"act": "send-now"})
    sender.deliver_due()

    assert "The facts have changed since it was released" in page.text
    assert "What is new since it was released" in page.text
    assert "<del>- When: Monday, until noon</del>" in page.text
    assert "<ins>- When: Tuesday, until noon</ins>" in page.text
    assert [mail.subject for mail in mailoutbox] == ["Changed – The plan"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_another_language_of_its_reader_holds_it_too(staff, facts, language):
    (letter,) = letters(1, staff)
    outbox.release(Message.objects.all(), by=staff)
    outbox.send_now(Message.objects.all())
    letter.recipient.language = language
    letter.recipient.save()

    sender.deliver_due()

    assert fresh(letter).state == {"en": State.SENT, "fr": State.DRAFT}[language]


def test_released_mail_waits_ten_minutes(staff, facts, mailoutbox):
    letters(1, staff)
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        outbox.release(Message.objects.all(), by=staff)
        clock.move_to(start + outbox.RECALL_WINDOW - timedelta(seconds=1))
        assert sender.deliver_due() == 0
        clock.move_to(start + outbox.RECALL_WINDOW)
        assert sender.deliver_due() == 1


def has_passed(ids):
    raise mails.Overtaken(reasons.CHANGED)


@pytest.mark.parametrize(
    ("context", "state"),
    [
        (lambda ids: None, State.SUPPRESSED),
        (has_passed, State.DRAFT),
        (lambda ids: {"title": 1 / 0}, State.DRAFT),
    ],
    ids=["no longer true", "overtaken", "broken"],
)
def test_what_would_not_go_is_not_counted_among_what_goes(
    desk, staff, facts, kinds, context, state
):
    kinds["staying"] = like_event_moved("staying", context)
    staying = outbox.draft("staying", PersonFactory(name="Zoë"), key="staying", by=staff)
    address = outbox.review_url([*letters(2, staff), staying])

    page = desk.get(address)
    words = " ".join(strip_tags(page.text).split())
    alone = desk.get(outbox.review_url([staying])).text
    desk.post(address, {"act": "release"})

    assert page.context["staying"] == [staying]
    assert "Release 2 emails" in words
    assert "Will not go, see why below 1 Zoë" in words
    assert 'value="release"' not in alone
    staying.refresh_from_db()
    assert staying.state == state
    assert Message.objects.filter(state=State.QUEUED).count() == 2


def test_a_draft_has_no_hour_though_it_was_let_go_once(desk, staff, facts):
    (letter,) = letters(1, staff)
    verb(desk, letter, "release")
    verb(desk, letter, "recall")
    letter.refresh_from_db()
    of_messages = admin.site.get_model_admin(Message)

    assert letter.not_before > timezone.now()
    assert (of_messages.moment(letter), of_messages.earliest(letter)) == (None, None)


def test_the_page_of_a_mail_leads_to_its_reader_and_names_the_address(desk, staff, facts):
    (letter,) = letters(1, staff)

    page = desk.get(reverse("admin:notifications_message_change", args=[letter.pk])).text

    reader = letter.recipient
    address = reverse("admin:person", args=[reader.uuid])
    assert f'<a href="{address}">{reader}</a><br>{reader.email}' in page


def test_what_its_state_says_is_no_further_reason():
    untrue = MessageFactory.build(state=State.SUPPRESSED, reason=reasons.NOT_TRUE)
    changed = MessageFactory.build(state=State.SUPPRESSED, reason=reasons.CHANGED)

    assert (untrue.why_not_gone, changed.why_not_gone) == ("", "the event has changed since")


def test_a_draft_that_is_no_longer_true_is_not_released(staff, facts):
    (letter,) = letters(1, staff)
    facts.clear()

    assert outbox.release(Message.objects.all(), by=staff) == 0
    assert (fresh(letter).state, fresh(letter).reason) == (State.SUPPRESSED, reasons.NOT_TRUE)


def test_a_draft_that_cannot_be_rendered_stays_one_and_the_others_go(staff, facts, kinds, caplog):
    def broken(ids):
        raise KeyError("membership")

    kinds["broken"] = like_event_moved("broken", broken)
    bad = outbox.draft("broken", PersonFactory(), key="bad", by=staff)
    (good,) = letters(1, staff)

    with caplog.at_level(logging.CRITICAL, "notifications.outbox"):
        assert outbox.release(Message.objects.all(), by=staff) == 1

    assert (fresh(bad).state, fresh(bad).reason) == (State.DRAFT, "KeyError: 'membership'")
    assert fresh(good).state == State.QUEUED
