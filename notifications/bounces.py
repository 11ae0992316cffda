"""Addresses that do not take our mail: flagged once, heeded until staff have dealt with them."""

from django.db import transaction

from notifications.lanes import Lane
from notifications.models import Bounce, Message

# What need not be. Codes she asks for herself; letters, changes and cancellations she must get.
HELD_BACK = frozenset({Lane.REMINDER, Lane.NEWS})


def people_not_reached(batch: list[Message]) -> set[int]:
    """Return the ids of those, among the recipients, whose address bounces."""
    people = {message.recipient_id for message in batch if message.lane in HELD_BACK}
    if not people:
        return set()
    return set(Bounce.objects.open().filter(person__in=people).values_list("person_id", flat=True))


def refused(message: Message, address: str, answer: str) -> None:
    """Flag the address that the mail server refused for good while ``message`` was sent."""
    _flag(message, address, Bounce.Cause.REFUSED, answer, key=f"refused:{message.pk}")


def _flag(message, address, cause, answer, *, key) -> None:
    with transaction.atomic():
        Bounce.objects.get_or_create(
            key=key,
            defaults={
                "person": message.recipient,
                "address": address,
                "cause": cause,
                "answer": answer[:200],
                "message": message,
            },
        )
