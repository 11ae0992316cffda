"""Somebody who applied, and her page in the admin with its buttons."""

from django.urls import reverse

from applications.models import Status
from notifications.models import Event
from tests.applications.selecting import interviewing, invited
from tests.factories import ApplicationFactory, PersonFactory, days


def page_of(person):
    return reverse("admin:person", args=[person.uuid])


def do(client, record, name, **facts):
    """Press a button on the person's page."""
    person = getattr(record, "application", record).person
    info = f"admin:applications_{record._meta.model_name}_verb"
    url = f"{reverse(info, args=[record.pk, name])}?next={page_of(person)}"
    return client.post(url, facts)


def applied(**facts):
    return ApplicationFactory(
        person=PersonFactory(name="Amrita Kaur"), name="Amrita Kaur", motivation="Week two",
        town="Kenora", **{"status": Status.IN_REVIEW, **facts},
    )  # fmt: skip


def unbooked_and_late():
    interview, passed = invited(interviewing()), days(-1)
    Event.objects.filter(pk=interview.deadline_id).update(starts_at=passed, ends_at=passed)
    return interview.application
