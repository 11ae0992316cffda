from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import office
from notifications import health, tasks
from notifications.models import Attempt, Heartbeat, Message, Stop
from notifications.reasons import QUARANTINED
from tests.factories import ActionItemFactory, BounceFactory, MessageFactory, StaffFactory

pytestmark = pytest.mark.django_db

State = Message.State


@pytest.fixture(autouse=True)
def started(monkeypatch):
    """Let the site have started long ago, or ``minutes`` before now."""

    def ago(minutes):
        monkeypatch.setattr(health, "STARTED_AT", timezone.now() - timedelta(minutes=minutes))

    ago(60)
    return ago


@pytest.fixture
def at_work():
    for name in health.AT_WORK:
        Heartbeat.beat(name)


def waits(minutes):
    return MessageFactory(not_before=timezone.now() - timedelta(minutes=minutes))


def machine(client):
    answer = client.get("/healthz/mail")
    return answer.status_code, answer.json()


def test_while_mail_flows_a_machine_gets_200_and_figures_of_nobody(client, at_work):
    waits(4)
    waits(-4)

    status, said = machine(client)

    assert status == 200
    assert said.pop("oldest_due_seconds") == 240
    assert said.pop("seconds_since") == {"sender": 0, "planner": 0}
    assert said == {
        "state": "well", "is_well": True, "backlog": 1, "quarantined": 0, "tried_last_hour": 0,
        "failed_last_hour": 0, "addresses_bouncing": 0, "news_held": 0,
        "lanes_waiting": [],
    }  # fmt: skip


def of_late_mail():
    waits(6)


def of_a_silent_sender():
    Heartbeat.objects.filter(name="sender").update(beat_at=timezone.now() - timedelta(minutes=4))


def of_a_planner_never_seen():
    Heartbeat.objects.filter(name="planner").delete()


def of_a_quarantined_mail():
    MessageFactory(state=State.FAILED, reason=QUARANTINED)


def of_failures():
    message = MessageFactory(state=State.FAILED)
    Attempt.objects.create(message=message, number=1, result=Attempt.Result.REFUSED)


@pytest.mark.parametrize(
    "trouble",
    [
        of_late_mail,
        of_a_silent_sender,
        of_a_planner_never_seen,
        of_a_quarantined_mail,
        of_failures,
    ],
)
def test_each_trouble_is_an_alarm_for_mail_and_none_for_the_site(client, at_work, trouble):
    assert machine(client)[0] == 200

    trouble()

    assert machine(client)[0] == 503
    assert client.get("/readyz").status_code == 200


def state_of(client):
    status, said = machine(client)
    return status, said["state"], said["is_well"]


def test_what_has_just_started_is_starting_for_two_minutes_and_then_an_alarm(client, started):
    started(1.9)
    assert state_of(client) == (200, "starting", False)

    started(2.1)
    assert state_of(client) == (503, "trouble", False)


def test_a_start_excuses_parts_that_were_at_work_before_it_and_nothing_else(
    client, started, at_work
):
    started(1)
    assert state_of(client) == (200, "well", True)
    of_a_silent_sender()
    assert state_of(client) == (200, "starting", False)

    waits(6)

    assert state_of(client) == (503, "trouble", False)


def test_the_page_of_what_has_just_started_is_calm(client, sign_in, started):
    started(1)
    sign_in(client, StaffFactory())

    calm = client.get(reverse("mail-health")).text
    started(3)
    alarm = client.get(reverse("mail-health")).text

    assert calm.count("Nothing seen yet") == 2
    assert "chip-danger" not in calm
    assert "Not as it should" in alarm
    assert alarm.count("Never yet") == 2


def test_the_page_stands_in_the_desk_and_is_marked_there(client, sign_in, at_work):
    sign_in(client, StaffFactory())

    nav = client.get(reverse("mail-health")).text.partition('id="desk-nav"')[2]

    marked = f'href="{reverse("mail-health")}" aria-current="page">Is email flowing?<'
    assert marked in nav.partition("</nav>")[0]


def test_sender_and_planner_are_seen_at_work():
    tasks.plan_reminders()
    tasks.deliver_due()
    tasks.deliver_due()

    assert set(health.look().seen) == {"planner", "sender"}


def test_one_failure_among_many_tries_is_none():
    message = MessageFactory()
    for number, result in enumerate([Attempt.Result.SENT] * 49 + [Attempt.Result.BROKEN]):
        Attempt.objects.create(message=message, number=number, result=result)

    found = health.look()

    assert (found.tried, found.failed, found.fails_often) == (50, 1, False)


def test_the_page_says_what_needs_somebody(client, sign_in, at_work):
    sign_in(client, StaffFactory())
    assert "What is due goes out" in client.get(reverse("mail-health")).text
    waits(6)
    Stop.put(Message.Lane.REMINDER, "timed out")
    BounceFactory()

    page = client.get(reverse("mail-health")).text

    assert "Later than 5 minutes" in page
    assert "(reminders): timed out. One email a minute" in page
    assert "Not as it should" in page


def test_the_page_says_of_what_nobody_is_reminded(client, sign_in, at_work):
    sign_in(client, StaffFactory())
    assert "still has something to do by a day" in client.get(reverse("mail-health")).text

    ActionItemFactory()

    assert "still open, but nobody is reminded" in client.get(reverse("mail-health")).text


@pytest.mark.parametrize("number", [1, 3])
def test_the_questions_asked_do_not_grow(django_assert_num_queries, number):
    for _ in range(number):
        waits(6)
        BounceFactory()
    with django_assert_num_queries(7):
        health.look()


def test_news_that_waits_for_the_postal_address_is_told_of(
    client, sign_in, at_work, settings, office_of_the_environment
):
    settings.POSTAL_ADDRESS = ""
    office.forget()
    MessageFactory(lane=Message.Lane.NEWS, not_before=timezone.now() + timedelta(hours=1))
    sign_in(client, StaffFactory())
    page = reverse("mail-health")
    words = "1 email waits until your postal address is written down."

    assert machine(client)[1]["news_held"] == 1
    assert words in client.get(page).text
    office.write(postal_address="1 Sample Street")
    assert machine(client)[1]["news_held"] == 0
    assert words not in client.get(page).text
