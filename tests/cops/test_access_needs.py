"""Needs typed while registering for a webinar, or in an application."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications import tasks
from applications.models import Application, Status
from applications.services import intake, selection
from cops import access, services
from cops.models import AccessRequest
from notifications.models import Message
from tests.cops.asking import Source, State, ask, mails, owing, reviewed
from tests.factories import MessageFactory, PersonFactory, StaffFactory, WebinarFactory

pytestmark = pytest.mark.django_db


def test_a_need_typed_while_registering_is_a_request_of_its_own():
    webinar = WebinarFactory()

    registration = services.register(
        webinar, email="noor@agency.test", name="Noor", consent_wording="x", access_needs="Captions"
    )

    request = AccessRequest.objects.get()
    assert (request.person, request.words, request.source, request.about, request.cohort) == (
        registration.person,
        "Captions",
        Source.WEBINAR,
        webinar.slug,
        webinar.cohort,
    )
    assert request.deadline.starts_at < webinar.event.starts_at - timedelta(days=1)


def test_a_registration_without_needs_asks_for_nothing():
    services.register(
        WebinarFactory(), email="n@agency.test", name="N", consent_wording="x", access_needs=" "
    )

    assert not AccessRequest.objects.exists()


def test_cancelling_a_registration_takes_its_request_back_and_no_other():
    person = PersonFactory()
    typed = {"email": person.email, "name": "N", "consent_wording": "x", "access_needs": "Captions"}
    kept = services.register(WebinarFactory(), **typed)
    gone = services.register(WebinarFactory(), **typed)

    services.cancel_registration(gone)

    assert set(AccessRequest.objects.values_list("about", "status")) == {
        (kept.webinar.slug, State.OPEN),
        (gone.webinar.slug, State.WITHDRAWN),
    }


def test_a_flood_of_registrations_mails_staff_no_further(monkeypatch):
    monkeypatch.setattr(access, "AN_HOUR_MAX", 2)
    staff, webinar, known = StaffFactory(), WebinarFactory(), PersonFactory()
    typed = {"name": "N", "consent_wording": "x", "access_needs": "Captions"}

    for number in range(4):
        services.register(webinar, email=f"n{number}@agency.test", **typed)
    assert AccessRequest.objects.count() == 2
    assert mails("access-request-due") == [staff.email] * 2
    services.register(webinar, email=known.email, by=known, **typed)

    assert AccessRequest.objects.count() == 3
    assert set(webinar.registrations.values_list("access_needs", flat=True)) == {"Captions"}


def test_a_need_typed_in_an_application_is_asked_for_once_the_address_is_hers():
    application = reviewed(awaits_confirmation=True)
    assert not AccessRequest.objects.exists()

    intake.confirm(application)

    request = AccessRequest.objects.get()
    assert (request.person, request.words, request.source, request.about) == (
        application.person,
        "Large print",
        Source.APPLICATION,
        application.cohort.slug,
    )


def test_an_application_sent_again_brings_its_request_up_to_date():
    application = reviewed()
    intake._take_at_her_word(application)
    for words, expected in (
        ("Larger print", [("Larger print", State.OPEN)]),
        ("", [("Larger print", State.WITHDRAWN)]),
    ):
        application.access_needs = words
        intake._take_at_her_word(application)
        assert list(AccessRequest.objects.values_list("words", "status")) == expected


def test_what_was_answered_is_asked_again_only_in_other_words():
    application = reviewed()
    intake._take_at_her_word(application)
    access.answer(AccessRequest.objects.get(), "It is there.", by=StaffFactory())

    intake._take_at_her_word(application)
    assert AccessRequest.objects.count() == 1
    application.access_needs = "And captions"
    intake._take_at_her_word(application)

    assert list(AccessRequest.objects.open().values_list("words", flat=True)) == ["And captions"]


def test_withdrawing_an_application_takes_its_request_back():
    application = reviewed()
    intake._take_at_her_word(application)

    intake.withdraw(Application.objects.get(), by=application.person)

    assert AccessRequest.objects.get().status == State.WITHDRAWN


@pytest.mark.parametrize(
    ("letter", "end"),
    [
        ("draft", (State.OPEN, "", None)),
        ("queued", (State.OPEN, "", None)),
        ("cancelled", (State.OPEN, "", None)),
        ("sent", (State.WITHDRAWN, "The application was not selected.", None)),
    ],
)
def test_a_need_ends_with_a_declined_application_once_its_letter_has_gone(letter, end):
    staff, application = StaffFactory(), reviewed()
    intake._take_at_her_word(application)
    elsewhere = ask(application.person, cohort=application.cohort)
    Application.objects.update(status=Status.IN_REVIEW)
    application.refresh_from_db()
    application.decide(Status.DECLINED, by=staff)
    letters = selection.release(Application.objects.all(), by=staff)
    letters.update(state=letter)
    before = Message.objects.count()

    tasks.settle_needs()
    tasks.settle_needs()

    request = AccessRequest.objects.get(source=Source.APPLICATION)
    change = request.changes.first()
    assert (request.status, *((change.reason, change.by) if change else ("", None))) == end
    assert bool(owing(request)) == request.is_open
    assert owing(elsewhere) == {staff.email}
    assert Message.objects.count() == before


@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.INTERVIEW, Status.WAITLISTED])
def test_the_need_of_an_application_that_goes_on_stays(status):
    application = reviewed()
    intake._take_at_her_word(application)
    Application.objects.update(status=status)
    MessageFactory(dedupe_key=f"application-{status}:{application.pk}", state=Message.State.SENT)

    tasks.settle_needs()

    assert AccessRequest.objects.get().is_open


def test_calling_a_webinar_off_closes_what_was_asked_for_it_alone():
    person = PersonFactory()
    typed = {"email": person.email, "name": "N", "consent_wording": "x", "access_needs": "Captions"}
    off = services.register(WebinarFactory(), **typed)
    on = services.register(WebinarFactory(), **typed)
    own = ask(person)

    first = services.cancel_webinar(off.webinar, reason="The speaker is ill")
    second = services.cancel_webinar(off.webinar, reason="Once more")

    closed = AccessRequest.objects.with_webinar(off.webinar).get()
    assert (first, second) == (True, False)
    assert (closed.status, closed.changes.get().reason) == (
        State.WITHDRAWN, "The webinar is cancelled."
    )  # fmt: skip
    waiting = {AccessRequest.objects.with_webinar(on.webinar).get(), own}
    assert set(AccessRequest.objects.open()) == waiting
    off.webinar.event.refresh_from_db()
    assert off.webinar.event.cancel_reason == "The speaker is ill"


def test_so_does_calling_off_its_event(client, sign_in):
    sign_in(client, StaffFactory(is_superuser=True))
    typed = {"email": "n@x.test", "name": "N", "consent_wording": "x", "access_needs": "Captions"}
    webinar = services.register(WebinarFactory(), **typed).webinar
    verb = reverse("admin:notifications_event_verb", args=[webinar.event_id, "cancel"])

    for _press in range(2):
        client.post(verb, {"reason": "The speaker is ill"})

    closed = AccessRequest.objects.with_webinar(webinar).get()
    assert (closed.status, closed.changes.get().reason) == (
        State.WITHDRAWN, "The webinar is cancelled."
    )  # fmt: skip
    webinar.event.refresh_from_db()
    assert webinar.event.cancel_reason == "The speaker is ill"
    assert Message.objects.filter(kind="event-cancelled").count() == 1
