"""What staff write down for somebody, and a copy of what was written."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.lifecycle import InvalidTransition
from accounts.models import User
from applications.models import Application, Status
from applications.services import entered, intake
from notifications import duties
from notifications.models import Consent, Invitee, Message
from notifications.render import render
from tests.applications.applying import complete, save, url
from tests.concurrency import at_once
from tests.factories import (
    AccessCodeFactory,
    ApplicationFactory,
    CohortFactory,
    CohortRoleFactory,
    FocusAreaVersionFactory,
    PersonFactory,
    StaffFactory,
    days,
)

pytestmark = pytest.mark.django_db

ADD = "/admin/applications/application/add/"
TOLD = {"name": "Priya Raman", "came_by": "phone", "language": "fr"}


@pytest.fixture
def cohort():
    return FocusAreaVersionFactory(cohort=CohortFactory()).cohort


@pytest.fixture
def staff(client, sign_in):
    person = StaffFactory(name="Robin Sample")
    sign_in(client, person)
    return person


def enter(cohort, by=None, **facts):
    address = facts.pop("address", "priya@kenora.test")
    return entered.enter(cohort, address, **TOLD | facts, by=by or StaffFactory())


def sent(cohort, by=None):
    application = complete(enter(cohort, by))
    intake.submit(application, by=application.entered_by)
    return application


def text_of(kind):
    return render(Message.objects.get(kind=kind)).text


def test_staff_enter_an_application_and_its_person_gets_a_copy(client, cohort, staff):
    begun = client.post(ADD, TOLD | {"cohort": cohort.pk, "address": "Priya@Kenora.test"})
    application = Application.objects.get()
    written = save(client, application, "ideas", {"motivation": "In her words", "later": "1"})
    answer = client.post(f"/applications/{complete(application).uuid}/submit/")

    application.refresh_from_db()
    assert (begun.url, written.status_code) == (url(application), 302)
    assert answer.url == f"/admin/applications/application/{application.pk}/change/"
    assert (application.status, application.awaits_confirmation) == (Status.SUBMITTED, False)
    assert (application.entered_by, application.changes.get().by) == (staff, staff)
    assert application.person.email == "priya@kenora.test"
    assert list(Message.objects.values_list("kind", "recipient__email")) == [
        ("application-entered", "priya@kenora.test")
    ]
    assert "Robin Sample" in text_of("application-entered")
    assert "Kenora Jobs" in text_of("application-entered")


def test_what_she_agreed_to_says_that_it_was_read_aloud_and_by_whom(cohort):
    application = sent(cohort, StaffFactory(name="Robin Sample"))

    consent = Consent.objects.get()
    assert (consent.person, consent.language) == (application.person, "en")
    assert consent.source_in_words == (
        f"read aloud over the phone, noted by Robin Sample, {application.reference}"
    )


def test_nobody_is_reminded_of_what_staff_write_down(cohort):
    enter(cohort)

    assert Invitee.objects.count() == 0
    assert duties.audit() == []


def test_a_stranger_and_an_applicant_enter_nothing(client, cohort):
    application = enter(cohort)
    client.force_login(PersonFactory())

    assert client.post(ADD, TOLD).status_code == 403
    assert client.get(url(application)).status_code == 404
    assert client.post(f"/applications/{application.uuid}/submit/").status_code == 404


def test_a_colleague_goes_on_with_it_until_it_is_sent(client, cohort, staff):
    application = enter(cohort)

    assert client.get(url(application)).status_code == 200
    assert client.get(f"/applications/{application.uuid}/withdraw/").status_code == 404
    intake.submit(complete(application), by=staff)
    assert client.get(f"/applications/{application.uuid}/").status_code == 404


def test_staff_write_nothing_into_what_somebody_fills_in_herself(client, cohort, staff):
    own = ApplicationFactory(cohort=cohort)

    assert client.get(url(own)).status_code == 404


def test_who_reads_in_the_call_enters_nothing_there(client, cohort, staff):
    CohortRoleFactory(cohort=cohort, person=staff)

    page = client.post(ADD, TOLD | {"cohort": cohort.pk, "address": "priya@kenora.test"})

    assert page.status_code == 409
    assert "You read or interview in this call: a colleague enters it." in page.text
    assert client.get(url(enter(cohort))).status_code == 404


def test_who_has_an_application_gets_no_second_one(cohort):
    own = ApplicationFactory(cohort=cohort)

    with pytest.raises(InvalidTransition, match="has an application in this call"):
        enter(cohort, address=own.person.email)


def test_who_helps_to_choose_is_not_entered(cohort):
    reader = CohortRoleFactory(cohort=cohort).person

    with pytest.raises(InvalidTransition, match="do not apply to it"):
        enter(cohort, address=reader.email)


def test_after_the_call_has_closed_it_takes_a_code():
    closed = CohortFactory(opens_at=days(-30), closes_at=days(-1))
    code = AccessCodeFactory(cohort=closed)

    for wrong in ("", "WRONG"):
        with pytest.raises(InvalidTransition):
            enter(closed, code=wrong)

    assert User.objects.filter(email="priya@kenora.test").count() == 0
    assert enter(closed, code=str(code)).access_code == code


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_enter_her_at_once_one_is_told():
    cohort, staff = CohortFactory(), StaffFactory()
    PersonFactory(email="priya@kenora.test")

    results = at_once(*[lambda: enter(cohort, staff)] * 2)

    assert sorted(type(each).__name__ for each in results) == ["Application", "InvalidTransition"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_database_still_keeps_it_one(monkeypatch):
    cohort, staff = CohortFactory(), StaffFactory()
    PersonFactory(email="priya@kenora.test")
    monkeypatch.setattr(User.objects, "select_for_update", lambda **_facts: User.objects)

    results = at_once(*[lambda: enter(cohort, staff)] * 2)

    assert Application.objects.count() == 1
    assert len([each for each in results if isinstance(each, Exception)]) == 1


def test_its_person_corrects_it_until_it_is_read(client, cohort):
    application = sent(cohort)
    client.force_login(application.person)
    page = client.get(f"/applications/{application.uuid}/").text

    answer = client.post(f"/applications/{application.uuid}/correct/")

    application.refresh_from_db()
    assert f'action="/applications/{application.uuid}/correct/"' in page
    assert (answer.url, application.status) == (url(application), Status.DRAFT)
    assert application.changes.last().by == application.person
    assert duties.audit() == []


def test_what_is_being_read_is_corrected_no_more(client, cohort):
    application = sent(cohort)
    application.start_review(by=application.entered_by)
    client.force_login(application.person)

    client.post(f"/applications/{application.uuid}/correct/")

    application.refresh_from_db()
    assert application.status == Status.IN_REVIEW


def test_what_she_sent_herself_is_not_hers_to_take_back(cohort):
    own = ApplicationFactory(cohort=cohort, status=Status.SUBMITTED)

    with pytest.raises(InvalidTransition):
        entered.correct(own)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_corrected_twice_at_once_it_is_given_back_once():
    cohort = FocusAreaVersionFactory(cohort=CohortFactory()).cohort
    application = sent(cohort)
    copies = [Application.objects.get(pk=application.pk) for _each in range(2)]

    at_once(*[lambda copy=copy: entered.correct(copy) for copy in copies])

    assert application.changes.filter(new=Status.DRAFT).count() == 1


def test_a_copy_of_all_she_wrote_comes_by_mail_once_an_hour(client, cohort):
    application = complete(ApplicationFactory(cohort=cohort))
    intake.submit(application)
    client.force_login(application.person)
    where = f"/applications/{application.uuid}/copy/"

    client.post(where)
    client.post(where)
    first = Message.objects.filter(kind="application-copy").count()
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        entered.send_copy(application)

    assert first == 1
    assert Message.objects.filter(kind="application-copy").count() == 2
    text = render(Message.objects.filter(kind="application-copy").first()).text
    assert "Kenora Jobs" in text
    assert "Monday morning" in text


def test_a_stranger_gets_no_copy(client, cohort):
    application = ApplicationFactory(cohort=cohort)
    client.force_login(PersonFactory())

    assert client.post(f"/applications/{application.uuid}/copy/").status_code == 404
    assert Message.objects.count() == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_asked_for_twice_at_once_it_is_one_copy():
    application = ApplicationFactory()

    at_once(*[lambda: entered.send_copy(application)] * 2)

    assert Message.objects.filter(kind="application-copy").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_guard_it_would_be_two(monkeypatch):
    application = ApplicationFactory()
    monkeypatch.setattr(entered, "BETWEEN_COPIES", timedelta(seconds=-60))

    results = at_once(*[lambda: entered.send_copy(application)] * 2)

    assert results == [None, None]
