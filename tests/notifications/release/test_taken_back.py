"""What was released is taken back, as long as it has not gone."""

import pytest
from django.urls import reverse
from django.utils import translation

from notifications import outbox, reasons, sender
from notifications.models import Message
from tests.factories import MessageFactory, PersonFactory, StaffFactory
from tests.notifications.releasing import State, fresh, letters, verb

pytestmark = pytest.mark.django_db


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


def test_her_own_page_tells_of_no_mail_that_may_still_be_taken_back(client, sign_in, staff, facts):
    (letter,) = letters(1, staff)
    outbox.release(Message.objects.all(), by=staff)
    sign_in(client, letter.recipient)
    subject = fresh(letter).subject
    assert subject not in client.get(reverse("accounts:me")).text

    outbox.send_now(Message.objects.all())
    sender.deliver_due()

    assert subject in client.get(reverse("accounts:me")).text
