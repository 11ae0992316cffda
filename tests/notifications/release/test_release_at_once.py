"""Two at once, and what would happen without the guards."""

from threading import Barrier

import pytest
from django.db import OperationalError

from notifications import outbox, sender
from notifications.admin.letters import as_read
from notifications.models import Message
from notifications.wording import Wordings
from tests.concurrency import at_once
from tests.factories import MessageFactory, StaffFactory
from tests.notifications.releasing import State, letters

pytestmark = pytest.mark.django_db


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
