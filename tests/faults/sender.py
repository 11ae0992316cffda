"""A sender as production runs it, but with a lease of seconds, so that a trial takes no hour.

    manage.py shell -c "from tests.faults import sender; sender.run(3, 'record_first')"

The guards are turned off here alone, for trials that must then fail.
"""

import os
from datetime import timedelta

from django.core.management import call_command

from notifications import mails, sender
from notifications.models import Message, Stop


def run(lease_seconds: float, *guards_off: str) -> None:
    sender.LEASE = timedelta(seconds=lease_seconds)
    sender.LEASE_NEEDED = sender.LEASE / 4
    Stop.PAUSE = timedelta(seconds=1)
    mails.register("deadly", "A mail that kills its sender")(lambda ids: os._exit(9))
    for guard in guards_off:
        OFF[guard]()
    call_command("run_sender")


def record_first() -> None:
    """Say that a mail is sent before it is handed over."""
    hand_over = sender.hand_over

    def recorded(email, server):
        message_id = email.extra_headers["Message-ID"]
        Message.objects.filter(message_id=message_id).update(state=Message.State.SENT)
        return hand_over(email, server)

    sender.hand_over = recorded


def end_leases_at_once() -> None:
    sender.LEASE, sender.LEASE_NEEDED = timedelta(0), -timedelta(hours=1)


def record_once() -> None:
    """Leave it at one try to write down what the mail server said."""
    sender.RECORD_AGAIN_AFTER = ()


OFF = {
    "record first": record_first,
    "leases end at once": end_leases_at_once,
    "record once": record_once,
}
