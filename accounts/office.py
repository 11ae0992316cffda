"""Who runs the site, as every page and mail says it: what staff wrote, else the environment.

A process reads the row at most once a minute, so that no page pays for it. Who writes it
calls ``write``; other processes follow within that minute.
"""

import time
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

FRESH_SECONDS = 60


@dataclass(frozen=True)
class Facts:
    """``convenor`` is the id of an organization, or None while nobody has chosen one."""

    name: str
    mailbox: str
    postal_address: str = ""
    phone: str = ""
    convenor: int | None = None
    mail_arrived_at: datetime | None = None


_kept: tuple[float, Facts | None] = (0.0, None)


def current() -> Facts:
    """Return the facts as they were at most a minute ago."""
    global _kept
    until, facts = _kept
    if facts is None or time.monotonic() >= until:
        facts = read()
        _kept = (time.monotonic() + FRESH_SECONDS, facts)
    return facts


def to_change() -> Facts:
    """Return the facts as they are, which nobody else writes before this transaction ends."""
    from accounts.models import Office

    Office.objects.get_or_create(pk=1, defaults=_first_said())  # without a row nothing is locked
    return read(lock=True)


def write(**facts) -> None:
    """Change what staff say of the office; the rest of its row stays."""
    from accounts.models import Office

    first = {**_first_said(), **facts}
    Office.objects.update_or_create(pk=1, defaults=facts, create_defaults=first)
    forget()


def forget() -> None:
    """Read the row anew when somebody next asks."""
    global _kept
    _kept = (0.0, None)


def of_environment() -> Facts:
    return Facts(
        name=settings.ORGANIZATION_NAME,
        mailbox=settings.MAILBOX,
        postal_address=settings.POSTAL_ADDRESS,
    )


def read(*, lock: bool = False) -> Facts:
    """Return the facts as they are at this moment."""
    from accounts.models import Office

    rows = Office.objects.select_for_update() if lock else Office.objects
    row, default = rows.first(), of_environment()
    if row is None:
        return default
    return Facts(
        name=row.name or default.name,
        mailbox=row.mailbox or default.mailbox,
        postal_address=row.postal_address or default.postal_address,
        phone=row.phone,
        convenor=row.convenor_id,
        mail_arrived_at=row.mail_arrived_at,
    )


def _first_said() -> dict:
    return {"name": settings.ORGANIZATION_NAME, "mailbox": settings.MAILBOX}
