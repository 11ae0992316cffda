"""What applicants and reviewers are written, in both languages, and what is no longer true."""

import pytest

from applications.models import Application, Status
from applications.services import intake
from applications.services import review as service
from notifications.models import Message
from notifications.render import NoLongerTrue, render
from tests.factories import (
    ApplicationFactory,
    CohortFactory,
    CohortRoleFactory,
    PersonFactory,
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
