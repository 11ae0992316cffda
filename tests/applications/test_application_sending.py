"""Checking and sending, once, in time, and again after it was reopened."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from applications.models import Application, Status
from applications.services import intake
from notifications.models import Consent, Message
from tests.applications.applying import ABOUT, complete, save, seen_by, url
from tests.concurrency import at_once
from tests.factories import (
    ApplicationFactory,
    StaffFactory,
    days,
)

pytestmark = pytest.mark.django_db


def test_a_complete_draft_is_checked_and_sent(client, draft):
    complete(draft)

    check = client.get(draft.get_absolute_url()).content.decode()
    assert "Send my application" in check
    with time_machine.travel(days(1), tick=False):
        now = timezone.now()
        answer = client.post(f"{draft.get_absolute_url()}submit/")
    draft.refresh_from_db()

    assert answer.url == draft.get_absolute_url()
    assert (draft.status, draft.submitted_at) == (Status.SUBMITTED, now)
    assert [m.kind for m in Message.objects.all()] == ["application-received"]
    assert [c.purpose for c in Consent.objects.filter(person=draft.person)] == ["data"]


def test_what_she_consents_to_is_said_to_her_in_both_languages(client, draft):
    complete(draft)

    english, french = (
        client.get(f"{language}{draft.get_absolute_url()}").text for language in ("", "/fr")
    )

    for words in ("You agree that we use your answers", "You want our news by email"):
        assert words in english
    for words in (
        "Vous acceptez que nous utilisions vos réponses",
        "Vous souhaitez recevoir nos nouvelles par courriel",
    ):
        assert words in french


def test_each_part_is_changed_by_one_link(client, draft):
    complete(draft)

    page = client.get(draft.get_absolute_url())

    change = [section["url"] for section in page.context["sections"]]
    assert len(set(change)) == len(change) > 1
    assert re.findall(r'class="summary-change" href="(.+?)"', page.content.decode()) == change


def test_an_incomplete_draft_leads_to_what_is_missing(client, draft):
    assert client.get(draft.get_absolute_url()).url == url(draft)

    answer = client.post(f"{draft.get_absolute_url()}submit/")

    draft.refresh_from_db()
    assert (answer.url, draft.status) == (url(draft), Status.DRAFT)


def test_sending_twice_sends_once_and_says_nothing_alarming(client, draft):
    complete(draft)

    pages = [client.post(f"{draft.get_absolute_url()}submit/", follow=True) for _ in range(2)]

    assert draft.changes.count() == 1
    assert [m.level_tag for m in pages[1].context["messages"]] == []


def two_devices(draft):
    """Return the draft as a laptop and as a phone read it, before the address is confirmed."""
    Application.objects.filter(pk=complete(draft).pk).update(awaits_confirmation=True)
    return [Application.objects.get(pk=draft.pk) for _device in range(2)]


def assert_it_counts(draft):
    now = Application.objects.get(pk=draft.pk)
    assert (now.status, now.awaits_confirmation) == (Status.SUBMITTED, False)
    assert [consent.purpose for consent in Consent.objects.all()] == ["data"]


@pytest.mark.parametrize("is_sent_first", [True, False])
def test_what_one_device_does_the_other_need_not_know(draft, is_sent_first):
    laptop, phone = two_devices(draft)
    acts = [lambda: intake.submit(laptop), lambda: intake.confirm(phone)]

    for act in acts if is_sent_first else reversed(acts):
        act()

    assert_it_counts(draft)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_sent_and_confirmed_at_once_her_consents_are_kept(draft):
    laptop, phone = two_devices(draft)

    assert at_once(lambda: intake.submit(laptop), lambda: intake.confirm(phone)) == [None, None]

    assert_it_counts(draft)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_sending_twice_at_once_counts_and_mails_once():
    application = ApplicationFactory()
    copies = [Application.objects.select_related("cohort", "person").get() for _ in range(2)]

    results = at_once(*[lambda a=a: intake.submit(a) for a in copies])

    assert sorted(type(result).__name__ for result in results) == ["InvalidTransition", "NoneType"]
    assert application.changes.count() == 1
    assert Message.objects.count() == 1


@pytest.mark.parametrize(("seconds", "status"), [(-1, Status.SUBMITTED), (1, Status.DRAFT)])
def test_the_deadline_is_the_second_at_which_it_arrives(client, draft, seconds, status):
    complete(draft)
    closes_at = draft.cohort.closes_at

    with time_machine.travel(closes_at + timedelta(seconds=seconds), tick=False):
        client.post(f"{draft.get_absolute_url()}submit/")

    draft.refresh_from_db()
    assert draft.status == status


def test_after_the_call_has_closed_a_draft_is_read_but_neither_changed_nor_sent(client, draft):
    complete(draft)
    with time_machine.travel(days(11), tick=False):
        page = client.get(draft.get_absolute_url())
        changed = save(client, draft, "about", ABOUT | {"town": "Dryden"}, seen="x")
        sent = client.post(f"{draft.get_absolute_url()}submit/", follow=True)

    assert "cannot be sent" in page.content.decode()
    assert "Send my application" not in page.content.decode()
    draft.refresh_from_db()
    assert (changed.status_code, draft.town) == (409, "Kenora")
    assert changed.context["why"] == draft.why_closed
    assert changed.context["mailbox"] == draft.cohort.mailbox
    assert "Dryden" in [field.words for field in changed.context["fields"]]
    assert [str(message) for message in sent.context["messages"]] == [draft.why_closed]
    assert "Kenora" in sent.text


def test_reopened_by_staff_she_corrects_and_sends_again_also_after_closing(client, draft):
    complete(draft)
    client.post(f"{draft.get_absolute_url()}submit/")
    draft.refresh_from_db()
    first_sent = draft.submitted_at

    intake.reopen(draft, by=StaffFactory(), reason="The town is missing")
    with time_machine.travel(days(11), tick=False):
        save(client, draft, "about", ABOUT | {"town": "Dryden"}, seen=seen_by(draft, "about"))
        client.post(f"{draft.get_absolute_url()}submit/")

    draft.refresh_from_db()
    assert (draft.status, draft.town, draft.submitted_at) == ("submitted", "Dryden", first_sent)
    assert sorted(Message.objects.values_list("kind", flat=True)) == [
        "application-received", "application-received", "application-reopened",
    ]  # fmt: skip
