import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.lifecycle import InvalidTransition
from cops.services import leave
from meetings import services
from meetings.forms.notes import NotesForm
from meetings.models import ActionItem
from tests.concurrency import at_once
from tests.factories import CommunityFactory
from tests.meetings.conftest import join
from tests.meetings.noting import screen

pytestmark = pytest.mark.django_db


@pytest.fixture
def action(group):
    return services.promise(group.past, group.amal, "Ask three employers", timezone.localdate())


def done(client, action, **facts):
    return client.post(reverse("meetings:action-done", args=[action.uuid]), facts)


def test_who_promised_says_that_it_is_done(client, group, action):
    client.force_login(group.amal)

    response = done(client, action, next="/me/")

    action.refresh_from_db()
    assert response.url == "/me/"
    assert action.done_at is not None
    assert not action.deadline.invitees.current().exists()


def test_the_facilitator_ticks_for_others_but_members_do_not(client, group, action):
    client.force_login(group.bo)
    assert done(client, action).status_code == 404

    client.force_login(group.facilitator)
    done(client, action, next="https://elsewhere.example/")

    assert ActionItem.objects.open().count() == 0


def test_what_is_done_is_not_done_again(client, group, action):
    client.force_login(group.amal)
    done(client, action)
    first = ActionItem.objects.get().done_at

    page = client.post(
        reverse("meetings:action-done", args=[action.uuid]), {"next": "/me/"}, follow=True
    )

    assert "already done" in page.content.decode()
    assert ActionItem.objects.get().done_at == first


def test_a_form_that_cannot_be_read_marks_nothing_as_done(client, group, action):
    client.force_login(group.amal)
    address = reverse("meetings:action-done", args=[action.uuid])

    answer = client.generic("POST", address, b"--x", "multipart/form-data")

    assert (answer.status_code, ActionItem.objects.get().done_at) == (400, None)


def test_who_left_the_group_no_longer_ticks_and_is_no_longer_reminded(client, group, action):
    client.force_login(group.amal)

    leave(group.amal.memberships.get())

    assert done(client, action).status_code == 404
    assert not action.deadline.invitees.current().exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_ticks_at_once_one_counts(group):
    action = services.promise(group.past, group.amal, "Ask", timezone.localdate())

    results = at_once(*[lambda: ActionItem.objects.get(pk=action.pk).finish()] * 2)

    assert [type(result) for result in results].count(InvalidTransition) == 1


def test_members_of_other_groups_cannot_be_given_an_action(client, group, notes_url):
    client.force_login(group.facilitator)
    stranger = join(CommunityFactory())

    answer = client.post(notes_url, {"action-new-0-who": stranger.pk, "action-new-0-what": "Ask"})

    assert "action-new-0-who" in answer.context["form"].errors


def test_what_somebody_promised_who_left_is_taken_over(client, group, notes_url):
    client.force_login(group.facilitator)
    action = services.promise(group.past, group.amal, "Ask", timezone.localdate())
    leave(group.amal.memberships.get())
    name = f"action-{action.pk}-heir"

    client.post(notes_url, screen(group.past, **{name: group.bo.pk}))

    action.refresh_from_db()
    assert action.owner == group.bo
    assert [i.person for i in action.deadline.invitees.current()] == [group.bo]
    assert name not in NotesForm(meeting=group.past).fields


def test_a_blank_row_looks_blank_and_the_further_ones_are_folded(client, group, notes_url):
    client.force_login(group.facilitator)

    form = client.get(notes_url).context["form"]
    rows = [form.actions.who_what_by(), *form.actions.further()]
    refused = client.post(notes_url, {"action-new-2-what": "Call the mill"}).context["form"]

    assert [[field.value() for field in row] for row in rows] == [[None, None, None]] * 3
    assert rows[0][0].subwidgets[0].data["label"] == "Nobody yet"
    assert (form.actions.further_are_used(), refused.actions.further_are_used()) == (False, True)
    assert list(refused.errors) == ["action-new-2-who"]
