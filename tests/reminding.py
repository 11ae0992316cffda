"""What the rules that come with the site send, and when: the clock goes on until it is sent."""

import re
from datetime import timedelta

from notifications import planner, sender
from notifications.models import Reminder
from notifications.render import render


def sent_until(clock, end, *, step=timedelta(hours=6)):
    """Let time pass until ``end`` in steps, planning and sending; return each mail's (kind, to)."""
    from django.utils import timezone

    while timezone.now() < end:
        clock.move_to(min(timezone.now() + step, end))
        planner.plan()
        sender.deliver_due()
    sent = Reminder.objects.filter(message__state="sent").order_by("message__sent_at", "pk")
    return [(row.mail, row.person) for row in sent]


def planned(event) -> list[tuple]:
    """Return the ledger of ``event`` after a run of the planner: offset, mail, state."""
    planner.plan()
    rows = event.reminders.order_by("due_at", "pk")
    return [(row.offset_key, row.mail, row.state) for row in rows]


def read(message, language) -> tuple[str, str]:
    """Return subject and text of ``message`` as somebody reads it in ``language``.

    It must have one button, and nothing in it may be left untold.
    """
    message.recipient.language = language
    mail = render(message)
    assert mail.html.count('class="action"') == 1
    assert not re.search(r"\bNone\b|\{\{|\*\*", mail.text)
    return mail.subject, " ".join(mail.text.split())
