import re
from datetime import UTC, datetime, time, timedelta
from functools import partial

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone, translation

from notifications import mails, outbox, sender
from notifications.models import Event, Kind, Message, Rule
from notifications.models.reminder import in_words
from tests.concurrency import at_once
from tests.factories import (
    ConsentFactory,
    EventFactory,
    InviteeFactory,
    MessageFactory,
    PersonFactory,
    RuleFactory,
    SeriesFactory,
    StaffFactory,
)
from tests.notifications.conftest import like_event_moved

pytestmark = pytest.mark.django_db

State = Message.State


def drafts(number, by):
    event = EventFactory()
    return [
        outbox.draft("test-mail", PersonFactory(), key=f"d{n}", by=by, event=event)
        for n in range(number)
    ]


def verb_address(model, record, verb):
    return reverse(f"admin:notifications_{model}_verb", args=[record.pk, verb])


def do(client, model, record, verb, data=None):
    return client.post(verb_address(model, record, verb), data or {})


def typed(when):
    return when.strftime("%Y-%m-%dT%H:%M")


def test_staff_see_how_many_drafts_to_whom_and_each_text_then_release_them(desk, staff):
    one, two = drafts(2, staff)
    address = outbox.review_url([one, two])

    page = desk.get(address)
    answer = desk.post(address, {"act": "release"})
    again = desk.post(address, {"act": "release"})

    assert "2 emails wait for you" in page.text
    for draft in (one, two):
        assert draft.recipient.email in page.text
    assert page.text.count("Something about Meeting has changed") == 2
    assert answer.status_code == again.status_code == 302
    assert set(Message.objects.values_list("state", flat=True)) == {"queued"}


@pytest.mark.parametrize("ids", ["", "1,x", "1;2", "-1", "9" * 40, "1,,2", "²"])
def test_a_review_of_nonsense_is_not_found(desk, ids):
    address = reverse("admin:notifications_message_review")

    assert desk.get(address, {"ids": ids}).status_code == 404


def test_a_person_who_is_not_staff_cannot_review_or_release(client, sign_in, staff):
    (draft,) = drafts(1, staff)
    sign_in(client, PersonFactory())

    answer = client.post(outbox.review_url([draft]), {"act": "release"})

    draft.refresh_from_db()
    assert answer.status_code in {302, 403}
    assert draft.state == Message.State.DRAFT


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_database_as_often_for_many_messages(
    desk, staff, number, django_assert_max_num_queries
):
    drafts(number, staff)

    with django_assert_max_num_queries(16):
        desk.get(reverse("admin:notifications_message_changelist"))


def test_a_mail_is_shown_as_it_will_be_read_without_its_secret_links(desk, staff, kinds):
    def with_a_link(ids):
        return {
            "title": "It",
            "when": "soon",
            "until": "later",
            "join_link": "http://x.test/go/k:e:y/",
        }

    kinds["test-mail"] = like_event_moved("test-mail", with_a_link)
    (draft,) = drafts(1, staff)

    page = desk.get(reverse("admin:notifications_message_change", args=[draft.pk]))

    assert "Something about It has changed" in page.text
    assert "http://x.test/go/…/" in page.text
    assert "k:e:y" not in page.text


def test_a_code_is_shown_to_nobody(desk):
    message = outbox.write("sign-in-code", PersonFactory(), key="c", secret="XK42QP")

    page = desk.get(reverse("admin:notifications_message_change", args=[message.pk]))

    assert "XK42QP" not in page.text


def test_staff_release_cancel_and_send_again_one_message(desk, staff):
    one, two = drafts(2, staff)

    do(desk, "message", one, "release")
    do(desk, "message", one, "send_now")
    do(desk, "message", two, "cancel")
    sender.deliver_due()
    do(desk, "message", one, "send_again")
    do(desk, "message", one, "send_again")

    assert sorted(Message.objects.values_list("dedupe_key", "state")) == sorted(
        [
            ("d0", "sent"),
            ("d1", "cancelled"),
            (Message.objects.latest("pk").dedupe_key, "queued"),
        ]
    )


def test_a_mail_that_has_gone_cannot_be_cancelled(desk, staff):
    (draft,) = drafts(1, staff)
    Message.objects.update(state=Message.State.SENT)

    answer = do(desk, "message", draft, "cancel")

    draft.refresh_from_db()
    assert answer.status_code == 302
    assert draft.state == Message.State.SENT


def test_staff_move_an_event_and_those_invited_are_told(desk):
    part = InviteeFactory(event__kind=Kind.WEBINAR)
    day = timezone.localdate() + timedelta(days=9)
    when = datetime.combine(day, time(10, 30))

    form = desk.get(verb_address("event", part.event, "move")).context["form"]
    do(desk, "event", part.event, "move", {**form.initial, "when": typed(when)})

    event = Event.objects.get()
    assert (event.local_on, event.local_at, event.schedule_version) == (day, time(10, 30), 1)
    assert [(m.kind, m.recipient) for m in Message.objects.all()] == [("event-moved", part.person)]


@pytest.mark.parametrize(
    "data",
    [
        {"when": ""},
        {"minutes": ""},
        {"when": "2027-02-31T10:00"},
        {"when": "soon"},
        {"minutes": "-5"},
        {"place": "a\x00b"},
        {"join_link": "javascript:alert(1)"},
        {"place": "x" * 1_000},
    ],
)
def test_nonsense_in_a_move_is_answered_by_the_form(desk, data):
    event = EventFactory(kind=Kind.WEBINAR)

    facts = {"when": typed(event.local_start), "minutes": 60}
    answer = do(desk, "event", event, "move", {**facts, **data})

    event.refresh_from_db()
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert event.schedule_version == 0


def test_a_time_that_the_clocks_skip_is_refused(desk):
    event = EventFactory(kind=Kind.WEBINAR)

    do(desk, "event", event, "move", {"when": "2027-03-14T02:30", "minutes": 60})

    event.refresh_from_db()
    assert event.schedule_version == 0


def test_an_event_is_not_moved_into_the_past(desk):
    part = InviteeFactory(event__kind=Kind.WEBINAR)
    when = typed(part.event.local_start - timedelta(days=400))

    answer = do(desk, "event", part.event, "move", {"when": when, "minutes": 60})

    part.event.refresh_from_db()
    assert list(answer.context["form"].errors) == ["when"]
    assert (part.event.schedule_version, Message.objects.count()) == (0, 0)


def test_an_event_that_has_begun_keeps_its_start_and_gets_another_link(desk):
    event = EventFactory(kind=Kind.WEBINAR)
    facts = {"when": typed(event.local_start), "minutes": 60, "join_link": "https://a.example/"}

    with time_machine.travel(event.starts_at + timedelta(minutes=5)):
        do(desk, "event", event, "move", facts)

    event.refresh_from_db()
    assert (event.join_link, event.schedule_version) == ("https://a.example/", 1)


def test_staff_cancel_an_event_and_those_invited_are_told(desk):
    part = InviteeFactory(event__kind=Kind.WEBINAR)

    do(desk, "event", part.event, "cancel", {"reason": "The speaker is ill."})
    do(desk, "event", part.event, "cancel", {"reason": "The speaker is ill."})

    assert not Event.objects.get().is_live
    assert [m.kind for m in Message.objects.all()] == ["event-cancelled"]


def test_a_meeting_is_not_moved_apart_from_what_hangs_on_it(desk):
    event = EventFactory()

    facts = {"when": typed(event.local_start + timedelta(days=1)), "minutes": 60}
    page = desk.get(reverse("admin:notifications_event_change", args=[event.pk]))
    do(desk, "event", event, "move", facts)

    event.refresh_from_db()
    assert verb_address("event", event, "move") not in page.text
    assert event.schedule_version == 0


def test_a_rule_is_added_and_an_impossible_offset_refused(desk):
    address = reverse("admin:notifications_rule_add")
    facts = {
        "kind": Kind.MEETING,
        "anchor": "before",
        "unit": "d",
        "answer": "any",
        "attendance": "any",
        "mail": "test-mail",
        "is_on": "on",
    }

    refused = [desk.post(address, {**facts, "amount": amount}) for amount in ("0", "61", "-1", "x")]
    desk.post(address, {**facts, "amount": "4"})

    assert ["amount" in r.context["adminform"].form.errors for r in refused] == [True] * 4
    assert Rule.objects.filter(amount=4, unit="d", kind=Kind.MEETING).count() == 1


def test_every_list_and_page_of_the_desk_opens(desk):
    InviteeFactory()
    ConsentFactory()
    records = {
        "event": Event.objects.get(),
        "rule": RuleFactory(),
        "series": SeriesFactory(),
    }

    for model in ("message", "event", "rule", "series", "reminder", "consent"):
        assert desk.get(reverse(f"admin:notifications_{model}_changelist")).status_code == 200
    for model, record in records.items():
        page = desk.get(reverse(f"admin:notifications_{model}_change", args=[record.pk]))
        assert page.status_code == 200


@pytest.mark.parametrize(("state", "times"), [("queued", 1), ("sent", 2)])
def test_a_mail_without_a_subject_is_called_by_its_kind_everywhere(desk, state, times):
    sent_at = timezone.now() if state == "sent" else None
    message = MessageFactory(kind="event-moved", state=state, sent_at=sent_at)
    called = mails.title("event-moved")

    in_list = desk.get(reverse("admin:notifications_message_changelist"))
    alone = desk.get(reverse("admin:notifications_message_change", args=[message.pk]))
    of_person = desk.get(reverse("admin:person", args=[message.recipient.uuid]))

    assert f">{called}</a>" in in_list.text
    assert f"<strong>{called}</strong>" in alone.text
    assert f"<h1>{called}, {message.recipient}</h1>" in alone.text
    assert of_person.text.count(called) == times
    assert of_person.text.count(f"Email: {called}") == times - 1


def test_the_desk_says_in_words_where_somebody_agreed(desk):
    consent = ConsentFactory(source="application AB2CD3")

    with translation.override("fr"):
        in_list = desk.get(reverse("admin:notifications_consent_changelist"))
        alone = desk.get(reverse("admin:notifications_consent_change", args=[consent.pk]))

    assert "candidature AB2CD3" in in_list.text
    assert "candidature AB2CD3" in alone.text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["1 day before", "2 days before", "1 hour before", "2 hours before"]),
        ("fr", ["1 jour avant", "2 jours avant", "1 heure avant", "2 heures avant"]),
    ],
)
def test_how_long_before_is_said_in_words(language, said):
    with translation.override(language):
        assert [in_words(offset) for offset in ("1d", "2d", "1h", "2h")] == said


# Of what is pressed for many, or cannot be taken back, it is said first what comes of it


def chosen(desk, action, *messages):
    address = reverse("admin:notifications_message_changelist")
    typed = {"action": action, "_selected_action": [message.pk for message in messages]}
    return desk.post(address, typed)


def test_several_are_cancelled_after_a_page_that_says_whose(desk, staff):
    states = [State.DRAFT, State.QUEUED, State.SENT]
    draft, waiting, gone = (MessageFactory(state=state) for state in states)

    asked = chosen(desk, "cancel_selected", draft, waiting, gone)
    page = desk.get(asked.url)
    before = set(Message.objects.values_list("state", flat=True))
    done = desk.post(asked.url, {"act": "cancel"}, follow=True)

    assert before == {"draft", "queued", "sent"}
    assert {one.pk for one in page.context["stopping"]} == {draft.pk, waiting.pk}
    assert [one.pk for one in page.context["staying"]] == [gone.pk]
    assert waiting.recipient.email in page.text
    assert "2 emails cancelled." in done.text
    ended = Message.objects.order_by("pk").values_list("state", "stopped_by")
    assert list(ended) == [("cancelled", staff.pk), ("cancelled", staff.pk), ("sent", None)]


def test_too_late_to_cancel_any_says_so(desk):
    asked = chosen(desk, "cancel_selected", MessageFactory(state=State.SENT))

    page = desk.get(asked.url).text
    done = desk.post(asked.url, {"act": "cancel"}, follow=True).text

    assert "Nothing of what you chose can be cancelled any more." in page
    assert 'value="cancel"' not in page
    assert "0 emails cancelled." in done
    assert Message.objects.get().state == State.SENT


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_cancel_the_same_one_has_done_it():
    MessageFactory(state=State.QUEUED)
    staff = StaffFactory.create_batch(2)

    def cancel(who):
        return partial(outbox.cancel, Message.objects.all(), by=who)

    numbers = at_once(*map(cancel, staff))

    assert sorted(numbers) == [0, 1]
    assert Message.objects.get().stopped_by == staff[numbers.index(1)]


def test_before_it_is_sent_again_it_is_said_to_whom_and_that_it_went(desk, staff):
    sent_at = datetime(2027, 1, 27, 18, tzinfo=UTC)
    went, failed = drafts(2, staff)
    Message.objects.filter(pk=went.pk).update(state=State.SENT, sent_at=sent_at)
    Message.objects.filter(pk=failed.pk).update(state=State.FAILED)

    pages = [desk.get(verb_address("message", one, "send_again")).text for one in (went, failed)]
    done = desk.post(verb_address("message", went, "send_again"), follow=True).text

    again, first = (" ".join(page.replace("\xa0", " ").split()) for page in pages)
    assert (
        f"It went on Wednesday 27 January 2027, 1:00 p.m. Eastern Time. {went.recipient} gets it "
        f"once more, at {went.recipient.email}."
    ) in again
    reader = failed.recipient
    assert f"It goes to {reader}, at {reader.email}, at once and as things stand now." in first
    assert "It is on its way once more." in done
    assert LogEntry.objects.get().object_id == str(went.pk)


@pytest.mark.parametrize(
    ("name", "query", "label"),
    [
        ("mail-health", "", "Is email flowing?"),
        ("mail-forecast", "?q=amal", "The next 30 days"),
        ("admin:notifications_message_changelist", "?state__exact=draft", "Messages"),
        ("admin:notifications_message_review", "?ids=1", "Messages"),
        ("admin:notifications_message_review", "?ids=1&ask=cancel", "Messages"),
        ("admin:notifications_reminder_changelist", "", "Reminders"),
        ("admin:notifications_rule_add", "", "Reminder rules"),
        ("admin:notifications_bounce_changelist", "", "Addresses that bounce"),
        ("admin:notifications_mailtemplate_words", "", "Texts of email"),
        ("admin:notifications_mailtemplate_changelist", "", "Versions of texts"),
    ],
)
def test_the_desk_marks_where_one_is_on_every_page_of_mail(desk, name, query, label):
    page = desk.get(reverse(name) + query).text
    nav = page.partition('id="desk-nav"')[2].partition("</nav>")[0]

    assert re.findall(r'aria-current="\w+">([^<]*)<', nav) == [label]
