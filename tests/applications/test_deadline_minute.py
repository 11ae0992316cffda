"""Hundreds send in the minute in which a call closes: each counts once, or not at all."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.forms.application import is_complete
from applications.models import Application, Status
from notifications.models import Message
from tests.applications.applying import complete
from tests.factories import ApplicationFactory, CohortFactory, FocusAreaVersionFactory

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]
PEOPLE, AT_ONCE, SECONDS_OPEN = 300, 6, 8
BETWEEN = timedelta(milliseconds=50)  # the check of the clock and the time that is written down


def submit_address(application) -> str:
    return reverse("applications:application-submit", args=[application.uuid])


def test_hundreds_who_send_as_the_call_closes_count_once_by_the_second_it_arrived(sign_in):
    cohort = CohortFactory()
    FocusAreaVersionFactory(cohort=cohort)
    senders = []
    for _number in range(PEOPLE):
        application = complete(ApplicationFactory(cohort=cohort))
        client = Client()
        sign_in(client, application.person)
        senders.append(
            (client, reverse("applications:application-submit", args=[application.uuid]))
        )
    closes_at = timezone.now() + timedelta(seconds=SECONDS_OPEN)
    type(cohort).objects.filter(pk=cohort.pk).update(closes_at=closes_at)
    answers = {}

    def send(part):
        for client, address in part:
            answers[address] = [client.post(address).status_code for _press in range(2)]
        connection.close()

    threads = [Thread(target=send, args=[senders[place::AT_ONCE]]) for place in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)

    sent = Application.objects.filter(status=Status.SUBMITTED)
    drafts = Application.objects.filter(status=Status.DRAFT)
    told = Message.objects.filter(kind="application-received")
    assert len(answers) == PEOPLE
    assert all(application.submitted_at < closes_at + BETWEEN for application in sent)
    assert all(is_complete(application) for application in drafts)
    assert sent.count() + drafts.count() == PEOPLE
    assert sorted(told.values_list("recipient", flat=True)) == sorted(
        sent.values_list("person", flat=True)
    )
    assert {status for pair in answers.values() for status in pair} == {302}
    assert sent.exists()
    assert drafts.exists()
