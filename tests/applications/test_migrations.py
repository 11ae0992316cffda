from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from applications.models import Status
from cops.models import AccessRequest
from notifications import calendar
from notifications.models import Invitee, Message
from tests.factories import (
    ApplicationFactory,
    EventFactory,
    RegistrationFactory,
    StaffFactory,
    wall,
)

pytestmark = pytest.mark.django_db

NEEDS = {"access_needs": "Captions"}


def test_needs_typed_before_there_were_requests_become_some_once():
    staff = StaffFactory()
    registration = RegistrationFactory(**NEEDS)
    application = ApplicationFactory(status=Status.IN_REVIEW, **NEEDS)
    RegistrationFactory(access_needs="")
    RegistrationFactory(cancelled_at=timezone.now(), **NEEDS)
    RegistrationFactory(webinar__event=EventFactory(kind="webinar", wall=wall(-1)), **NEEDS)
    calendar.cancel(RegistrationFactory(**NEEDS).webinar.event)
    ApplicationFactory(**NEEDS)
    ApplicationFactory(status=Status.DECLINED, **NEEDS)
    ApplicationFactory(status=Status.SUBMITTED, awaits_confirmation=True, **NEEDS)
    ask = import_module("applications.migrations.0003_ask_for_needs_typed_before").ask
    told = Message.objects.count()

    ask(apps, None)
    ask(apps, None)

    today = timezone.localdate()
    asked = AccessRequest.objects.order_by("source")
    assert [(r.person, r.source, r.about, r.words, r.deadline.local_on) for r in asked] == [
        (
            application.person, "application", application.cohort.slug, "Captions",
            today + timedelta(days=7),
        ),
        (
            registration.person, "webinar", registration.webinar.slug, "Captions",
            registration.webinar.event.local_on - timedelta(days=2),
        ),
    ]  # fmt: skip
    owed = Invitee.objects.current().filter(event__kind="access-due")
    assert list(owed.values_list("person", "role")) == [(staff.pk, "staff")] * 2
    assert Message.objects.count() == told
