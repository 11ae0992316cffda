"""The day after a webinar: its recording, to who came and in other words to who did not."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from cops.services import register
from notifications import calendar, outbox, planner
from notifications.models import Invitee, Reminder
from notifications.render import NoLongerTrue, render
from tests.factories import PersonFactory, WebinarFactory
from tests.reminding import read, sent_until

pytestmark = pytest.mark.django_db

START = datetime(2027, 2, 1, 15, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def webinar(clock):
    """Held on Tuesday 2 February at 1 p.m.: Amal came, Bo did not, of Cleo nothing is noted."""
    webinar = WebinarFactory(event__wall=datetime(2027, 2, 2, 13, 0), event__minutes=60)
    for name, attendance in (("Amal", "present"), ("Bo", "absent"), ("Cleo", "")):
        person = PersonFactory(name=name)
        register(webinar, email=person.email, name=name, consent_wording="Yes.", by=person)
        Invitee.objects.filter(event=webinar.event, person=person).update(attendance=attendance)
    return webinar


def record(webinar, **facts):
    for name, value in facts.items():
        setattr(webinar, name, value)
    webinar.save()


def about_recordings(mails):
    told = {"webinar-recording", "webinar-missed"}
    return {(kind, person.name) for kind, person in mails if kind in told}


def test_the_recording_goes_the_next_day_in_other_words_to_who_did_not_come(clock, webinar):
    record(webinar, recording_url="https://video.example/1")

    mails = sent_until(clock, datetime(2027, 2, 4, 12, tzinfo=UTC))

    assert about_recordings(mails) == {
        ("webinar-recording", "Amal"),
        ("webinar-missed", "Bo"),
        ("webinar-recording", "Cleo"),
    }
    due = Reminder.objects.filter(offset_key="+1d").values_list("due_at", flat=True)
    assert set(due) == {datetime(2027, 2, 3, 19, tzinfo=UTC)}


def test_nothing_goes_while_there_is_no_recording_and_the_ledger_says_why(clock, webinar):
    sent_until(clock, datetime(2027, 2, 5, 12, tzinfo=UTC))
    waiting = Reminder.objects.filter(offset_key="+1d").values_list("state", "reason")
    reasons = set(waiting)

    record(webinar, slides_url="https://slides.example/1")
    mails = sent_until(clock, datetime(2027, 2, 6, 12, tzinfo=UTC))

    assert reasons == {("planned", "waits: the webinar has no recording and no slides yet")}
    assert len(about_recordings(mails)) == 3


def test_a_recording_that_comes_after_a_week_is_too_late_and_the_ledger_says_why(clock, webinar):
    sent_until(clock, datetime(2027, 2, 12, 12, tzinfo=UTC), step=timedelta(days=1))
    record(webinar, recording_url="https://video.example/1")

    planner.plan()

    lines = Reminder.objects.filter(offset_key="+1d").values_list("state", "reason")
    reason = "waits: the webinar has no recording and no slides yet"
    assert set(lines) == {("skipped-late", reason)}


def test_a_cancelled_webinar_has_no_recording(clock, webinar):
    record(webinar, recording_url="https://video.example/1")
    calendar.cancel(webinar.event)

    mails = sent_until(clock, datetime(2027, 2, 5, tzinfo=UTC))

    assert about_recordings(mails) == set()


@pytest.mark.parametrize(
    ("kind", "language", "subject", "said"),
    [
        ("webinar-recording", "en", "The recording: About", "Thank you for your interest"),
        ("webinar-recording", "fr", "L’enregistrement\u00a0: Les", "Merci de votre intérêt"),
        ("webinar-missed", "en", "You can still watch it: About", "something must have come up"),
        ("webinar-missed", "fr", "Vous pouvez encore le voir", "un empêchement"),
    ],
)
@pytest.mark.parametrize("what", ["recording_url", "slides_url", "both"])
def test_what_it_says_and_the_one_button_it_has(webinar, kind, language, subject, said, what):
    urls = {"recording_url": "https://video.example/1", "slides_url": "https://slides.example/1"}
    urls = urls if what == "both" else {what: urls[what]}
    record(webinar, **urls)
    message = outbox.write(kind, PersonFactory(), key="1", event=webinar.event)

    told, text = read(message, language)

    assert told.startswith(subject)
    assert said in text
    assert [url in text for url in urls.values()] == [True] * len(urls)


@pytest.mark.parametrize("kind", ["webinar-recording", "webinar-missed"])
@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "What was asked is answered in writing"), ("fr", "ont reçu une réponse écrite")],
)
def test_it_leads_to_the_answers_where_there_are_some(webinar, kind, language, said):
    record(webinar, recording_url="https://video.example/1")
    message = outbox.write(kind, PersonFactory(), key="1", event=webinar.event)
    webinar.answers.create(question_en="Hours?")
    before = said in read(message, language)[1]

    webinar.answers.update(answer_en="Five to ten.")
    text = read(message, language)[1]

    assert (before, said in text) == (False, True)
    assert f"{webinar.get_absolute_url()}#answers" in text


def test_a_recording_that_was_taken_away_is_not_sent(webinar):
    message = outbox.write("webinar-recording", PersonFactory(), key="1", event=webinar.event)

    with pytest.raises(NoLongerTrue):
        render(message)
