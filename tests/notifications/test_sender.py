import pytest
from django.core import mail as mailbox
from django.db import transaction

from notifications import calendar, outbox, sender
from notifications.models import Message
from tests.factories import EventFactory, InviteeFactory, PersonFactory

pytestmark = pytest.mark.django_db


def test_what_waits_is_sent_once_and_what_was_said_is_kept():
    message = outbox.write("event-moved", PersonFactory(), key="moved", event=EventFactory())

    assert sender.deliver_due() == 1
    assert sender.deliver_due() == 0

    message.refresh_from_db()
    assert message.state == Message.State.SENT
    assert message.subject == mailbox.outbox[0].subject
    assert [attempt.result for attempt in message.attempts.all()] == ["sent"]


def test_a_secret_is_encrypted_and_emptied_when_it_is_sent():
    message = outbox.write("sign-in-code", PersonFactory(), key="code", secret="XK42QP")

    assert b"XK42QP" not in bytes(message.secret)
    assert outbox.reveal(message) == "XK42QP"
    sender.deliver_due()

    message.refresh_from_db()
    assert "XK42QP" in mailbox.outbox[0].body
    assert bytes(message.secret) == b""
    assert message.body == ""


def test_a_moved_event_tells_those_invited_and_takes_old_mail_back():
    part = InviteeFactory()
    old = outbox.write("event-moved", part.person, key="old", event=part.event)

    with transaction.atomic():
        calendar.move(part.event, place="Room 2")

    old.refresh_from_db()
    notice = Message.objects.exclude(pk=old.pk).get()
    assert old.state == Message.State.SUPPRESSED
    assert (notice.kind, notice.recipient, notice.schedule_version) == (
        "event-moved",
        part.person,
        1,
    )
