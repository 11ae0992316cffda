"""Staff let mail go: what it says is settled, it can be taken back, other facts hold it."""

import logging
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.contrib import admin
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import strip_tags

from accounts import links
from notifications import freeze, mails, outbox, reasons, sender
from notifications.admin.compared import Line, differences
from notifications.admin.letters import as_read
from notifications.models import Attempt, Message
from notifications.render import render
from notifications.wording import Wordings
from tests.concurrency import at_once
from tests.factories import EventFactory, MessageFactory, PersonFactory, StaffFactory
from tests.notifications.conftest import like_event_moved

pytestmark = pytest.mark.django_db

State = Message.State
GONE_BY = timedelta(minutes=10, seconds=1)


@pytest.fixture
def staff():
    return StaffFactory()


@pytest.fixture
def desk(client, staff, sign_in):
    sign_in(client, staff)
    return client


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


def letters(number, by):
    return [outbox.draft("letter", PersonFactory(), key=f"l{n}", by=by) for n in range(number)]


def fresh(message):
    return Message.objects.select_related("recipient").get(pk=message.pk)


def verb(client, message, name):
    return client.post(reverse("admin:notifications_message_verb", args=[message.pk, name]))


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


def test_what_was_released_is_taken_back_from_the_batch(desk, staff, facts):
    one, two = letters(2, staff)
    address = outbox.review_url([one, two])
    desk.post(address, {"act": "release"})

    released = desk.get(address)
    desk.post(address, {"act": "recall"})

    assert "2 emails go from" in released.text
    assert [
        (m.state, m.subject, m.body, m.html, m.facts_digest, m.released_by)
        for m in Message.objects.all()
    ] == [(State.DRAFT, "", "", "", "", None)] * 2
    assert {(m.why_not_gone, m.stopped_by) for m in Message.objects.all()} == {
        (f"taken back by {staff}", staff)
    }


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


def test_who_stopped_a_mail_is_told_in_the_language_of_who_reads_it(desk, staff, facts):
    back, off = letters(2, staff)
    verb(desk, back, "release")
    with translation.override("fr"):
        outbox.recall(Message.objects.filter(pk=back.pk), by=staff)
        outbox.cancel(Message.objects.filter(pk=off.pk), by=staff)
    back.refresh_from_db()
    off.refresh_from_db()

    assert (back.why_not_gone, off.why_not_gone) == (
        f"taken back by {staff}", f"cancelled by {staff}",
    )  # fmt: skip
    with translation.override("fr"):
        assert (back.why_not_gone, off.why_not_gone) == (
            f"repris par {staff}", f"annulé par {staff}",
        )  # fmt: skip
        off.stopped_by = None  # her record is no more
        assert off.why_not_gone == "annulé par quelqu’un"


def test_a_mail_that_is_released_again_was_stopped_by_nobody(desk, staff, facts):
    (letter,) = letters(1, staff)
    for name in ("release", "recall", "release"):
        verb(desk, letter, name)

    letter.refresh_from_db()

    assert (letter.state, letter.reason, letter.stopped_by) == (State.QUEUED, "", None)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_whoever_stopped_mail(desk, number, django_assert_num_queries):
    for _each in range(number):
        MessageFactory(state=State.CANCELLED, reason=reasons.CANCELLED, stopped_by=StaffFactory())
    address = reverse("admin:notifications_message_changelist")
    desk.get(address)

    with django_assert_num_queries(6):
        desk.get(address)


def test_what_was_released_is_taken_back_from_its_own_page_and_the_persons(desk, staff, facts):
    (letter,) = letters(1, staff)
    verb(desk, letter, "release")
    address = reverse("admin:notifications_message_verb", args=[letter.pk, "recall"])

    its_own = desk.get(reverse("admin:notifications_message_change", args=[letter.pk]))
    of_person = desk.get(reverse("admin:person", args=[letter.recipient.uuid]))
    desk.post(address)

    assert address in its_own.text
    assert f"{address}?next=" in of_person.text
    assert fresh(letter).state == State.DRAFT


def test_what_was_released_is_taken_back_from_the_list(desk, staff, facts):
    one, two = letters(2, staff)
    outbox.release(Message.objects.all(), by=staff)

    data = {"action": "recall_selected", "_selected_action": [one.pk]}
    desk.post(reverse("admin:notifications_message_changelist"), data)

    assert (fresh(one).state, fresh(two).state) == (State.DRAFT, State.QUEUED)


def test_what_has_gone_is_not_taken_back(desk, staff, facts):
    (letter,) = letters(1, staff)
    outbox.release(Message.objects.all(), by=staff)
    outbox.send_now(Message.objects.all())
    sender.deliver_due()

    verb(desk, letter, "recall")
    desk.post(outbox.review_url([letter]), {"act": "recall"})

    assert fresh(letter).state == State.SENT


def test_only_what_staff_released_is_taken_back(staff, facts):
    outbox.write("letter", PersonFactory(), key="caused by herself")

    assert outbox.recall(Message.objects.all(), by=staff) == 0
    assert outbox.send_now(Message.objects.all()) == 0


@pytest.mark.parametrize("act", ["release", "recall", "send-now"])
def test_a_stranger_does_none_of_it(client, sign_in, staff, facts, act):
    (letter,) = letters(1, staff)
    sign_in(client, PersonFactory())

    answer = client.post(outbox.review_url([letter]), {"act": act})

    assert answer.status_code == 403
    kept = fresh(letter)
    assert (kept.state, kept.body, kept.not_before) == (State.DRAFT, "", letter.not_before)


def test_a_button_that_is_none_is_not_found(desk, staff, facts):
    (letter,) = letters(1, staff)

    assert desk.post(outbox.review_url([letter]), {"act": "burn"}).status_code == 404
    assert desk.post(outbox.review_url([letter])).status_code == 404


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


def test_her_own_page_tells_of_no_mail_that_may_still_be_taken_back(client, sign_in, staff, facts):
    (letter,) = letters(1, staff)
    outbox.release(Message.objects.all(), by=staff)
    sign_in(client, letter.recipient)
    subject = fresh(letter).subject
    assert subject not in client.get(reverse("accounts:me")).text

    outbox.send_now(Message.objects.all())
    sender.deliver_due()

    assert subject in client.get(reverse("accounts:me")).text


def test_a_review_shows_what_differs_from_the_last_of_its_kind_to_her(desk, staff, facts):
    person = PersonFactory()
    old = outbox.write("letter", person, key="old")
    outbox.write("letter", PersonFactory(), key="of somebody else")
    sender.deliver_due()
    facts["until"] = "midnight"
    new = outbox.draft("letter", person, key="new", by=staff)
    first = outbox.draft("letter", PersonFactory(), key="first", by=staff)

    page = desk.get(outbox.review_url([new, first]))

    [told, alone] = page.context["letters"]
    if told.message != new:
        told, alone = alone, told
    assert told.before == old
    assert [line for line in told.changes if line.change] == [
        Line("gone", "- When: Monday, until noon"),
        Line("added", "- When: Monday, until midnight"),
    ]
    assert alone.before is None
    assert "It is the first email of this kind to this person." in page.text
    assert "No longer there:" in page.text


def test_a_paragraph_wrapped_anew_is_no_change():
    old = "Subject\n\nOne two\nthree four.\n\n- a b\n  c\n- d\n\n-- \nTeam\n+1 416\n"
    new = "Subject\n\nOne\ntwo three four.\n\n- a\n  b c\n- d\n\n-- \nTeam\n+1 416\n"

    assert differences(old, new) == []


def test_far_lines_are_left_out_of_a_difference():
    old = "\n\n".join("abcdefgh")

    assert differences(old, old.replace("a", "x").replace("h", "y")) == [
        Line("gone", "a"),
        Line("added", "x"),
        Line("", "b"),
        Line("gap"),
        Line("", "g"),
        Line("gone", "h"),
        Line("added", "y"),
    ]


@pytest.mark.parametrize("number", [1, 30])
def test_many_are_released_in_as_many_queries_as_one(
    staff, facts, number, django_assert_num_queries
):
    """Apart from what the kind itself asks; this kind asks nothing."""
    letters(number, staff)

    with django_assert_num_queries(8):
        outbox.release(Message.objects.all(), by=staff)


@pytest.mark.parametrize("number", [1, 3])
def test_a_review_is_drawn_in_as_many_queries_for_many(
    desk, staff, facts, number, django_assert_num_queries
):
    written = letters(number, staff)
    address = outbox.review_url(written)
    desk.get(address)

    with django_assert_num_queries(6):
        desk.get(address)


def test_a_review_of_a_thousand_has_an_address_that_servers_take(desk, staff, facts):
    person = PersonFactory()
    outbox.write_all(
        [
            outbox.unsaved("test-mail", person, key=f"one-{number}", state=State.DRAFT, by=staff)
            for number in range(1_000)
        ]
    )
    address = outbox.review_url(Message.objects.all())

    page = desk.get(address)
    desk.post(address, {"act": "cancel"})

    assert (len(address) < 100, len(page.context["drafts"])) == (True, 1_000)
    assert Message.objects.filter(state=State.CANCELLED).count() == 1_000


def test_mail_is_found_by_its_event(desk, staff):
    event, another = EventFactory(title_en="Kick-off"), EventFactory(title_en="Farewell")
    for place, one in enumerate([event, another]):
        outbox.write("test-mail", PersonFactory(), key=f"e{place}", event=one)
    mail_list = reverse("admin:notifications_message_changelist")

    by_filter = desk.get(mail_list, {"event": event.pk})
    by_words = desk.get(mail_list, {"q": "farewell"})
    by_nonsense = desk.get(mail_list, {"event": "x"})

    assert [m.event for m in by_filter.context["cl"].result_list] == [event]
    assert [m.event for m in by_words.context["cl"].result_list] == [another]
    assert len(by_nonsense.context["cl"].result_list) == 2


def test_an_event_without_facts_that_json_knows_is_refused_not_guessed():
    with pytest.raises(TypeError):
        freeze.digest({"title": object()})


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_colleagues_who_release_at_once_release_each_mail_once(facts):
    staff, colleague = StaffFactory(), StaffFactory()
    letters(20, staff)

    results = at_once(
        lambda: outbox.release(Message.objects.all(), by=staff),
        lambda: outbox.release(Message.objects.all(), by=colleague),
    )

    assert sum(results) == 20
    assert Message.objects.filter(state=State.QUEUED).count() == 20


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_guard_two_colleagues_would_both_release(facts, monkeypatch):
    staff, colleague = StaffFactory(), StaffFactory()
    letters(20, staff)
    both_have_read = Barrier(2)

    def unguarded(batch):
        both_have_read.wait(timeout=10)
        return [one.pk for one in batch]

    monkeypatch.setattr(outbox, "_still_drafts", unguarded)

    results = at_once(
        lambda: outbox.release(Message.objects.all(), by=staff),
        lambda: outbox.release(Message.objects.all(), by=colleague),
    )

    assert results == [20, 20]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_while_it_is_sent_is_either_sent_or_a_draft(facts, mailoutbox):
    staff = StaffFactory()
    letters(20, staff)
    outbox.release(Message.objects.all(), by=staff)
    outbox.send_now(Message.objects.all())

    sent, back = at_once(sender.deliver_due, lambda: outbox.recall(Message.objects.all(), by=staff))

    assert sent + back == 20
    assert Message.objects.filter(state=State.SENT).count() == sent == len(mailoutbox)
    assert Message.objects.filter(state=State.DRAFT).count() == back


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_guard_a_mail_that_goes_would_be_a_draft_too(facts, monkeypatch):
    staff = StaffFactory()
    letters(20, staff)
    outbox.release(Message.objects.all(), by=staff)
    outbox.send_now(Message.objects.all())
    batch = sender.claim()
    monkeypatch.setattr(outbox, "_not_gone", lambda messages: messages)

    assert (len(batch), outbox.recall(Message.objects.all(), by=staff)) == (20, 20)


def test_a_database_that_is_away_is_no_fault_of_a_draft(monkeypatch):
    def away(message, wordings):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("notifications.render.render", away)

    with pytest.raises(OperationalError):
        as_read(MessageFactory(state=Message.State.DRAFT), Wordings())
