import re
from datetime import datetime

import icalendar
import pytest
import time_machine

from cops import services
from notifications import calendar, outbox, render
from notifications.models import Message, Role
from tests.factories import CommunityFactory, EventFactory, PersonFactory, WebinarFactory, wall

pytestmark = pytest.mark.django_db


def register(webinar, language="en", **facts):
    person = PersonFactory(language=language)
    return services.register(
        webinar, email=person.email, name="Noor", consent_wording="Yes.", by=person, **facts
    )


def rendered(kind):
    return render.render(Message.objects.get(kind=kind))


def test_the_confirmation_tells_when_how_to_join_and_how_to_cancel():
    webinar = WebinarFactory(event__dial_in="647 555-0101")
    register(webinar)

    mail = rendered("webinar-registered")

    assert mail.subject.startswith("You are registered: About the Communities of Practice, ")
    for words in (
        "https://meet.example/webinar",
        "647 555-0101",
        "/go/",
        "Cancel this registration",
    ):
        assert words in " ".join(mail.text.split())
        assert words in mail.html
    assert 'href="https://meet.example/webinar"' in mail.html
    assert "Join online: https://meet.example/webinar" in mail.text
    assert b"METHOD:REQUEST" in mail.calendar
    assert mail.mailbox == webinar.cohort.mailbox


def test_the_confirmation_speaks_french_to_who_reads_french():
    register(WebinarFactory(), language="fr")

    mail = rendered("webinar-registered")

    assert mail.subject.startswith("Inscription confirmée")
    assert "Les communautés de pratique" in mail.text


@pytest.mark.parametrize("change", ["cancelled registration", "cancelled webinar"])
def test_a_confirmation_that_is_no_longer_true_is_not_sent(change):
    registration = register(WebinarFactory())
    if change == "cancelled registration":
        services.cancel_registration(registration)
    else:
        calendar.cancel(registration.webinar.event)

    with pytest.raises(render.NoLongerTrue):
        rendered("webinar-registered")


def test_the_reminder_reaches_those_who_are_registered_only():
    webinar = WebinarFactory()
    registration = register(webinar)
    for person in (registration.person, PersonFactory()):
        outbox.write("webinar-reminder", person, key=f"{person.pk}", event=webinar.event)
    to_her, to_another = Message.objects.filter(kind="webinar-reminder").order_by("pk")

    mail = render.render(to_her)

    assert "Join the webinar" in mail.text
    with pytest.raises(render.NoLongerTrue):
        render.render(to_another)


def test_the_welcome_lists_the_meetings_and_brings_their_calendar():
    community = CommunityFactory()
    EventFactory(series=community.series)
    services.join(community, PersonFactory(), Role.MEMBER)

    mail = rendered("community-joined")

    assert f"member of {community.name_en}" in mail.text
    assert "5 to 10 hours a month" in mail.text
    assert "<h2>What comes next</h2>" in mail.html
    assert mail.calendar.count(b"BEGIN:VEVENT") == 1
    assert b"METHOD:PUBLISH" in mail.calendar


def test_the_welcome_without_meetings_says_when_they_begin():
    services.join(CommunityFactory(), PersonFactory(), Role.FACILITATOR)

    mail = rendered("community-joined")

    assert "You now facilitate" in mail.text
    assert "The meetings begin around" in mail.text
    assert mail.calendar == b""


def test_the_welcome_of_who_left_again_is_not_sent():
    services.leave(services.join(CommunityFactory(), PersonFactory()))

    with pytest.raises(render.NoLongerTrue):
        rendered("community-joined")


def test_the_link_in_the_confirmation_still_opens_when_the_webinar_begins(client):
    webinar = WebinarFactory(event=EventFactory(kind="webinar", minutes=60, wall=wall(60)))
    registration = register(webinar)
    path = re.search(r"/go/[^/]+/", rendered("webinar-registered").text)[0]

    with time_machine.travel(webinar.event.starts_at):
        response = client.get(path)

    assert (response.status_code, response.url) == (302, registration.get_absolute_url())


def test_a_webinar_that_moves_leads_to_her_registration_and_its_entry_to_its_page(client):
    webinar = WebinarFactory()
    registration = register(webinar)
    services.move_webinar(webinar, wall(9))

    mail = rendered("event-moved")

    text = " ".join(mail.text.split())
    link = text.partition("Does it no longer suit you? See or cancel (")[2].partition(")")[0]
    assert client.get(link[link.index("/go/") :]).url == registration.get_absolute_url()
    (entry,) = icalendar.Calendar.from_ical(mail.calendar).events
    assert str(entry["URL"]) == f"http://127.0.0.1:8000{webinar.get_absolute_url()}"


def test_who_lives_by_another_clock_reads_both_in_mail_of_a_webinar():
    webinar = WebinarFactory(event__wall=datetime(2027, 7, 6, 13))
    registration = register(webinar)
    registration.person.time_zone = "America/Atikokan"
    registration.person.save()
    message = outbox.write("webinar-reminder", registration.person, key="r", event=webinar.event)

    for mail in (rendered("webinar-registered"), render.render(message)):
        said = " ".join(mail.text.replace("\u00a0", " ").split())
        assert "Tuesday 6 July 2027, 1:00 p.m. Eastern Time" in said
        assert "On your clock: Tuesday 6 July 2027, 12:00 p.m. Eastern Standard Time" in said
