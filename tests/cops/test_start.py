"""Setting up: five things read off the data, and the test mail's way."""

from itertools import count

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts import office
from accounts.models import Office, User
from cops import start
from notifications import sender
from notifications.models import Message
from tests.concurrency import at_once
from tests.cops.starting import INVITE, OFFICE, START, invitation, path_in, whole_office
from tests.factories import CohortFactory, OrganizationFactory, PersonFactory, StaffFactory, days

pytestmark = pytest.mark.django_db


def to_do():
    return [task.key for task in start.tasks() if not task.is_done]


def test_a_new_site_has_five_things_to_do():
    assert to_do() == ["organization", "address", "mail", "staff", "cohort"]


def test_each_thing_is_done_by_its_own_data():
    office.write(convenor=OrganizationFactory())
    assert to_do() == ["address", "mail", "staff", "cohort"]
    office.write(postal_address="1 Sample Street", phone="416 555-0100")
    assert to_do() == ["mail", "staff", "cohort"]
    start.note_arrival()
    assert to_do() == ["staff", "cohort"]
    StaffFactory()
    StaffFactory(is_active=False)
    assert to_do() == ["staff", "cohort"]
    StaffFactory()
    assert to_do() == ["cohort"]
    CohortFactory()
    assert to_do() == []


def test_the_page_leads_to_each_thing(client, superuser):
    page = client.get(START)

    assert "0 of 5 are done." in page.text
    for address in (OFFICE, INVITE, reverse("start-test-mail"), reverse("admin:cops_cohort_add")):
        assert f'"{address}' in page.text


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_few_and_many(client, staff, number, django_assert_num_queries):
    StaffFactory.create_batch(number)
    CohortFactory.create_batch(number)
    for _each in range(number):
        Message.objects.create(
            kind="mail-test", recipient=staff, dedupe_key=f"t{next(KEYS)}",
            message_id=f"<{next(KEYS)}@test>",
        )  # fmt: skip
    client.get(START)

    with django_assert_num_queries(5):
        client.get(START)


KEYS = count()


def test_what_is_left_shows_on_the_desk_and_the_board_until_all_is_done(client, staff):
    before = [client.get(address).text for address in ("/admin/", "/admin/board/")]
    office.write(
        convenor=OrganizationFactory(), postal_address="1 Sample Street", phone="416 555-0100"
    )
    start.note_arrival()
    StaffFactory()
    CohortFactory()
    after = [client.get(address).text for address in ("/admin/", "/admin/board/")]

    assert ["5 things are left to set up." in text for text in before] == [True, True]
    assert ["left to set up" in text for text in after] == [False, False]
    assert f'href="{START}"' in after[0]


@pytest.mark.parametrize("address", [START, OFFICE, INVITE, "/admin/start/mail/"])
@pytest.mark.parametrize("who", ["nobody", "a person"])
def test_a_stranger_sets_nothing_up(client, sign_in, address, who):
    if who == "a person":
        sign_in(client, PersonFactory())

    answers = [client.get(address), client.post(address, whole_office() | invitation())]

    assert [answer.status_code for answer in answers if answer.status_code not in {302, 403}] == []
    assert (Office.objects.count(), Message.objects.count()) == (0, 0)
    assert not User.objects.filter(email="new@firstwork.test").exists()


# A test mail


def test_a_test_mail_comes_back_by_its_link_and_a_press(client, staff):
    client.post(reverse("start-test-mail"))
    sender.deliver_due()

    path = path_in(mail.outbox[0])
    page = client.get(path, follow=True)
    assert (page.status_code, Office.objects.exists()) == (200, False)
    response = client.post(page.request["PATH_INFO"])

    assert mail.outbox[0].to == [staff.email]
    assert response.url == START
    assert office.current().mail_arrived_at is not None
    assert "A test email came through on" in client.get(START).text


def test_it_may_be_opened_on_a_phone_that_nobody_signed_in_on(client, staff):
    start.send_test_mail(staff)
    sender.deliver_due()
    client.logout()

    page = client.get(path_in(mail.outbox[0]), follow=True)
    done = client.post(page.request["PATH_INFO"])

    assert "Good: email arrives." in done.text
    assert office.current().mail_arrived_at is not None


def test_a_stranger_cannot_say_that_it_arrived(client, sign_in):
    address = reverse("cops:mail-arrived", args=[StaffFactory().uuid])
    sign_in(client, StaffFactory())

    answers = [client.get(address).status_code, client.post(address).status_code]

    assert answers == [302, 403]
    assert not Office.objects.exists()


def test_it_is_too_late_once_the_link_is_old_or_its_reader_no_longer_staff(client, staff):
    start.send_test_mail(staff)
    sender.deliver_due()
    path = path_in(mail.outbox[0])
    client.logout()

    with time_machine.travel(days(3)):
        assert client.get(path).status_code == 410
    User.objects.filter(pk=staff.pk).update(is_staff=False)
    page = client.get(path, follow=True)
    assert page.status_code == 404
    assert not Office.objects.exists()


def test_a_test_mail_that_failed_says_why(client, staff):
    message = start.send_test_mail(staff)
    Message.objects.filter(pk=message.pk).update(state="failed", reason="535 wrong password")

    text = client.get(START).text

    assert "535 wrong password" in text
    assert "Send another test email" in text


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one_test_mail():
    staff = StaffFactory()

    with time_machine.travel(timezone.now(), tick=False):
        results = at_once(*[lambda: start.send_test_mail(staff)] * 2)

    assert results[0] == results[1]
    assert Message.objects.count() == 1
