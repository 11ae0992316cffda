"""Which mail she gets: chosen signed in or by the link below it, and ended in one click."""

from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import links, office
from notifications import choosing, outbox, preferences, sender
from notifications.consent import AGREE_TO_NEWS, VERSIONS, agrees_to_news
from notifications.models import Consent, Message, Preference
from tests.concurrency import at_once
from tests.factories import (
    ConsentFactory,
    EventFactory,
    InviteeFactory,
    PersonFactory,
    PreferenceFactory,
    StaffFactory,
    days,
)

pytestmark = pytest.mark.django_db

PAGE = "/me/mail/"
AS_LOADED = {"initial-wants_reminders": "True"}
LEFT_ALONE = {**AS_LOADED, "wants_reminders": "on"}
ON_AGAIN = {"initial-wants_reminders": "False", "wants_reminders": "on"}


def path_of(address):
    return address[address.index("/go/") :]


def chosen(person):
    row = Preference.objects.filter(person=person).first()
    return row and (row.wants_reminders, row.wants_last_hours)


# ------------------------------------------------------------------------------------ the page


def test_she_chooses_which_reminders_come(client):
    person = PersonFactory()
    client.force_login(person)

    response = client.post(PAGE, {**AS_LOADED, "wants_last_hours": "on"}, follow=True)

    assert chosen(person) == (False, True)
    assert "Saved. It counts from now on." in response.text


def test_the_link_in_the_foot_opens_her_page_and_not_her_calendar(client):
    person = PersonFactory()
    address = client.get(path_of(preferences.page_url(person))).url

    page = client.get(address)
    client.post(address, {**LEFT_ALONE, "wants_last_hours": "on"})

    assert address == PAGE
    assert person.email in page.text
    assert str(person.calendar_secret) not in page.text
    assert chosen(person) == (True, True)


def test_the_link_of_a_mail_that_was_passed_on_agrees_to_nothing_and_takes_back(client):
    person = PersonFactory()
    address = client.get(path_of(preferences.page_url(person))).url

    client.post(address, {**LEFT_ALONE, "wants_news": "on"})
    assert person.consents.count() == 0

    ConsentFactory(person=person)
    client.post(address, {**LEFT_ALONE, "initial-wants_news": "True"})
    assert [consent.is_live for consent in person.consents.all()] == [False]


def by_link(client, person, data):
    return client.post(client.get(path_of(preferences.page_url(person))).url, data)


def test_who_turns_reminders_off_by_the_link_has_its_owner_told_and_led_back(client, mailoutbox):
    person = PersonFactory()

    by_link(client, person, AS_LOADED)
    sender.deliver_due()

    (told,) = mailoutbox
    assert (told.to, told.subject) == ([person.email], "Your reminders are off")
    address = next(word for word in told.body.split() if "/go/" in word)
    back = Client()
    back.post(back.get(path_of(address)).url, ON_AGAIN)
    assert chosen(person) == (True, False)


@pytest.mark.parametrize(
    "data", [LEFT_ALONE, {**LEFT_ALONE, "wants_last_hours": "on"}], ids=["nothing", "last hours"]
)
def test_who_leaves_them_on_by_the_link_writes_no_mail(client, data):
    by_link(client, PersonFactory(), data)

    assert Message.objects.count() == 0


def test_who_turns_them_off_signed_in_knows_it_already(client):
    person = PersonFactory()
    client.force_login(person)

    client.post(PAGE, AS_LOADED)

    assert (chosen(person), Message.objects.count()) == ((False, False), 0)


def test_turned_off_and_on_and_off_within_an_hour_she_is_told_once_as_it_stands(client, mailoutbox):
    person = PersonFactory()
    with time_machine.travel(timezone.now().replace(minute=0), tick=False):
        for data in (AS_LOADED, ON_AGAIN, AS_LOADED, ON_AGAIN):
            by_link(client, person, data)
        sender.deliver_due()

    message = Message.objects.get(kind="reminders-off")
    assert (message.state, message.reason, mailoutbox) == ("suppressed", "no longer true", [])


def test_a_stranger_is_led_to_sign_in_and_changes_nothing(client):
    assert client.get(PAGE).url.startswith(reverse("account_login"))
    assert client.post(PAGE, LEFT_ALONE).status_code == 403
    assert Preference.objects.count() == 0


def test_a_link_that_is_too_old_says_so(client):
    person = PersonFactory()
    address = path_of(preferences.page_url(person))

    with time_machine.travel(days(preferences.LINK_DAYS + 1)):
        answer = client.get(address)

    assert answer.status_code == 410


def test_news_given_keeps_the_words_their_version_the_time_and_the_source(client):
    person = PersonFactory()
    client.force_login(person)
    before = timezone.now()

    client.post("/fr" + PAGE, {**LEFT_ALONE, "wants_news": "on"})

    consent = Consent.objects.get(person=person)
    assert consent.wording.startswith("First Work peut m’écrire au sujet des nouveaux appels")
    assert (consent.purpose, consent.version, consent.language, consent.source) == (
        "news", VERSIONS["news"], "fr", "my-mail",
    )  # fmt: skip
    assert before <= consent.given_at <= timezone.now()


def test_news_taken_back_keeps_when_and_where(client):
    consent = ConsentFactory()
    client.force_login(consent.person)
    before = timezone.now()

    client.post(PAGE, {**LEFT_ALONE, "initial-wants_news": "True"})

    consent.refresh_from_db()
    assert before <= consent.withdrawn_at <= timezone.now()
    assert consent.withdrawn_in_words == "page to choose which email one gets"


def test_a_second_tab_leaves_what_only_the_first_changed(client):
    consent = ConsentFactory()
    client.force_login(consent.person)
    both = {**LEFT_ALONE, "initial-wants_news": "True"}

    client.post(PAGE, both)  # the first tab ends news
    client.post(PAGE, {**both, "wants_news": "on", "wants_last_hours": "on"})  # the second did not

    assert not agrees_to_news(consent.person)
    assert chosen(consent.person) == (True, True)


def test_the_same_form_twice_is_one_row_and_one_consent(client):
    person = PersonFactory()
    client.force_login(person)

    for _time in range(2):
        client.post(PAGE, {**AS_LOADED, "wants_last_hours": "on", "wants_news": "on"})

    assert chosen(person) == (False, True)
    assert Consent.objects.filter(person=person).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_make_one_row_and_one_consent():
    person = PersonFactory()
    wish = {"wants_last_hours": True, "wants_news": True}

    results = at_once(*[lambda: choosing.choose(person, wish, source="my-mail")] * 2)

    assert results == [None, None]
    assert chosen(person) == (True, True)
    assert Consent.objects.filter(person=person).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_looking_for_the_row_two_at_once_would_fail(monkeypatch):
    person = PersonFactory()
    monkeypatch.setattr(
        Preference.objects,
        "update_or_create",
        lambda person, defaults: PreferenceFactory(person=person, **defaults),
    )

    results = at_once(
        *[lambda: choosing.choose(person, {"wants_last_hours": True}, source="my-mail")] * 2
    )

    assert sorted(type(result).__name__ for result in results) == ["IntegrityError", "NoneType"]


def test_the_page_says_what_always_comes(client):
    client.force_login(PersonFactory())

    page = " ".join(client.get(PAGE).text.split())

    for always in ("Codes and links", "Letters about", "Confirmations", "Changes and cancel"):
        assert f"<li>{always}" in page


# ------------------------------------------------------------------------------ what mail says


def sent(lane, **facts):
    office.write(postal_address="1 Sample Street")
    person = ConsentFactory().person
    event = InviteeFactory(person=person).event
    outbox.write("test-mail", person, key="mail", event=event, lane=lane)
    sender.deliver_due()
    (letter,) = mail.outbox
    return person, letter


def test_a_reminder_leads_to_the_choice_in_its_foot_and_its_header(client):
    _person, letter = sent(Message.Lane.REMINDER)

    in_text = letter.body.partition("Choose which email you get:\n")[2].split()[0]
    header = letter.extra_headers["List-Unsubscribe"]

    assert "List-Unsubscribe-Post" not in letter.extra_headers
    assert f'href="{in_text}"' in letter.alternatives[0].content
    for address in (in_text, header.strip("<>")):
        assert client.get(path_of(address)).url == PAGE


def test_what_always_comes_offers_no_choice():
    _person, letter = sent(Message.Lane.SERVICE)

    assert "Choose which email" not in letter.body + letter.alternatives[0].content
    assert "List-Unsubscribe" not in letter.extra_headers


def test_news_ends_by_one_post_without_session_or_token_of_ours():
    person, letter = sent(Message.Lane.NEWS)
    address = letter.extra_headers["List-Unsubscribe"].strip("<>")
    program = Client(enforce_csrf_checks=True)

    answer = program.post(path_of(address), {"List-Unsubscribe": "One-Click"})

    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (answer.status_code, answer.cookies) == (200, {})
    assert not agrees_to_news(person)
    assert Consent.objects.get().withdrawn_source == "one-click"


def test_news_that_staff_released_still_ends_by_the_links_in_it(client):
    office.write(postal_address="1 Sample Street")
    person, by = ConsentFactory().person, StaffFactory()
    outbox.draft("test-news", person, key="news", by=by)
    outbox.release(Message.objects.all(), by=by)
    Message.objects.update(not_before=days(-1))
    sender.deliver_due()
    (letter,) = mail.outbox

    address = letter.body.partition("Stop news:\n")[2].split()[0]
    client.post(client.get(path_of(address)).url)

    assert f'href="{address}"' in letter.alternatives[0].content
    assert not agrees_to_news(person)


def test_opening_the_link_shows_a_button_and_changes_nothing(client):
    person = ConsentFactory().person
    address = client.get(path_of(preferences.stop_url(person))).url

    page = client.get(address)
    assert agrees_to_news(person)
    done = client.post(address, follow=True)

    assert "Stop news?" in page.text
    assert "You get no news from us" in done.text
    assert Consent.objects.get().withdrawn_source == "news-link"


def test_one_click_twice_keeps_the_first_time(client):
    consent = ConsentFactory()
    address = path_of(preferences.stop_url(consent.person))
    click = {"List-Unsubscribe": "One-Click"}

    client.post(address, click)
    first = Consent.objects.get().withdrawn_at
    again = client.post(address, click)

    assert again.status_code == 200
    assert Consent.objects.get().withdrawn_at == first


def test_a_post_that_is_no_click_or_to_another_link_changes_nothing(client):
    person = ConsentFactory().person
    click = {"List-Unsubscribe": "One-Click"}
    other = links.url(person, "accounts:me")

    answers = [
        client.post(path_of(preferences.stop_url(person))).status_code,
        client.post(path_of(other), click).status_code,
        client.post(path_of(preferences.page_url(person)), click).status_code,
        client.post(f"/go/{uuid4()}/", click).status_code,
    ]

    assert answers == [400, 405, 405, 410]
    assert agrees_to_news(person)


def test_a_click_in_an_old_mail_after_she_changed_her_address_reaches_nobody(client):
    person = ConsentFactory().person
    address = path_of(preferences.stop_url(person))
    type(person).objects.filter(pk=person.pk).update(email="new@agency.test")

    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 410
    assert agrees_to_news(person)


# -------------------------------------------------------------------------- the secret calendar


def test_a_new_address_ends_the_old_one_at_once(client):
    part = InviteeFactory()
    person, old = part.person, part.person.calendar_secret
    client.force_login(person)
    feed = f"/me/calendar/{old}.ics"
    assert client.get(feed).status_code == 200

    page = client.post(reverse("notifications:calendar-renew"), follow=True)

    person.refresh_from_db()
    assert person.calendar_secret != old
    assert f'value="http://127.0.0.1:8000/me/calendar/{person.calendar_secret}.ics"' in page.text
    assert client.get(feed).status_code == 404
    assert client.get(f"/me/calendar/{person.calendar_secret}.ics").status_code == 200


def test_that_the_address_is_new_is_said_where_she_is_led_to(client):
    client.force_login(InviteeFactory().person)
    words = "The old address has ended."

    page = client.post(reverse("notifications:calendar-renew"), follow=True)

    top, _id, section = page.text.partition('<h2 id="calendar"')
    assert page.redirect_chain == [("/me/mail/#calendar", 302)]
    assert (top.count(words), section.partition("</section>")[0].count(words)) == (0, 1)
    assert words not in client.get(reverse("notifications:my-mail")).text


def test_what_is_saved_is_said_at_the_top(client):
    client.force_login(InviteeFactory().person)

    page = client.post(reverse("notifications:my-mail"), {"wants_reminders": "on"}, follow=True)

    top, _id, section = page.text.partition('<h2 id="calendar"')
    assert (top.count("Saved."), section.count("Saved.")) == (1, 0)


def test_a_stranger_renews_no_address(client):
    person = PersonFactory()
    client.get(path_of(preferences.page_url(person)))

    assert client.post(reverse("notifications:calendar-renew")).status_code == 403
    assert type(person).objects.get().calendar_secret == person.calendar_secret


# ------------------------------------------------------------------------------------ for staff


def test_staff_find_consents_by_version_language_and_whether_they_last(client, sign_in):
    sign_in(client, StaffFactory())
    old = ConsentFactory(version=1, withdrawn_at=timezone.now(), withdrawn_source="one-click")
    new = ConsentFactory(version=2, language="fr")
    changelist = reverse("admin:notifications_consent_changelist")

    def found(**filters):
        return list(client.get(changelist, filters).context["cl"].queryset)

    assert found(version=1) == [old]
    assert found(language__exact="fr") == [new]
    assert "unsubscribe button of the email program" in client.get(changelist).text


def test_the_words_of_a_version_never_change():
    """Whoever changes the words raises the version, and writes both down here."""
    assert {VERSIONS["news"]: str(AGREE_TO_NEWS)} == {
        1: "First Work may write to me about new calls and published outcomes. "
        "I can stop this at any time."
    }


def test_the_board_says_that_news_waits_for_the_postal_address(settings, office_of_the_environment):
    from notifications.templatetags.notifications_parts import notifications_board

    settings.POSTAL_ADDRESS = ""
    office.forget()
    viewer = StaffFactory()
    outbox.write(
        "test-news", ConsentFactory().person, key="news", event=EventFactory(),
        state=Message.State.DRAFT,
    )  # fmt: skip

    def waiting():
        rows = {str(row[0]): row[1].count() for row in notifications_board(viewer).rows}
        return rows.get("News that waits until your postal address is written down")

    assert waiting() == 1
    office.write(postal_address="1 Sample Street")
    assert waiting() is None
