"""The webinar in September tells results: nobody is asked to apply, whatever the call says."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications import funnel
from cops import readiness, services, timeline
from notifications import outbox
from notifications.models import Invitee, Kind, Message, Role
from tests.factories import (
    CohortFactory,
    EventFactory,
    InviteeFactory,
    PersonFactory,
    RegistrationFactory,
    WebinarFactory,
    wall,
)
from tests.reminding import read

pytestmark = pytest.mark.django_db

TYPED = {"name": "Noor Example", "email": "noor@agency.test", "agrees": "on"}


def page(response):
    return response.content.decode()


@pytest.fixture
def cohort():
    return CohortFactory()


@pytest.fixture
def results(cohort):
    return WebinarFactory(cohort=cohort, kind="results", title_en="What came out of it")


def registered(webinar):
    return services.register(webinar, email=TYPED["email"], name="Noor", consent_wording="Yes.")


def guests(cohort):
    return set(cohort.closing.invitees.current().values_list("person__email", "role"))


def test_who_registers_for_results_is_no_guest_of_the_deadline(cohort, results):
    registered(results)

    assert guests(cohort) == set()


def test_a_registration_for_results_keeps_nobody_waiting_for_the_deadline(cohort, results):
    information = registered(WebinarFactory(cohort=cohort))
    registered(results)
    before = guests(cohort)

    services.cancel_registration(information)

    assert (before, guests(cohort)) == ({("noor@agency.test", Role.GUEST)}, set())


@pytest.mark.parametrize("kind", ["information", "results"])
def test_its_mails_do_not_speak_of_applying(cohort, kind):
    ahead = WebinarFactory(cohort=cohort, kind=kind)
    registered(ahead)
    held = WebinarFactory(
        cohort=cohort, kind=kind, recording_url="https://video.example/1",
        event=EventFactory(kind=Kind.WEBINAR, wall=wall(-2), minutes=60),
    )  # fmt: skip
    for mail in ("webinar-recording", "webinar-missed"):
        outbox.write(mail, PersonFactory(), key=mail, event=held.event)

    told = [read(message, "en")[1] for message in Message.objects.order_by("pk")]

    assert [("pplications for" in text) for text in told] == [kind == "information"] * 3


def test_its_pages_do_not_speak_of_applying(client, cohort, results):
    shown = page(client.get(results.get_absolute_url()))
    done = page(
        client.post(reverse("cops:webinar-register", args=[results.slug]), TYPED, follow=True)
    )

    assert "Results webinar" in shown
    assert "You are registered" in done
    assert [words in done for words in ("Read the call", "Apply")] == [False, False]


def test_a_results_webinar_that_is_over_leads_to_its_round(client, cohort):
    event = EventFactory(kind=Kind.WEBINAR, wall=wall(-2), minutes=60)
    over = WebinarFactory(cohort=cohort, kind="results", event=event)

    shown = page(client.get(over.get_absolute_url()))

    assert "About this round" in shown
    assert "The call has all that was said" not in shown


@pytest.mark.parametrize(("kind", "asks"), [("information", True), ("results", False)])
def test_its_registration_asks_for_no_organization(client, cohort, kind, asks):
    webinar = WebinarFactory(cohort=cohort, kind=kind)

    form = client.get(reverse("cops:webinar-register", args=[webinar.slug])).context["form"]

    assert ("organization" in form.fields) == asks


def late(cohort, kind):
    start = cohort.closes_at + timedelta(days=200)
    event = EventFactory(kind=Kind.WEBINAR, wall=start.replace(tzinfo=None), minutes=60)
    return WebinarFactory(cohort=cohort, kind=kind, event=event)


def test_it_may_take_place_after_the_closing_but_is_no_webinar_to_recruit_with(cohort):
    late(cohort, "results")
    alone = [lack.sentence for lack in readiness.missing(cohort)]
    late(cohort, "information")
    after = "A webinar takes place after applications close."

    both = [lack.sentence for lack in readiness.missing(cohort)]

    assert ("There is no webinar." in alone, after in alone) == (True, False)
    assert ("There is no webinar." in both, after in both) == (False, True)


def test_the_timeline_shows_it_by_its_name_after_the_closing(cohort):
    late(cohort, "results")

    names = [step.name for step in timeline.of(cohort).steps]

    assert names.count("Results webinar") == 1
    assert names.index("Results webinar") > names.index("Applications close")


def test_who_hears_results_is_no_part_of_the_way_in(cohort, results):
    person = PersonFactory()
    RegistrationFactory(webinar=results, person=person)
    InviteeFactory(
        event=results.event, person=person, role=Role.GUEST,
        attendance=Invitee.Attendance.PRESENT,
    )  # fmt: skip

    assert [number for _label, number, *_note in funnel.steps(cohort)[:2]] == [0, 0]
