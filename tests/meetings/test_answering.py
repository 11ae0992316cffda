from time import sleep

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import links
from accounts.lifecycle import InvalidTransition
from meetings import services
from meetings.models import Meeting
from notifications import outbox
from notifications.models import Event, Invitee
from notifications.render import render
from tests.concurrency import at_once
from tests.factories import CommunityFactory, wall
from tests.meetings.conftest import join, url

pytestmark = pytest.mark.django_db


def answers(meeting):
    return dict(meeting.event.invitees.values_list("person__name", "answer"))


def test_a_member_says_that_she_cannot_come(client, group):
    client.force_login(group.amal)

    client.post(url("meeting-answer", group.ahead), {"answer": "no"})

    assert answers(group.ahead) == {"Fatima": "", "Amal": "no", "Bo": ""}


def test_the_link_in_the_mail_acts_for_its_person_and_opening_it_changes_nothing(client, group):
    address = links.url(group.amal, "meetings:meeting-answer", group.ahead.uuid)

    page = client.get(address, follow=True)
    assert answers(group.ahead)["Amal"] == ""
    client.post(page.redirect_chain[-1][0], {"answer": "no"})

    assert answers(group.ahead)["Amal"] == "no"
    assert client.get(group.ahead.get_absolute_url()).status_code == 302


def test_without_sign_in_and_link_the_way_leads_to_sign_in(client, group):
    response = client.get(url("meeting-answer", group.ahead))

    assert response.url.startswith(reverse("account_login"))


def test_only_who_is_invited_answers(client, group):
    client.force_login(join(CommunityFactory()))

    response = client.post(url("meeting-answer", group.ahead), {"answer": "yes"})

    assert response.status_code == 404


def test_an_answer_after_the_start_comes_too_late(group):
    invitation = group.past.event.invitees.get(person=group.amal)

    with pytest.raises(InvalidTransition):
        services.answer(invitation, Invitee.Answer.NO)


def page_of(address):
    return address[address.index("/go/") :]


def test_who_cannot_come_may_change_her_mind_on_the_same_page(client, group):
    link = links.url(group.amal, "meetings:meeting-answer", group.ahead.uuid)
    address = client.get(page_of(link)).url

    page = client.post(address, {"answer": "no", "version": 0}, follow=True)
    assert "You told us that you cannot come." in page.text
    client.post(address, {"answer": "yes", "version": 0})

    assert answers(group.ahead)["Amal"] == "yes"


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (lambda meeting: services.cancel(meeting), "This meeting is cancelled."),
        (
            lambda meeting: Event.objects.filter(pk=meeting.event_id).update(
                starts_at=timezone.now()
            ),
            "This meeting has already begun.",
        ),
    ],
)
def test_the_page_of_the_link_says_that_it_is_too_late(client, group, end, why):
    link = links.url(group.amal, "meetings:meeting-answer", group.ahead.uuid)
    address = client.get(page_of(link)).url
    end(group.ahead)

    page = client.post(address, {"answer": "no"}, follow=True)

    assert [str(said) for said in page.context["messages"]] == [why]
    assert why in page.text
    assert "<button" not in page.text.partition("<main")[2].partition("</main")[0]
    assert answers(group.ahead)["Amal"] == ""


def test_an_answer_to_the_time_before_it_moved_is_not_taken_for_the_new_one(client, group):
    client.force_login(group.amal)
    services.move(Meeting.objects.get(pk=group.ahead.pk), wall(9))

    page = client.post(
        url("meeting-answer", group.ahead), {"answer": "no", "version": 0}, follow=True
    )

    assert [str(said) for said in page.context["messages"]] == [
        "This meeting has changed since: look when it is, then answer."
    ]
    assert answers(group.ahead)["Amal"] == ""


@pytest.mark.parametrize("kind", ["reminder", "schedule", "moved", "notes"])
def test_every_mail_of_a_meeting_leads_to_i_cannot_come(client, group, kind):
    meeting = Meeting.objects.get(pk=group.ahead.pk)
    if kind == "moved":
        services.move(meeting, wall(9))
    message = {
        "reminder": lambda: outbox.write(
            "meeting-reminder", group.amal, key="reminder", event=meeting.event
        ),
        "schedule": lambda: group.amal.messages.get(kind="meetings-scheduled"),
        "moved": lambda: group.amal.messages.get(kind="event-moved"),
        "notes": lambda: notes_mail(group),
    }[kind]()

    found = {word.strip("()") for word in render(message).text.split() if "/go/" in word}
    opened = {client.get(page_of(link)).url for link in found}
    (address,) = {url for url in opened if url.endswith(("/answer/", "/dates/"))}
    client.post(address, {"answer": "no", "version": meeting.event.schedule_version,
                          "meeting": meeting.uuid})  # fmt: skip

    assert answers(meeting) == {"Fatima": "", "Amal": "no", "Bo": ""}


def notes_mail(group):
    Meeting.objects.filter(pk=group.past.pk).update(status=Meeting.Status.CIRCULATED)
    context = {"meeting": group.past.pk}
    return outbox.write("meeting-notes", group.amal, key="notes", context=context)


def test_the_facilitator_sees_who_cannot_come(client, group):
    services.answer(group.ahead.event.invitees.get(person=group.amal), Invitee.Answer.NO)
    client.force_login(group.facilitator)

    page = client.get(group.ahead.get_absolute_url())

    assert page.context["not_coming"] == 1
    assert "0 of 3 said that they will come. 1 cannot." in " ".join(page.text.split())


@pytest.mark.parametrize("number", [1, 3])
def test_the_dates_of_a_group_are_one_list_with_a_button_each(
    client, django_assert_num_queries, number
):
    community = CommunityFactory()
    person = join(community)
    services.schedule(community, wall(7), how_many=number)
    client.get(page_of(links.url(person, "meetings:dates", community.slug)))
    client.get(reverse("meetings:dates", args=[community.slug]))

    with django_assert_num_queries(4):
        page = client.get(reverse("meetings:dates", args=[community.slug]))

    assert page.text.count('value="no"') == number


def test_the_link_to_the_dates_of_one_group_opens_no_other(client, group):
    other = CommunityFactory()
    client.get(page_of(links.url(group.amal, "meetings:dates", group.community.slug)))

    assert client.get(reverse("meetings:dates", args=[other.slug])).status_code == 302
    client.force_login(group.amal)
    assert client.get(reverse("meetings:dates", args=[other.slug])).status_code == 404


def answer_while_it_is_moved(group):
    """She says no to the old time in the very moment in which it is moved to another."""
    invitation = group.ahead.event.invitees.get(person=group.amal)

    def move():
        with transaction.atomic():
            services.move(Meeting.objects.get(pk=group.ahead.pk), wall(9))
            sleep(0.5)

    def say():
        sleep(0.2)
        services.answer(invitation, Invitee.Answer.NO, version=0)

    return at_once(move, say)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_answer_waits_for_who_moves_the_meeting_and_is_then_asked_anew(group):
    _moved, said = answer_while_it_is_moved(group)

    assert isinstance(said, InvalidTransition)
    assert answers(group.ahead)["Amal"] == ""


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_no_to_the_old_time_would_stand_at_the_new_one(group, monkeypatch):
    def say(self, answer):
        sleep(0.6)
        Invitee.objects.filter(pk=self.pk).update(answer=answer)

    monkeypatch.setattr(Invitee, "say", say)
    monkeypatch.setattr(services, "_locked_event", lambda i: Event.objects.get(pk=i.event_id))

    answer_while_it_is_moved(group)

    assert answers(group.ahead)["Amal"] == "no"
