"""Requests for access: asked for, owed, taken, answered, taken back."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone, translation

from accounts import links
from accounts.lifecycle import InvalidTransition
from accounts.models import User
from applications.models import Application, Status
from applications.services import intake
from cops import access, services
from cops.models import AccessRequest
from notifications import planner, render
from notifications.models import Event, Invitee, Kind, Message, Role
from tests.concurrency import at_once
from tests.factories import (
    AccessRequestFactory,
    ApplicationFactory,
    CohortFactory,
    PersonFactory,
    ReviewFactory,
    StaffFactory,
    WebinarFactory,
    wall,
)

pytestmark = pytest.mark.django_db

State, Wish, Source = AccessRequest.Status, AccessRequest.Kind, AccessRequest.Source

TYPED = {
    "kind": "format",
    "words": "Large print, please",
    "about": "The call of 2021",
    "name": "Noor Example",
    "email": "noor@agency.test",
}


def page(response):
    return response.content.decode()


def owing(request):
    return set(request.deadline.invitees.current().values_list("person__email", flat=True))


def mails(kind):
    return list(
        Message.objects.filter(kind=kind).order_by("pk").values_list("recipient__email", flat=True)
    )


def ask(person=None, **facts):
    return access.ask(person or PersonFactory(), "Captions", source=Source.OWN_PAGE, **facts)


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        ({}, date(2027, 3, 8)),
        ({"kind": Wish.FORMAT}, date(2027, 3, 8)),
        ({"kind": Wish.CORRECTION}, date(2027, 3, 31)),
        ({"kind": Wish.ERASURE}, date(2027, 3, 31)),
        ({"before": timedelta(days=5)}, date(2027, 3, 4)),
        ({"before": timedelta(days=1)}, date(2027, 3, 1)),
        ({"before": timedelta(days=60)}, date(2027, 3, 8)),
    ],
)
def test_a_request_is_due_soon_enough_to_be_of_use(facts, due):
    with time_machine.travel("2027-03-01 17:00 +0000"):
        if "before" in facts:
            facts["before"] = timezone.now() + facts["before"]
        request = ask(**facts)

    assert (request.deadline.kind, request.deadline.local_on) == (Kind.ACCESS_DUE, due)


def test_while_nobody_took_it_all_staff_owe_the_answer_and_are_told():
    staff = [StaffFactory(), StaffFactory()]
    StaffFactory(is_active=False)

    request = ask()

    assert owing(request) == {person.email for person in staff}
    assert mails("access-request-due") == sorted(person.email for person in staff)
    assert set(request.deadline.invitees.values_list("role", flat=True)) == {Role.STAFF}


def test_whoever_takes_it_owes_it_alone():
    first, second = StaffFactory(), StaffFactory()
    request = ask()

    access.take(request, by=second)

    assert (request.owner, owing(request)) == (second, {second.email})
    access.take(request, by=first)
    assert (request.owner, owing(request)) == (first, {first.email})


def test_an_answer_closes_it_and_reaches_the_person():
    staff, person = StaffFactory(), PersonFactory()
    request = ask(person)

    with time_machine.travel("2027-03-02 17:00 +0000", tick=False):
        access.answer(request, "An interpreter is booked.", by=staff)
        now = timezone.now()

    assert (request.status, request.answer, request.answered_by, request.answered_at) == (
        State.ANSWERED,
        "An interpreter is booked.",
        staff,
        now,
    )
    assert owing(request) == set()
    assert list(request.changes.values_list("old", "new", "by")) == [
        (State.OPEN, State.ANSWERED, staff.pk)
    ]
    assert mails("access-request-answered") == [person.email]


def test_what_is_taken_back_is_owed_by_nobody():
    StaffFactory()
    request = ask()

    access.withdraw(request, by=request.person)

    assert (request.status, owing(request)) == (State.WITHDRAWN, set())


@pytest.mark.parametrize("end", ["answer", "withdraw"])
@pytest.mark.parametrize("act", ["take", "answer", "withdraw"])
def test_a_closed_request_stays_as_it_is(act, end):
    staff = StaffFactory()
    request = ask()
    do = {
        "take": lambda: access.take(request, by=staff),
        "answer": lambda: access.answer(request, "Done.", by=staff),
        "withdraw": lambda: access.withdraw(request, by=staff),
    }
    do[end]()
    before = AccessRequest.objects.values().get()

    with pytest.raises(InvalidTransition):
        do[act]()

    assert AccessRequest.objects.values().get() == before


def test_every_open_request_is_owed_and_every_closed_one_is_not():
    staff = StaffFactory()
    fresh, taken, answered, withdrawn = ask(), ask(), ask(), ask()
    access.take(taken, by=staff)
    access.answer(answered, "Done.", by=staff)
    access.withdraw(withdrawn, by=staff)

    owed = set(Event.objects.filter(invitees__until=None, invitees__isnull=False))

    assert owed == {fresh.deadline, taken.deadline}
    assert set(AccessRequest.objects.open()) == {fresh, taken}


def test_what_waits_is_found_by_where_it_stands():
    staff = StaffFactory()
    past = AccessRequestFactory(deadline__wall=wall(-1))
    mine = AccessRequestFactory(owner=staff)
    AccessRequestFactory(
        status=State.ANSWERED, answer="Yes", answered_at=timezone.now(), deadline__wall=wall(-1)
    )

    found = AccessRequest.objects
    assert set(found.open()) == {past, mine}
    assert set(found.late()) == {past}
    assert set(found.owned_by(staff)) == {mine}
    assert set(found.without_owner()) == {past}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_her_mails_say_by_when_and_what_in_her_language(language):
    person = PersonFactory(language=language)
    with translation.override(language):
        request = access.ask_from_form(person.email, name="Noor", words="X", kind=Wish.FORMAT)
    access.answer(request, "Un. Two.", by=StaffFactory())
    answered = Message.objects.get(kind="access-request-answered")
    mail = render.render(answered)

    assert (request.language, "Un. Two." in mail.text) == (language, True)
    assert (
        mail.subject
        == {
            "en": "Our answer to your request",
            "fr": "Notre réponse à votre demande",
        }[language]
    )


def test_a_mail_to_staff_holds_nothing_of_what_was_asked_for():
    StaffFactory()
    access.ask(PersonFactory(name="Noor"), "A wheelchair ramp", source=Source.OWN_PAGE)

    mail = render.render(Message.objects.get(kind="access-request-due"))

    for secret in ("wheelchair", "Noor"):
        assert secret not in mail.text + mail.html + mail.subject


def test_a_mail_about_a_request_that_is_closed_is_not_sent():
    StaffFactory()
    request = access.ask_from_form("noor@agency.test", name="Noor", words="X", kind=Wish.NEED)
    access.withdraw(request, by=request.person)

    for message in Message.objects.all():
        with pytest.raises(render.NoLongerTrue):
            render.render(message)


def test_who_owes_the_answer_is_reminded_two_days_before():
    staff = StaffFactory()
    with time_machine.travel("2027-03-01 17:00 +0000"):
        ask()
    Message.objects.all().delete()

    with time_machine.travel("2027-03-07 02:00 +0000"):  # 6 March, 9 p.m. in Toronto
        planner.plan()

    assert mails("access-request-due") == [staff.email]


def test_a_need_typed_while_registering_is_a_request_of_its_own():
    webinar = WebinarFactory()

    registration = services.register(
        webinar, email="noor@agency.test", name="Noor", consent_wording="x", access_needs="Captions"
    )

    request = AccessRequest.objects.get()
    assert (request.person, request.words, request.source, request.about, request.cohort) == (
        registration.person,
        "Captions",
        Source.WEBINAR,
        webinar.slug,
        webinar.cohort,
    )
    assert request.deadline.starts_at < webinar.event.starts_at - timedelta(days=1)


def test_a_registration_without_needs_asks_for_nothing():
    services.register(
        WebinarFactory(), email="n@agency.test", name="N", consent_wording="x", access_needs=" "
    )

    assert not AccessRequest.objects.exists()


def test_cancelling_a_registration_takes_its_request_back_and_no_other():
    person = PersonFactory()
    typed = {"email": person.email, "name": "N", "consent_wording": "x", "access_needs": "Captions"}
    kept = services.register(WebinarFactory(), **typed)
    gone = services.register(WebinarFactory(), **typed)

    services.cancel_registration(gone)

    assert set(AccessRequest.objects.values_list("about", "status")) == {
        (kept.webinar.slug, State.OPEN),
        (gone.webinar.slug, State.WITHDRAWN),
    }


def test_a_flood_of_registrations_mails_staff_no_further(monkeypatch):
    monkeypatch.setattr(access, "AN_HOUR_MAX", 2)
    staff, webinar, known = StaffFactory(), WebinarFactory(), PersonFactory()
    typed = {"name": "N", "consent_wording": "x", "access_needs": "Captions"}

    for number in range(4):
        services.register(webinar, email=f"n{number}@agency.test", **typed)
    assert AccessRequest.objects.count() == 2
    assert mails("access-request-due") == [staff.email] * 2
    services.register(webinar, email=known.email, by=known, **typed)

    assert AccessRequest.objects.count() == 3
    assert set(webinar.registrations.values_list("access_needs", flat=True)) == {"Captions"}


def reviewed(**facts):
    return ApplicationFactory(
        status=Status.SUBMITTED, access_needs="Large print", agrees_to_use=True, **facts
    )


def test_a_need_typed_in_an_application_is_asked_for_once_the_address_is_hers():
    application = reviewed(awaits_confirmation=True)
    assert not AccessRequest.objects.exists()

    intake.confirm(application)

    request = AccessRequest.objects.get()
    assert (request.person, request.words, request.source, request.about) == (
        application.person,
        "Large print",
        Source.APPLICATION,
        application.cohort.slug,
    )


def test_an_application_sent_again_brings_its_request_up_to_date():
    application = reviewed()
    intake._take_at_her_word(application)
    for words, expected in (
        ("Larger print", [("Larger print", State.OPEN)]),
        ("", [("Larger print", State.WITHDRAWN)]),
    ):
        application.access_needs = words
        intake._take_at_her_word(application)
        assert list(AccessRequest.objects.values_list("words", "status")) == expected


def test_what_was_answered_is_asked_again_only_in_other_words():
    application = reviewed()
    intake._take_at_her_word(application)
    access.answer(AccessRequest.objects.get(), "It is there.", by=StaffFactory())

    intake._take_at_her_word(application)
    assert AccessRequest.objects.count() == 1
    application.access_needs = "And captions"
    intake._take_at_her_word(application)

    assert list(AccessRequest.objects.open().values_list("words", flat=True)) == ["And captions"]


def test_withdrawing_an_application_takes_its_request_back():
    application = reviewed()
    intake._take_at_her_word(application)

    intake.withdraw(Application.objects.get(), by=application.person)

    assert AccessRequest.objects.get().status == State.WITHDRAWN


def test_nobody_waits_twice_to_be_erased():
    person = PersonFactory()
    ask(person, kind=Wish.ERASURE)

    with pytest.raises(InvalidTransition):
        ask(person, kind=Wish.ERASURE)

    assert AccessRequest.objects.count() == 1


# ------------------------------------------------------------------------------ The public form


def test_anybody_asks_without_an_account_and_hears_that_it_arrived(client):
    response = client.post(reverse("cops:access"), TYPED, follow=True)

    request = AccessRequest.objects.get()
    assert response.redirect_chain == [(reverse("cops:access-sent"), 302)]
    assert (request.person.email, request.name, request.kind, request.words, request.about) == (
        "noor@agency.test",
        "Noor Example",
        Wish.FORMAT,
        "Large print, please",
        "The call of 2021",
    )
    assert mails("access-request-received") == ["noor@agency.test"]


def test_a_known_and_an_unknown_address_get_the_same_answer(client):
    known = PersonFactory(name="Secret Name")

    answers = [
        client.post(reverse("cops:access"), {**TYPED, "email": email})
        for email in (known.email, "noor@agency.test")
    ]

    assert [(answer.status_code, answer.url, answer.content) for answer in answers] == [
        (302, reverse("cops:access-sent"), b"")
    ] * 2
    known.refresh_from_db()
    assert known.name == "Secret Name"


def test_who_is_signed_in_asks_as_herself(client):
    person = PersonFactory()
    client.force_login(person)

    form = page(client.get(reverse("cops:access")))
    response = client.post(reverse("cops:access"), TYPED)

    request = AccessRequest.objects.get()
    assert ('name="email"' in form, response.url) == (False, request.get_absolute_url())
    assert (request.person, request.source) == (person, Source.OWN_PAGE)


def test_a_program_that_fills_in_everything_is_thanked_and_not_heard(client):
    response = client.post(reverse("cops:access"), {**TYPED, "website": "https://spam.test"})

    assert response.url == reverse("cops:access-sent")
    assert not AccessRequest.objects.exists()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "complaint"),
    [
        ("kind", "", "Choose what it is."),
        ("kind", "erasure", "Select a valid choice"),
        ("words", "", "Write what you need."),
        ("words", "x" * 2001, "at most 2000 characters"),
        ("words", "\x00", "Null characters are not allowed."),
        ("about", "x" * 201, "at most 200 characters"),
        ("name", "", "Enter your name."),
        ("email", "noor@", "Enter a whole email address"),
    ],
)
def test_a_mistake_is_named_beside_the_field_and_nothing_typed_is_lost(
    client, field, typed, complaint
):
    response = client.post(reverse("cops:access"), {**TYPED, field: typed})

    assert response.status_code == 200
    assert complaint in page(response)
    kept = next(text for name, text in TYPED.items() if name not in (field, "kind"))
    assert kept in page(response)
    assert not AccessRequest.objects.exists()


def test_a_fourth_request_for_one_address_waits_until_one_is_answered(client):
    for _number in range(3):
        client.post(reverse("cops:access"), TYPED)

    refused = client.post(reverse("cops:access"), TYPED)
    assert "Several of these requests wait" in page(refused)
    access.withdraw(AccessRequest.objects.first(), by=User.objects.get())
    client.post(reverse("cops:access"), TYPED)

    assert AccessRequest.objects.count() == 4


def test_the_form_rests_when_it_is_flooded_and_names_another_way(client, monkeypatch):
    monkeypatch.setattr(access, "AN_HOUR_MAX", 2)
    for number in range(2):
        client.post(reverse("cops:access"), {**TYPED, "email": f"n{number}@agency.test"})

    refused = page(client.post(reverse("cops:access"), TYPED))
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        client.post(reverse("cops:access"), TYPED)

    assert "Too many requests arrive right now." in refused
    assert "Large print, please" in refused
    assert AccessRequest.objects.count() == 3


@pytest.mark.parametrize("url", ["cops:access", "cops:ask-correction"])
def test_one_person_does_not_ask_without_end(client, monkeypatch, url):
    monkeypatch.setattr(access, "OWN_MAX", 1)
    client.force_login(PersonFactory())
    client.post(reverse(url), TYPED)

    refused = page(client.post(reverse(url), TYPED))

    assert "Several of these requests wait for our answer already." in refused
    assert "Large print, please" in refused
    assert AccessRequest.objects.count() == 1


# --------------------------------------------------------------------------------- Her own page


def test_the_mailed_link_shows_the_request_and_lets_her_take_it_back(client):
    request = AccessRequestFactory()
    path = "/go/" + links.url(request.person, "cops:access-request", request.uuid).split("/go/")[1]

    opened = client.get(path, follow=True)
    done = client.post(reverse("cops:access-withdraw", args=[request.uuid]), follow=True)

    assert "Captions, please" in page(opened)
    assert "Your request is taken back." in page(done)
    request.refresh_from_db()
    assert request.status == State.WITHDRAWN


def test_an_answer_stands_on_her_page(client):
    request = AccessRequestFactory(
        status=State.ANSWERED, answer="There will be captions.", answered_at=timezone.now()
    )
    client.force_login(request.person)

    text = page(client.get(request.get_absolute_url()))

    assert "There will be captions." in text
    assert "Take the request back" not in text


@pytest.mark.parametrize("is_hers", [True, False])
def test_her_page_tells_who_closed_the_request(client, is_hers):
    request = ask()
    access.withdraw(request, by=request.person if is_hers else StaffFactory(), reason="SECRET")
    client.force_login(request.person)

    text = page(client.get(request.get_absolute_url()))

    assert ("Taken back" in text, "Closed by First Work" in text) == (is_hers, not is_hers)
    assert ("Ask again" in text) is not is_hers
    assert "SECRET" not in text


def test_taking_back_what_was_answered_is_too_late_and_says_so(client):
    request = AccessRequestFactory(status=State.ANSWERED, answer="Yes.", answered_at=timezone.now())
    client.force_login(request.person)

    response = client.post(reverse("cops:access-withdraw", args=[request.uuid]), follow=True)

    assert "This can no longer be changed that way." in page(response)
    request.refresh_from_db()
    assert request.status == State.ANSWERED


def test_a_stranger_neither_reads_nor_takes_back_a_request(client, sign_in):
    request = AccessRequestFactory()
    urls = [request.get_absolute_url(), reverse("cops:access-withdraw", args=[request.uuid])]

    anonymous = [client.get(urls[0]).status_code, client.post(urls[1]).status_code]
    for stranger in (PersonFactory(), StaffFactory()):
        sign_in(client, stranger)
        assert [client.get(urls[0]).status_code, client.post(urls[1]).status_code] == [404, 404]

    assert anonymous == [302, 403]
    request.refresh_from_db()
    assert request.is_open


def test_her_page_names_what_she_waits_for(client):
    request = AccessRequestFactory()
    AccessRequestFactory()
    client.force_login(request.person)

    text = page(client.get(reverse("accounts:me")))

    assert text.count(request.get_absolute_url()) == 1
    assert text.count("/access/") == 2  # the other is the footer's


CORRECT, ERASE = reverse("cops:ask-correction"), reverse("cops:ask-erasure")


@pytest.mark.parametrize(
    ("url", "typed", "kind", "words"),
    [
        (CORRECT, {"words": "My town is Kenora"}, Wish.CORRECTION, "My town is Kenora"),
        (ERASE, {"words": "", "sure": "on"}, Wish.ERASURE, "No reason given."),
        (ERASE, {"words": "I moved", "sure": "on"}, Wish.ERASURE, "I moved"),
    ],
)
def test_she_asks_about_her_own_data_and_has_an_answer_in_thirty_days(
    client, url, typed, kind, words
):
    person = PersonFactory()

    with time_machine.travel("2027-03-01 17:00 +0000"):
        client.force_login(person)
        response = client.post(url, typed)

    request = AccessRequest.objects.get()
    assert (response.status_code, response.url) == (302, request.get_absolute_url())
    assert (request.person, request.kind, request.words, request.source) == (
        person,
        kind,
        words,
        Source.OWN_PAGE,
    )
    assert request.deadline.local_on == date(2027, 3, 31)
    assert mails("access-request-received") == [person.email]


def test_asking_to_be_erased_erases_nothing_by_itself(client):
    application = reviewed()
    client.force_login(application.person)

    client.post(ERASE, {"sure": "on"})

    assert Application.objects.get() == application
    assert User.objects.filter(pk=application.person_id, is_active=True).exists()


@pytest.mark.parametrize(
    ("url", "typed", "complaint"),
    [
        (CORRECT, {"words": " "}, "Write what is wrong, and how it should be."),
        (CORRECT, {"words": "x" * 2001}, "at most 2000 characters"),
        (ERASE, {"words": "Kept words"}, "Tick the box if you want to be erased."),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_asked(client, url, typed, complaint):
    client.force_login(PersonFactory())

    response = client.post(url, typed)

    assert complaint in page(response)
    assert typed["words"].strip() in page(response)
    assert not AccessRequest.objects.exists()


def test_asking_twice_to_be_erased_is_refused_in_words(client):
    client.force_login(PersonFactory())
    client.post(ERASE, {"sure": "on"})

    response = client.post(ERASE, {"sure": "on", "words": "Again"})

    assert "You have asked for this already." in page(response)
    assert "Again" in page(response)
    assert AccessRequest.objects.count() == 1


@pytest.mark.parametrize("url", [CORRECT, ERASE])
def test_nobody_asks_about_data_without_signing_in(client, url):
    answers = [client.get(url).status_code, client.post(url, {"words": "x", "sure": "on"})]

    assert (answers[0], answers[1].status_code) == (302, 403)
    assert not AccessRequest.objects.exists()


# -------------------------------------------------------------------------------------- The desk


@pytest.fixture
def staff(client, sign_in):
    person = StaffFactory()
    sign_in(client, person)
    return person


LIST = reverse("admin:cops_accessrequest_changelist")


def verb_url(request, name):
    return reverse("admin:cops_accessrequest_verb", args=[request.pk, name])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_database_as_often_for_three_rows_as_for_one(
    client, staff, rows, django_assert_num_queries
):
    for _number in range(rows):
        AccessRequestFactory(owner=staff, cohort=CohortFactory())
    client.get(LIST)

    with django_assert_num_queries(5):
        client.get(LIST)


@pytest.mark.parametrize(
    ("stands", "found"),
    [("open", "late mine"), ("late", "late"), ("mine", "mine"), ("unowned", "late")],
)
def test_the_list_is_narrowed_by_where_a_request_stands(client, staff, stands, found):
    AccessRequestFactory(words="late", deadline__wall=wall(-1))
    AccessRequestFactory(words="mine", owner=staff)
    AccessRequestFactory(
        words="done", status=State.ANSWERED, answer="x", answered_at=timezone.now()
    )

    rows = client.get(LIST, {"stands": stands}).context["cl"].queryset

    assert sorted(row.words for row in rows) == found.split()


def test_staff_take_answer_and_close_requests_at_the_desk(client, staff):
    taken, closed = ask(), ask()

    client.post(verb_url(taken, "take"))
    client.post(verb_url(taken, "answer_it"), {"answer": "Captions are on."})
    client.post(verb_url(closed, "withdraw"), {"reason": "Sent twice."})

    for request in (taken, closed):
        request.refresh_from_db()
    assert (taken.owner, taken.status, taken.answer) == (staff, State.ANSWERED, "Captions are on.")
    assert (closed.status, closed.changes.get().reason) == (State.WITHDRAWN, "Sent twice.")


@pytest.mark.parametrize("kind", [Wish.CORRECTION, Wish.ERASURE])
def test_staff_do_not_close_what_she_asks_about_her_data(client, staff, kind):
    request = ask(kind=kind)

    record = page(client.get(reverse("admin:cops_accessrequest_change", args=[request.pk])))
    client.post(verb_url(request, "withdraw"), {"reason": "Too much work."})
    with pytest.raises(InvalidTransition):
        access.withdraw(request, by=staff)

    assert verb_url(request, "answer_it") in record
    assert verb_url(request, "withdraw") not in record
    request.refresh_from_db()
    assert (request.status, owing(request)) == (State.OPEN, {staff.email})
    access.withdraw(request, by=request.person)
    assert request.status == State.WITHDRAWN


def test_an_answer_without_words_is_refused_beside_the_field(client, staff):
    request = ask()

    response = client.post(verb_url(request, "answer_it"), {"answer": " "})

    assert "This field is required." in page(response)
    request.refresh_from_db()
    assert request.is_open


def test_staff_note_what_somebody_asked_for_by_phone(client, staff):
    person = PersonFactory()
    facts = {
        "person": person.pk,
        "kind": "need",
        "words": "An interpreter",
        "about": "",
        "cohort": "",
    }

    response = client.post(reverse("admin:cops_accessrequest_add"), facts)

    request = AccessRequest.objects.get()
    assert response.status_code == 302
    assert (request.person, request.source, request.owner) == (person, Source.STAFF, staff)
    assert owing(request) == {staff.email}


def test_staff_are_told_that_somebody_asked_to_be_erased_before(client, staff):
    person = PersonFactory()
    ask(person, kind=Wish.ERASURE)
    facts = {"person": person.pk, "kind": "erasure", "words": "Again", "about": "", "cohort": ""}

    response = client.post(reverse("admin:cops_accessrequest_add"), facts, follow=True)

    assert "You have asked for this already." in page(response)
    assert AccessRequest.objects.count() == 1


def test_a_record_at_the_desk_is_read_and_not_typed_over(client, staff):
    request = ask()

    response = client.post(
        reverse("admin:cops_accessrequest_change", args=[request.pk]),
        {"words": "Else", "changes-TOTAL_FORMS": 0, "changes-INITIAL_FORMS": 0},
    )

    request.refresh_from_db()
    assert (response.status_code, request.words) == (403, "Captions")


def test_nobody_but_staff_reaches_the_requests_at_the_desk(client):
    request = ask()
    client.force_login(PersonFactory())

    answers = [
        client.get(LIST).status_code,
        client.post(verb_url(request, "take")).status_code,
        client.post(verb_url(request, "answer_it"), {"answer": "x"}).status_code,
    ]

    assert all(status in (302, 403) for status in answers)
    request.refresh_from_db()
    assert (request.owner, request.status) == (None, State.OPEN)


def test_a_reviewer_meets_no_need_and_a_need_names_no_application(client, sign_in):
    staff = StaffFactory()
    application = reviewed()
    intake._take_at_her_word(application)
    Application.objects.update(status=Status.IN_REVIEW)
    review = ReviewFactory(application=application, reviewer=staff)
    sign_in(client, staff)

    reading = page(client.get(review.get_absolute_url()))
    at_the_desk = page(
        client.get(reverse("admin:applications_application_change", args=[application.pk]))
    )
    asked = AccessRequest.objects.get()
    requests = page(client.get(LIST)) + page(
        client.get(reverse("admin:cops_accessrequest_change", args=[asked.pk]))
    )

    assert application.reference in reading
    assert "Large print" not in reading + at_the_desk
    assert "Large print" in requests
    assert application.reference not in requests


# ---------------------------------------------------------------------------------- Two at once


def outcomes_of(results):
    return sorted("refused" if isinstance(r, Exception) else "done" for r in results)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["take", "answer"])
def test_two_of_staff_at_once_leave_one_of_them_refused(act):
    first, second = StaffFactory(), StaffFactory()
    request = ask()
    copies = [AccessRequest.objects.get(pk=request.pk) for _number in range(2)]
    do = {"take": access.take, "answer": lambda r, by: access.answer(r, str(by), by=by)}[act]

    results = at_once(
        lambda: do(copies[0], by=first),
        lambda: do(copies[1], by=second),
    )

    assert outcomes_of(results) == ["done", "refused"]
    assert isinstance(next(filter(None, results)), InvalidTransition)
    assert Invitee.objects.current().count() == (1 if act == "take" else 0)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_guard_both_of_staff_would_have_taken_it(monkeypatch):
    first, second = StaffFactory(), StaffFactory()
    request = ask()

    def take(self, *, by):
        AccessRequest.objects.filter(pk=self.pk).update(owner=by)
        self.refresh_from_db(fields=["owner"])

    monkeypatch.setattr(AccessRequest, "take", take)
    copies = [AccessRequest.objects.get(pk=request.pk) for _number in range(2)]

    results = at_once(
        lambda: access.take(copies[0], by=first), lambda: access.take(copies[1], by=second)
    )

    assert results == [None, None]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_asking_twice_at_once_to_be_erased_is_one_wish():
    person = PersonFactory()

    results = at_once(*[lambda: ask(person, kind=Wish.ERASURE)] * 2)

    assert AccessRequest.objects.count() == 1
    assert [type(r) for r in results if isinstance(r, Exception)] == [InvalidTransition]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_database_still_keeps_it_one_wish(monkeypatch):
    person = PersonFactory()
    monkeypatch.setattr(access, "_waiting", lambda *args, **facts: AccessRequest.objects.none())

    results = at_once(*[lambda: ask(person, kind=Wish.ERASURE)] * 2)

    assert AccessRequest.objects.count() == 1
    assert [type(r) for r in results if isinstance(r, Exception)] == [IntegrityError]
