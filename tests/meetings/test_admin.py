from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.counts import counted
from cops.models import Membership
from meetings import services
from meetings.models import Meeting, Note
from meetings.templatetags.meetings_parts import meetings_board
from notifications.models import Message, Role
from tests.factories import (
    CommunityFactory,
    DecisionFactory,
    HoursEntryFactory,
    StaffFactory,
    TrialFactory,
    days,
    wall,
)
from tests.meetings.conftest import join

pytestmark = pytest.mark.django_db

MEMBERS = reverse("admin:cops_membership_changelist")


@pytest.fixture
def staff_client(client, sign_in):
    sign_in(client, StaffFactory())
    return client


def do(client, meeting, verb):
    return client.post(
        reverse("admin:meetings_meeting_verb", args=[meeting.pk, verb]), {}, follow=True
    )


@pytest.mark.parametrize("model", ["meeting", "decision", "actionitem", "trial", "hoursentry"])
def test_every_list_and_every_record_of_it_opens(staff_client, group, model):
    services.promise(group.past, group.amal, "Ask", days(3).date())
    DecisionFactory(meeting=group.past)
    TrialFactory(community=group.community)
    entry = HoursEntryFactory(membership=group.amal.memberships.get())
    record = {"meeting": group.past, "hoursentry": entry}.get(model)

    answer = staff_client.get(reverse(f"admin:meetings_{model}_changelist"))

    assert answer.status_code == 200
    record = record or answer.context["cl"].result_list[0]
    change = reverse(f"admin:meetings_{model}_change", args=[record.pk])
    assert staff_client.get(change).status_code == 200
    assert staff_client.get(change.replace("change", "delete")).status_code in (403, 404)


@pytest.mark.parametrize(
    ("choice", "numbers"), [("soon", [2]), ("no-notes", [1]), ("cancelled", []), ("x", [1, 2])]
)
def test_the_numbers_of_the_board_lead_to_their_meetings(staff_client, group, choice, numbers):
    answer = staff_client.get(reverse("admin:meetings_meeting_changelist"), {"when": choice})

    if choice == "x":
        answer = staff_client.get(reverse("admin:meetings_meeting_changelist"))
    assert sorted(one.number for one in answer.context["cl"].result_list) == numbers


@pytest.mark.parametrize("month", ["2021-03", "never", "\x27", "2021-13"])
def test_a_month_in_the_address_that_is_none_finds_nothing(staff_client, group, month):
    HoursEntryFactory(membership=group.amal.memberships.get())

    answer = staff_client.get(MEMBERS, {"outside": month})

    assert list(answer.context["cl"].result_list) == []


def test_the_figure_of_hours_leads_to_the_members_concerned(client, sign_in, group):
    cohort, amal = group.community.cohort, group.amal.memberships.get()
    month = (cohort.meetings_from + timedelta(days=70)).replace(day=1)
    Membership.objects.update(joined_at=cohort.opens_at)
    HoursEntryFactory(membership=amal, worked_on=month, hours=cohort.hours_min)
    HoursEntryFactory.create_batch(
        2, membership=group.bo.memberships.get(), worked_on=month, hours=cohort.hours_max
    )

    with time_machine.travel(month + timedelta(days=40)):
        (stage,) = counted(meetings_board(cohort))
        count = next(each for each in stage.counts if "hours" in each.label)
        sign_in(client, StaffFactory())
        found = list(client.get(count.url).context["cl"].result_list)

    outside = Membership.objects.filter(role=Role.MEMBER).exclude(pk=amal.pk)
    assert (count.number, set(found)) == (outside.count(), set(outside))
    assert group.bo.memberships.get() in found


def test_staff_choose_a_community_and_schedule_its_series(staff_client, group):
    page = staff_client.get(reverse("admin:meetings_meeting_add")).content.decode()
    address = reverse("meetings:schedule", args=[group.community.slug])

    assert address in page
    assert staff_client.get(address).status_code == 200


@pytest.mark.parametrize("verb", ["move", "cancel"])
def test_staff_are_led_to_the_page_where_a_meeting_is_moved_or_cancelled(staff_client, group, verb):
    page = do(staff_client, group.ahead, verb)

    address = reverse(f"meetings:meeting-{verb}", args=[group.ahead.uuid])
    assert page.redirect_chain[-1][0] == address
    assert Meeting.objects.get(pk=group.ahead.pk).event.is_live


def test_staff_send_notes_but_not_what_may_identify_a_client(staff_client, group):
    group.past.event.invitees.update(attendance="present")
    note = Note.objects.write(group.past, "group", "Call 416-555-0142", over=0, by=None)
    services.finish_notes(group.past, by=group.facilitator)

    refused = do(staff_client, group.past, "circulate")
    sent_before = Message.objects.filter(kind="meeting-notes").count()
    Note.objects.write(group.past, "group", "We met.", over=note.version, by=None)
    seen = do(staff_client, group.past, "circulate")
    states = set(Message.objects.filter(kind="meeting-notes").values_list("state", flat=True))
    do(staff_client, group.past, "make_final")

    group.past.refresh_from_db()
    assert "looks like a phone number" in refused.content.decode()
    assert (sent_before, group.past.status) == (0, Meeting.Status.LOCKED)
    assert states == {Message.State.DRAFT}
    assert "/notifications/message/review/?ids=" in seen.redirect_chain[-1][0]


def test_staff_do_not_write_the_groups_notes(staff_client, group):
    url = reverse("meetings:meeting-notes", args=[group.past.uuid])

    assert staff_client.post(url, {"group": "Staff was here"}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("model", "queries"),
    [("meeting", 6), ("decision", 6), ("actionitem", 6), ("trial", 6), ("hoursentry", 6)],
)
def test_every_list_takes_the_same_queries_for_any_number(
    staff_client, model, queries, rows, django_assert_num_queries
):
    for number in range(rows):
        community = CommunityFactory()
        [meeting] = services.schedule(community, wall(number + 1), how_many=1)
        person = join(community)
        services.promise(meeting, person, "Ask", days(3).date())
        DecisionFactory(meeting=meeting)
        TrialFactory(community=community)
        HoursEntryFactory(membership=person.memberships.get())
    url = reverse(f"admin:meetings_{model}_changelist")
    staff_client.get(url)

    with django_assert_num_queries(queries):
        staff_client.get(url)
