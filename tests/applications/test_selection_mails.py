from datetime import timedelta
from urllib.parse import urlsplit

import icalendar
import pytest
import time_machine
from django.core import mail as django_mail
from django.utils import translation

from accounts.lifecycle import InvalidTransition
from applications.models import Application, Status
from applications.services import asked, interviews, selection
from notifications import again, outbox, render, sender
from notifications.models import Message
from tests.applications.selecting import (
    booked,
    interviewed,
    interviewer_of,
    interviewing,
    invited,
    offered,
    slot_of,
)
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db


def mail(kind, person):
    return render.render(Message.objects.filter(kind=kind, recipient=person).latest("pk"))


def decide(application, status):
    staff = StaffFactory()
    application.decide(status, by=staff)
    selection.release(application.cohort.applications.filter(pk=application.pk), by=staff)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_invitation_says_until_when_and_leads_to_the_times(client, language):
    interview = invited(interviewing())
    person = interview.application.person
    person.language = language
    person.save()

    letter = mail("application-interview", person)

    day = str(interview.deadline.local_on.day)
    assert day in letter.subject
    link = next(word for word in letter.text.split() if "/go/" in word)
    with translation.override(language):  # and back: a page in French leaves it on
        page = client.get(urlsplit(link.strip("<>()")).path, follow=True)
    assert page.context["interview"] == interview


def test_an_invitation_that_was_answered_is_no_longer_sent():
    interview = booked(interviewing())

    with pytest.raises(render.NoLongerTrue):
        mail("application-interview", interview.application.person)


@pytest.mark.parametrize("status", [Status.DECLINED, Status.WAITLISTED])
def test_the_other_letters_greet_by_name(status):
    application = interviewed(interviewing())

    decide(application, status)

    letter = mail(f"application-{status}", application.person)
    assert application.person.name in letter.text
    assert application.cohort.contact_name in letter.text


def test_the_confirmation_brings_the_calendar_to_her_and_to_the_interviewer():
    cohort = interviewing()
    interview = booked(cohort, slot_of(cohort, join_link="https://meet.example/a"))
    (interviewer,) = interview.slot.interviewers

    hers = mail("interview-booked", interview.application.person)
    theirs = mail("interview-booked", interviewer)

    for letter in (hers, theirs):
        assert letter.method == "REQUEST"
        assert f"UID:{interview.event.uuid}".encode() in letter.calendar.replace(b"\r\n ", b"")
        assert "https://meet.example/a" in letter.text
        assert 'href="https://meet.example/a"' in letter.html
    assert interviewer.name in hers.text
    assert interview.application.name in theirs.text
    assert "/go/" not in theirs.text


def test_the_reminder_knows_the_readers_own_clock():
    interview = booked(interviewing())
    person = interview.application.person
    person.time_zone = "America/Winnipeg"
    person.save()

    message = outbox.write("interview-reminder", person, key="reminder", event=interview.event)

    assert "Central Time" in render.render(message).text


def test_an_interviewer_who_is_replaced_gets_a_cancellation():
    cohort = interviewing()
    leaves = interviewer_of(cohort)
    interview = booked(cohort, slot_of(cohort, leaves))

    interviews.move(interview, slot_of(cohort), by=interview.application.person)

    letter = mail("interview-handed-over", leaves)
    assert letter.method == "CANCEL"
    assert b"STATUS:CANCELLED" in letter.calendar


def test_the_offer_says_what_how_much_and_until_when():
    offer = offered()

    letter = mail("application-offered", offer.application.person)

    assert offer.community.name_en in letter.subject
    assert "5 to 10 hours a month" in " ".join(letter.text.split())


def test_whoever_takes_the_place_is_welcomed_and_whoever_lets_it_lapse_is_told():
    accepted, lapsed = offered(), offered()
    outbox.release(Message.objects.all(), by=StaffFactory())
    outbox.send_now(Message.objects.all())
    sender.deliver_due()

    selection.accept_offer(accepted, by=accepted.application.person)
    with time_machine.travel(lapsed.deadline.starts_at + timedelta(seconds=1)):
        selection.lapse_offer(lapsed)

    assert "Welcome" in mail("community-joined", accepted.application.person).subject
    assert "has lapsed" in mail("offer-lapsed", lapsed.application.person).subject


def states(application):
    mails = Message.objects.filter(context__application=application.pk).order_by("pk")
    return list(mails.values_list("kind", "state"))


def waits_in_the_outbox(application):
    """A link to her application, which somebody at the desk has sent her a moment ago."""
    asked.send_application_link(application, by=StaffFactory())


@pytest.mark.parametrize("status", [Status.WAITLISTED, Status.DECLINED])
def test_a_link_in_the_outbox_tells_no_decision_whose_letter_waits(status):
    application = interviewed(interviewing())
    Message.objects.all().delete()
    waits_in_the_outbox(application)

    decide(application, status)
    sender.deliver_due()

    letter = f"application-{status}"
    assert django_mail.outbox == []
    assert states(application) == [("application-link", "suppressed"), (letter, "draft")]


def test_a_link_that_was_sent_is_not_sent_again_while_a_letter_waits():
    application, staff = interviewed(interviewing()), StaffFactory()
    waits_in_the_outbox(application)
    sender.deliver_due()
    link = Message.objects.get(kind="application-link")
    decide(application, Status.WAITLISTED)
    django_mail.outbox.clear()

    with pytest.raises(InvalidTransition, match="no longer true"):
        again.send(link, by=staff)

    outbox.release(Message.objects.filter(kind="application-waitlisted"), by=staff)
    outbox.send_now(Message.objects.all())
    sender.deliver_due()
    assert [each.to for each in django_mail.outbox] == [[application.person.email]]


def test_no_decision_is_told_as_long_as_its_letter_can_be_taken_back():
    application, staff = interviewed(interviewing()), StaffFactory()
    decide(application, Status.DECLINED)
    letter = Message.objects.filter(kind="application-declined")

    def is_held():
        applications = Application.objects.with_outlook()
        return applications.get().holds_letter, Application.objects.get().holds_letter

    held = [is_held()]
    outbox.release(letter, by=staff)
    held.append(is_held())
    outbox.send_now(letter)
    sender.claim()
    held.append(is_held())
    letter.update(state=Message.State.SENT)

    assert held == [(True, True)] * 3
    assert is_held() == (False, False)


@pytest.mark.parametrize("status", [Status.INTERVIEW, Status.OFFERED, Status.WAITLISTED])
def test_a_letter_that_was_let_go_and_is_no_longer_true_stays(status):
    application = interviewed(interviewing())
    Message.objects.all().delete()
    Application.objects.filter(pk=application.pk).update(status=status)
    kind = f"application-{status}"
    letter = outbox.draft(
        kind, application.person, key="x", by=StaffFactory(),
        context={"application": application.pk},
    )  # fmt: skip
    outbox.release(Message.objects.filter(pk=letter.pk), by=StaffFactory())
    outbox.send_now(Message.objects.all())
    selection.withdraw_application(Application.objects.get(), by=application.person)

    sender.deliver_due()

    assert states(application) == [(kind, "suppressed"), ("application-withdrawn", "sent")]
    assert [each.subject for each in django_mail.outbox] == [
        f"Your application {application.reference} is withdrawn"
    ]


def test_an_interview_that_moves_says_to_each_what_it_is_and_with_whom(client):
    cohort = interviewing()
    interviewer = interviewer_of(cohort)
    interview = booked(cohort, slot_of(cohort, interviewer))
    applicant = interview.application.person
    later = slot_of(cohort, interviewer, at=interview.event.starts_at + timedelta(days=1))

    interviews.move(interview, later, by=applicant)

    hers, theirs = mail("event-moved", applicant), mail("event-moved", interviewer)
    assert hers.subject.startswith("Moved to ")
    assert hers.subject.endswith(" – Your interview")
    assert f"- With: {interviewer}" in hers.text
    assert theirs.subject.endswith(f" – Interview with {applicant}")
    link = " ".join(hers.text.split()).partition("See or cancel (")[2].partition(")")[0]
    assert client.get(urlsplit(link).path).url == interview.get_absolute_url()
    assert "/go/" not in theirs.text.partition("See or cancel")[2]
    for letter in (hers, theirs):
        (entry,) = icalendar.Calendar.from_ical(letter.calendar).events
        assert str(entry["URL"]) == f"http://127.0.0.1:8000{interview.get_absolute_url()}"
        assert entry["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"


def test_an_interview_that_is_given_back_says_to_each_whose_it_was():
    interview = booked(interviewing())
    applicant, (interviewer,) = interview.application.person, interview.slot.interviewers

    interviews.release(interview, by=applicant)

    hers, theirs = (mail("event-cancelled", one).subject for one in (applicant, interviewer))
    assert hers.startswith("Cancelled: Your interview, ")
    assert theirs.startswith(f"Cancelled: Interview with {applicant}, ")
