"""What holds for every mail the site sends, whatever its kind and its reader's language."""

import re
from html import unescape

import icalendar
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from accounts import links, office
from notifications import again, mails, outbox, people, rewording, sender
from notifications.models import Message
from notifications.render import envelope, render
from tests.every_mail import (
    CALL,
    FOR_ONE_TIME,
    MAILS,
    OF_THE_OFFICE,
    SETTLED,
    group,
    meeting,
    write,
)
from tests.factories import MembershipFactory, PersonFactory, StaffFactory

ADDRESS = re.compile(r"https?://[^\s\"'<>()]+")
THROUGH_THE_DOOR = re.compile(r"(?:/fr)?/go/")
OFFICE = ("office@own.test", "The Communities of Practice team", "416 555 0199")


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def our_office(db):
    office.write(mailbox=OFFICE[0], phone=OFFICE[2], postal_address="1 Sample Street")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("kind", sorted(MAILS.keys() - SETTLED))
def test_an_answer_reaches_a_mailbox_that_is_read_and_somebody_signs(kind, language):
    message = in_language(write(kind), language)
    mailbox, name, phone = OFFICE if kind in OF_THE_OFFICE else CALL.values()
    if language == "fr" and kind in OF_THE_OFFICE:
        name = "L’équipe des communautés de pratique"

    mail = render(message)
    email = envelope(message, mail)

    assert email.reply_to == [mailbox]
    for part in (mail.text.partition("\n-- \n")[2], unescape(mail.html).rpartition("<h1")[2]):
        assert [said for said in (mailbox, name, phone) if said not in part] == []
    for entry in icalendar.Calendar.from_ical(mail.calendar).events if mail.calendar else []:
        assert str(entry["ORGANIZER"]) == f"mailto:{mailbox}"


@pytest.mark.parametrize("kind", sorted(MAILS))
def test_an_email_is_signed_once(kind):
    mail = render(write(kind))

    html = " ".join(unescape(strip_tags(mail.html)).split())
    address = f"{office.current().name}, 1 Sample Street"
    assert (html.count(address), html.count("1 Sample Street")) == (1, 1)
    assert mail.text.count("1 Sample Street") == 1


@pytest.mark.parametrize("kind", sorted(MAILS))
def test_staff_may_send_again_just_what_another_mail_would_come_of(kind):
    message = write(kind)
    Message.objects.filter(state=Message.State.QUEUED).update(state=Message.State.CANCELLED)
    Message.objects.filter(pk=message.pk).update(state=Message.State.SENT, secret=b"")
    message.refresh_from_db()

    offered = again.can_go(message)

    facts = {"context": message.context, "event": message.event}
    copy = outbox.write(kind, message.recipient, key="again", **facts)
    sender.deliver_due()
    copy.refresh_from_db()
    assert offered == (copy.state == Message.State.SENT and kind not in FOR_ONE_TIME)


@pytest.mark.parametrize("kind", sorted(MAILS))
def test_no_address_but_the_one_door_opens_anything_to_whoever_has_the_mail(kind):
    message = write(kind)
    mail = render(message)
    headers = envelope(message, mail).extra_headers
    calendar = icalendar.Calendar.from_ical(mail.calendar).to_ical() if mail.calendar else b""
    said = " ".join([mail.text, unescape(mail.html), *map(str, headers.values())])
    said += calendar.replace(b"\r\n ", b"").decode()

    ours = {
        address.removeprefix(settings.SITE_URL).rstrip(".,;")
        for address in ADDRESS.findall(said)
        if address.startswith(settings.SITE_URL)
    }

    assert str(message.recipient.calendar_secret) not in said
    for path in ours:
        if not THROUGH_THE_DOOR.match(path):
            opens_nothing(path or "/", message.recipient)


def opens_nothing(path, person):
    """A stranger's browser is shown a public page, or is asked to sign in; nothing is kept."""
    browser = Client()
    page = browser.get(path)
    assert page.status_code in {200, 302}, path
    if page.status_code == 302:
        assert page.url.startswith(reverse("account_login")), path
    assert person.email not in page.text
    assert links.SESSION_KEY not in browser.session


@pytest.mark.parametrize("kind", sorted(MAILS))
def test_a_link_through_the_door_is_a_signed_one_of_its_reader(kind):
    message = write(kind)
    mail = render(message)
    doors = re.findall(r"/go/(in/|address/)?([^/\s\"<)]+)/", mail.text)
    readers = {
        "in/": links.person_signing_in,
        "address/": lambda token: people.new_address(token)[0],
        "": lambda token: links.open_token(token)[0],
    }

    for sort, token in doors:
        assert readers[sort](token) == message.recipient


@pytest.mark.parametrize("kind", sorted(MAILS))
def test_only_what_she_may_do_without_offers_a_choice(kind):
    message = write(kind)

    headers = envelope(message, render(message)).extra_headers

    optional = {Message.Lane.REMINDER, Message.Lane.NEWS}
    assert ("List-Unsubscribe" in headers) == (message.lane in optional)


def test_a_group_whose_facilitators_read_a_mailbox_signs_itself():
    found = meeting()
    community = found.community
    community.mailbox = "facilitators@own.test"
    community.save()
    for name in ("Fatima", "Claire"):
        MembershipFactory(community=community, person=PersonFactory(name=name), role="facilitator")

    message = Message.objects.get(kind="meetings-scheduled")
    mail = render(message)

    assert envelope(message, mail).reply_to == ["facilitators@own.test"]
    assert "Claire and Fatima" in mail.text
    (organizer, *_same) = {
        str(entry["ORGANIZER"]) for entry in icalendar.Calendar.from_ical(mail.calendar).events
    }
    assert (organizer, _same) == ("mailto:facilitators@own.test", [])


def test_a_mailbox_of_a_group_without_facilitators_is_signed_by_the_call():
    community = group(mailbox="nobody@own.test")

    assert community.signature == {
        "series": community.series_id,
        "mailbox": CALL["mailbox"],
        "signature_name": CALL["contact_name"],
        "signature_phone": CALL["contact_phone"],
    }


def in_language(message, language):
    message.recipient.language = language
    message.recipient.save(update_fields=["language"])
    return message


def spoken(text):
    """The words of a part, in order, without marks, addresses and the blanks between them."""
    return re.findall(r"\w+", re.sub(r"(https?://|mailto:|/go/)\S+", "", text))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("kind", sorted(MAILS.keys() - SETTLED))
def test_text_and_html_say_the_same(kind, language):
    mail = render(in_language(write(kind), language))

    text, _sign, _signature = mail.text.partition("\n-- \n")
    html = mail.html.partition("</h1>")[2].partition("</td>")[0]
    assert spoken(text) == spoken(unescape(strip_tags(html)))
    assert f'<html lang="{language}">' in mail.html


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("kind", [one.name for one in mails.reworded_by_staff()])
def test_the_built_in_words_saved_by_staff_change_no_mail(kind, language):
    message, about = in_language(write(kind), language), mails.kind(kind)
    before = render(message).masked()

    text = rewording.save(about, None, rewording.built_in(about), read=0, by=StaffFactory())

    after = render(message).masked()
    assert (after.subject, after.text, after.html) == (before.subject, before.text, before.html)
    assert (after.template, after.fell_back) == (text, False)
