"""Acting from a person's page in the admin: withdrawing, releasing, sending a link again."""

import html
import re

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts import clock
from accounts.lifecycle import InvalidTransition
from applications.models import Application, Offer, Status
from applications.services import asked
from notifications import outbox, sender
from notifications.models import Message
from tests.applications.person_page import applied, do, page_of, unbooked_and_late
from tests.applications.selecting import (
    booked,
    interviewing,
    invited,
    offered,
)
from tests.concurrency import at_once
from tests.factories import (
    AccessRequestFactory,
    OfferFactory,
    ReviewFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db


def verb_of(record, name):
    return reverse(f"admin:applications_{record._meta.model_name}_verb", args=[record.pk, name])


# Withdrawing on her behalf


def test_staff_withdraw_for_somebody_who_asks_and_all_that_hangs_on_it_ends(client, staff):
    interview = booked(interviewing())
    application = interview.application

    response = do(client, application, "withdraw", reason="New job.")

    application.refresh_from_db()
    interview.refresh_from_db()
    last = application.changes.last()
    assert (application.status, last.by, last.reason) == (Status.WITHDRAWN, staff, "New job.")
    assert interview.slot is None
    assert response.url == page_of(application.person)


def test_it_is_too_late_to_withdraw_a_place_that_is_taken(client, staff):
    offer = offered()
    Offer.objects.filter(pk=offer.pk).update(status=Offer.Status.ACCEPTED)

    do(client, offer.application, "withdraw")

    offer.application.refresh_from_db()
    assert offer.application.status == Status.OFFERED


# Releasing one decision


def test_one_decision_is_released_from_the_page_and_its_letter_shown_first(client, staff):
    application = applied()
    application.decide(Status.DECLINED, by=staff)

    response = do(client, application, "release")

    application.refresh_from_db()
    letter = Message.objects.get(kind="application-declined")
    assert (application.status, letter.state) == (Status.DECLINED, Message.State.DRAFT)
    assert response.url == f"/admin/notifications/message/review/?ids={letter.pk}"
    assert LogEntry.objects.get().get_change_message() == "Changed Release the decision."


def test_staff_read_which_decision_waits_and_who_noted_it(client, staff):
    application = applied()
    waiting = f"Noted by {staff}: not selected. Not released yet."

    do(client, application, "decide_decline", reason="Too few hours")
    noted = client.get(page_of(application.person))

    told = "Noted: not selected. The applicant does not know it before it is released."
    assert [str(message) for message in noted.context["messages"]] == [told]
    assert waiting in html.unescape(noted.text)
    assert "Release the decision: not selected" in noted.text
    assert "Take the decision back: not selected" in noted.text
    application.refresh_from_db()
    application.undecide()
    assert waiting not in html.unescape(client.get(page_of(application.person)).text)


def test_of_all_that_can_be_done_for_her_one_is_the_next_step(client, staff):
    application = applied()
    AccessRequestFactory(person=application.person)
    application.decide(Status.DECLINED, by=staff)

    page = client.get(page_of(application.person)).text

    leads = re.findall(r'class="button default"[^>]*>([^<]*)<', page)
    assert leads == ["Release the decision: not selected…"]
    folded = re.findall('<details class="more">(.*?)</details>', page, re.DOTALL)
    assert re.findall(r'class="button"[^>]*>([^<]*)<', html.unescape("".join(folded))) == [
        "Withdraw on the applicant’s behalf…",
        "Close, nothing to arrange…",
    ]


def test_when_it_was_decided_is_kept_and_told_to_staff(client, staff):
    application, now = applied(), timezone.now()

    with time_machine.travel(now, tick=False):
        do(client, application, "decide_decline", reason="Too few hours")
    page = client.get(page_of(application.person)).text
    of_application = client.get(
        reverse("admin:applications_application_change", args=[application.pk])
    ).text

    application.refresh_from_db()
    assert application.pending_at == now
    assert f'Not released yet. <span class="meta">{clock.spoken(now)}</span>' in page
    line = page.partition('class="person-timeline"')[2].partition("</li>")[0]
    told = [clock.spoken(now), "decided, not released yet: not selected", str(staff),
            "Too few hours"]  # fmt: skip
    assert [words for words in told if words not in html.unescape(line)] == []
    assert ">Decided</span>" in of_application


@pytest.mark.parametrize("end", ["undecide", "release", "withdraw"])
def test_a_decision_that_ended_leaves_nothing_behind(client, staff, end):
    application = applied()
    application.decide(Status.DECLINED, by=staff, reason="Too few hours")

    do(client, application, end, reason="x")

    application.refresh_from_db()
    left = {name: getattr(application, name) for name in Application.UNDECIDED}
    assert left == Application.UNDECIDED


def test_who_reads_blind_does_not_learn_what_was_decided(client, staff):
    application = applied()
    ReviewFactory(application=application, reviewer=staff)
    colleague = StaffFactory(name="Colleague Who Decides")
    application.decide(Status.DECLINED, by=colleague, reason="Zzyzx")

    hers = client.get(page_of(application.person)).text
    blind = client.get(reverse("admin:applications_application_change", args=[application.pk])).text

    for said in ("not selected", "Colleague Who Decides", "Zzyzx"):
        assert (said in hers, said in blind) == (False, False)


def test_the_page_of_a_decision_names_whom_and_what_becomes_of_the_interview(client, staff):
    interview = booked(interviewing(name_en="Spring"), name="Amrita Kaur")
    application, slot = interview.application, interview.slot
    when = clock.spoken(slot.starts_at, slot.zone)

    noting = client.get(verb_of(application, "decide_waitlist")).context
    application.decide(Status.WAITLISTED, by=staff)
    releasing = client.get(verb_of(application, "release")).context

    assert noting["subtitle"] == f"Amrita Kaur · Spring · {application.reference}"
    assert noting["consequence"] == (
        f"An interview is booked: {when}. It stays until the decision is released."
    )
    assert releasing["consequence"] == f"An interview is booked: {when}. It is cancelled."


def test_who_reads_blind_is_not_told_the_name_on_the_page_of_a_verb(client, staff):
    application = applied()
    ReviewFactory(application=application, reviewer=staff)

    page = client.get(verb_of(application, "withdraw"))

    assert "Amrita" not in page.text
    assert page.context["subtitle"].endswith(f" · {application.reference}")


def test_there_is_nothing_to_release_without_a_decision(client, staff):
    application = applied()

    do(client, application, "release")

    application.refresh_from_db()
    assert (application.status, Message.objects.count()) == (Status.IN_REVIEW, 0)


# Sending a link again

SENDS = {
    "send_link": (asked.send_application_link, applied, "application-link"),
    "send_booking": (
        asked.send_booking, lambda: invited(interviewing()), "application-interview",
    ),
    "send_booking, booked": (
        asked.send_booking, lambda: booked(interviewing()), "interview-booked",
    ),
    "send_again": (asked.send_offer, offered, "application-offered"),
}  # fmt: skip
TOO_LATE = {
    "send_link": lambda: applied(status=Status.DECLINED),
    "send_booking": lambda: unbooked_and_late().interview,
    "send_again": lambda: OfferFactory(status=Offer.Status.LAPSED),
}


@pytest.mark.parametrize("case", SENDS)
def test_staff_send_a_link_again_and_it_arrives(client, staff, case):
    _service, situation, kind = SENDS[case]
    record = situation()
    person = getattr(record, "application", record).person
    Message.objects.all().delete()

    response = do(client, record, case.partition(",")[0])
    sender.deliver_due()

    message = Message.objects.get()
    assert (message.kind, message.recipient, message.created_by, message.state) == (
        kind, person, staff, Message.State.SENT,
    )  # fmt: skip
    assert mail.outbox[0].to == [person.email]
    assert "/go/" in mail.outbox[0].body
    assert "/go/…" in message.body
    assert response.url == page_of(person)


@pytest.mark.parametrize("name", TOO_LATE)
def test_it_is_too_late_for_a_link_that_would_open_nothing(client, staff, name):
    record = TOO_LATE[name]()
    Message.objects.all().delete()

    do(client, record, name)

    assert not Message.objects.exists()
    with pytest.raises(InvalidTransition):
        SENDS[name][0](record, by=staff)


UNRELEASED = {
    "send_link": lambda: invited(interviewing()).application,
    "send_booking": lambda: invited(interviewing()),
    "send_booking, booked": lambda: booked(interviewing()),
    "send_again": offered,
}


@pytest.mark.parametrize("case", UNRELEASED)
def test_nothing_tells_a_decision_while_its_letter_is_a_draft(client, staff, case):
    service, name = SENDS[case][0], case.partition(",")[0]
    record = UNRELEASED[case]()
    application = getattr(record, "application", record)
    button = reverse(f"admin:applications_{record._meta.model_name}_verb", args=[record.pk, name])
    letter = Message.objects.get(dedupe_key=application.letter_key)
    others = Message.objects.exclude(pk=letter.pk).count()

    shown_before = button in client.get(page_of(application.person)).text
    do(client, record, name)
    with pytest.raises(InvalidTransition, match="still a draft"):
        service(record, by=staff)

    assert (letter.state, shown_before) == (Message.State.DRAFT, False)
    assert Message.objects.exclude(pk=letter.pk).count() == others
    outbox.release(Message.objects.filter(pk=letter.pk), by=staff)
    outbox.send_now(Message.objects.filter(pk=letter.pk))
    sender.deliver_due()
    assert button in client.get(page_of(application.person)).text
    do(client, record, name)
    assert Message.objects.exclude(pk=letter.pk).count() == others + 1


@pytest.mark.parametrize("who", ["nobody", "herself"])
@pytest.mark.parametrize("name", ["send_link", "withdraw", "release"])
def test_a_stranger_can_do_none_of_it(client, sign_in, who, name):
    application = applied()
    if who == "herself":
        sign_in(client, application.person)

    response = do(client, application, name)

    application.refresh_from_db()
    assert response.status_code in {302, 403}
    assert (application.status, Message.objects.count()) == (Status.IN_REVIEW, 0)


def test_the_link_says_where_it_stands_in_the_persons_language(staff):
    application = applied(status=Status.DRAFT)
    application.person.language = "fr"
    application.person.save()

    asked.send_application_link(application, by=staff)
    sender.deliver_due()

    letter = mail.outbox[0]
    assert letter.subject.startswith("Le lien vers votre candidature")
    assert "Vous avez commencé votre candidature" in " ".join(letter.body.split())


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("case", SENDS)
def test_two_colleagues_who_send_at_once_send_one_mail(case):
    service, situation, _kind = SENDS[case]
    record, staff = situation(), StaffFactory()
    Message.objects.all().delete()

    with time_machine.travel(timezone.now(), tick=False):
        results = at_once(*[lambda: service(record, by=staff)] * 2)

    assert results[0] == results[1]
    assert Message.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_key_two_colleagues_would_send_two(monkeypatch):
    record, staff = applied(), StaffFactory()
    keys = iter(["one", "two"])
    monkeypatch.setattr(asked, "again_key", lambda kind, record: next(keys))

    at_once(*[lambda: asked.send_application_link(record, by=staff)] * 2)

    assert Message.objects.count() == 2
