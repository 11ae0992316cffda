"""Locks, time-outs and lost connections: a page that holds what was typed, never a bare error."""

from threading import Barrier, Event

import psycopg2
import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test import Client

from accounts import trouble
from accounts.forms import DetailsForm
from accounts.models import User
from tests.concurrency import at_once
from tests.factories import PersonFactory
from tests.fuzz.forms import Page

ADDRESS = "/me/details/"
TYPED = {
    "csrfmiddlewaretoken": "a" * 64, "name": "Ada B.", "phone": "", "language": "fr",
    "time_zone": "America/Toronto",
}  # fmt: skip


def browser_of(person):
    client = Client()
    client.raise_request_exception = False
    client.force_login(person)
    return client


def shown_to(answer):
    """Return what the page would send again."""
    (form,) = [form for form in Page(answer.text).forms if form["action"] == ADDRESS]
    return {field["name"]: field["value"] for field in form["fields"]}


def set_time_out(name, value):
    with connection.cursor() as cursor:
        cursor.execute(f"SET {name} = '{value}'")


def while_somebody_holds_her(person, **time_outs):
    """Return how she is answered who saves her details while her row is locked."""
    client, is_locked, is_answered = browser_of(person), Event(), Event()

    def hold():
        with transaction.atomic():
            User.objects.select_for_update().get(pk=person.pk)
            is_locked.set()
            is_answered.wait(timeout=10)

    def save():
        is_locked.wait(timeout=10)
        for name, value in time_outs.items():
            set_time_out(name, value)
        answer = client.post(ADDRESS, TYPED)
        is_answered.set()
        return answer

    _held, answer = at_once(hold, save)
    return client, answer


@pytest.fixture
def unguarded(monkeypatch):
    monkeypatch.setattr(trouble, "kind_of", lambda error: "")


locked_out = {"lock_timeout": "100ms"}
too_slow = {"lock_timeout": 0, "statement_timeout": "100ms"}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("time_outs", "status", "why"),
    [
        (locked_out, 409, "Somebody else is saving the same at this moment"),
        (too_slow, 503, "It took too long, so we stopped."),
    ],
)
def test_who_cannot_have_the_lock_gets_her_text_back_and_may_send_it_again(time_outs, status, why):
    person = PersonFactory(name="Ada")

    client, answer = while_somebody_holds_her(person, **time_outs)
    person.refresh_from_db()
    before = person.name
    again = client.post(ADDRESS, shown_to(answer))

    person.refresh_from_db()
    assert (answer.status_code, before, again.status_code, person.name) == (
        status, "Ada", 302, "Ada B.",
    )  # fmt: skip
    assert why in answer.text
    assert shown_to(answer) == TYPED
    assert answer["Retry-After"] == "30"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_guard_a_lock_that_is_not_to_be_had_is_a_bare_error(unguarded):
    _client, answer = while_somebody_holds_her(PersonFactory(), **locked_out)

    assert answer.status_code == 500


def two_in_a_deadlock(monkeypatch):
    """Return how two are answered whose saves each wait for what the other has locked."""
    one, other = PersonFactory(), PersonFactory()
    both_hold_one, save = Barrier(2), DetailsForm.save

    def crosswise(form, **facts):
        with transaction.atomic():
            User.objects.select_for_update().get(pk=form.instance.pk)
            both_hold_one.wait(timeout=10)
            User.objects.select_for_update().get(
                pk=other.pk if form.instance.pk == one.pk else one.pk
            )
            return save(form, **facts)

    def sends(client):
        def send():
            set_time_out("lock_timeout", "20s")
            return client.post(ADDRESS, TYPED)

        return send

    monkeypatch.setattr(DetailsForm, "save", crosswise)
    answers = at_once(*map(sends, [browser_of(one), browser_of(other)]))
    return sorted(answers, key=lambda answer: answer.status_code)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_in_a_deadlock_one_is_saved_and_the_other_gets_her_text_back(monkeypatch):
    saved, kept = two_in_a_deadlock(monkeypatch)

    assert (saved.status_code, kept.status_code) == (302, 409)
    assert shown_to(kept) == TYPED


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_guard_a_deadlock_is_a_bare_error(monkeypatch, unguarded):
    assert [each.status_code for each in two_in_a_deadlock(monkeypatch)] == [302, 500]


def whose_connection_dies(monkeypatch):
    """Return how she is answered whose connection is ended while her form is being saved."""
    client = browser_of(PersonFactory(name="Ada"))
    save = DetailsForm.save

    def dies(form, **facts):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            end(cursor.fetchone()[0])
        return save(form, **facts)

    def send():
        monkeypatch.setattr(DetailsForm, "save", dies)
        return client.post(ADDRESS, TYPED)

    [answer] = at_once(send)  # in a thread, so with a connection of its own
    return client, answer


def end(pid):
    database = connection.get_connection_params()
    database.pop("cursor_factory", None)
    with psycopg2.connect(**database) as another, another.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_gone_loses_nothing_and_the_next_request_has_a_new_one(monkeypatch):
    with monkeypatch.context() as dying:
        client, answer = whose_connection_dies(dying)
    again = client.post(ADDRESS, shown_to(answer))

    assert (answer.status_code, again.status_code) == (503, 302)
    assert "The site cannot reach its records at this moment." in answer.text
    assert shown_to(answer) == TYPED
    assert User.objects.get().name == "Ada B."


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_guard_a_connection_that_is_gone_is_a_bare_error(monkeypatch, unguarded):
    with monkeypatch.context() as dying:
        _client, answer = whose_connection_dies(dying)

    assert answer.status_code == 500


# Where the database is out of reach before any view is asked


class Refused(psycopg2.OperationalError):
    """As psycopg2 says that nobody listens: without a code."""


def unreachable(monkeypatch):
    def refuse():
        raise OperationalError("connection refused") from Refused()

    monkeypatch.setattr(connections["default"], "cursor", refuse)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/me/", "/admin/", "/fr/outcomes/"])
def test_a_page_whose_records_are_out_of_reach_says_to_load_it_again(monkeypatch, address):
    client = browser_of(PersonFactory())
    unreachable(monkeypatch)

    answer = client.get(address)

    assert answer.status_code == 503
    assert f'href="{address}"' in answer.text
    assert "<form" not in answer.text


@pytest.mark.django_db
def test_a_form_sent_while_the_records_are_out_of_reach_comes_back_in_her_language(monkeypatch):
    client = browser_of(PersonFactory())
    with monkeypatch.context() as broken:
        unreachable(broken)
        answer = client.post(f"/fr{ADDRESS}", TYPED)

    assert answer.status_code == 503
    assert "<h1>Pas encore enregistré</h1>" in answer.text
    assert "Ada B." in answer.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("origin", "sent", "is_offered"),
    [
        ("http://testserver", {"csrfmiddlewaretoken": "a" * 64}, True),
        ("https://evil.example", {}, False),
    ],
)
def test_a_button_is_offered_again_to_who_pressed_it_and_not_to_another_site(
    monkeypatch, origin, sent, is_offered
):
    client = browser_of(PersonFactory())
    unreachable(monkeypatch)

    answer = client.post(ADDRESS, sent, headers={"origin": origin})

    assert answer.status_code == 503
    assert ("Send it again" in answer.text) == is_offered


@pytest.mark.django_db
def test_our_own_mistake_keeps_what_was_typed_too(monkeypatch):
    client = browser_of(PersonFactory())
    with monkeypatch.context() as broken:
        broken.setattr(DetailsForm, "save", lambda form: 1 / 0)
        answer = client.post(ADDRESS, TYPED)
    again = client.post(ADDRESS, shown_to(answer))

    assert (answer.status_code, again.status_code) == (500, 302)
    assert shown_to(answer) == TYPED
    assert "ZeroDivisionError" not in answer.text


class Missing(psycopg2.errors.UndefinedTable):
    """Our mistake, and none that passes."""

    pgcode = "42P01"


class Locked(Exception):
    sqlite_errorname = "SQLITE_BUSY"


class NoTable(Exception):
    sqlite_errorname = "SQLITE_ERROR"


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (Locked(), "busy"), (NoTable(), ""), (Missing(), ""), (Refused(), "away"), (None, ""),
        (ValueError(), ""),
    ],
)  # fmt: skip
def test_only_what_passes_by_itself_is_trouble(cause, kind):
    error = OperationalError("in our way")
    error.__cause__ = cause

    assert trouble.kind_of(error) == kind
    assert trouble.kind_of(ValueError()) == ""


@pytest.mark.django_db
def test_an_address_for_a_button_alone_says_so_in_words():
    client = browser_of(PersonFactory())

    answer = client.get("/me/data/export/")

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "It only takes what a button sends." in answer.text


@pytest.mark.django_db
def test_what_is_sent_to_a_page_that_takes_nothing_comes_back():
    answer = browser_of(PersonFactory()).post("/privacy/", {"said": "A <b>long</b> thought"})

    assert answer.status_code == 405
    assert "A &lt;b&gt;long&lt;/b&gt; thought" in answer.text


@pytest.mark.django_db
def test_a_button_that_nothing_takes_is_not_said_to_be_the_wrong_one():
    answer = browser_of(PersonFactory()).post("/privacy/")

    assert answer.status_code == 405
    assert "Nothing was saved. Go back one page" in answer.text
    assert "It only takes what a button sends." not in answer.text


@pytest.mark.django_db
def test_a_program_that_asks_by_another_method_is_answered_alike():
    assert browser_of(PersonFactory()).put("/privacy/").status_code == 405
