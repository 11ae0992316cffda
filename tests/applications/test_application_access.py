"""Whose application it is: by sign-in, by link, by the browser that started it."""

import re

import pytest
from django.utils import timezone

from accounts import links
from applications.models import Application, Status
from applications.services import intake
from notifications.models import Consent, Message
from notifications.render import render
from tests.applications.applying import link_in, other_device, seen_by, url
from tests.concurrency import at_once
from tests.factories import (
    ApplicationFactory,
    CohortFactory,
    PersonFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db


def test_on_another_device_the_mailed_link_asks_whether_it_is_hers(client, started):
    laptop = other_device()

    page = laptop.get(link_in(Message.objects.get()), follow=True)
    started.refresh_from_db()
    assert (page.redirect_chain[-1][0], started.awaits_confirmation) == (
        f"/applications/{started.uuid}/confirm/", True,
    )  # fmt: skip

    laptop.post(f"/applications/{started.uuid}/confirm/")
    started.refresh_from_db()
    assert not started.awaits_confirmation
    assert laptop.get(url(started)).status_code == 200


def signed_in(device, sign_in, application):
    sign_in(device, application.person)


def by_link(device, sign_in, application):
    device.get(link_in(Message.objects.get()))


@pytest.mark.parametrize("comes_in", [signed_in, by_link])
def test_what_was_handed_back_is_kept_before_it_is_asked_whose_it_is(sign_in, started, comes_in):
    device, section = other_device(), url(started, "ideas")
    area = str(started.choices.get().focus_area_id)
    typed = {"choice_1": area, "motivation": "typed here", "trial_idea": "b", "hours_plan": "c"}

    back = device.post(section, {**typed, "seen": seen_by(started, "ideas")})
    assert (back.status_code, started.motivation) == (403, "a")
    assert "You are not signed in yet." in back.text
    comes_in(device, sign_in, started)
    again = {field.name: field.values for field in back.context["fields"]}
    again |= dict(back.context["marks"])
    page = device.post(section, again, follow=True)

    started.refresh_from_db()
    confirm = f"/applications/{started.uuid}/confirm/"
    assert (page.redirect_chain[-1][0], started.awaits_confirmation) == (confirm, True)
    assert started.motivation == "typed here"
    device.post(confirm)
    started.refresh_from_db()
    assert (started.motivation, started.awaits_confirmation) == ("typed here", False)


def test_who_gets_no_email_is_shown_another_way_to_confirm(client, sign_in, started):
    client.post(f"{started.get_absolute_url()}submit/")
    page = client.get(started.get_absolute_url()).text
    way = re.search(r'<a href="([^"]+)">sign in with your address</a>', page)[1]
    assert way == f"/accounts/login/?next={started.get_absolute_url()}"

    phone = other_device()
    sign_in(phone, started.person)
    asked = phone.get(started.get_absolute_url())
    phone.post(asked.url)

    started.refresh_from_db()
    assert not started.awaits_confirmation
    assert "sign in with your address" not in phone.get(started.get_absolute_url()).text


def test_once_confirmed_the_browser_that_started_it_sees_it_no_more(client, started):
    laptop = other_device()
    laptop.get(link_in(Message.objects.get()))
    assert client.get(url(started)).status_code == 200

    laptop.post(f"/applications/{started.uuid}/confirm/")

    assert client.get(url(started)).status_code == 302
    typed = client.post(url(started, "ideas"), {"motivation": "typed here"})
    assert typed.status_code == 403
    assert "typed here" in typed.content.decode()


def test_sent_before_it_is_confirmed_it_counts_and_asks_to_be_confirmed(client, started):
    client.post(f"{started.get_absolute_url()}submit/")

    started.refresh_from_db()
    assert (started.status, started.awaits_confirmation) == (Status.SUBMITTED, True)
    assert (
        "Please confirm that the address is yours."
        in client.get(started.get_absolute_url()).content.decode()
    )
    assert Consent.objects.count() == 0
    message = Message.objects.get(kind="application-received")
    assert "within 72 hours" in " ".join(render(message).text.split())

    phone = other_device()
    phone.get(link_in(message))
    phone.post(f"/applications/{started.uuid}/confirm/")
    started.refresh_from_db()
    assert not started.awaits_confirmation
    assert Consent.objects.get().person == started.person
    assert started.person.is_verified


@pytest.mark.parametrize(
    ("press", "kept", "dropped"), [("drop", "first", "second"), ("instead", "second", "first")]
)
def test_with_two_applications_she_chooses_which_stays(client, started, press, kept, dropped):
    first = started
    intake.confirm(first)
    client.post(f"/apply/{first.cohort.slug}/start/", {"name": "P", "email": "priya@kenora.test"})
    second = Application.objects.exclude(pk=first.pk).get()
    phone = other_device()
    phone.get(link_in(Message.objects.get(context={"application": second.pk})))

    phone.post(f"/applications/{second.uuid}/confirm/")
    second.refresh_from_db()
    assert second.awaits_confirmation, "two cannot stand"
    phone.post(f"/applications/{second.uuid}/confirm/", {press: "1"})

    by_name = {"first": first, "second": second}
    for application in (first, second):
        application.refresh_from_db()
    assert by_name[dropped].status == Status.WITHDRAWN
    assert by_name[kept].status == Status.DRAFT


def test_what_she_throws_away_asks_no_more_and_agrees_to_nothing(client, started):
    link = link_in(Message.objects.get())
    Application.objects.filter(pk=started.pk).update(
        agrees_to_use=True, wants_news=True, status=Status.SUBMITTED, submitted_at=timezone.now()
    )
    phone = other_device()
    phone.get(link)
    confirm = f"/applications/{started.uuid}/confirm/"

    phone.post(confirm, {"drop": "1"})
    page = phone.get(started.get_absolute_url())
    phone.post(confirm)

    started.refresh_from_db()
    assert (started.status, started.awaits_confirmation) == (Status.WITHDRAWN, True)
    assert "You have withdrawn this application." in page.content.decode()
    assert not Consent.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_confirmed_at_once_one_stands():
    cohort, person = CohortFactory(), PersonFactory()
    ApplicationFactory.create_batch(2, cohort=cohort, person=person, awaits_confirmation=True)

    results = at_once(*[lambda a=a: intake.confirm(a) for a in Application.objects.all()])

    assert sorted(type(result).__name__ for result in results) == ["InvalidTransition", "NoneType"]
    assert Application.objects.confirmed().count() == 1


PAGES = ["", "edit/", "edit/about/", "confirm/", "withdraw/"]
VERBS = ["submit/", "edit/about/", "confirm/", "withdraw/"]


def test_a_stranger_finds_nothing(client, sign_in, draft):
    sign_in(client, PersonFactory())

    answers = [client.get(f"{draft.get_absolute_url()}{page}").status_code for page in PAGES]
    answers += [client.post(f"{draft.get_absolute_url()}{verb}").status_code for verb in VERBS]

    assert set(answers) <= {404, 405}
    assert 404 in answers
    draft.refresh_from_db()
    assert (draft.status, draft.version) == (Status.DRAFT, 0)


def test_without_a_session_reading_leads_to_sign_in_and_typing_is_kept(draft):
    guest = other_device()

    for page in PAGES:
        assert guest.get(f"{draft.get_absolute_url()}{page}").url.startswith("/accounts/login/")
    answer = guest.post(url(draft, "about"), {"town": "Red Lake"})

    assert answer.status_code == 403
    assert "Red Lake" in answer.content.decode()


def test_staff_do_not_open_the_applicants_pages(client, sign_in, draft):
    sign_in(client, StaffFactory())

    assert client.get(url(draft, "about")).status_code == 404


def test_the_signed_link_of_one_application_opens_no_other(draft):
    other = ApplicationFactory(person=draft.person, cohort=CohortFactory())
    phone = other_device()

    path = links.url(draft.person, "applications:application", draft.uuid)
    phone.get(path[path.index("/go/") :])

    assert phone.get(url(draft)).status_code == 200
    assert phone.get(url(other)).status_code == 302
