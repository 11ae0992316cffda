import pytest
from django.urls import reverse

from accounts import links
from accounts.lifecycle import InvalidTransition
from meetings import services
from notifications.models import Invitee
from tests.factories import CommunityFactory
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
