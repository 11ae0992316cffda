"""Who wants to hear of the next call: asked, confirmed by mail, told by drafts of staff."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from accounts import links, office
from accounts.lifecycle import InvalidTransition
from accounts.models import User
from cops import news
from notifications import outbox, sender
from notifications.consent import AGREE_TO_NEWS, stop_news
from notifications.models import Consent, Message
from tests.concurrency import at_once
from tests.factories import (
    CohortFactory,
    ConsentFactory,
    CriterionFactory,
    FocusAreaVersionFactory,
    PersonFactory,
    StaffFactory,
    days,
)

pytestmark = pytest.mark.django_db

TYPED = {"email": "noor@agency.test", "name": "Noor Example", "wants_news": "on"}
URL = "/news/"


def mails(kind):
    found = Message.objects.filter(kind=kind).order_by("pk")
    return list(found.values_list("recipient__email", "state", "lane"))


def address_in(message):
    return re.search(r"https?://[^\s>]+/go/[^\s>]+", message.body)[0]


def closed_call(**facts):
    return CohortFactory(opens_at=days(-60), **facts)


def test_whoever_asks_agrees_by_the_link_in_her_mail_and_not_before(client):
    asked = client.post(URL, TYPED)
    before = Consent.objects.count()
    sender.deliver_due()
    page = client.get(address_in(mail.outbox[0]), follow=True)
    done = client.post(page.request["PATH_INFO"], follow=True)

    person = User.objects.get(email="noor@agency.test")
    consent = Consent.objects.get()
    assert (asked.status_code, asked.url, before) == (302, reverse("cops:news-sent"), 0)
    assert mails("news-asked") == [("noor@agency.test", "sent", Message.Lane.SERVICE)]
    assert str(AGREE_TO_NEWS) in page.text
    assert (consent.person, consent.purpose, consent.wording, consent.source) == (
        person,
        Consent.Purpose.NEWS,
        str(AGREE_TO_NEWS),
        "news-form",
    )
    assert "We will write to you" in done.text


def test_a_known_and_an_unknown_address_get_the_same_answer(client):
    known = ConsentFactory(person=PersonFactory(name="Secret Name")).person

    answers = [
        client.post(URL, {**TYPED, "email": email}) for email in (known.email, "new@agency.test")
    ]

    assert [(answer.status_code, answer.url, answer.content) for answer in answers] == [
        (302, reverse("cops:news-sent"), b"")
    ] * 2
    known.refresh_from_db()
    assert known.name == "Secret Name"
    assert [address for address, _state, _lane in mails("news-asked")] == [
        known.email,
        "new@agency.test",
    ]


def test_the_box_is_never_ticked_and_has_to_be(client):
    form = client.get(URL).text
    refused = client.post(URL, {**TYPED, "wants_news": ""})

    assert "checked" not in form
    assert refused.context["form"].errors == {
        "wants_news": ["Tick the box so that we may write to you."]
    }
    assert Message.objects.count() == 0


def test_one_address_is_mailed_once_a_day(client):
    for name in ("A", "B", "C"):
        client.post(URL, {**TYPED, "name": name})

    assert len(mails("news-asked")) == 1


def test_robots_and_floods_send_nothing(client, monkeypatch):
    trapped = client.post(URL, {**TYPED, "website": "https://spam.example"})
    monkeypatch.setattr(news, "AN_HOUR_MAX", 0)
    flooded = client.post(URL, TYPED)

    assert trapped.url == reverse("cops:news-sent")
    assert "Too many requests arrive right now" in flooded.text
    assert Message.objects.count() == 0


def test_who_is_signed_in_agrees_at_once(client):
    person = PersonFactory()
    client.force_login(person)

    form = client.get(URL).text
    response = client.post(URL, {"wants_news": "on"})

    assert 'name="email"' not in form
    assert response.url == reverse("notifications:my-mail")
    assert Consent.objects.get().person == person


def test_nobody_agrees_for_somebody_else(client):
    person = PersonFactory()
    url = reverse("cops:news-confirm", args=[person.uuid])
    client.force_login(PersonFactory())

    response = client.post(url)

    assert (response.status_code, Consent.objects.count()) == (403, 0)


def test_a_link_that_is_too_old_agrees_to_nothing(client):
    url = links.url(PersonFactory(), news.CONFIRM, PersonFactory().uuid, days=-1)

    response = client.get(url, follow=True)

    assert (response.status_code, Consent.objects.count()) == (410, 0)


def ready_call(**facts):
    cohort = CohortFactory(published_at=None, **facts)
    CriterionFactory(cohort=cohort)
    FocusAreaVersionFactory(cohort=cohort)
    return cohort


def test_opening_a_call_drafts_mail_to_who_asked_and_leads_to_it(client, staff):
    cohort = ready_call(name_en="Winter 2027")
    wants = ConsentFactory().person
    ConsentFactory(withdrawn_at=days(-1))
    PersonFactory()

    response = client.post(reverse("admin:cops_cohort_verb", args=[cohort.pk, "open_call"]))

    cohort.refresh_from_db()
    drafts = Message.objects.filter(kind="call-announced")
    assert cohort.is_published
    assert mails("call-announced") == [(wants.email, "draft", Message.Lane.NEWS)]
    assert response.url == outbox.review_url(drafts)
    assert "A new call: Winter 2027" in client.get(response.url).text


def test_the_mail_goes_with_a_way_out_and_only_while_it_is_wanted(staff):
    office.write(postal_address="1 Sample Street")
    cohort = ready_call(name_en="Winter 2027", name_fr="Hiver 2027")
    stays, leaves = (ConsentFactory(person=PersonFactory(language="fr")).person for _ in range(2))
    cohort.publish(by=staff)
    news.announce(cohort, by=staff)
    stop_news(leaves, source="my-mail")

    outbox.release(Message.objects.all(), by=staff)
    Message.objects.update(not_before=days(-1))
    sender.deliver_due()

    sent = mail.outbox[0]
    assert [message.to for message in mail.outbox] == [[stays.email]]
    assert sent.subject == "Nouvel appel : Hiver 2027".replace(" :", "\xa0:")
    assert f"/fr/cohorts/{cohort.slug}/" in sent.body
    assert "List-Unsubscribe=One-Click" in sent.extra_headers["List-Unsubscribe-Post"]


def test_without_a_postal_address_it_is_not_released(settings, office_of_the_environment):
    settings.POSTAL_ADDRESS = ""
    office.forget()
    ConsentFactory()
    news.announce(CohortFactory(), by=StaffFactory())

    with pytest.raises(InvalidTransition, match="postal address"):
        outbox.release(Message.objects.all(), by=StaffFactory())


def test_who_asks_later_is_written_to_later_and_nobody_twice(client, staff):
    cohort = CohortFactory()
    ConsentFactory()
    news.announce(cohort, by=staff)
    late = ConsentFactory().person

    url = reverse("admin:cops_cohort_verb", args=[cohort.pk, "announce"])
    client.post(url)
    again = client.post(url, follow=True)

    assert len(mails("call-announced")) == 2
    assert mails("call-announced")[1][0] == late.email
    assert "This can no longer be changed that way." in again.text


def test_the_form_stands_where_no_call_is_open(client):
    closed = closed_call()

    at_rest = client.get("/").text
    of_closed = client.get(closed.get_absolute_url()).text
    running = CohortFactory()
    with_open = client.get("/").text

    assert [f'action="{URL}"' in text for text in (at_rest, of_closed, with_open)] == [
        True,
        True,
        False,
    ]
    assert f'action="{URL}"' not in client.get(running.get_absolute_url()).text


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_announce_at_once_draft_one_mail_each():
    cohort, staff = CohortFactory(), StaffFactory()
    ConsentFactory.create_batch(3)

    at_once(lambda: news.announce(cohort, by=staff), lambda: news.announce(cohort, by=staff))

    assert Message.objects.filter(kind="call-announced").count() == 3
