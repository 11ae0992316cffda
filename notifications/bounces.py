"""Addresses that do not take our mail: flagged once, heeded until staff have dealt with them.

What a provider calls back with is read by django-anymail, provider by provider.
"""

from hashlib import sha256

from django.core.exceptions import BadRequest
from django.db import transaction

from accounts.models import User
from notifications.consent import stop_news
from notifications.lanes import Lane
from notifications.models import Bounce, Message

# What need not be. Codes she asks for herself; letters, changes and cancellations she must get.
HELD_BACK = frozenset({Lane.REMINDER, Lane.NEWS})
# django-anymail's words for what a provider tells; of other events nothing is kept.
CAUSES = {
    "bounced": Bounce.Cause.BOUNCED,
    "rejected": Bounce.Cause.REFUSED,
    "complained": Bounce.Cause.COMPLAINT,
}


def people_not_reached(batch: list[Message]) -> set[int]:
    """Return the ids of those, among the recipients, whose address bounces."""
    people = {message.recipient_id for message in batch if message.lane in HELD_BACK}
    if not people:
        return set()
    return set(Bounce.objects.open().filter(person__in=people).values_list("person_id", flat=True))


def refused(message: Message, address: str, answer: str) -> None:
    """Flag the address that the mail server refused for good while ``message`` was sent."""
    _flag(
        message.recipient, address, Bounce.Cause.REFUSED, answer, message, f"refused:{message.pk}"
    )


def view_of(provider: str):
    """Return django-anymail's view for what ``provider`` calls back with; LookupError if none."""
    from anymail.urls import urlpatterns  # reads for a dozen providers: few processes need it

    for pattern in urlpatterns:
        if pattern.name == f"{provider}_tracking_webhook":
            return type("View", (_Careful, pattern.callback.view_class), {}).as_view()
    raise LookupError(provider)


class _Ear:
    """Stands where the view would send a signal: it hears each event, and nobody else does."""

    @staticmethod
    def send(*, sender, event, esp_name):
        if cause := CAUSES.get(event.event_type):
            take_down(event, cause, esp_name)


class _Careful:
    signal = _Ear

    def parse_events(self, request):
        try:
            return super().parse_events(request)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise BadRequest from error


def take_down(event, cause: str, provider: str) -> None:
    """Flag the address of one event that a provider tells of, however often it does.

    Who marks our mail as unwanted takes back that she wants news.
    """
    message = _message_of(event)
    by_address = User.objects.filter(email__iexact=event.recipient or "")
    person = message.recipient if message else by_address.first()
    if person is None:
        return
    facts = (event.event_type, event.recipient, event.message_id, event.timestamp)
    known_as = event.event_id or sha256(repr(facts).encode()).hexdigest()
    answer = event.mta_response or event.description or event.reject_reason or ""
    _flag(
        person,
        event.recipient or person.email,
        cause,
        answer,
        message,
        f"{provider}:{known_as}"[:200],
    )
    if cause == Bounce.Cause.COMPLAINT:
        stop_news(person, source="complaint")


def _message_of(event) -> Message | None:
    """Return the mail an event is about: by the mark we gave it, else by its Message-ID."""
    mark = (event.metadata or {}).get("message", "")
    found = Message.objects.select_related("recipient")
    return found.filter(message_id=f"<{mark}>").first() or (
        found.filter(message_id=event.message_id).first() if event.message_id else None
    )


def _flag(person, address, cause, answer, message, key) -> None:
    with transaction.atomic():
        Bounce.objects.get_or_create(
            key=key,
            defaults={
                "person": person,
                "address": address,
                "cause": cause,
                "answer": answer[:200],
                "message": message,
            },
        )
