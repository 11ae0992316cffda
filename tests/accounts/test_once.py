"""A form sent twice from one page counts once, whichever form it is."""

import json
from datetime import timedelta
from threading import Event

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import once
from accounts.admin_base import ModelAdmin
from accounts.models import ContactNote, Office, Organization, SentForm, User
from applications.models import Application, Insight, Slot
from cops import services
from cops.models import AccessRequest, Anchor, FocusAreaVersion, Registration
from meetings.models import HoursEntry
from notifications.models import Message, Role
from outcomes.models import Feedback
from tests.applications.selecting import booked, interviewer_of, interviewing, slot_of
from tests.concurrency import at_once
from tests.factories import (
    ApplicationFactory,
    CohortFactory,
    CriterionFactory,
    FocusAreaVersionFactory,
    InsightFactory,
    MembershipFactory,
    OrganizationFactory,
    OutcomeFactory,
    PersonFactory,
    StaffFactory,
    WebinarFactory,
)
from tests.fuzz.forms import Page

pytestmark = pytest.mark.django_db

PAGE, ANOTHER_PAGE = "a" * 64, "b" * 64
TOLD = "This was sent already. To send it again, open the page anew."


def sent_from(page, **typed):
    return {"csrfmiddlewaretoken": page, **typed}


@pytest.fixture
def hours(client):
    """The hours form of a member who is signed in: its address, and what she typed."""
    member = MembershipFactory(community__cohort__opens_at=timezone.now() - timedelta(days=90))
    client.force_login(member.person)
    typed = {"worked_on": timezone.localdate().isoformat(), "hours": "1.5", "note": "Calls"}
    return reverse("meetings:hours"), typed


def test_the_second_of_two_sends_leads_where_the_first_one_led(client, hours):
    address, typed = hours

    answers = [client.post(address, sent_from(PAGE, **typed)) for _ in range(2)]

    assert [answer.url for answer in answers] == [address, address]
    assert HoursEntry.objects.count() == 1


def test_the_same_words_from_another_page_are_asked_and_another_entry_if_she_means_it(
    client, hours
):
    address, typed = hours

    client.post(address, sent_from(PAGE, **typed))
    asked = client.post(address, sent_from(ANOTHER_PAGE, **typed))
    counted = HoursEntry.objects.count()
    (form,) = [form for form in Page(asked.text).forms if form["action"] == address]
    shown = {field["name"]: field["value"] for field in form["fields"]}
    meant = client.post(address, shown)

    assert (asked.status_code, counted) == (409, 1)
    assert asked.context["led_to"] == address
    assert {name: shown[name] for name in typed} == typed
    assert shown["csrfmiddlewaretoken"] not in {PAGE, ANOTHER_PAGE}
    assert (meant.status_code, HoursEntry.objects.count()) == (302, 2)


def test_asked_once_and_meant_the_answer_counts_once_too(client, hours):
    address, typed = hours
    client.post(address, sent_from(PAGE, **typed))
    client.post(address, sent_from(ANOTHER_PAGE, **typed))
    meant = sent_from("c" * 64, once_more="1", **typed)

    answers = [client.post(address, meant).status_code for _ in range(2)]

    assert (answers, HoursEntry.objects.count()) == ([302, 302], 2)


def test_after_five_minutes_the_same_words_are_simply_another_entry(client, hours):
    address, typed = hours
    client.post(address, sent_from(PAGE, **typed))
    SentForm.objects.update(at=timezone.now() - timedelta(seconds=301))

    answer = client.post(address, sent_from(ANOTHER_PAGE, **typed))

    assert (answer.status_code, HoursEntry.objects.count()) == (302, 2)


def test_the_same_words_of_somebody_else_are_her_own(client, hours):
    address, typed = hours
    client.post(address, sent_from(PAGE, **typed))
    other = MembershipFactory(community__cohort__opens_at=timezone.now() - timedelta(days=90))
    client.force_login(other.person)

    answer = client.post(address, sent_from(ANOTHER_PAGE, **typed))

    assert (answer.status_code, HoursEntry.objects.count()) == (302, 2)


def test_what_came_back_with_an_error_was_not_said_yet(client, hours):
    address, typed = hours
    client.post(address, sent_from(PAGE, **typed | {"hours": "25"}))

    again = client.post(address, sent_from(ANOTHER_PAGE, **typed | {"hours": "25"}))

    assert (again.status_code, SentForm.objects.count()) == (200, 0)


def test_a_verb_without_words_is_not_asked_about(client, sign_in):
    staff = StaffFactory()
    sign_in(client, staff)
    application = ApplicationFactory(status="submitted")
    address = reverse("admin:applications_application_verb", args=[application.pk, "send_link"])

    answers = [client.post(address, sent_from(page)) for page in (PAGE, ANOTHER_PAGE)]

    assert [answer.status_code for answer in answers] == [302, 302]


def test_other_words_from_the_same_page_are_another_entry(client, hours):
    address, typed = hours

    for note in ("Calls", "Mail"):
        client.post(address, sent_from(PAGE, **typed | {"note": note}))

    assert HoursEntry.objects.count() == 2


def test_a_form_that_came_back_with_errors_may_be_sent_again(client, hours):
    address, typed = hours
    wrong = sent_from(PAGE, **typed | {"hours": "25"})

    answers = [client.post(address, wrong).status_code for _ in range(2)]

    assert answers == [200, 200]
    assert not SentForm.objects.exists()


def test_what_failed_was_not_sent(client, hours, monkeypatch):
    address, typed = hours
    client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr(HoursEntry, "save", lambda self, **facts: 1 / 0)
        assert client.post(address, sent_from(PAGE, **typed)).status_code == 500

    assert client.post(address, sent_from(PAGE, **typed)).status_code == 302
    assert HoursEntry.objects.count() == 1


def test_the_pages_of_one_person_carry_different_tokens(client, hours):
    address, _typed = hours

    tokens = {client.get(address).context["csrf_token"] for _ in range(2)}

    assert len(tokens) == 2


def test_what_was_sent_is_forgotten_after_a_week(client, hours):
    address, typed = hours
    for page in (PAGE, ANOTHER_PAGE):
        client.post(address, sent_from(page, **typed))
    old, new = SentForm.objects.order_by("pk")
    SentForm.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=8))

    once.forget()

    assert list(SentForm.objects.all()) == [new]


def test_who_sends_again_after_a_minute_is_told_that_it_was_sent(client, hours):
    address, typed = hours
    client.post(address, sent_from(PAGE, **typed))
    client.get(address)  # what the first said is read
    HoursEntry.objects.all().delete()

    within, after = [], []
    for said, seconds in ((within, 50), (after, 70)):
        SentForm.objects.update(at=timezone.now() - timedelta(seconds=seconds))
        page = client.post(address, sent_from(PAGE, **typed), follow=True)
        said += [str(message) for message in page.context["messages"]]

    assert page.redirect_chain == [(address, 302)]
    assert (within, after) == ([], [TOLD])
    assert not HoursEntry.objects.exists()


def test_another_file_in_the_same_words_is_another_form(rf):
    def key(name, content):
        sent = {"letter": SimpleUploadedFile(name, content)}
        return once._digest(rf.post("/", sent_from(PAGE) | sent))

    keys = [key("a.pdf", b"one"), key("a.pdf", b"one"), key("b.pdf", b"one"), key("a.pdf", b"1")]

    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


# Every form that adds rows


def of_feedback(client):
    outcome = OutcomeFactory(status="published")
    return reverse("outcomes:feedback", args=[outcome.slug]), {"text": "We tried it."}, Feedback


def of_insights(client):
    cohort = interviewing()
    interviewer = interviewer_of(cohort)
    interview = booked(cohort, slot_of(cohort, interviewer))
    client.force_login(interviewer)
    version = FocusAreaVersionFactory(cohort=cohort)
    typed = {
        "focus_area": version.focus_area.pk, "sort": Insight.Sort.values[0], "theme": "Buses",
        "text": "No bus on Sundays.",
    }  # fmt: skip
    return reverse("applications:interview-insight", args=[interview.uuid]), typed, Insight


def of_times(client):
    cohort = interviewing()
    client.force_login(interviewer_of(cohort))
    typed = {
        "cohort": cohort.pk, "on": cohort.interviews_until.isoformat(), "at": "10:00",
        "zone": "America/Toronto", "minutes": 45, "count": 1, "pause": 15,
    }  # fmt: skip
    return reverse("applications:slots-publish"), typed, Slot


def of_needs(client):
    typed = {
        "name": "Ada", "email": "ada@agency.test", "kind": "format", "words": "Large print",
    }  # fmt: skip
    return reverse("cops:access"), typed, AccessRequest


def of_corrections(client):
    client.force_login(PersonFactory())
    return reverse("cops:ask-correction"), {"words": "My name is Ada."}, AccessRequest


def of_drafts(client):
    cohort = CohortFactory()
    typed = {"email": "ada@agency.test", "name": "Ada"}
    return reverse("applications:apply-start", args=[cohort.slug]), typed, Application


def of_registrations(client):
    webinar = WebinarFactory()
    typed = {"email": "ada@agency.test", "name": "Ada", "agrees": "on"}
    return reverse("cops:webinar-register", args=[webinar.slug]), typed, Registration


def of_calls(client):
    person = PersonFactory()
    return (
        reverse("admin:accounts_user_verb", args=[person.pk, "log_contact"]),
        {"what": "No answer."},
        ContactNote,
    )


def of_organizations(client):
    return reverse("admin:accounts_organization_add"), {"name_en": "Agency"}, Organization


def of_rows_in_the_admin(client):
    criterion = CriterionFactory()
    typed = {
        "cohort": criterion.cohort.pk, "number": criterion.number, "weight": criterion.weight,
        "text_en": "a", "text_fr": "b", "question_en": "c", "question_fr": "d",
        "anchors-TOTAL_FORMS": 1, "anchors-INITIAL_FORMS": 0,
        "anchors-0-criterion": criterion.pk, "anchors-0-value": 2,
        "anchors-0-sentence_en": "Somewhat", "anchors-0-sentence_fr": "Assez",
    }  # fmt: skip
    return reverse("admin:cops_criterion_change", args=[criterion.pk]), typed, Anchor


def of_questions(client):
    insight = InsightFactory()
    cohort = insight.interview.application.cohort
    version = FocusAreaVersionFactory(cohort=cohort, focus_area=insight.focus_area)
    typed = {
        "question_en": "How?", "question_fr": "Comment?", "reason": "Heard",
        "insights": [insight.pk],
    }  # fmt: skip
    address = reverse("admin:applications_insight_refine", args=[version.pk])
    return address, typed, FocusAreaVersion


def of_colleagues(client):
    typed = {"email": "new@firstwork.test", "name": "New Colleague", "reason": "Hired"}
    return reverse("start-invite"), typed, User


def of_the_office(client):
    typed = {
        "name": "First Work", "convenor": OrganizationFactory().pk,
        "mailbox": "cops@firstwork.test", "postal_address": "1 Sample Street",
    }  # fmt: skip
    return reverse("start-office"), typed, Office


BY_STAFF = [
    of_colleagues,
    of_the_office,
    of_calls,
    of_organizations,
    of_rows_in_the_admin,
    of_questions,
]


@pytest.mark.parametrize(
    "form",
    [
        of_feedback, of_insights, of_times, of_needs, of_corrections, of_drafts, of_registrations,
        *BY_STAFF,
    ],
)  # fmt: skip
def test_a_double_click_adds_one_row_and_writes_one_mail(client, sign_in, form):
    if form in BY_STAFF:
        sign_in(client, StaffFactory(is_superuser=True))
    address, typed, model = form(client)
    before = model.objects.count()

    first = client.post(address, sent_from(PAGE, **typed))
    mails = Message.objects.count()
    client.get(first.headers.get("Location", "/"))  # what the first said is read
    second = client.post(address, sent_from(PAGE, **typed))

    assert [first.status_code, second.status_code] == [302, 302], first.text
    assert second.url == first.url
    assert model.objects.count() == before + 1
    assert Message.objects.count() == mails


@pytest.mark.parametrize("form", [of_drafts, of_registrations])
def test_a_guest_who_went_back_and_typed_the_same_is_led_to_what_she_sent(client, form):
    address, typed, model = form(client)
    client.get(address)  # gives the browser its cookie

    first, second = (
        client.post(address, sent_from(page, **typed)) for page in (PAGE, ANOTHER_PAGE)
    )

    assert (second.status_code, second.url) == (302, first.url)
    assert model.objects.count() == 1


def test_a_guest_whose_browser_we_know_by_no_cookie_is_not_asked():
    address, typed, model = of_feedback(Client())
    browser = Client()

    for page in (PAGE, ANOTHER_PAGE):
        browser.post(address, sent_from(page, **typed))

    assert model.objects.count() == 2


@pytest.mark.parametrize("form", [of_drafts, of_registrations])
def test_a_guest_who_took_back_what_she_sent_may_send_the_same_anew(client, form):
    address, typed, model = form(client)
    client.get(address)
    first = client.post(address, sent_from(PAGE, **typed))
    take_back(model.objects.get())

    second = client.post(address, sent_from(ANOTHER_PAGE, **typed))

    assert second.status_code == 302
    assert second.url != first.url or model is Registration
    assert model.objects.filter(**STANDING[model]).count() == 1


STANDING = {Application: {"status": "draft"}, Registration: {"cancelled_at": None}}


def take_back(record):
    if isinstance(record, Application):
        record.withdraw(by=record.person)
    else:
        services.cancel_registration(record)


@pytest.mark.parametrize("form", [of_drafts, of_registrations])
def test_who_clicks_twice_before_the_first_answer_still_sees_what_she_sent(form):
    page_of_stranger, browser = Client(), Client()
    address, typed, _model = form(page_of_stranger)
    page_of_stranger.post(address, sent_from(PAGE, **typed))

    second = browser.post(address, sent_from(PAGE, **typed), follow=True)

    assert second.status_code == 200
    assert second.request["PATH_INFO"] != reverse("account_login")


@pytest.mark.parametrize("form", [of_drafts, of_registrations])
def test_once_the_click_is_over_nobody_is_let_in_again(form):
    page_of_stranger, browser = Client(), Client()
    address, typed, _model = form(page_of_stranger)
    hers = page_of_stranger.post(address, sent_from(PAGE, **typed)).url
    SentForm.objects.update(at=timezone.now() - timedelta(seconds=70))

    second = browser.post(address, sent_from(PAGE, **typed), follow=True)

    assert second.redirect_chain == [(address, 302)]
    assert [str(message) for message in second.context["messages"]] == [TOLD]
    assert browser.get(hers).url.startswith(reverse("account_login"))


@pytest.mark.parametrize("form", [of_drafts, of_registrations])
def test_who_clicks_twice_on_what_is_gone_is_led_to_the_form(client, form):
    address, typed, model = form(client)
    client.post(address, sent_from(PAGE, **typed))
    client.get(address)  # what the first said is read
    model.objects.all().delete()

    second = client.post(address, sent_from(PAGE, **typed), follow=True)

    assert second.redirect_chain == [(address, 302)]
    assert [str(message) for message in second.context["messages"]] == [TOLD]
    assert not model.objects.exists()


def test_a_popup_of_the_desk_sent_twice_adds_one_and_closes_both_times(client, sign_in):
    sign_in(client, StaffFactory())
    address = reverse("admin:accounts_organization_add") + "?_popup=1"
    typed = sent_from(PAGE, name_en="Agency “North”", _popup="1")

    closed = [client.post(address, typed, follow=True) for _ in range(2)]

    added = Organization.objects.get(name_en="Agency “North”")
    chosen = [json.loads(page.context["popup_response_data"]) for page in closed]
    assert chosen == [{"value": str(added.pk), "obj": "Agency “North”"}] * 2


def test_who_may_not_see_a_record_is_not_told_its_name_by_a_popup(client, sign_in, monkeypatch):
    sign_in(client, StaffFactory())
    record = reverse("admin:accounts_organization_change", args=[OrganizationFactory().pk])
    closing = f"{record}?_popup=1&_added=1"

    before = client.get(closing).status_code
    monkeypatch.setattr(ModelAdmin, "has_view_or_change_permission", lambda *facts: False)

    assert (before, client.get(closing).status_code) == (200, 403)


def at_the_same_time(client, hours, *, pages=(PAGE, PAGE)):
    address, typed = hours
    cookies = client.cookies

    def send(page):
        browser = Client()
        browser.cookies = cookies
        return browser.post(address, sent_from(page, **typed)).status_code

    return at_once(*[lambda page=page: send(page) for page in pages])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_sends_at_once_one_is_kept(client, hours):
    assert at_the_same_time(client, hours) == [302, 302]
    assert HoursEntry.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_the_same_words_from_two_tabs_at_once_one_is_kept_and_the_other_asked_about(
    client, hours
):
    assert sorted(at_the_same_time(client, hours, pages=(PAGE, ANOTHER_PAGE))) == [302, 409]
    assert HoursEntry.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_memory_of_what_was_sent_both_are_kept(client, hours, monkeypatch):
    keys = iter("1234")
    monkeypatch.setattr(once, "_digest", lambda *facts: next(keys))

    assert at_the_same_time(client, hours) == [302, 302]
    assert HoursEntry.objects.count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_cannot_wait_for_the_first_is_told_and_may_send_the_same_again(
    client, hours, monkeypatch
):
    address, typed = hours
    save, is_told = HoursEntry.save, Event()

    def slowly(self, **facts):
        is_told.wait(timeout=5)
        return save(self, **facts)

    def send():
        browser = Client()
        browser.cookies = client.cookies
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        answer = browser.post(address, sent_from(PAGE, **typed))
        if answer.status_code == 409:
            is_told.set()
        return answer

    with monkeypatch.context() as slow:
        slow.setattr(HoursEntry, "save", slowly)
        done, told = sorted(at_once(send, send), key=lambda answer: answer.status_code)
    (form,) = [form for form in Page(told.text).forms if form["action"] == address]
    shown = {field["name"]: field["value"] for field in form["fields"]}
    again = client.post(address, shown)

    assert [done.status_code, told.status_code, again.url] == [302, 409, done.url]
    assert "your form was sent twice" in told.text
    assert shown == sent_from(PAGE, **typed)
    assert HoursEntry.objects.count() == 1


def test_a_member_of_another_group_still_cannot(client, hours):
    address, typed = hours
    stranger = MembershipFactory(role=Role.MEMBER)
    client.force_login(PersonFactory())

    answer = client.post(address, sent_from(PAGE, **typed | {"membership": stranger.pk}))

    assert answer.status_code == 409
    assert not HoursEntry.objects.exists()
