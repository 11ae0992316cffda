"""Real processes end to end: beat rings, worker plans and sends, a mail server receives."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import icalendar
import pytest
import redis
import vobject
from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection
from django.utils import timezone

from notifications import calendar
from notifications.models import Event, Invitee, Message, Reminder, Role, Rule
from notifications.models.reminder import Unit
from tests.factories import MeetingFactory, MembershipFactory, PersonFactory, RegistrationFactory

pytestmark = [
    pytest.mark.redis,
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

PATIENCE_SECONDS = 60
QUIET_SECONDS = 6
TICK_SECONDS = 1


class Mailbox:
    """What the mail server accepted."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 accepted"

    def counted(self):
        return Counter(mail["To"] for mail in self.mails)


@pytest.fixture
def mail_server():
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        mailbox.port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    yield mailbox
    controller.stop()


@pytest.fixture
def environment(transactional_db, redis_url, mail_server):
    """Settings as in production, for the database of this test."""
    database = connection.settings_dict
    redis.Redis.from_url(redis_url).delete("celery")
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "SECRET_KEY": "only-for-this-test-" + "x" * 40,
        "SITE_URL": settings.SITE_URL,
        "DATABASE_URL": "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(
            **{**database, "PORT": database["PORT"] or 5432}
        ),
        "REDIS_URL": redis_url,
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}",
        "TICK_SECONDS": str(TICK_SECONDS),
    }


@contextmanager
def running(environment, folder: Path, *arguments):
    """Run one Celery process in a group of its own, and end it and its children whatever comes."""
    log = (folder / f"{arguments[0]}.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "config", *arguments],
        cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=10)
        log.close()


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.2)
    return False


def due_now(event, person, role):
    """Bring the event to 48 hours from now, less a minute, with ``person`` invited for weeks."""
    wall = timezone.localtime() + timedelta(hours=48, minutes=-1)
    calendar.move(event, wall.replace(second=0, microsecond=0, tzinfo=None))
    calendar.owe(event, person, role)
    weeks_ago = timezone.now() - timedelta(days=20)
    Event.objects.filter(pk=event.pk).update(scheduled_at=weeks_ago)
    Invitee.objects.filter(event=event).update(since=weeks_ago)
    Message.objects.all().delete()


@pytest.fixture
def people(transactional_db):
    """One registered for the webinar, one in English and one in French in the meeting.

    They are reminded hours before, not days: a reminder counted in days waits for the morning.
    """
    guest, member, membre = (PersonFactory(language=language) for language in ("en", "en", "fr"))
    webinar = RegistrationFactory(person=guest).webinar
    meeting = MeetingFactory()
    for person in (member, membre):
        MembershipFactory(community=meeting.community, person=person)
    due_now(webinar.event, guest, Role.GUEST)
    due_now(meeting.event, member, Role.MEMBER)
    due_now(meeting.event, membre, Role.MEMBER)
    for kind in ("webinar", "meeting"):
        Rule.objects.filter(kind=kind, anchor=Rule.Anchor.BEFORE).delete()
        Rule.objects.create(kind=kind, amount=48, unit=Unit.HOURS, mail=f"{kind}-reminder")
    return {
        guest.email: webinar.event,
        member.email: meeting.event,
        membre.email: meeting.event,
    }


def test_each_reminder_arrives_once_with_a_calendar_two_parsers_accept(
    environment, mail_server, people, tmp_path
):
    worker = ["worker", "--concurrency", "2", "--loglevel", "WARNING"]
    beat = ["beat", "--schedule", str(tmp_path / "schedule"), "--loglevel", "WARNING"]

    with running(environment, tmp_path, *worker), running(environment, tmp_path, *beat):
        arrived = wait_until(lambda: set(mail_server.counted()) == set(people))
        time.sleep(QUIET_SECONDS)

    said = "".join(path.read_text() for path in tmp_path.glob("*.log"))
    assert arrived, f"{mail_server.counted()}\n{list(Message.objects.values())}\n{said}"
    assert mail_server.counted() == dict.fromkeys(people, 1)
    assert set(Message.objects.values_list("state", flat=True)) == {Message.State.SENT}
    assert Reminder.objects.filter(state=Reminder.State.ENQUEUED).count() == 3
    for mail in mail_server.mails:
        event = Event.objects.get(pk=people[mail["To"]].pk)
        (invitation,) = [
            part for part in mail.walk()
            if part.get_content_type() == "text/calendar" and part.get_param("method")
        ]  # fmt: skip
        text = invitation.get_content()
        ours = icalendar.Calendar.from_ical(text).events[0]
        theirs = vobject.readOne(text).vevent
        assert ours.start == theirs.dtstart.value == event.starts_at
        assert str(ours["UID"]) == theirs.uid.value == f"{event.uuid}@{settings.SITE_HOST}"
        assert mail["Message-ID"] == Message.objects.get(recipient__email=mail["To"]).message_id
