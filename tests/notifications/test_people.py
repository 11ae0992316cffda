"""A link to sign in, sent by staff; another address, of which the old one hears."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts import links
from accounts.lifecycle import InvalidTransition
from accounts.models import User
from notifications import outbox, people, sender
from notifications.admin.letters import as_read
from notifications.models import Message, Rule
from notifications.render import render
from tests.concurrency import at_once
from tests.factories import (
    ConsentFactory,
    EventFactory,
    InviteeFactory,
    MessageFactory,
    PersonFactory,
    PreferenceFactory,
    RuleFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db


def verb(person, name):
    return reverse("admin:accounts_user_verb", args=[person.pk, name])


def path_in(text):
    return re.search(r"https?://[^/]+(/go/\S+)", text)[1]


def test_staff_send_a_link_that_signs_its_person_in_once(client, staff, django_user_model):
    person = PersonFactory(email="amrita@agency.test", verified=False)

    client.post(verb(person, "send_sign_in_link"))
    sender.deliver_due()

    message = Message.objects.get()
    assert (message.kind, message.state, message.created_by) == ("sign-in-link", "sent", staff)
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["amrita@agency.test"], "Your link to sign in")
    ]
    client.logout()
    path = path_in(mail.outbox[0].body)
    client.post(path)
    assert client.session["_auth_user_id"] == str(person.pk)
    assert person.is_verified
    assert client.get(path).status_code == 410


def test_no_staff_page_shows_the_link(client, staff):
    person = PersonFactory()
    client.post(verb(person, "send_sign_in_link"))
    message = Message.objects.get()

    assert as_read(message)[1] == "A code is shown to nobody but its reader."
    sender.deliver_due()
    message.refresh_from_db()
    page = client.get(reverse("admin:notifications_message_change", args=[message.pk]))
    assert path_in(mail.outbox[0].body) not in message.body + page.text
    assert "/go/in/…" in message.body


def test_pressed_twice_within_a_minute_it_is_one_mail(staff):
    person = PersonFactory()

    with time_machine.travel(timezone.now(), tick=False):
        first, second = (people.send_sign_in_link(person, by=staff) for _press in range(2))

    assert first == second
    assert Message.objects.count() == 1


def test_a_link_goes_to_nobody_who_may_not_sign_in(client, staff):
    person = PersonFactory(is_active=False)

    client.post(verb(person, "send_sign_in_link"))

    assert not Message.objects.exists()
    with pytest.raises(InvalidTransition):
        people.send_sign_in_link(person, by=staff)


@pytest.mark.parametrize("name", ["send_sign_in_link", "change_address"])
def test_a_stranger_can_do_neither(client, sign_in, name):
    person = PersonFactory(email="amrita@agency.test")
    sign_in(client, PersonFactory())

    response = client.post(verb(person, name), {"address": "mine@evil.test"})

    assert response.status_code == 403
    person.refresh_from_db()
    assert (person.email, Message.objects.count()) == ("amrita@agency.test", 0)


def test_another_address_is_not_confirmed_and_the_old_one_is_told(client, staff):
    person = PersonFactory(email="amrita@agency.test")
    old_link = links.url(person, "accounts:me")

    client.post(verb(person, "change_address"), {"address": "Amrita@Elsewhere.test"})
    sender.deliver_due()

    person.refresh_from_db()
    assert person.email == "amrita@elsewhere.test"
    rows = EmailAddress.objects.filter(user=person).values_list("email", "primary", "verified")
    assert list(rows) == [("amrita@elsewhere.test", True, False)]
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["amrita@agency.test"], "Your address with us was changed")
    ]
    message = Message.objects.get()
    assert (bytes(message.secret), message.body, message.context) == (b"", "", {})
    assert client.get(path_in(old_link)).status_code == 410
    assert client.get(path_in(links.url(person, "accounts:me"))).status_code == 302
    assert person.is_verified


def test_an_old_sign_in_link_ends_with_its_address(client, staff):
    person = PersonFactory()
    link = links.sign_in_url(person)

    people.change_address(person, "new@agency.test", by=staff)

    assert client.get(path_in(link)).status_code == 410


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Fill this in."),
        ("nonsense", "Enter a whole email address, for example name@agency.ca."),
        ("TAKEN@agency.test", "Somebody has this address already."),
        ("amrita@agency.test", "Somebody has this address already."),
        ("a" * 250 + "@agency.test", "Shorten this to 254 characters; it has 262."),
    ],
)
def test_an_address_that_cannot_be_is_refused_and_kept(client, staff, typed, said):
    PersonFactory(email="taken@agency.test")
    person = PersonFactory(email="amrita@agency.test")

    page = client.post(verb(person, "change_address"), {"address": typed})

    assert said in page.context["form"].errors["address"]
    assert page.context["form"]["address"].value() == typed
    person.refresh_from_db()
    assert person.email == "amrita@agency.test"


def test_only_a_superuser_changes_the_address_of_staff(client, staff, sign_in):
    colleague = StaffFactory(email="colleague@firstwork.test")

    client.post(verb(colleague, "change_address"), {"address": "other@firstwork.test"})
    colleague.refresh_from_db()
    assert colleague.email == "colleague@firstwork.test"

    sign_in(client, StaffFactory(is_superuser=True))
    client.post(verb(colleague, "change_address"), {"address": "other@firstwork.test"})
    colleague.refresh_from_db()
    assert colleague.email == "other@firstwork.test"


def test_it_is_too_late_when_somebody_else_has_changed_it(staff):
    person = PersonFactory(email="amrita@agency.test")
    seen = User.objects.get(pk=person.pk)
    people.change_address(person, "first@agency.test", by=staff)

    with pytest.raises(InvalidTransition, match="just changed"):
        people.change_address(seen, "second@agency.test", by=staff)

    person.refresh_from_db()
    assert (person.email, Message.objects.count()) == ("first@agency.test", 1)


def test_a_mail_in_the_queue_goes_to_the_new_address(staff):
    person = PersonFactory(email="amrita@agency.test")
    outbox.write("sign-in-code", person, key="code", secret="123456")

    people.change_address(person, "new@agency.test", by=staff)
    sender.deliver_due()

    assert sorted((letter.to[0], letter.subject) for letter in mail.outbox) == [
        ("amrita@agency.test", "Your address with us was changed"),
        ("new@agency.test", "Your code to sign in"),
    ]


def test_the_letters_are_written_in_french_too():
    person = PersonFactory(name="Émilie", language="fr")

    subjects = [
        render(MessageFactory(kind="sign-in-link", recipient=person)).subject,
        render(outbox.write("address-changed", person, key="a", secret="x@y.test")).subject,
    ]

    assert subjects == ["Votre lien de connexion", "Votre adresse a été changée"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_people_want_the_same_address_and_one_gets_it():
    staff, first, second = StaffFactory(), PersonFactory(), PersonFactory()

    results = at_once(
        lambda: people.change_address(first, "same@agency.test", by=staff),
        lambda: people.change_address(second, "same@agency.test", by=staff),
    )

    assert sorted(map(str, results)) == ["Another person has this address.", "None"]
    assert User.objects.filter(email="same@agency.test").count() == 1
    assert Message.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_colleagues_change_one_address_and_the_second_is_told():
    staff, person = StaffFactory(), PersonFactory()
    seen = [User.objects.get(pk=person.pk) for _each in range(2)]

    results = at_once(
        *(
            lambda each=each, number=number: people.change_address(
                each, f"new{number}@agency.test", by=staff
            )
            for number, each in enumerate(seen)
        )
    )

    assert sorted(map(str, results)) == ["None", "Somebody else has just changed this address."]
    assert Message.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_guard_two_colleagues_would_both_change_it(monkeypatch):
    staff, person = StaffFactory(), PersonFactory()
    seen = [User.objects.get(pk=person.pk) for _each in range(2)]
    whole = type(User.objects.all()).filter

    def unguarded(rows, *conditions, **facts):
        facts.pop("email", None)
        return whole(rows, *conditions, **facts)

    monkeypatch.setattr(type(User.objects.all()), "filter", unguarded)
    results = at_once(
        *(
            lambda each=each, number=number: people.change_address(
                each, f"new{number}@agency.test", by=staff
            )
            for number, each in enumerate(seen)
        )
    )

    assert results == [None, None]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one_link():
    staff, person = StaffFactory(), PersonFactory()

    with time_machine.travel(timezone.now(), tick=False):
        results = at_once(*[lambda: people.send_sign_in_link(person, by=staff)] * 2)

    assert results[0] == results[1]
    assert Message.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_key_two_presses_would_be_two_links(monkeypatch):
    staff, person = StaffFactory(), PersonFactory()
    keys = iter(["one", "two"])
    monkeypatch.setattr(people, "again_key", lambda kind, record: next(keys))

    at_once(*[lambda: people.send_sign_in_link(person, by=staff)] * 2)

    assert Message.objects.count() == 2


def test_the_database_is_the_last_guard_of_an_address():
    PersonFactory(email="taken@agency.test")

    with pytest.raises(IntegrityError):
        User.objects.filter(pk=PersonFactory().pk).update(email="TAKEN@agency.test")


# What her page tells of mail


def told(client, person, section):
    """The words of one section of the page about ``person``, without marks."""
    page = client.get(reverse("admin:person", args=[person.uuid])).text
    part = re.search(rf'aria-labelledby="{section}">(.*?)</section>', page, re.DOTALL)[1]
    return " ".join(strip_tags(part.replace("<", " <")).replace("\xa0", " ").split()), part


@pytest.fixture
def february():
    with time_machine.travel(datetime(2027, 2, 1, 15, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def meeting_ahead(february):
    """Amal meets on Monday 8 February 2027, of which a rule reminds her three days before."""
    Rule.objects.all().delete()
    rule = RuleFactory(amount=3, mail="event-moved")
    event = EventFactory(wall=datetime(2027, 2, 8, 13), title_en="First steps")
    return rule, event, InviteeFactory(event=event, person=PersonFactory(name="Amal")).person


def test_her_page_tells_of_reminders_to_come_what_when_and_by_which_rule(
    meeting_ahead, client, staff
):
    rule, event, person = meeting_ahead

    words, html = told(client, person, "ahead")

    assert words == (
        "Reminders of the next 30 days Change of an event goes "
        "Friday 5 February 2027, 1:00 p.m. Eastern Time "
        "First steps, 8 Feb. 2027 · Rule: 3 days before, everywhere "
        "What became of earlier reminders"
    )
    assert reverse("admin:notifications_rule_change", args=[rule.pk]) in html
    assert reverse("admin:notifications_event_change", args=[event.pk]) in html


def test_her_page_tells_why_a_reminder_does_not_go(meeting_ahead, client, staff):
    _rule, _event, person = meeting_ahead
    PreferenceFactory(person=person, wants_reminders=False)

    assert "does not go does not want reminders" in told(client, person, "ahead")[0]
    wishes = told(client, person, "wishes")[0]
    assert "Reminders No One more, 2 hours before a meeting No News No" in wishes
    assert "Nothing was chosen yet" not in wishes


def test_where_there_is_nothing_her_page_says_so(client, staff):
    person = PersonFactory()

    assert told(client, person, "mails")[0] == "Email No email was written to this person."
    assert "No reminder lies ahead, as things stand now." in told(client, person, "ahead")[0]
    assert "Nothing was chosen yet" in told(client, person, "wishes")[0]


def test_her_page_tells_of_news_and_leads_to_all_her_mail(client, staff):
    person = PersonFactory()
    ConsentFactory(person=person, purpose="news")
    MessageFactory.create_batch(11, recipient=person)

    _words, mails = told(client, person, "mails")
    _none, ahead = told(client, person, "ahead")

    assert "News Yes, since " in told(client, person, "wishes")[0]
    assert mails.count("<li>") == 10
    for part, model in ((mails, "message"), (ahead, "reminder")):
        address = re.search(rf'href="(/admin/notifications/{model}/\?[^"]+)"', part)[1]
        listed = client.get(address)
        assert listed.status_code == 200
        assert listed.context["cl"].result_count == (11 if model == "message" else 0)
