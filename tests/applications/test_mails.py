"""What applicants and reviewers are written, in both languages, and what is no longer true."""

from html import unescape

import pytest
from django.utils.html import strip_tags

from applications.models import Application, Question, Status
from applications.services import intake
from applications.services import review as service
from notifications.models import Message
from notifications.render import NoLongerTrue, render
from tests.applications.applying import complete
from tests.factories import (
    ApplicationFactory,
    CohortFactory,
    CohortRoleFactory,
    FocusAreaVersionFactory,
    PersonFactory,
    QuestionFactory,
    StaffFactory,
    days,
)

pytestmark = pytest.mark.django_db


def mail(kind):
    return render(Message.objects.get(kind=kind))


def words(text):
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("language", "subject", "button"),
    [
        ("en", "Your draft application: Cohort X", "Open my draft"),
        ("fr", "Votre brouillon de candidature\u00a0: Cohorte X", "Ouvrir mon brouillon"),
    ],
)
def test_the_link_to_the_draft_comes_in_the_persons_language(language, subject, button):
    person = PersonFactory(language=language)
    intake.start_own(CohortFactory(name_en="Cohort X", name_fr="Cohorte X"), person)

    sent = mail("application-started")

    assert sent.subject == subject
    assert button in sent.html
    assert "/go/" in sent.text


def test_of_a_draft_that_is_sent_the_link_to_the_draft_is_no_longer_true():
    application = intake.start_own(CohortFactory(), PersonFactory())
    intake.submit(application)

    with pytest.raises(NoLongerTrue):
        mail("application-started")


def test_having_received_it_the_mail_says_what_comes_next_and_by_when():
    application = ApplicationFactory(
        cohort=CohortFactory(mailbox="cops@sample.example", contact_name="Robin Sample")
    )
    intake.submit(application)

    sent = mail("application-received")

    assert sent.subject == f"We have your application {application.reference}"
    assert sent.mailbox == "cops@sample.example"
    assert "Robin Sample" in sent.text
    for part in ("your application is read", "interviews of 45 minutes", "the groups are known"):
        assert part in words(sent.text)
    assert "72 hours" not in sent.text


def sent_by_her(**facts):
    """An application with an answer of each sort, sent a moment ago."""
    application = ApplicationFactory(**facts)
    FocusAreaVersionFactory(cohort=application.cohort)
    complete(application)
    staff_only = QuestionFactory(
        cohort=application.cohort, key="equity", reader=Question.Reader.STAFF
    )
    for_all = QuestionFactory(cohort=application.cohort, key="tools")
    application.answers.create(question=staff_only, value="I am Anishinaabe")
    application.answers.create(question=for_all, value="A *shared* list")
    Application.objects.filter(pk=application.pk).update(
        motivation="Fewer forms.\n\nMore talk.",
        access_needs="An interpreter",
        mail_language=application.person.language,
    )
    application.refresh_from_db()
    intake.submit(application)
    return application


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["About you", "Your name: Priya Raman", "Monday morning"]),
        ("fr", ["À propos de vous", "Votre nom : Priya Raman", "lundi matin"]),
    ],
)
def test_the_mail_that_it_is_received_holds_what_she_sent(language, said):
    sent_by_her(person=PersonFactory(language=language))

    sent = mail("application-received")

    text, html = words(sent.text), words(strip_tags(unescape(sent.html)))
    for part in [*said, "Fewer forms. / More talk.", "A *shared* list"]:
        assert part.casefold() in text.casefold()
        assert part.casefold() in html.casefold()


def test_what_only_staff_read_is_named_and_not_mailed():
    sent_by_her()

    sent = mail("application-received")

    for part in (sent.text, sent.html):
        assert "Anishinaabe" not in part
        assert "interpreter" not in part
    assert words(sent.text).count("answered; you read it on your page, not in email") == 2


def test_her_answers_wait_until_the_mailbox_is_known_to_be_hers():
    application = sent_by_her(awaits_confirmation=True)

    before = mail("application-received").text
    kinds_before = [message.kind for message in Message.objects.all()]
    intake.confirm(application)

    assert "Fewer forms." not in before
    assert "a copy of all that you sent comes to you" in words(before)
    assert kinds_before == ["application-received"]
    assert "Fewer forms." in mail("application-copy").text


def test_what_was_sent_again_is_what_the_mail_holds():
    application = sent_by_her()
    first = Message.objects.get(kind="application-received")
    intake.reopen(application, by=StaffFactory())
    Application.objects.update(motivation="Another thing")
    application.refresh_from_db()
    intake.submit(application)
    second = Message.objects.filter(kind="application-received").exclude(pk=first.pk).get()

    with pytest.raises(NoLongerTrue):
        render(first)
    assert "Another thing" in render(second).text
    assert [sorted(each.context) for each in (first, second)] == [["application", "sent"]] * 2


def test_given_back_the_mail_says_why():
    application = ApplicationFactory(status=Status.SUBMITTED)
    intake.reopen(application, by=StaffFactory(), reason="The town is missing")

    assert "The town is missing" in mail("application-reopened").text
    Application.objects.update(status=Status.SUBMITTED, submitted_at=days(0))
    with pytest.raises(NoLongerTrue):
        mail("application-reopened")


@pytest.mark.parametrize(
    ("number", "subject"), [(1, "1 application to read"), (3, "3 applications to read")]
)
def test_reviewers_learn_how_many_and_until_when_and_nothing_else(number, subject):
    cohort = CohortFactory(reviews_each=1)
    for each in range(number):
        person = PersonFactory(name="Amara Okafor", email=f"amara@kenora{each}.test")
        ApplicationFactory(
            cohort=cohort, person=person, status=Status.SUBMITTED, organization_name="Job Place"
        )
    CohortRoleFactory(cohort=cohort, person=PersonFactory(email="r@reader.test"))
    service.assign(cohort, by=StaffFactory())

    sent = mail("reviews-assigned")

    assert sent.subject == subject
    assert "11:59" in sent.text
    assert [word for word in ("Amara", "kenora", "Job Place") if word in sent.text] == []
