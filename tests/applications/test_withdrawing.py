"""Who withdraws hears it in writing, whoever she asked hears it too; she may begin again."""

from contextlib import nullcontext
from threading import Barrier

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from accounts import links
from accounts.lifecycle import InvalidTransition
from applications.models import Application, Question, Status
from applications.services import again, selection
from cops.models import Program
from notifications import sender
from notifications.models import Consent, Message
from notifications.render import NoLongerTrue, render
from tests.applications.applying import complete
from tests.concurrency import at_once
from tests.factories import (
    AnswerFactory,
    ApplicationFactory,
    CohortFactory,
    FocusAreaVersionFactory,
    PersonFactory,
    QuestionFactory,
    SupportFactory,
    days,
)

pytestmark = pytest.mark.django_db
SENT, QUEUED = Message.State.SENT, Message.State.QUEUED


def withdraw(application):
    selection.withdraw_application(application, by=application.person)
    application.refresh_from_db()
    return application


def words(text):
    return " ".join(text.split())


def asked(application, state=SENT, **facts):
    """A supervisor whose question is ``state`` of the outbox."""
    support = SupportFactory(application=application, **facts)
    key = f"support-asked:{support.pk}"
    Message.objects.create(
        kind="support-asked", dedupe_key=key, message_id=f"<{key}>", recipient=support.person,
        state=state, context={"support": support.pk, "application": application.pk},
    )  # fmt: skip
    return support


def written_by(person, **facts):
    """A complete application of ``person`` with one of everything, a file too."""
    cohort = FocusAreaVersionFactory(cohort=CohortFactory()).cohort
    application = complete(ApplicationFactory(cohort=cohort, person=person, **facts))
    Application.objects.filter(pk=application.pk).update(
        motivation="Fewer forms", access_needs="Captions", wants_news=True
    )
    application.experiences.create(
        program=Program.objects.get(key="other"), named="Skills Ahead", years=3, part="refer"
    )
    plan = AnswerFactory(
        application=application,
        question=QuestionFactory(cohort=cohort, kind=Question.Kind.FILE),
        value="plan.pdf",
    )
    plan.file.save("plan.pdf", ContentFile(b"%PDF-1"))
    AnswerFactory(
        application=application, question=QuestionFactory(cohort=cohort), value="A shared list"
    )
    application.refresh_from_db()
    return application


# -------------------------------------------------------------------------- she, and whom she asked


@pytest.mark.parametrize(
    ("language", "subject"),
    [("en", "Your application {} is withdrawn"), ("fr", "Votre candidature {} est retirée")],
)
def test_she_has_it_in_writing(language, subject):
    application = ApplicationFactory(
        status=Status.IN_REVIEW, person=PersonFactory(language=language)
    )

    withdraw(application)

    mail = render(Message.objects.get(kind="application-withdrawn"))
    assert mail.subject == subject.format(application.reference)


def test_what_was_never_confirmed_is_dropped_without_a_word():
    withdraw(ApplicationFactory(awaits_confirmation=True))

    assert Message.objects.count() == 0


def test_once_she_is_back_it_is_no_longer_true():
    application = withdraw(ApplicationFactory(status=Status.SUBMITTED))
    Application.objects.update(status=Status.SUBMITTED)

    with pytest.raises(NoLongerTrue):
        render(Message.objects.get(kind="application-withdrawn", recipient=application.person))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("", "The question about the hours needs no answer any more."),
        ("yes", "Your answer about the hours no longer counts for anything"),
    ],
)
def test_whom_she_asked_hears_that_no_answer_is_needed_and_nothing_else(answer, said):
    application = ApplicationFactory(
        status=Status.SUBMITTED, motivation="What nobody else may read", town="Kenora"
    )
    support = asked(application, answer=answer)
    selection.withdraw_application(application, by=application.person, reason="A new job")

    message = Message.objects.get(kind="support-withdrawn")
    mail = render(message)
    assert message.recipient == support.person
    assert said in words(mail.text)
    for secret in ("What nobody else", "Kenora", application.reference, "A new job"):
        assert secret not in mail.text + mail.subject


def test_who_was_not_asked_yet_or_is_asked_no_more_hears_nothing(mailoutbox):
    application = ApplicationFactory(status=Status.SUBMITTED)
    asked(application, QUEUED)
    asked(application).take_back()

    withdraw(application)
    sender.deliver_due()

    assert [mail.to for mail in mailoutbox] == [[application.person.email]]


@pytest.mark.parametrize(
    ("state", "hears"), [(Message.State.UNKNOWN, True), (Message.State.FAILED, False)]
)
def test_whom_the_question_may_have_reached_hears_of_it_and_she_reads_so(state, hears):
    application = ApplicationFactory(status=Status.SUBMITTED)
    asked(application, state)

    withdraw(application)

    hers = render(Message.objects.get(kind="application-withdrawn"))
    assert ("supervisor" in hers.text) == hears
    with nullcontext() if hears else pytest.raises(NoLongerTrue):
        render(Message.objects.get(kind="support-withdrawn"))


def test_the_link_of_the_supervisor_leads_to_a_page_that_asks_nothing_any_more(client):
    application = ApplicationFactory(status=Status.SUBMITTED)
    support = asked(application)
    withdraw(application)
    token = links.url(support.person, "applications:support", support.uuid)

    page = client.get(token[token.index("/go/") :], follow=True)
    answered = client.post(support.get_absolute_url(), {"answer": "yes", "words": "", "phone": ""})

    support.refresh_from_db()
    assert f"{application.person.name} has withdrawn this application." in words(page.text)
    assert "No answer is needed any more" in page.text
    assert "asks for your support" not in page.text
    assert "Send my answer" not in page.text
    assert (answered.status_code, support.answer) == (409, "")


def test_of_an_answer_no_longer_needed_nobody_has_just_been_told(client):
    application = ApplicationFactory(status=Status.SUBMITTED)
    support = asked(application, answer="yes")
    withdraw(application)
    token = links.url(support.person, "applications:support", support.uuid)

    page = words(client.get(token[token.index("/go/") :], follow=True).text)

    assert f"{application.person.name} has withdrawn this application." in page
    assert "has been told" not in page


@pytest.mark.parametrize("has_asked", [True, False])
def test_before_she_withdraws_she_reads_what_a_supervisor_hears(client, sign_in, has_asked):
    application = ApplicationFactory(status=Status.SUBMITTED)
    if has_asked:
        asked(application)
    sign_in(client, application.person)

    page = words(client.get(f"/applications/{application.uuid}/withdraw/").text)

    assert ("A supervisor you asked hears that you have withdrawn" in page) is has_asked


def withdraw_twice(application) -> list:
    copies = [Application.objects.get(pk=application.pk) for _each in range(2)]
    return at_once(
        *[lambda copy=copy: selection.withdraw_application(copy, by=copy.person) for copy in copies]
    )


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_withdrawn_twice_at_once_it_is_told_once():
    application = ApplicationFactory(status=Status.SUBMITTED)

    results = withdraw_twice(application)

    assert sorted(map(type, results), key=str) == [type(None), InvalidTransition]
    assert Message.objects.filter(kind="application-withdrawn").count() == 1


# --------------------------------------------------------------------------------------- once more


def by_link(application):
    client = Client()
    token = links.url(application.person, "applications:application", application.uuid)
    client.get(token[token.index("/go/") :])
    return client


def press(client, application):
    return client.post(reverse("applications:application-again", args=[application.uuid]))


def signed_in(application):
    client = Client()
    client.force_login(application.person)
    return client


@pytest.mark.parametrize("comes", [by_link, signed_in])
def test_she_begins_with_what_she_wrote_and_agrees_anew(comes):
    before = withdraw(written_by(PersonFactory()))
    stood = Application.objects.filter(pk=before.pk).values().get()
    client = comes(before)

    response = press(client, before)

    new = Application.objects.exclude(pk=before.pk).get()
    page = client.get(response.url)
    assert response.url == reverse("applications:application-edit", args=[new.uuid])
    assert f"This begins with what you wrote in {before.reference}, files too." in page.text
    assert (new.status, new.motivation, new.access_needs, new.availability) == (
        Status.DRAFT, "Fewer forms", "Captions", ["mon-am"],
    )  # fmt: skip
    assert (new.agrees_to_use, new.wants_news) == (False, False)
    assert new.wishes == before.wishes
    assert new.programs == ["Skills Ahead (3 years, referral)"]
    told = [(answer.question, answer.value) for answer in new.answers.all()]
    assert told == [(answer.question, answer.value) for answer in before.answers.all()]
    assert Application.objects.filter(pk=before.pk).values().get() == stood
    assert Consent.objects.count() == 0


def test_a_file_is_a_copy_of_its_own():
    before = withdraw(written_by(PersonFactory()))

    new, _before = again.start(before.cohort, before.person)

    old, copy = (each.answers.exclude(file="").get().file for each in (before, new))
    assert copy.name != old.name
    with old.open(), copy.open():
        assert copy.read() == old.read() == b"%PDF-1"


def test_the_way_through_the_call_begins_with_it_too(client):
    before = withdraw(written_by(PersonFactory()))
    client.force_login(before.person)

    client.post(reverse("applications:apply-start", args=[before.cohort.slug]))

    new = Application.objects.exclude(pk=before.pk).get()
    assert (new.motivation, new.agrees_to_use) == ("Fewer forms", False)


def test_what_a_stranger_typed_into_a_draft_is_not_copied():
    before = withdraw(written_by(PersonFactory(), awaits_confirmation=True))

    new, begins_with = again.start(before.cohort, before.person)

    assert (new.motivation, begins_with) == ("", None)


def test_what_stands_open_is_gone_on_with_and_stays_as_it_is():
    before = withdraw(written_by(PersonFactory()))
    open_one = ApplicationFactory(cohort=before.cohort, person=before.person, motivation="Newer")

    found, begins_with = again.start(before.cohort, before.person)

    assert (found, found.motivation, begins_with) == (open_one, "Newer", None)


def test_a_stranger_begins_nothing():
    before = withdraw(written_by(PersonFactory()))
    stranger = Client()
    stranger.force_login(PersonFactory())

    assert press(stranger, before).status_code == 404
    assert Application.objects.count() == 1


def test_what_was_not_withdrawn_is_not_begun_again():
    standing = written_by(PersonFactory())

    response = press(signed_in(standing), standing)

    assert response.url == standing.get_absolute_url()
    assert Application.objects.count() == 1


def test_once_the_call_is_closed_it_is_too_late():
    before = withdraw(written_by(PersonFactory()))
    type(before.cohort).objects.update(closes_at=days(-1))

    response = press(signed_in(before), before)

    assert (response.url, Application.objects.count()) == (before.get_absolute_url(), 1)


def begin_twice(before) -> int:
    at_once(*[lambda: again.start(before.cohort, before.person)] * 2)
    return before.cohort.applications.exclude(pk=before.pk).count()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_pressed_twice_at_once_it_is_one_draft_with_one_of_each_answer():
    before = withdraw(written_by(PersonFactory()))

    assert begin_twice(before) == 1
    assert before.cohort.applications.exclude(pk=before.pk).get().answers.count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_row_of_its_person_held_the_second_press_would_fail(monkeypatch):
    before = withdraw(written_by(PersonFactory()))
    both, start_own = Barrier(2, timeout=10), again.intake.start_own

    def together(*args):
        both.wait()
        return start_own(*args)

    users = type(again.User.objects)
    monkeypatch.setattr(users, "select_for_update", lambda self: self.all())
    monkeypatch.setattr(again.intake, "start_own", together)

    results = at_once(*[lambda: again.start(before.cohort, before.person)] * 2)

    assert [type(each) for each in results] != [tuple, tuple]
