"""Input that no page of the admin would send."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organization
from meetings.models import Meeting
from notifications.models import Message
from tests.factories import (
    CohortFactory,
    CohortRoleFactory,
    CommunityFactory,
    EventFactory,
    MeetingFactory,
    MessageFactory,
    OrganizationFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("staff")]

NO_KEYS = ["x", "1.5", "[]", "9" * 60, "9" * 5_000, "\u2066", "-1"]


@pytest.mark.parametrize("value", NO_KEYS)
def test_what_is_no_key_in_an_autocomplete_field_is_said_by_the_field(client, staff, value):
    address = reverse("admin:accounts_user_change", args=[staff.pk])

    page = client.post(address, {"name": "Ada", "email": staff.email, "organization": value})

    assert page.status_code == 200
    assert "organization" in page.context["adminform"].form.errors


@pytest.mark.parametrize("value", NO_KEYS)
def test_what_is_no_key_in_a_field_of_many_or_of_an_inline_is_said_by_the_field(client, value):
    role = CohortRoleFactory()
    address = reverse("admin:cops_cohort_change", args=[role.cohort.pk])
    inline = {
        "roles-TOTAL_FORMS": "1", "roles-INITIAL_FORMS": "1", "roles-0-id": role.pk,
        "roles-0-cohort": role.cohort.pk, "roles-0-person": value,
    }  # fmt: skip

    page = client.post(address, {"partners": value, **inline})

    assert page.status_code == 200
    assert "partners" in page.context["adminform"].form.errors


@pytest.mark.parametrize("value", ["9" * 19, "1," + "9" * 60])
@pytest.mark.parametrize("lookup", ["exact", "in"])
def test_a_filter_by_a_number_that_no_database_holds_shows_the_whole_list(client, value, lookup):
    CommunityFactory()

    page = client.get(
        reverse("admin:cops_community_changelist"), {f"cohort__id__{lookup}": value}, follow=True
    )

    assert page.status_code == 200
    assert page.context["cl"].result_count == 1


@pytest.mark.parametrize("year", ["2147483648", "9" * 60])
def test_a_year_that_no_calendar_has_shows_the_whole_list(client, year):
    EventFactory()

    page = client.get(
        reverse("admin:notifications_event_changelist"), {"cancelled_at__year": year}, follow=True
    )

    assert page.status_code == 200
    assert page.context["cl"].result_count == 1


def test_a_long_number_may_be_searched_for(client):
    OrganizationFactory(name_en=f"Agency {'9' * 30}")

    page = client.get(reverse("admin:accounts_organization_changelist"), {"q": "9" * 30})

    assert page.context["cl"].result_count == 1


def test_an_action_on_what_is_no_record_changes_nothing(client):
    message = MessageFactory(state=Message.State.QUEUED, released_at=timezone.now())

    page = client.post(
        reverse("admin:notifications_message_changelist"),
        {"action": "recall_selected", "_selected_action": [message.pk, "x"]},
        follow=True,
    )

    message.refresh_from_db()
    assert message.state == Message.State.QUEUED
    assert "Choose records of this list. Nothing was changed." in page.text


def test_a_lookup_by_a_column_without_a_name_finds_the_record(client):
    cohort = CohortFactory()

    page = client.get(reverse("admin:cops_cohort_change", args=[cohort.pk]), {"_to_field": ""})

    assert page.status_code == 200


def test_save_as_new_which_no_page_offers_makes_no_copy(client):
    meeting = MeetingFactory()
    address = reverse("admin:meetings_meeting_change", args=[meeting.pk])
    none = {"agenda-TOTAL_FORMS": "0", "agenda-INITIAL_FORMS": "0"}

    answer = client.post(address, {"_saveasnew": "1", **none})

    assert answer.status_code in {200, 302}
    assert list(Meeting.objects.all()) == [meeting]


def test_an_organization_is_still_chosen_by_its_key(client, staff):
    organization = OrganizationFactory()
    address = reverse("admin:accounts_user_change", args=[staff.pk])

    page = client.post(address, {"name": "", "email": "x", "organization": organization.pk})

    assert Organization.objects.count() == 2
    assert f'<option value="{organization.pk}" selected' in page.text


@pytest.mark.parametrize("back", ["NaN", "a:b", "//evil.example/", "https://evil.example/", ""])
def test_a_verb_whose_way_back_is_no_page_of_ours_ends_at_the_record(client, back):
    message = MessageFactory(state=Message.State.DRAFT)
    verb = reverse("admin:notifications_message_verb", args=[message.pk, "release"])

    answer = client.get(f"{verb}?next={back}")

    assert answer.url == reverse("admin:notifications_message_change", args=[message.pk])
