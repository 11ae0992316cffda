"""What a provider tells of mail that came back: believed once, and only with the password."""

import base64
import json
from uuid import uuid4

import pytest
from anymail import exceptions
from requests import Response

from notifications import bounces, outbox, sender
from notifications.models import Attempt, Bounce, Consent, Message, Stop
from tests.concurrency import at_once
from tests.factories import ConsentFactory, EventFactory, MessageFactory, PersonFactory

pytestmark = pytest.mark.django_db

ADDRESS = "/mail/events/postmark/"
Result = Attempt.Result


@pytest.fixture(autouse=True)
def provider(settings):
    settings.MAIL_PROVIDER = "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": "postmark:agreed"}


def tell(client, *, password="agreed", address=ADDRESS, **facts):
    word = base64.b64encode(f"postmark:{password}".encode()).decode()
    return client.post(
        address,
        json.dumps(facts),
        content_type="application/json",
        headers={"Authorization": f"Basic {word}"},
    )


def hard_bounce(message, **facts):
    return {
        "RecordType": "Bounce", "Type": "HardBounce", "ID": 42, "MessageID": "theirs",
        "Email": message.recipient.email, "BouncedAt": "2027-04-01T10:00:00Z",
        "Details": "550 5.1.1 unknown", "Metadata": {"message": message.message_id.strip("<>")},
        **facts,
    }  # fmt: skip


def test_a_mail_that_came_back_flags_its_address_however_often_it_is_told(client):
    message = MessageFactory()

    answers = [tell(client, **hard_bounce(message)).status_code for _ in range(3)]

    assert answers == [200] * 3
    (bounce,) = Bounce.objects.all()
    assert (bounce.person, bounce.address, bounce.cause, bounce.message) == (
        message.recipient, message.recipient.email, Bounce.Cause.BOUNCED, message,
    )  # fmt: skip
    assert bounce.answer == "550 5.1.1 unknown"


def test_without_our_mark_it_is_found_by_its_address(client):
    message = MessageFactory()

    tell(client, **hard_bounce(message, Metadata={}))

    assert [(b.person, b.message) for b in Bounce.objects.all()] == [(message.recipient, None)]


def test_a_provider_that_leaves_out_the_address_means_the_one_we_wrote_to(client):
    message = MessageFactory()

    answer = tell(client, **hard_bounce(message, Email=None))

    assert answer.status_code == 200
    assert [bounce.address for bounce in Bounce.objects.all()] == [message.recipient.email]


def test_of_a_stranger_nothing_is_kept(client):
    message = MessageFactory.build(recipient=PersonFactory.build(email="who@else.test"))

    assert tell(client, **hard_bounce(message)).status_code == 200
    assert Bounce.objects.count() == 0


def test_what_may_yet_arrive_is_no_bounce(client):
    message = MessageFactory()

    tell(client, **hard_bounce(message, Type="Transient"))

    assert [b.cause for b in Bounce.objects.all()] == []


def test_who_marks_our_mail_as_unwanted_takes_back_her_wish_for_news(client):
    message = MessageFactory()
    news = ConsentFactory(person=message.recipient)
    data = ConsentFactory(person=message.recipient, purpose=Consent.Purpose.DATA)

    tell(
        client, RecordType="SpamComplaint", ID=7, Email=message.recipient.email,
        MessageID="theirs", BouncedAt="2027-04-01T10:00:00Z",
    )  # fmt: skip

    news.refresh_from_db()
    data.refresh_from_db()
    assert (news.is_live, data.is_live) == (False, True)
    assert news.withdrawn_source == "complaint"
    assert [b.cause for b in Bounce.objects.all()] == [Bounce.Cause.COMPLAINT]


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"password": "guessed"}, 400),
        ({"address": "/mail/events/mailgun/"}, 404),
        ({"address": "/mail/events/nobody/"}, 404),
    ],
)
def test_who_does_not_know_the_password_or_the_address_is_not_believed(client, how, status):
    assert tell(client, **how, **hard_bounce(MessageFactory())).status_code == status
    assert Bounce.objects.count() == 0


def test_where_no_provider_is_agreed_on_nobody_is_believed(client, settings):
    settings.MAIL_PROVIDER = ""

    assert tell(client, **hard_bounce(MessageFactory())).status_code == 404


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"RecordType": 7}', b"\xff"])
def test_nonsense_is_no_news(client, body):
    word = base64.b64encode(b"postmark:agreed").decode()
    answer = client.post(
        ADDRESS, body, content_type="application/json", headers={"Authorization": f"Basic {word}"}
    )

    assert answer.status_code in {200, 400}
    assert Bounce.objects.count() == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_told_twice_at_once_it_is_one_bounce(client):
    message = MessageFactory()

    at_once(*[lambda: tell(client, **hard_bounce(message))] * 2)

    assert Bounce.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_key_of_the_event_it_would_be_two(client, monkeypatch):
    message, flag = MessageFactory(), bounces._flag
    monkeypatch.setattr(bounces, "_flag", lambda *facts: flag(*facts[:-1], str(uuid4())))

    at_once(*[lambda: tell(client, **hard_bounce(message))] * 2)

    assert Bounce.objects.count() == 2


def answered(status):
    response = Response()
    response.status_code = status
    return exceptions.AnymailRequestsAPIError(status_code=status, response=response)


@pytest.mark.parametrize(
    ("error", "state", "result", "waits"),
    [
        (exceptions.AnymailRecipientsRefused(), "failed", Result.NO_ADDRESS, 0),
        (exceptions.AnymailInvalidAddress(), "failed", Result.REFUSED, 0),
        (exceptions.AnymailSerializationError(), "failed", Result.REFUSED, 0),
        (answered(422), "failed", Result.REFUSED, 0),
        (answered(401), "queued", Result.UNREACHABLE, 1),
        (answered(429), "queued", Result.UNREACHABLE, 1),
        (answered(503), "queued", Result.UNREACHABLE, 1),
        (exceptions.AnymailRequestsAPIError("timed out"), "queued", Result.UNREACHABLE, 1),
    ],
)
def test_what_a_provider_says_at_once_is_told_apart(monkeypatch, error, state, result, waits):
    class Provider:
        def open(self): ...

        def close(self): ...

        def send_messages(self, emails):
            raise error

    monkeypatch.setattr(sender, "get_connection", Provider)
    message = outbox.write("test-mail", PersonFactory(), key="test", event=EventFactory())

    sender.deliver_due()

    message = Message.objects.get(pk=message.pk)
    assert (message.state, Stop.objects.count()) == (state, waits)
    assert [attempt.result for attempt in message.attempts.all()] == [result]
