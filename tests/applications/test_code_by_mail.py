"""A code that staff send by email, and the way in by its link."""

import pytest
from django.urls import reverse

from accounts.lifecycle import InvalidTransition
from accounts.models import User
from applications.models import AccessCode, Application
from applications.services import intake, late
from notifications.models import Message
from notifications.render import NoLongerTrue, render
from tests.applications.applying import url
from tests.concurrency import at_once
from tests.factories import (
    AccessCodeFactory,
    ApplicationFactory,
    CohortFactory,
    FocusAreaVersionFactory,
    PersonFactory,
    StaffFactory,
    days,
)

pytestmark = pytest.mark.django_db

YES = {"works_in_sector": "yes", "has_hours": "yes"}


@pytest.fixture
def cohort():
    closed = CohortFactory(opens_at=days(-30), closes_at=days(-1))
    FocusAreaVersionFactory(cohort=closed)
    return closed


@pytest.fixture
def code(cohort):
    return AccessCodeFactory(cohort=cohort, person=PersonFactory(name="Priya Raman"))


def press_send(client, code):
    return client.post(reverse("admin:applications_accesscode_verb", args=[code.pk, "send"]))


def mailed(code):
    late.send_code(code, by=StaffFactory())
    return render(Message.objects.get(kind="access-code"))


def link_in(mail):
    return "/go/" + mail.text.partition("/go/")[2].split()[0].rstrip(")")


def asked(page):
    return page.context["form"]["code"].value()


def test_staff_send_it_to_its_person_and_see_that_it_went(client, staff, code):
    page = reverse("admin:applications_accesscode_change", args=[code.pk])
    before = client.get(page).text

    press_send(client, code)

    letter = Message.objects.get(kind="access-code")
    assert (letter.recipient, letter.context, letter.created_by) == (
        code.person, {"code": code.pk}, staff,
    )  # fmt: skip
    assert ["not yet" in text for text in (before, client.get(page).text)] == [True, False]


def test_while_the_call_is_open_the_page_says_why_it_is_not_sent(client, staff):
    code = AccessCodeFactory(cohort=CohortFactory(), person=PersonFactory())

    page = client.get(reverse("admin:applications_accesscode_change", args=[code.pk]))

    assert "The call is open: this person can apply without it." in page.text
    assert "Send the code by email" not in page.text


def test_only_calls_whose_groups_are_not_known_are_offered(client, staff, cohort):
    still_open = CohortFactory()
    CohortFactory(opens_at=days(-90))

    page = client.get("/admin/applications/accesscode/add/")

    offered = page.context["adminform"].form.fields["cohort"].queryset
    assert set(offered) == {cohort, still_open}


def test_the_mail_says_code_end_and_page_in_her_language(code):
    User.objects.filter(pk=code.person_id).update(language="fr")

    text = mailed(code).text.replace("\u00a0", " ")

    assert str(code) in text
    assert f"/fr/apply/{code.cohort.slug}/code/" in text
    assert "Bonjour Priya Raman" in text


def test_a_new_address_is_written_to_in_the_language_staff_chose(client, staff, cohort):
    typed = {
        "cohort": cohort.pk, "until": f"{days(3):%Y-%m-%dT12:00}", "uses": 1,
        "address": "new@sudbury.test", "language": "fr", "note": "Server down",
    }  # fmt: skip

    client.post("/admin/applications/accesscode/add/", typed)

    assert AccessCode.objects.get().person.language == "fr"


def test_by_its_link_the_code_is_typed_and_nobody_asks_for_the_address(client, code):
    opened = client.get(link_in(mailed(code)), follow=True)
    typed = client.post(opened.request["PATH_INFO"], {"code": asked(opened)})
    eligible = client.post(typed.url, YES)
    page = client.get(eligible.url)
    begun = client.post(eligible.url)
    application = Application.objects.get()

    assert asked(opened) == str(code)
    assert f"Your link was sent to {code.person.email}." in page.text
    assert (begun.url, client.get(begun.url).status_code) == (url(application), 200)
    assert (application.person, application.access_code) == (code.person, code)
    assert not application.awaits_confirmation


def test_by_its_link_a_draft_that_came_too_late_goes_on(client, cohort, code):
    draft = ApplicationFactory(cohort=cohort, person=code.person)
    intake.keep_owed(draft)
    mail = mailed(code)

    opened = client.get(link_in(mail), follow=True)
    answer = client.post(opened.request["PATH_INFO"], {"code": asked(opened)})

    draft.refresh_from_db()
    assert "What you have written is kept." in mail.text
    assert opened.request["PATH_INFO"] == f"/applications/{draft.uuid}/code/"
    assert (answer.url, draft.access_code) == (url(draft), code)


def test_no_code_is_typed_for_whoever_came_without_the_link(client, cohort, code):
    AccessCodeFactory(cohort=cohort)

    pages = [client.get(f"/apply/{cohort.slug}/code/")]
    client.force_login(PersonFactory())
    pages.append(client.get(f"/apply/{cohort.slug}/code/"))

    assert [asked(page) for page in pages] == ["", ""]


def test_who_is_no_staff_sends_none(client, code):
    client.force_login(PersonFactory())

    press_send(client, code)

    assert not Message.objects.filter(kind="access-code").exists()


def over(code):
    ended = days(-1)
    deadlines = type(code.deadline).objects.filter(pk=code.deadline_id)
    deadlines.update(starts_at=ended, ends_at=ended)


def used_up(code):
    AccessCode.objects.filter(pk=code.pk).update(used=1)


def revoked(code):
    late.revoke(code)


def open_again(code):
    type(code.cohort).objects.filter(pk=code.cohort_id).update(closes_at=days(5))


def for_anybody(code):
    AccessCode.objects.filter(pk=code.pk).update(person=None)


@pytest.mark.parametrize("spoil", [over, used_up, revoked, open_again, for_anybody])
def test_what_lets_nobody_in_is_not_sent_and_not_rendered(code, spoil):
    letter = late.send_code(code, by=StaffFactory())
    spoil(code)

    with pytest.raises(InvalidTransition):
        late.send_code(code, by=StaffFactory())
    with pytest.raises(NoLongerTrue):
        render(letter)
    assert Message.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_send_it_at_once_send_one():
    cohort = CohortFactory(opens_at=days(-30), closes_at=days(-1))
    code = AccessCodeFactory(cohort=cohort, person=PersonFactory())
    staff = StaffFactory()

    results = at_once(*[lambda: late.send_code(code, by=staff)] * 2)

    assert results[0] == results[1] == Message.objects.get(kind="access-code")
