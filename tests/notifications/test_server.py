"""What a real mail server says over a real connection, and what becomes of the mail."""

import smtplib
import socket
import time
from contextlib import contextmanager

import pytest
from django.core.mail import get_connection

from notifications import outbox, sender
from notifications.models import Attempt, Message, Stop
from tests.factories import EventFactory, PersonFactory
from tests.faults.sink import DROP, Sink, free_port

pytestmark = pytest.mark.django_db

State, Result = Message.State, Attempt.Result


@pytest.fixture
def sink(settings):
    sink = Sink(free_port())
    settings.EMAIL_BACKEND = "notifications.server.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    settings.EMAIL_TIMEOUT = 1
    return sink


def waiting(number=1):
    event = EventFactory()
    return [
        outbox.write("test-mail", PersonFactory(), key=f"test:{place}", event=event)
        for place in range(number)
    ]


def ends(messages):
    found = []
    for message in messages:
        message.refresh_from_db()
        found.append((message.state, [attempt.result for attempt in message.attempts.all()]))
    return found


def test_one_connection_carries_them_all(sink):
    messages = waiting(3)

    with sink.open():
        assert sender.deliver_due() == 3

    assert [message_id for message_id, _to in sink.accepted] == [m.message_id for m in messages]
    assert ends(messages) == [(State.SENT, [Result.SENT])] * 3


@pytest.mark.parametrize("enough", [Sink.enough, DROP])
def test_a_server_that_takes_two_over_a_line_is_called_again_for_the_third(sink, enough):
    messages = waiting(5)
    sink.at_most, sink.enough = 2, enough

    with sink.open():
        assert sender.deliver_due() == 5

    assert set(sink.copies().values()) == {1}
    assert ends(messages) == [(State.SENT, [Result.SENT])] * 5
    assert Stop.objects.count() == 0


def test_a_server_that_takes_none_at_all_is_asked_once(sink):
    messages = waiting(2)
    sink.at_most = 0

    with sink.open():
        assert sender.deliver_due() == 0

    assert ends(messages) == [(State.QUEUED, [Result.UNREACHABLE]), (State.QUEUED, [])]


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        ("550 5.1.1 nobody of that name", (State.FAILED, [Result.NO_ADDRESS])),
        ("451 4.7.1 try later", (State.QUEUED, [Result.LATER])),
        ("421 4.3.2 closing", (State.QUEUED, [Result.LATER])),
    ],
)
def test_a_no_to_one_address_does_not_keep_the_others(sink, answer, end):
    messages = waiting(3)
    sink.answers[messages[1].recipient.email] = answer

    with sink.open():
        assert sender.deliver_due() == 2

    sent = (State.SENT, [Result.SENT])
    assert ends(messages) == [sent, end, sent]
    assert Stop.objects.count() == 0


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        ("554 5.7.1 this looks like spam", (State.FAILED, [Result.REFUSED])),
        ("452 4.2.2 mailbox full", (State.QUEUED, [Result.LATER])),
    ],
)
def test_a_no_to_the_mail_itself_is_about_that_mail(sink, answer, end):
    messages = waiting(3)
    sink.after_data[messages[1].recipient.email] = answer

    with sink.open():
        assert sender.deliver_due() == 2

    sent = (State.SENT, [Result.SENT])
    assert ends(messages) == [sent, end, sent]


@pytest.mark.parametrize(
    ("code", "end"),
    [
        (552, (State.FAILED, [Result.REFUSED])),
        (550, (State.QUEUED, [Result.UNREACHABLE])),
    ],
)
def test_a_mail_that_is_too_large_is_its_own_trouble_and_a_refused_sender_everybodys(
    monkeypatch, code, end
):
    class Server:
        def open(self): ...

        def close(self): ...

        def send_messages(self, emails):
            raise smtplib.SMTPSenderRefused(code, b"no", "cops@firstwork.test")

    monkeypatch.setattr(sender, "get_connection", Server)
    messages = waiting()

    sender.deliver_due()

    assert ends(messages) == [end]


def test_what_cannot_be_put_together_fails_alone_and_is_logged_as_the_bug_it_is(
    sink, monkeypatch, caplog
):
    messages = waiting(2)
    envelope = sender.envelope

    def odd(message, mail):
        email = envelope(message, mail)
        if message == messages[0]:
            email.message = lambda **_options: 1 / 0
        return email

    monkeypatch.setattr(sender, "envelope", odd)

    with sink.open():
        sender.deliver_due()

    assert ends(messages) == [(State.FAILED, [Result.BROKEN]), (State.SENT, [Result.SENT])]
    (logged,) = [each for each in caplog.records if each.name == "notifications.server"]
    assert logged.exc_info[0] is ZeroDivisionError


def test_a_mail_that_was_out_when_the_line_broke_is_sent_once_more_and_no_oftener(sink):
    (message,) = waiting()
    sink.after_data[message.recipient.email] = DROP

    with sink.open():
        for _ in range(4):
            sender.deliver_due()
            Stop.objects.update(next_try_at=message.not_before)

    assert sink.copies() == {message.message_id: 2}
    assert ends([message]) == [(State.UNKNOWN, [Result.UNKNOWN] * 2)]


def test_where_nobody_answers_nothing_was_out(sink):
    messages = waiting(2)

    assert sender.deliver_due() == 0

    assert ends(messages) == [(State.QUEUED, [Result.UNREACHABLE]), (State.QUEUED, [])]


@contextmanager
def one_who_says_nothing(port):
    """A server whose queue of calls nobody takes a call from."""
    with socket.create_server(("127.0.0.1", port)):
        yield


def test_a_server_that_says_nothing_holds_a_sender_up_for_one_time_out(sink):
    messages = waiting(2)
    began = time.monotonic()

    with one_who_says_nothing(sink.port):
        sender.deliver_due()

    assert 1 <= time.monotonic() - began < 3
    assert ends(messages) == [(State.QUEUED, [Result.UNREACHABLE]), (State.QUEUED, [])]


def test_an_address_in_a_domain_with_accents_is_written_as_servers_know_it(sink):
    (message,) = waiting()
    person = message.recipient
    type(person).objects.filter(pk=person.pk).update(email="nurse@agence-été.test")

    with sink.open():
        sender.deliver_due()

    assert sink.accepted == [(message.message_id, "nurse@xn--agence-t-h1ab.test")]


def test_encrypted_connections_tell_as_much(settings):
    settings.EMAIL_BACKEND = "notifications.server.EmailBackend"
    plain, encrypted = get_connection(use_ssl=False), get_connection(use_ssl=True)

    assert [c.connection_class.is_out for c in (plain, encrypted)] == [False, False]
    assert plain.connection_class is not encrypted.connection_class
