"""The funnel and the balance of a group: what is counted, and who sees which part."""

import pytest
from django.template import Context, Template
from django.urls import reverse
from django.utils import translation

from accounts.counts import Count, Counted
from applications import balance, funnel
from applications.models import Application, Status
from applications.services import selection
from applications.templatetags.applications_parts import cohort_funnel
from cops.models import Membership
from cops.templatetags.cops_parts import AT_WEBINAR
from notifications.models import Invitee, Role
from tests.applications.selecting import interviewed, interviewing, offered
from tests.factories import (
    ApplicationFactory,
    CommunityFactory,
    InviteeFactory,
    MembershipFactory,
    OrganizationFactory,
    PersonFactory,
    ProgramFactory,
    RegionFactory,
    RegistrationFactory,
    StaffFactory,
    WebinarFactory,
    days,
)

pytestmark = pytest.mark.django_db


def draw(tag, **facts):
    template = Template("{% load applications_parts %}{% " + tag + " %}")
    return template.render(Context(facts))


def values(picture):
    return [(row["label"], row["value"]) for row in picture["rows"]]


def came_to(webinar, person, attendance):
    RegistrationFactory(webinar=webinar, person=person)
    InviteeFactory(event=webinar.event, person=person, role=Role.GUEST, attendance=attendance)


def test_the_funnel_counts_each_step_once_per_application():
    cohort = interviewing()
    webinar = WebinarFactory(cohort=cohort)
    ApplicationFactory(cohort=cohort, status=Status.DRAFT, submitted_at=None)
    both = interviewed(cohort)
    selection.accept_offer(offered(CommunityFactory(cohort=cohort)), by=StaffFactory())
    came_to(webinar, both.person, Invitee.Attendance.PRESENT)
    came_to(webinar, PersonFactory(), Invitee.Attendance.LATE)
    came_to(webinar, PersonFactory(), Invitee.Attendance.ABSENT)
    RegistrationFactory(webinar=webinar, cancelled_at=days(-1))
    ApplicationFactory()

    assert funnel.steps(cohort) == [
        ("Registered for the webinar", 3, "who cancelled is left out"),
        ("Came to the webinar", 2),
        ("Began an application", 3, "also if not sent, or withdrawn since"),
        (
            "Sent it",
            2,
            "also if not confirmed yet, or withdrawn since; 1 of them came to the webinar",
        ),
        ("Were interviewed", 1),
        ("Were offered a place", 1),
        ("Joined a community", 1),
    ]


def test_the_funnel_takes_what_is_counted_of_the_webinar_wherever_that_stands():
    cohort = interviewing()
    came_to(WebinarFactory(cohort=cohort), PersonFactory(), Invitee.Attendance.PRESENT)
    mail = Counted("Email", [Count("to send", 9, "/")])
    webinar = Counted("Webinar", [Count("registered", 8, "/"), Count("came", 7, "/")], AT_WEBINAR)

    rows = [
        cohort_funnel(cohort, stages)["rows"]
        for stages in ([webinar, mail], [mail, webinar], [mail], [])
    ]

    assert [[row["value"] for row in each[:2]] for each in rows] == [["8", "7"]] * 2 + [
        ["1", "1"]
    ] * 2


def test_the_board_does_not_count_the_webinar_again_for_the_funnel(client, sign_in, monkeypatch):
    cohort = interviewing()
    came_to(WebinarFactory(cohort=cohort), PersonFactory(), Invitee.Attendance.PRESENT)
    asked = []
    monkeypatch.setattr(funnel, "_at_webinars", asked.append)
    sign_in(client, StaffFactory())

    board = client.get(f"/admin/board/?cohort={cohort.slug}")

    assert (board.status_code, asked) == (200, [])


def test_who_does_a_thing_twice_came_once_and_registered_and_applied_twice():
    cohort, person = interviewing(), PersonFactory()
    for webinar in WebinarFactory.create_batch(2, cohort=cohort):
        came_to(webinar, person, Invitee.Attendance.PRESENT)
    ApplicationFactory(cohort=cohort, person=person, status=Status.WITHDRAWN)
    ApplicationFactory(cohort=cohort, person=person, status=Status.SUBMITTED)

    numbers = [number for _label, number, *_note in funnel.steps(cohort)]

    assert numbers == [2, 1, 2, 2, 0, 0, 0]


@pytest.mark.parametrize(
    ("language", "heading", "said"),
    [
        ("", "Number", "Registrations are counted, then the people who came, then applications."),
        ("/fr", "Nombre", "Sont comptées les inscriptions, puis les personnes présentes, puis les"),
    ],
)
def test_the_funnel_says_what_it_counts(client, sign_in, language, heading, said):
    cohort = interviewing()
    sign_in(client, StaffFactory(language=language[1:] or "en"))

    pages = [
        client.get(f"{language}/admin/board/?cohort={cohort.slug}").text,
        client.get(f"{language}/admin/board/{cohort.slug}/funnel/").text,
    ]

    for page in pages:
        picture = page.partition('<figure class="bars">')[2].partition("</figure>")[0]
        assert f'<th class="num" scope="col">{heading}</th>' in picture
        assert said in picture


def test_the_columns_agree_with_what_they_count_in_french():
    with translation.override("fr"):
        columns = funnel.by_group(interviewing())["columns"]

    assert columns == [
        "Commencées", "Envoyées", "Envoyées après le webinaire", "Entrevue faite", "Place offerte",
        "Devenues membres",
    ]  # fmt: skip


def test_regions_with_few_people_are_told_together(client, sign_in):
    cohort = interviewing()
    large, one, other = (RegionFactory(name_en=name) for name in ("Toronto", "Durham", "Halton"))
    for region, number in ((large, 6), (one, 3), (other, 2)):
        for _number in range(number):
            ApplicationFactory(cohort=cohort, region=region, status=Status.IN_REVIEW)

    sign_in(client, StaffFactory())

    answer = client.get(reverse("board-funnel", args=[cohort.slug]))

    by_region = answer.context["by_region"]

    assert [(row["label"], row["cells"][2]["value"]) for row in by_region] == [
        ("Toronto", "6"),
        ("Other regions", "5"),
    ]
    page = answer.content.decode()
    assert ("Toronto" in page, "Durham" in page) == (True, False)


def test_a_region_counts_who_registered_there_and_who_came():
    cohort = interviewing()
    webinar, results = WebinarFactory(cohort=cohort), WebinarFactory(cohort=cohort, kind="results")
    large, small = (RegionFactory(name_en=name) for name in ("Toronto", "Durham"))
    for number in range(7):
        came = Invitee.Attendance.PRESENT if number < 5 else Invitee.Attendance.ABSENT
        came_to(webinar, PersonFactory(), came)
    webinar.registrations.update(region=large)
    RegistrationFactory.create_batch(6, webinar=webinar)
    RegistrationFactory(webinar=webinar, region=small)
    RegistrationFactory(webinar=webinar, region=small, cancelled_at=days(-1))
    RegistrationFactory.create_batch(9, webinar=results, region=large)

    rows = funnel.by_group(cohort)["by_region"]

    told = {row["label"]: [cell.get("value") for cell in row["cells"][:2]] for row in rows}
    assert told["Toronto"] == ["7", "5"]
    assert "Durham" not in told
    assert {"No region given", "Other regions"} < {*told}


def test_sizes_are_those_that_staff_noted():
    cohort = interviewing()
    for size, number in (("small", 6), ("large", 7), ("", 3)):
        organization = OrganizationFactory(size=size)
        ApplicationFactory.create_batch(number, cohort=cohort, organization=organization)
    unknown = ApplicationFactory.create_batch(3, cohort=cohort)
    Application.objects.filter(pk__in=[each.pk for each in unknown]).update(organization=None)

    rows = funnel.by_group(cohort)["by_size"]

    assert [(row["label"], row["cells"][0]["value"]) for row in rows] == [
        ("Under 20 people", "6"),
        ("100 people or more", "7"),
        ("Size not noted", "6"),
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_however_many_groups_there_are(
    client, staff, number, django_assert_num_queries
):
    cohort = interviewing()
    for _number in range(number):
        region = RegionFactory()
        organization = OrganizationFactory()
        ApplicationFactory(cohort=cohort, region=region, organization=organization)
        RegistrationFactory(webinar=WebinarFactory(cohort=cohort), region=region)
    url = reverse("board-funnel", args=[cohort.slug])
    client.get(url)

    with django_assert_num_queries(9):
        client.get(url)


def test_one_newer_person_among_many_cannot_be_worked_out():
    cohort = interviewing()
    for level, number in ((Application.Level.EXPERIENCED, 7), (Application.Level.NEWER, 1)):
        for _number in range(number):
            ApplicationFactory(cohort=cohort, level=level)

    by_level = funnel.by_group(cohort)["by_level"]

    assert [(row["label"], row["cells"][0].get("value")) for row in by_level] == [
        ("Newer to this work", None),
        ("More experienced", None),
    ]


def test_each_group_tells_how_many_of_those_who_came_to_the_webinar_applied():
    cohort = interviewing()
    webinar = WebinarFactory(cohort=cohort)
    applied = [ApplicationFactory(cohort=cohort, status=Status.IN_REVIEW) for _number in range(7)]
    for application in applied[:6]:
        came_to(webinar, application.person, Invitee.Attendance.PRESENT)
    came_to(webinar, applied[6].person, Invitee.Attendance.ABSENT)
    ApplicationFactory(cohort=cohort, status=Status.DRAFT, submitted_at=None)

    [row] = funnel.by_group(cohort)["by_region"]

    assert [cell["value"] for cell in row["cells"]] == [
        "7", "6", "8", "7", "6", "0", "0", "0",
    ]  # fmt: skip


def test_who_named_several_programs_is_counted_with_each():
    cohort = interviewing()
    link, grant = (ProgramFactory(name_en=name) for name in ("Youth Job Link", "Job Grant"))
    for number in range(12):
        application = ApplicationFactory(cohort=cohort)
        for program in (link, grant)[: 1 + number % 2] if number < 11 else ():
            application.experiences.create(program=program)

    rows = funnel.by_group(cohort)["by_program"]

    assert {row["label"]: row["cells"][0].get("value") for row in rows} == {
        "Youth Job Link": "11",
        "Job Grant": None,
        "No program named": None,
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_the_funnel_takes_the_same_queries_for_any_number(rows, django_assert_num_queries):
    cohort = interviewing()
    for _number in range(rows):
        ApplicationFactory(cohort=cohort, region=RegionFactory())

    with django_assert_num_queries(1):
        funnel.steps(cohort)
    with django_assert_num_queries(5):
        funnel.by_group(cohort)


def test_a_funnel_of_nobody_shows_noughts_and_says_why_nothing_follows(client, sign_in):
    cohort = interviewing()
    sign_in(client, StaffFactory())

    page = client.get(reverse("board-funnel", args=[cohort.slug])).content.decode()

    assert {number for _label, number, *_note in funnel.steps(cohort)} == {0}
    assert "Nobody has begun an application yet" in page


@pytest.fixture
def community():
    community = CommunityFactory(cohort=interviewing())
    program = ProgramFactory(name_en="Youth Job Link")
    for level in (Application.Level.NEWER, Application.Level.NEWER, Application.Level.EXPERIENCED):
        offer = offered(community)
        Application.objects.filter(pk=offer.application_id).update(
            level=level, region=RegionFactory(name_en="Northeast"), organization_name="Agency"
        )
        offer.application.experiences.create(program=program)
        selection.accept_offer(offer, by=offer.application.person)
    MembershipFactory(community=community, role=Role.FACILITATOR)
    return community


def test_staff_see_four_pictures_of_a_community(community):
    pictures = balance.of_community(community)

    assert [values(picture) for picture in pictures] == [
        [("Newer to this work", 2), ("More experienced", 1)],
        [("Northeast", 3)],
        [("Agency", 3)],
        [("Youth Job Link", 3)],
    ]


def test_who_left_is_no_longer_part_of_the_balance(community):
    membership = Membership.objects.filter(community=community, role=Role.MEMBER).first()
    Membership.objects.filter(pk=membership.pk).update(left_at=days(0))

    pictures = balance.of_community(community)

    assert sum(number for _label, number in values(pictures[1])) == 2


def test_the_group_sees_what_its_cards_say_and_no_answer_of_an_application(community):
    member = community.members.first().person

    page, staffs = (
        draw(
            "community_balance community cards person",
            community=community,
            cards=community.memberships.current().with_people(),
            person=person,
        )
        for person in (member, StaffFactory())
    )

    assert ("Regions" in page, "Organizations" in page) == (True, True)
    assert ("Newer to this work" in page, "Youth Job Link" in page) == (False, False)
    assert ("Newer to this work" in staffs, "Youth Job Link" in staffs) == (True, True)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_balance_takes_the_same_queries_for_any_number(rows, django_assert_num_queries):
    community = CommunityFactory(cohort=interviewing())
    for _number in range(rows):
        offer = offered(community)
        offer.application.experiences.create(program=ProgramFactory())
        selection.accept_offer(offer, by=offer.application.person)

    with django_assert_num_queries(3):
        balance.of_community(community)
    with django_assert_num_queries(1):
        balance.of_members(community.memberships.current().with_people())
