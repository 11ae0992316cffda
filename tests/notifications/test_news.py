"""News waits for the postal address: nothing goes without it, and nothing is lost."""

import pytest
from django.core import mail

from accounts import office
from accounts.lifecycle import InvalidTransition
from notifications import outbox, sender
from notifications.models import Message
from tests.factories import ConsentFactory, EventFactory, PersonFactory, StaffFactory, days

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_address(settings, office_of_the_environment):
    settings.POSTAL_ADDRESS = ""
    office.forget()


def news(**facts):
    return outbox.write(
        "test-mail", ConsentFactory().person, key="news", event=EventFactory(),
        lane=Message.Lane.NEWS, **facts,
    )  # fmt: skip


def test_news_waits_while_there_is_no_postal_address_and_goes_once_there_is():
    message = news()

    sender.deliver_due()
    message.refresh_from_db()
    assert (message.state, message.reason, message.attempts_made, mail.outbox) == (
        "queued", sender.NO_ADDRESS, 0, [],
    )  # fmt: skip
    assert days(0) < message.not_before

    office.write(postal_address="1 Sample Street")
    Message.objects.update(not_before=days(0))
    sender.deliver_due()
    message.refresh_from_db()
    assert (message.state, message.reason) == ("sent", "")
    assert "1 Sample Street" in mail.outbox[0].body


def test_other_mail_does_not_wait():
    outbox.write("test-mail", PersonFactory(), key="service", event=EventFactory())

    sender.deliver_due()

    assert Message.objects.get().state == "sent"


def test_drafts_of_news_are_not_released_without_it(client, sign_in):
    sign_in(client, StaffFactory())
    draft = news(state=Message.State.DRAFT)
    review = outbox.review_url([draft])

    page = client.post(review, {"act": "release"}, follow=True)

    draft.refresh_from_db()
    assert draft.state == "draft"
    assert "News must carry your postal address: write it down first." in page.text
    with pytest.raises(InvalidTransition):
        outbox.release(Message.objects.all(), by=draft.recipient)
    office.write(postal_address="1 Sample Street")
    assert client.post(review, {"act": "release"}).url == review
    draft.refresh_from_db()
    assert draft.state == "queued"
