"""Every consent that is asked is a row: her words, her language, when, where; never by default."""

import pytest
from django.forms import CheckboxInput
from django.urls import reverse
from django.utils import timezone, translation

from applications.forms.application import ConsentForm
from applications.models import Insight, Interview, Status
from applications.services import assessments, intake
from cops import services as cops_services
from cops.forms import RegistrationForm
from notifications.models import Consent
from tests.factories import (
    ApplicationFactory,
    ConsentFactory,
    FocusAreaVersionFactory,
    InsightFactory,
    InterviewFactory,
    PanelistFactory,
    PersonFactory,
    StaffFactory,
    WebinarFactory,
)

pytestmark = pytest.mark.django_db

QUOTE, NEWS, DATA = Consent.Purpose.QUOTE, Consent.Purpose.NEWS, Consent.Purpose.DATA

IN_HER_WORDS = {
    "en": "First Work may quote what I say in the interview, without my name.",
    "fr": "First Work peut citer ce que je dis en entrevue, sans mon nom.",
}


def page(response):
    return response.content.decode()


def rows():
    return sorted(Consent.objects.values_list("purpose", "language", "source"))


def held(**facts):
    """An interview with somebody on its panel, ready to be noted."""
    interview = InterviewFactory(application__status=Status.INTERVIEW, **facts)
    seat = PanelistFactory(slot__cohort=interview.application.cohort)
    Interview.objects.filter(pk=interview.pk).update(
        slot=seat.slot, event=interview.deadline, status=Interview.Status.BOOKED
    )
    interview.refresh_from_db()
    area = FocusAreaVersionFactory(cohort=interview.application.cohort).focus_area
    typed = {"focus_area": area.pk, "sort": "priority", "theme": "Transport", "text": "No bus."}
    return interview, seat.person, typed


@pytest.mark.parametrize("language", ["en", "fr"])
def test_that_she_may_be_quoted_is_a_consent_in_her_language(client, language):
    interview, interviewer, typed = held(application__interview_language=language)
    client.force_login(interviewer)

    client.post(
        reverse("applications:interview-insight", args=[interview.uuid]),
        {**typed, "quotable": "on"},
    )

    consent = Consent.objects.get()
    assert (consent.person, consent.purpose, consent.wording, consent.language) == (
        interview.application.person,
        QUOTE,
        IN_HER_WORDS[language],
        language,
    )
    assert consent.source == f"interview {interview.application.reference}"
    assert Insight.objects.with_consent().get().may_be_quoted


def test_who_did_not_say_so_is_not_quoted(client):
    interview, interviewer, typed = held()
    client.force_login(interviewer)

    client.post(reverse("applications:interview-insight", args=[interview.uuid]), typed)

    assert not Consent.objects.exists()
    assert not Insight.objects.with_consent().get().may_be_quoted


def test_who_takes_it_back_is_not_quoted_from_that_moment_on(client):
    interview, interviewer, _typed = held()
    assessments.keep(
        InsightFactory.build(
            interview=interview,
            author=interviewer,
            focus_area=FocusAreaVersionFactory().focus_area,
            quotable=True,
        )
    )
    address = interview.get_absolute_url()
    client.force_login(interviewer)
    before = page(client.get(address))

    Consent.objects.get().withdraw()

    assert [word in before for word in ("may be quoted", "not to be quoted")] == [True, False]
    assert "not to be quoted" in page(client.get(address))


def test_a_tick_alone_quotes_nobody():
    InsightFactory(quotable=True)
    ConsentFactory(purpose=QUOTE)  # of somebody else

    assert not Insight.objects.with_consent().get().may_be_quoted


def correct(client, insight):
    """File ``insight`` under another theme at the desk, and try to tick that it may be quoted."""
    return client.post(
        reverse("admin:applications_insight_change", args=[insight.pk]),
        {"focus_area": insight.focus_area_id, "sort": "priority", "theme": "X", "quotable": "on"},
    )


@pytest.mark.parametrize("quotable", [True, False])
def test_staff_who_correct_an_insight_agree_to_nothing_for_her(client, sign_in, quotable):
    insight = InsightFactory(quotable=quotable)
    sign_in(client, StaffFactory())

    correct(client, insight)

    insight.refresh_from_db()
    assert (insight.theme, insight.quotable) == ("X", quotable)
    assert rows() == []


def test_a_consent_to_be_quoted_that_was_taken_back_outlives_a_correction(client, sign_in):
    interview, interviewer, typed = held()
    client.force_login(interviewer)
    client.post(
        reverse("applications:interview-insight", args=[interview.uuid]),
        {**typed, "quotable": "on"},
    )
    Consent.objects.get().withdraw()
    sign_in(client, StaffFactory())

    correct(client, Insight.objects.get())

    insight = Insight.objects.with_consent().get()
    assert (insight.theme, insight.quotable, insight.may_be_quoted) == ("X", True, False)
    assert not Consent.objects.live().exists()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("news", [True, False])
def test_an_application_writes_what_was_ticked_and_no_more(language, news):
    application = ApplicationFactory(
        status=Status.SUBMITTED, awaits_confirmation=True, agrees_to_use=True, wants_news=news
    )

    with translation.override(language):
        intake.confirm(application)

    source = f"application {application.reference}"
    assert rows() == [(purpose, language, source) for purpose in ([DATA, NEWS] if news else [DATA])]


def test_a_registration_writes_her_consents_when_it_is_she_who_registers():
    webinar, person = WebinarFactory(), PersonFactory()

    cops_services.register(
        webinar, email=person.email, name="N", by=person, consent_wording="Use it.",
        news_wording="Write to me.",
    )  # fmt: skip

    assert sorted(Consent.objects.values_list("purpose", "wording", "source")) == [
        (DATA, "Use it.", f"webinar {webinar.slug}"),
        (NEWS, "Write to me.", f"webinar {webinar.slug}"),
    ]


def test_agreeing_again_keeps_the_first_row_and_after_taking_it_back_makes_a_new_one():
    webinar, person = WebinarFactory(), PersonFactory()
    typed = {"email": person.email, "name": "N", "by": person, "consent_wording": "First."}
    cops_services.register(webinar, **typed)
    cops_services.register(WebinarFactory(), **{**typed, "consent_wording": "Second."})
    assert [consent.wording for consent in Consent.objects.all()] == ["First."]

    Consent.objects.get().withdraw()
    cops_services.register(WebinarFactory(), **{**typed, "consent_wording": "Third."})

    assert [consent.wording for consent in Consent.objects.live()] == ["Third."]
    assert Consent.objects.filter(withdrawn_at__lte=timezone.now()).count() == 1


@pytest.mark.parametrize("form", [RegistrationForm, ConsentForm], ids=lambda form: form.__name__)
def test_nothing_is_ticked_before_she_ticks_it(form):
    boxes = {
        name: field.initial
        for name, field in form.base_fields.items()
        if isinstance(field.widget, CheckboxInput)
    }

    assert len(boxes) == 2
    assert not any(boxes.values())
