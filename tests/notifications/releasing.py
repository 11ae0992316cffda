"""Drafts of a kind that only these tests know, and what is done to them."""

from datetime import timedelta

from django.urls import reverse

from notifications import outbox
from notifications.models import Message
from tests.factories import PersonFactory

State = Message.State
GONE_BY = timedelta(minutes=10, seconds=1)


def letters(number, by):
    return [outbox.draft("letter", PersonFactory(), key=f"l{n}", by=by) for n in range(number)]


def fresh(message):
    return Message.objects.select_related("recipient").get(pk=message.pk)


def verb(client, message, name):
    return client.post(reverse("admin:notifications_message_verb", args=[message.pk, name]))
