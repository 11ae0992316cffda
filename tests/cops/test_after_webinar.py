"""After a webinar: who came is read from a file, and what was asked is answered."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.urls import reverse

from accounts.lifecycle import InvalidTransition
from cops import services
from cops.models import WebinarAnswer
from notifications.models import Invitee, Kind, Role
from tests.concurrency import at_once
from tests.cops import zoom
from tests.factories import (
    EventFactory,
    InviteeFactory,
    PersonFactory,
    RegistrationFactory,
    WebinarFactory,
    wall,
)

pytestmark = pytest.mark.django_db


def url(webinar, name):
    return reverse("admin:cops_webinar_verb", args=[webinar.pk, name])


def page(response):
    return response.content.decode()


@pytest.fixture
def webinar():
    """Held three days ago, for Noor, Alex and Kim."""
    webinar = WebinarFactory(event=EventFactory(kind=Kind.WEBINAR, wall=wall(-3), minutes=60))
    for name in ("Noor", "Alex", "Kim"):
        person = PersonFactory(name=name, email=f"{name.lower()}@agency.test")
        RegistrationFactory(webinar=webinar, person=person)
        InviteeFactory(event=webinar.event, person=person, role=Role.GUEST)
    return webinar


REPORT = zoom.participants(
    ("N.", "noor@agency.test", 40), ("Alex", "home@mail.test", 40), ("Kim", "kim@agency.test", 4),
    ("Host", "host@firstwork.test", 62),
).encode()  # fmt: skip


def upload(client, webinar, content=REPORT, least=10):
    file = SimpleUploadedFile("report.csv", content)
    return client.post(url(webinar, "attendance_file"), {"file": file, "least": least})


def ticked(response) -> list[str]:
    matched = response.context["matched"]
    found = [*matched.came, *matched.by_name, *matched.short, *matched.absent]
    found += matched.missing
    marks = {each.invitee.pk: f'value="{each.invitee.pk}" id="present-{each.invitee.pk}" checked'
             for each in found}  # fmt: skip
    return [str(each.invitee.person) for each in found if marks[each.invitee.pk] in page(response)]


def note(client, webinar, *names, seen):
    keys = webinar.event.invitees.filter(person__name__in=names).values_list("pk", flat=True)
    return client.post(url(webinar, "attendance"), {"present": list(keys), "seen": seen})


def noted(webinar):
    return dict(webinar.event.invitees.values_list("person__name", "attendance"))


def test_a_file_is_shown_first_and_noted_by_a_second_press(client, staff, webinar):
    shown = upload(client, webinar)
    before = noted(webinar)
    done = note(client, webinar, *ticked(shown), "Alex", seen=shown.context["seen"])

    assert ticked(shown) == ["Noor"]
    assert "Host, host@firstwork.test, 62 minutes" in " ".join(page(shown).split())
    assert before == {"Noor": "", "Alex": "", "Kim": ""}
    assert done.status_code == 302
    assert noted(webinar) == {"Noor": "present", "Alex": "present", "Kim": "absent"}


def test_the_same_file_twice_changes_nothing(client, staff, webinar):
    for _time in range(2):
        shown = upload(client, webinar)
        note(client, webinar, *ticked(shown), *["Alex"][_time:], seen=shown.context["seen"])

    assert noted(webinar) == {"Noor": "present", "Alex": "present", "Kim": "absent"}


def test_who_was_noted_late_stays_late(client, staff, webinar):
    webinar.event.invitees.filter(person__name="Kim").update(attendance=Invitee.Attendance.LATE)

    shown = upload(client, webinar)
    note(client, webinar, *ticked(shown), seen=shown.context["seen"])

    assert noted(webinar) == {"Noor": "present", "Alex": "absent", "Kim": "late"}


def test_who_did_not_attend_by_the_file_is_unticked_though_noted_before(client, staff, webinar):
    webinar.event.invitees.filter(person__name__in=["Alex", "Kim"]).update(
        attendance=Invitee.Attendance.PRESENT
    )
    report = zoom.attendees(("No", "Kim", "kim@agency.test", "--")).encode()

    shown = upload(client, webinar, report)
    note(client, webinar, *ticked(shown), seen=shown.context["seen"])

    assert "In the file, did not attend (1)" in page(shown)
    assert "the file says otherwise" in page(shown)
    assert noted(webinar) == {"Noor": "absent", "Alex": "present", "Kim": "absent"}


def test_fewer_minutes_may_count_as_having_come(client, staff, webinar):
    assert ticked(upload(client, webinar, least=4)) == ["Kim", "Noor"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"\x00\x01", "This is no text."),
        (b"one,two\n", "No line of this file has the headings"),
        (b"Name,Duration\n" + b"a,1\n" * 100_000, "The file has more than 5000 lines"),
        (b"x" * 3_000_000, "The file is larger than 2 MB"),
    ],
)
def test_what_is_no_report_is_refused_at_its_field(client, staff, webinar, content, words):
    refused = upload(client, webinar, content)

    [error] = refused.context["form"].errors["file"]
    assert (refused.status_code, error.startswith(words)) == (200, True)


def test_no_file_and_no_minutes_are_said_at_their_fields(client, staff, webinar):
    refused = client.post(url(webinar, "attendance_file"), {"least": "many"})

    assert set(refused.context["form"].errors) == {"file", "least"}


@pytest.mark.parametrize("state", ["ahead", "cancelled"])
def test_before_it_begins_and_once_it_is_cancelled_nobody_came(client, staff, webinar, state):
    if state == "ahead":
        webinar = WebinarFactory()
    else:
        type(webinar.event).objects.update(cancelled_at=webinar.event.starts_at)

    with pytest.raises(InvalidTransition):
        services.note_attendance(webinar.event, [])
    answers = [client.get(url(webinar, name)) for name in ("attendance", "attendance_file")]
    answers.append(upload(client, webinar))

    assert [answer.status_code for answer in answers] == [302, 302, 409]
    assert set(noted(webinar).values()) <= {""}


def test_a_stranger_reads_no_file_and_notes_nobody(client, webinar):
    client.force_login(PersonFactory())

    answers = [upload(client, webinar), note(client, webinar, "Noor", seen="")]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert set(noted(webinar).values()) == {""}


def test_what_somebody_else_noted_meanwhile_is_not_overwritten(client, staff, webinar):
    shown = upload(client, webinar)
    services.note_attendance(webinar.event, [])

    refused = note(client, webinar, "Noor", seen=shown.context["seen"])

    assert refused.status_code == 409
    assert "Somebody else has just noted who came." in page(refused)
    assert noted(webinar) == {"Noor": "absent", "Alex": "absent", "Kim": "absent"}


def note_both_at_once(webinar, monkeypatch):
    both, told = Barrier(2), services.attendance_seen
    noor, alex, _kim = webinar.event.invitees.order_by("pk").values_list("pk", flat=True)
    seen = told(webinar.event)

    def slowly(event):
        answer = told(event)
        with suppress(BrokenBarrierError):
            both.wait(timeout=1)
        return answer

    monkeypatch.setattr(services, "attendance_seen", slowly)
    return at_once(
        *(lambda key=key: services.note_attendance(webinar.event, [key], seen=seen)
          for key in (noor, alex))
    )  # fmt: skip


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_note_at_once_the_second_is_told(webinar, monkeypatch):
    results = note_both_at_once(webinar, monkeypatch)

    assert sorted(type(result).__name__ for result in results) == ["InvalidTransition", "int"]
    assert sorted(noted(webinar).values()) == ["absent", "absent", "present"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_have_noted(webinar, monkeypatch):
    monkeypatch.setattr(services, "_alone_with", lambda event: event)

    assert InvalidTransition not in map(type, note_both_at_once(webinar, monkeypatch))


# ---------------------------------------------------------------------------------- Answers


def asked(webinar, question, **facts):
    person = PersonFactory(**facts)
    return RegistrationFactory(webinar=webinar, person=person, question=question)


def answers(webinar):
    return list(webinar.answers.values_list("position", "question_en", "question_fr", "answer_en"))


def test_questions_asked_in_advance_are_taken_over_once_and_without_names(client, staff, webinar):
    first = asked(webinar, "How many hours?", name="Noor Secret")
    second = asked(webinar, "Et en français ?", language="fr")
    same = asked(webinar, "How many hours?")
    asked(webinar, "Later?")

    shown = page(client.get(url(webinar, "questions")))
    for _time in range(2):
        client.post(url(webinar, "questions"), {"asked": [first.pk, second.pk, same.pk]})

    assert ("How many hours?" in shown, "Noor Secret" in shown) == (True, False)
    assert answers(webinar) == [(1, "How many hours?", "", ""), (2, "", "Et en français ?", "")]
    assert [each.question for each in webinar.registrations.to_answer()] == ["Later?"]


def test_where_nothing_was_asked_nothing_is_offered(client, staff, webinar):
    offered = page(client.get(reverse("admin:cops_webinar_change", args=[webinar.pk])))

    assert url(webinar, "questions") not in offered
    assert client.get(url(webinar, "questions")).status_code == 302


def test_a_question_asked_anew_after_cancelling_can_be_taken_over_anew(webinar):
    ahead = WebinarFactory()
    typed = {"email": "noor@agency.test", "name": "N", "consent_wording": "Yes."}
    first = services.register(ahead, **typed, question="One?")
    services.take_questions(ahead, [first.pk])
    services.cancel_registration(first)

    services.register(ahead, **typed, question="Two?")

    assert [each.question for each in ahead.registrations.to_answer()] == ["Two?"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_a_question_over_at_once_one_does(webinar):
    key = asked(webinar, "How many hours?").pk

    results = at_once(*[lambda: services.take_questions(webinar, [key])] * 2)

    assert (sorted(results), len(answers(webinar))) == ([0, 1], 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_question_would_be_taken_over_twice(webinar, monkeypatch):
    key, both = asked(webinar, "How many hours?").pk, Barrier(2)
    create = type(webinar.answers).create

    def slowly(self, **facts):
        both.wait(timeout=5)
        return create(self, **facts)

    monkeypatch.setattr(services, "_locked", lambda webinar: webinar)
    monkeypatch.setattr(type(webinar.answers), "create", slowly)

    results = at_once(*[lambda: services.take_questions(webinar, [key])] * 2)

    assert results == [1, 1]


def test_everybody_reads_the_answers_once_the_webinar_is_over(client, webinar):
    ahead = WebinarFactory()
    for each in (webinar, ahead):
        each.answers.create(question_en="Hours?", question_fr="Heures ?", answer_en="Five to ten.")
        each.answers.create(question_en="Not answered yet?")

    over, before = (page(client.get(each.get_absolute_url())) for each in (webinar, ahead))

    told = ("Hours?", "Five to ten.", "Not answered yet?")
    assert [words in over for words in told] == [True, True, False]
    assert [words in before for words in told] == [False, False, False]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number_of_answers(
    client, webinar, rows, django_assert_num_queries
):
    for number in range(rows):
        webinar.answers.create(question_en=f"{number}?", answer_en="Yes.")

    with django_assert_num_queries(3):
        client.get(webinar.get_absolute_url())


def test_staff_answer_on_the_page_of_the_webinar_and_a_question_is_needed(client, staff, webinar):
    change = reverse("admin:cops_webinar_change", args=[webinar.pk])
    event = webinar.event
    facts = {
        "kind": webinar.kind, "slug": webinar.slug, "title_en": "About",
        "starts_at": event.local_start.strftime("%Y-%m-%dT%H:%M"), "minutes": 60,
        "zone": event.zone, "answers-TOTAL_FORMS": 1, "answers-INITIAL_FORMS": 0,
        "answers-0-webinar": webinar.pk, "answers-0-position": 1,
        "answers-0-answer_en": "Five to ten.",
    }  # fmt: skip

    refused = client.post(change, facts)
    without = answers(webinar)
    client.post(change, {**facts, "answers-0-question_en": "How many hours?"})

    assert "Write the question in English or in French." in page(refused)
    assert (without, answers(webinar)) == ([], [(1, "How many hours?", "", "Five to ten.")])


def test_the_database_keeps_no_answer_without_a_question(webinar):
    with pytest.raises(IntegrityError):
        WebinarAnswer.objects.create(webinar=webinar, answer_en="Yes.")
