"""Public pages made once for all strangers: who gets which, and for how long."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from outcomes.models import Feedback
from tests.factories import CohortFactory, OutcomeFactory, StaffFactory

pytestmark = pytest.mark.django_db

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@pytest.fixture(autouse=True)
def _keeping(settings):
    settings.PAGES_KEPT_SECONDS = 10
    caches["pages"].clear()
    yield
    caches["pages"].clear()


@pytest.fixture
def call():
    return CohortFactory(name_en="Spring call", name_fr="Appel du printemps")


def rename(call):
    type(call).objects.filter(pk=call.pk).update(name_en="Autumn call", name_fr="Appel d’automne")


def read(address, client=None, **headers):
    return (client or Client()).get(address, **headers).content.decode()


def test_strangers_share_a_page_for_ten_seconds_and_no_longer(call, django_assert_num_queries):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        first = read("/")
        rename(call)
        clock.shift(timedelta(seconds=9))
        with django_assert_num_queries(0):
            second = read("/")
        clock.shift(timedelta(seconds=2))
        third = read("/")

    assert first == second
    assert ("Spring call" in second, "Autumn call" in second) == (True, False)
    assert ("Spring call" in third, "Autumn call" in third) == (False, True)


def test_who_is_signed_in_sees_what_is_true_now_and_nobody_else_sees_her_page(call, sign_in):
    staff, client = StaffFactory(name="Dana Whitfield"), Client()
    sign_in(client, staff)

    hers = read("/", client)
    stranger = read("/")
    rename(call)

    assert "Dana Whitfield" in hers
    assert "Dana Whitfield" not in stranger
    assert "Autumn call" in read("/", client)


@pytest.mark.parametrize("cookie", ["sessionid", "messages"])
def test_who_came_by_a_link_or_has_a_message_waiting_gets_a_page_of_her_own(call, cookie):
    guest = Client()
    guest.cookies[cookie] = "anything"

    hers = read("/", guest)
    rename(call)

    assert "Spring call" in hers
    assert "Autumn call" in read("/", guest)
    assert "Autumn call" in read("/"), "and hers was not kept for others"


def test_languages_addresses_and_hosts_are_kept_apart(call):
    assert "Spring call" in read("/")
    assert "Appel du printemps" in read("/fr/")
    assert 'href="http://localhost/"' in read("/", headers={"host": "localhost"})
    assert 'href="http://localhost/"' not in read("/")


def test_an_address_with_a_question_is_answered_anew():
    OutcomeFactory(status="published", title_en="Check-ins")
    read("/outcomes/")

    assert "Nothing matches" in read("/outcomes/?q=zzz")
    assert "Nothing matches" not in read("/outcomes/")


def test_what_was_not_found_is_not_kept(call):
    assert Client().get("/cohorts/later/").status_code == 404

    CohortFactory(slug="later")

    assert Client().get("/cohorts/later/").status_code == 200


def test_every_reader_of_a_kept_page_has_a_form_token_of_her_own():
    outcome = OutcomeFactory(status="published")
    address = outcome.get_absolute_url()
    readers = [Client(enforce_csrf_checks=True) for _ in range(3)]

    pages = [reader.get(address) for reader in readers]

    tokens = [TOKEN.search(page.content.decode())[1] for page in pages]
    assert len(set(tokens)) == 3
    assert len({page.cookies["csrftoken"].value for page in pages}) == 3
    for number, (reader, token) in enumerate(zip(readers, tokens, strict=True)):
        typed = {"text": f"We tried it, {number}", "csrfmiddlewaretoken": token}
        assert reader.post(f"{address}feedback/", typed).status_code == 302
    stolen = {"text": "x", "csrfmiddlewaretoken": tokens[0]}
    assert readers[1].post(f"{address}feedback/", stolen).status_code == 403
    assert Feedback.objects.count() == 3


def test_a_kept_page_says_what_a_page_made_anew_says(call):
    anew, kept = Client().get("/"), Client().get("/")

    assert kept.content == anew.content
    headers = [
        {name: sorted(value.split(", ")) for name, value in page.headers.items()}
        for page in (kept, anew)
    ]
    assert headers[0] == headers[1]


def test_nothing_is_kept_where_that_is_switched_off(call, settings):
    settings.PAGES_KEPT_SECONDS = 0
    read("/")
    rename(call)

    assert "Autumn call" in read("/")
