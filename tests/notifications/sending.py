"""A mail server that does as it is told, and mail for it."""

import smtplib

from notifications import outbox
from notifications.models import Message
from tests.factories import EventFactory, PersonFactory


class Server:
    """A mail server that says to each mail what the test tells it to, then yes."""

    def __init__(self):
        self.answers = []
        self.accepted = []
        self.connections = 0
        self.is_down = False
        self.is_open = False

    def open(self):
        if self.is_down:
            raise ConnectionRefusedError("nobody there")
        self.connections += not self.is_open
        self.is_open = True

    def close(self):
        self.is_open = False

    def send_messages(self, emails):
        for email in emails:
            answer = self.answers.pop(0) if self.answers else None
            if answer:
                raise answer
            self.accepted.append(email)

    def message_ids(self):
        return [email.extra_headers["Message-ID"] for email in self.accepted]


def waiting(number=1, **facts):
    event = EventFactory()
    return [
        outbox.write("test-mail", PersonFactory(), key=f"test:{place}", event=event, **facts)
        for place in range(number)
    ]


def waiting_codes(number):
    return [
        outbox.write("sign-in-code", PersonFactory(), key=f"code:{n}", secret="XK42QP")
        for n in range(number)
    ]


def ends(*messages):
    fresh = Message.objects.in_bulk([message.pk for message in messages])
    return [(fresh[message.pk].state, fresh[message.pk].reason) for message in messages]


def refused(code):
    return smtplib.SMTPRecipientsRefused({"a@b.test": (code, b"because")})
