"""What people agreed to: seen in her own words, taken back at once."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from accounts import office
from accounts.lifecycle import InvalidTransition
from notifications import sender
from notifications.models import Consent, Message
from tests.concurrency import at_once
from tests.factories import ConsentFactory, MessageFactory, PersonFactory

pytestmark = pytest.mark.django_db

NEWS = Consent.Purpose.NEWS


def page(response):
    return response.content.decode()


def withdraw_url(consent):
    return reverse("notifications:consent-withdraw", args=[consent.purpose])


@pytest.mark.parametrize("purpose", Consent.Purpose)
def test_she_reads_her_words_and_takes_them_back(client, purpose):
    consent = ConsentFactory(purpose=purpose, wording="These were the words.")
    client.force_login(consent.person)

    shown = page(client.get(consent.get_absolute_url()))
    before = timezone.now()
    done = client.post(withdraw_url(consent), follow=True)

    consent.refresh_from_db()
    assert "These were the words." in shown
    assert before <= consent.withdrawn_at <= timezone.now()
    assert "Taken back, from this moment on." in page(done)
    assert withdraw_url(consent) not in page(done)


def test_words_in_the_other_language_say_so(client):
    consent = ConsentFactory(language="fr", wording="Oui.")
    client.force_login(consent.person)

    in_english = page(client.get(consent.get_absolute_url()))
    with translation.override("fr"):
        in_french = page(client.get(consent.get_absolute_url()))

    assert 'class="quote" lang="fr">Oui.' in in_english
    assert 'class="quote">Oui.' in in_french


def test_taking_back_twice_says_so_and_keeps_the_first_time(client):
    consent = ConsentFactory(withdrawn_at=timezone.now())
    client.force_login(consent.person)

    response = client.post(withdraw_url(consent), follow=True)

    assert "You have taken this back already." in page(response)
    assert Consent.objects.get().withdrawn_at == consent.withdrawn_at


@pytest.mark.parametrize("purpose", ["news", "data", "else"])
def test_who_never_agreed_finds_nothing(client, purpose):
    others = ConsentFactory()
    client.force_login(PersonFactory())

    answers = [
        client.get(reverse("notifications:consent", args=[purpose])),
        client.post(reverse("notifications:consent-withdraw", args=[purpose])),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    others.refresh_from_db()
    assert others.is_live


def test_nobody_takes_anything_back_unseen(client):
    consent = ConsentFactory()

    signed_out = client.post(withdraw_url(consent)).status_code
    client.force_login(consent.person)
    by_looking = client.get(withdraw_url(consent)).status_code

    consent.refresh_from_db()
    assert (signed_out, by_looking, consent.is_live) == (403, 405, True)


def test_who_agrees_again_has_a_second_row():
    first = ConsentFactory(withdrawn_at=timezone.now())
    second = ConsentFactory(person=first.person)

    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentFactory(person=first.person)

    assert list(Consent.objects.live()) == [second]


def test_news_goes_to_those_who_agree_now_and_to_nobody_else(mailoutbox):
    office.write(postal_address="1 Sample Street")
    agreed = ConsentFactory().person
    regretted = ConsentFactory(withdrawn_at=timezone.now()).person
    only_data = ConsentFactory(purpose=Consent.Purpose.DATA).person
    letters = {
        person: MessageFactory(
            recipient=person, kind="test-news", lane=Message.Lane.NEWS, context={}
        )
        for person in (agreed, regretted, only_data, PersonFactory())
    }

    sender.deliver_due()

    for letter in letters.values():
        letter.refresh_from_db()
    assert [mail.to for mail in mailoutbox] == [[agreed.email]]
    assert [(letter.state, letter.reason) for letter in letters.values()][1:] == [
        (Message.State.SUPPRESSED, sender.NOT_AGREED)
    ] * 3


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_taking_back_twice_at_once_is_one_act():
    consent = ConsentFactory()
    copies = [Consent.objects.get(pk=consent.pk) for _number in range(2)]

    results = at_once(copies[0].withdraw, copies[1].withdraw)

    assert sorted(map(str, map(type, results))) == sorted(map(str, [InvalidTransition, type(None)]))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_guard_both_would_have_taken_it_back(monkeypatch):
    consent = ConsentFactory()

    def withdraw(self):
        Consent.objects.filter(pk=self.pk).update(withdrawn_at=timezone.now())

    monkeypatch.setattr(Consent, "withdraw", withdraw)
    copies = [Consent.objects.get(pk=consent.pk) for _number in range(2)]

    assert at_once(copies[0].withdraw, copies[1].withdraw) == [None, None]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("application RYTHU7", "candidature RYTHU7"),
        ("interview RYTHU7", "entrevue sur la candidature RYTHU7"),
        ("webinar ask-us", "inscription à un webinaire"),
        ("test", "test"),
    ],
)
def test_where_she_agreed_is_told_in_her_language(client, sign_in, source, told):
    consent = ConsentFactory(source=source)
    sign_in(client, consent.person)

    assert f">{told}<" in page(client.get("/fr/me/data/"))
