"""A mail server that writes down what it accepts, and misbehaves as it is told."""

import asyncio
import logging
import socket
import time
from collections import Counter
from contextlib import contextmanager
from email import message_from_bytes

from aiosmtpd.controller import Controller

logging.getLogger("mail.log").setLevel(logging.WARNING)  # not a line for every command
DROP = "drop"  # it takes the whole mail and hangs up without an answer


class Sink:
    """``accepted`` are (Message-ID, recipient) in order. ``answers`` are by recipient, to RCPT or,
    where ``after_data``, to the mail itself; ``DROP`` is one. ``takes`` is seconds per mail.
    To more than ``at_most`` mails over one line it says ``enough``.
    """

    at_most, enough = 10_000, "421 4.7.0 too many mails over this line"

    def __init__(self, port: int, takes: float = 0.0):
        self.port, self.takes = port, takes
        self.accepted: list[tuple[str, str]] = []
        self.answers: dict[str, str] = {}
        self.after_data: dict[str, str] = {}

    async def handle_MAIL(self, server, session, envelope, address, options):
        session.mails = getattr(session, "mails", 0) + 1
        if session.mails > self.at_most:
            if self.enough == DROP:
                server.transport.abort()
            return self.enough
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(self.takes)
        (address,) = envelope.rcpt_tos
        answer = self.after_data.get(address, "250 accepted")
        if answer.startswith("2") or answer == DROP:
            mail = message_from_bytes(envelope.content)
            self.accepted.append((mail["Message-ID"], address))
        if answer == DROP:
            server.transport.abort()
        return answer

    def copies(self) -> Counter:
        """How often each Message-ID was accepted."""
        return Counter(message_id for message_id, _address in self.accepted)

    @contextmanager
    def open(self):
        """Answer at the port for as long as the block lasts."""
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        try:
            yield self
        finally:
            controller.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def wait_until(condition, seconds: float) -> bool:
    """Return whether ``condition`` came to hold within that time."""
    deadline = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(holds)
