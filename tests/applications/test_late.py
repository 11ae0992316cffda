"""Codes that let somebody into a call that is closed."""

from datetime import timedelta

import pytest
import time_machine
from django.db.models import F
from django.utils import timezone

from accounts.lifecycle import InvalidTransition
from accounts.models import User
from applications.models import AccessCode, Application, Status
from applications.models.code import REFUSED
from applications.services import intake, late
from notifications import duties
from notifications.models import Invitee, Message
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

YES = {"works_in_sector": "yes", "has_hours": "yes"}
PRIYA = {"name": "Priya Raman", "email": "priya@kenora.test"}


@pytest.fixture
def cohort():
    """A call that closed yesterday."""
    closed = CohortFactory(opens_at=days(-30), closes_at=days(-1))
    FocusAreaVersionFactory(cohort=closed)
    return closed


@pytest.fixture
def code(cohort):
    return AccessCodeFactory(cohort=cohort)


def type_in(client, cohort, text):
    return client.post(f"/apply/{cohort.slug}/code/", {"code": text})


def begin(client, cohort, **who):
    return client.post(f"/apply/{cohort.slug}/start/", {**PRIYA, **who})


def owes(person):
    return list(Invitee.objects.current().filter(person=person).values_list("event", flat=True))


def errors(page):
    return [error for errors in page.context["form"].errors.values() for error in errors]


def test_whoever_has_a_code_goes_the_usual_way_and_sends(client, cohort, code):
    typed = type_in(client, cohort, str(code).lower().replace("-", " "))
    eligible = client.post(typed.url, YES)
    page = client.get(eligible.url)
    begun = begin(client, cohort)
    application = Application.objects.get()
    saved = save(client, application, "ideas", {"motivation": "Typed", "later": "1"})
    client.post(f"/applications/{complete(application).uuid}/submit/")

    application.refresh_from_db()
    code.refresh_from_db()
    assert (typed.status_code, typed.url) == (302, f"/apply/{cohort.slug}/")
    assert eligible.url == f"/apply/{cohort.slug}/start/"
    assert "Your code lets you send it until" in page.text
    assert (begun.url, saved.status_code) == (url(application), 302)
    assert (application.status, application.access_code) == (Status.SUBMITTED, code)
    assert code.used == 1


def test_its_draft_is_owed_by_its_own_deadline_and_by_no_other(cohort, code):
    person = PersonFactory()

    application = intake.start_own(cohort, person, code)

    assert owes(person) == [code.deadline_id]
    assert duties.audit() == []
    intake.submit(complete(application))
    assert owes(person) == []
    assert duties.audit() == []


def test_mail_and_page_say_until_when_the_code_lets_it_be_sent(client, cohort, code):
    client.force_login(PersonFactory(email="priya@kenora.test"))
    type_in(client, cohort, code.code)
    client.post(f"/apply/{cohort.slug}/start/")
    application = Application.objects.get()

    page = client.get(url(application)).text
    mail = render(Message.objects.get(kind="application-started")).text

    assert f"Send your application by {code.until}." in page
    assert f"Send it by {code.until}." in mail


def test_a_draft_that_came_too_late_goes_on_by_a_code(client, cohort, code):
    draft = ApplicationFactory(cohort=cohort)
    intake.keep_owed(draft)
    client.force_login(draft.person)
    page = client.get(f"/applications/{draft.uuid}/")

    answer = client.post(f"/applications/{draft.uuid}/code/", {"code": str(code)})

    draft.refresh_from_db()
    assert f'href="/applications/{draft.uuid}/code/"' in page.text
    assert (answer.url, draft.access_code) == (url(draft), code)
    assert owes(draft.person) == [code.deadline_id]
    assert duties.audit() == []


def test_who_is_signed_in_and_has_a_draft_goes_on_with_it(client, cohort, code):
    draft = ApplicationFactory(cohort=cohort)
    client.force_login(draft.person)
    type_in(client, cohort, code.code)

    answer = client.post(f"/apply/{cohort.slug}/start/")

    draft.refresh_from_db()
    assert (answer.url, draft.access_code, Application.objects.count()) == (url(draft), code, 1)


def test_an_application_that_was_sent_uses_no_code_up(cohort, code):
    sent = ApplicationFactory(cohort=cohort, status=Status.SUBMITTED)

    again = intake.start_own(cohort, sent.person, code)

    code.refresh_from_db()
    assert (again, code.used) == (sent, 0)


def over(code):
    past = days(-1)
    type(code.deadline).objects.filter(pk=code.deadline_id).update(starts_at=past, ends_at=past)


def used_up(code):
    AccessCode.objects.filter(pk=code.pk).update(used=F("uses"))


def revoked(code):
    late.revoke(code)


def of_another_call(code):
    AccessCode.objects.filter(pk=code.pk).update(cohort=CohortFactory())


def for_somebody_else(code):
    AccessCode.objects.filter(pk=code.pk).update(person=PersonFactory())


def unknown(code):
    code.delete()


@pytest.mark.parametrize(
    "spoil", [over, used_up, revoked, of_another_call, for_somebody_else, unknown]
)
def test_a_code_that_does_not_let_her_in_says_one_sentence_whatever_the_reason(
    client, cohort, code, spoil
):
    client.force_login(PersonFactory())
    spoil(code)

    page = type_in(client, cohort, code.code)

    assert (page.status_code, errors(page)) == (400, [REFUSED])
    assert client.get(f"/apply/{cohort.slug}/start/").templates[0].name == (
        "applications/apply_closed.html"
    )


@pytest.mark.parametrize("spoil", [over, used_up, revoked])
def test_a_code_that_ends_on_the_way_lets_nobody_begin(client, cohort, code, spoil):
    type_in(client, cohort, code.code)
    spoil(code)

    begin(client, cohort)

    assert Application.objects.count() == 0


def test_a_bound_code_works_for_its_address_alone(client, cohort):
    code = AccessCodeFactory(cohort=cohort, person=PersonFactory(email="priya@kenora.test"))
    type_in(client, cohort, code.code)

    refused = begin(client, cohort, email="other@kenora.test")
    begun = begin(client, cohort, email="Priya@Kenora.test")

    assert errors(refused) == [REFUSED]
    assert not User.objects.filter(email="other@kenora.test").exists()
    assert Application.objects.get().person == code.person
    assert begun.status_code == 302


@pytest.mark.parametrize("spoil", [over, revoked])
def test_a_draft_by_a_code_that_has_ended_is_kept_and_not_sent(cohort, code, spoil):
    application = complete(intake.start_own(cohort, PersonFactory(), code))
    spoil(code)
    application = Application.objects.get()

    with pytest.raises(InvalidTransition, match="Your draft is kept"):
        intake.submit(application)

    assert Application.objects.get().status == Status.DRAFT
    assert duties.audit() == []


def test_a_reminder_to_send_it_says_when_the_code_ends(cohort, code):
    application = intake.start_own(cohort, PersonFactory(), code)
    reminder = Message.objects.create(
        kind="application-unsent", recipient=application.person, event=code.deadline,
        dedupe_key="unsent", context={},
    )  # fmt: skip

    text = render(reminder).text.replace("\n", " ")
    assert f"Your code lets you send it until {code.until}, not later." in text


def test_an_open_call_asks_for_no_code(client):
    open_call = CohortFactory()

    assert client.get(f"/apply/{open_call.slug}/code/").url == f"/apply/{open_call.slug}/"


def test_the_closed_page_leads_to_the_code_until_the_groups_are_known(client, cohort):
    now = client.get(f"/apply/{cohort.slug}/").text
    with time_machine.travel(timezone.now() + timedelta(days=2000)):
        long_after = client.get(f"/apply/{cohort.slug}/").text

    assert f'href="/apply/{cohort.slug}/code/"' in now
    assert "/code/" not in long_after


def test_codes_are_not_tried_one_after_the_other(client, cohort, code):
    for _number in range(10):
        type_in(client, cohort, "WRONG")

    page = type_in(client, cohort, code.code)

    assert errors(page) == ["Too many codes were tried from here. Wait ten minutes."]


def test_a_stranger_uses_no_code_for_the_draft_of_another(client, cohort, code):
    draft = ApplicationFactory(cohort=cohort)
    client.force_login(PersonFactory())

    answer = client.post(f"/applications/{draft.uuid}/code/", {"code": str(code)})

    draft.refresh_from_db()
    assert (answer.status_code, draft.access_code) == (404, None)


def test_who_helps_to_choose_in_the_call_is_not_let_in(client, cohort, code):
    reader = CohortRoleFactory(cohort=cohort).person
    client.force_login(reader)
    type_in(client, cohort, code.code)

    answer = client.post(f"/apply/{cohort.slug}/start/")

    assert (answer.status_code, Application.objects.count()) == (403, 0)


def test_staff_make_a_code_and_see_it_spelled(client, sign_in, cohort):
    staff = StaffFactory()
    sign_in(client, staff)
    until = days(3).astimezone(timezone.get_default_timezone()).replace(second=0, microsecond=0)
    typed = {"cohort": cohort.pk, "until": f"{until:%Y-%m-%dT%H:%M}", "uses": 2,
             "address": "Priya@Kenora.test", "language": "en",
             "note": "Her server was down"}  # fmt: skip

    answer = client.post("/admin/applications/accesscode/add/", typed)

    code = AccessCode.objects.get()
    page = client.get(f"/admin/applications/accesscode/{code.pk}/change/").text
    assert answer.status_code == 302
    assert (code.uses, code.made_by, code.deadline.starts_at) == (2, staff, until)
    assert code.person.email == "priya@kenora.test"
    assert str(code) in page
    assert f"/apply/{cohort.slug}/code/" in page


@pytest.mark.parametrize(
    ("at", "why"),
    [(-2, "This time is past."), (1, "The call itself is open as long.")],
)
def test_a_code_ends_after_the_call_does(client, sign_in, at, why):
    sign_in(client, StaffFactory())
    cohort = CohortFactory(closes_at=days(5))
    typed = {"cohort": cohort.pk, "until": f"{days(at):%Y-%m-%dT%H:%M}", "uses": 1, "note": "x"}

    page = client.post("/admin/applications/accesscode/add/", typed)

    assert why in page.text
    assert AccessCode.objects.count() == 0


def test_a_call_whose_groups_are_known_gets_no_code(client, sign_in):
    sign_in(client, StaffFactory())
    cohort = CohortFactory(opens_at=days(-400))
    typed = {"cohort": cohort.pk, "until": f"{days(3):%Y-%m-%dT%H:%M}", "uses": 1, "note": "x"}

    page = client.post("/admin/applications/accesscode/add/", typed)

    assert "The groups of this call are known: it takes nobody in." in page.text
    assert AccessCode.objects.count() == 0


def test_a_code_is_revoked_once(client, sign_in, code):
    sign_in(client, StaffFactory())
    where = f"/admin/applications/accesscode/{code.pk}/do/revoke/"

    client.post(where)

    code.refresh_from_db()
    assert code.revoked_at is not None
    with pytest.raises(InvalidTransition):
        late.revoke(code)


def start_at_once(cohort, code):
    first, second = PersonFactory(), PersonFactory()
    copies = [AccessCode.objects.select_related("deadline").get(pk=code.pk) for _each in range(2)]
    return at_once(
        lambda: intake.start_own(cohort, first, copies[0]),
        lambda: intake.start_own(cohort, second, copies[1]),
    )


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_takes_the_last_use(cohort, code):
    results = start_at_once(cohort, code)

    code.refresh_from_db()
    assert sorted(type(result).__name__ for result in results) == [
        "Application", "InvalidTransition",
    ]  # fmt: skip
    assert (code.used, Application.objects.count()) == (1, 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_guard_both_would_have_taken_it(cohort, code, monkeypatch):
    def take(self, person):
        AccessCode.objects.filter(pk=self.pk).update(used=self.used + 1)

    monkeypatch.setattr(AccessCode, "take", take)

    start_at_once(cohort, code)

    assert Application.objects.count() == 2
