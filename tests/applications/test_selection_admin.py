import pytest
from django.urls import reverse

from applications.models import Interview, Offer, Proposal, Status
from cops.models import FocusAreaVersion
from notifications.models import Message
from tests.applications.selecting import (
    booked,
    interviewed,
    interviewing,
    invited,
    offered,
    slot_of,
)
from tests.factories import (
    ApplicationFactory,
    CommunityFactory,
    FocusAreaVersionFactory,
    InsightFactory,
    PersonFactory,
    PlacementFactory,
    ProposalFactory,
    RegionFactory,
    days,
)

pytestmark = pytest.mark.django_db


def desk(model, name, *args):
    return reverse(f"admin:applications_{model}_{name}", args=args)


def do(client, model, record, name, **facts):
    return client.post(desk(model, "verb", record.pk, name), facts)


def release(client, *applications):
    return client.post(
        desk("application", "changelist"),
        {"action": "release_decisions", "_selected_action": [one.pk for one in applications]},
    )


def test_staff_release_decisions_and_see_the_letters_before_they_go(client, staff):
    application = ApplicationFactory(cohort=interviewing(), status=Status.IN_REVIEW)
    application.decide(Status.INTERVIEW, by=staff)

    answer = release(client, application)

    letter = Message.objects.get()
    assert (letter.kind, letter.state) == ("application-interview", Message.State.DRAFT)
    assert answer.url == f"{reverse('admin:notifications_message_review')}?ids={letter.pk}"
    assert "Choose a time" in client.get(answer.url).content.decode()


@pytest.mark.parametrize("decision", [None, Status.OFFERED])
def test_what_cannot_be_released_is_said(client, staff, decision):
    application = ApplicationFactory(cohort=interviewing(), status=Status.INTERVIEW)
    if decision:
        application.decide(decision, by=staff)

    answer = release(client, application)

    assert answer.url == desk("application", "changelist")
    application.refresh_from_db()
    assert (application.status, Message.objects.count()) == (Status.INTERVIEW, 0)


def test_staff_book_and_move_on_behalf(client, staff):
    cohort = interviewing()
    interview, slot, later = invited(cohort), slot_of(cohort), slot_of(cohort, at=days(3))
    address = desk("interview", "book", interview.pk)

    assert do(client, "interview", interview, "book_for_her").url == address
    client.post(address, {"slot": slot.pk})
    interview.refresh_from_db()
    assert interview.slot == slot
    client.post(address, {"slot": later.pk})

    interview.refresh_from_db()
    assert interview.slot == later


@pytest.mark.parametrize("slot", ["", "x", "999999", "\x00"])
def test_a_time_that_is_none_is_refused_by_the_field(client, staff, slot):
    cohort = interviewing()
    interview = invited(cohort)
    slot_of(cohort)

    answer = client.post(desk("interview", "book", interview.pk), {"slot": slot})

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["slot"]


def test_staff_cancel_an_interview(client, staff):
    interview = booked(interviewing())

    do(client, "interview", interview, "release", reason="Storm")

    interview.refresh_from_db()
    assert (interview.status, interview.changes.last().reason) == ("invited", "Storm")


def test_staff_note_what_became_of_an_interview(client, staff):
    cohort = interviewing()
    held, missed = booked(cohort), booked(cohort)
    for interview in (held, missed):
        interview.slot.starts_at = days(-1)
        interview.slot.save(update_fields=["starts_at"])

    do(client, "interview", held, "held")
    do(client, "interview", missed, "missed", reason="Ill")
    do(client, "interview", missed, "invite_again", reason="")

    for interview in (held, missed):
        interview.refresh_from_db()
    assert (held.status, missed.status) == (Interview.Status.HELD, Interview.Status.INVITED)
    assert [(c.new, c.reason) for c in missed.changes.all()][1:] == [
        ("missed", "Ill"),
        ("invited", ""),
    ]


def test_groups_are_composed_saved_accepted_and_released(client, staff):
    cohort = interviewing(group_min=1, group_max=2)
    community = CommunityFactory(cohort=cohort)
    placed, left = interviewed(cohort), interviewed(cohort)

    client.post(desk("proposal", "add"), {"cohort": cohort.pk, "name": "First try", "note": ""})
    proposal = Proposal.objects.get()
    page = desk("proposal", "compose", proposal.pk)
    client.post(page, {str(placed.pk): str(community.pk), str(left.pk): ""})
    shown = client.get(page)
    do(client, "proposal", proposal, "accept")
    release(client, placed, left)

    assert proposal.created_by == staff
    assert [(group.community, group.placed) for group in shown.context["groups"]] == [
        (community, [placed])
    ]
    for application in (placed, left):
        application.refresh_from_db()
    assert (placed.status, left.status) == (Status.OFFERED, Status.WAITLISTED)
    assert placed.offers.get().community == community


def test_a_proposal_outside_the_bounds_is_said(client, staff):
    cohort = interviewing(group_min=3)
    community, proposal = CommunityFactory(cohort=cohort), ProposalFactory(cohort=cohort)
    PlacementFactory(proposal=proposal, community=community, application=interviewed(cohort))

    answer = client.post(desk("proposal", "verb", proposal.pk, "accept"), follow=True)

    assert "would be a group of 1" in answer.content.decode()
    proposal.refresh_from_db()
    assert not proposal.is_accepted


@pytest.mark.parametrize("typed", ["999999", "x", "\x00"])
def test_a_group_that_is_none_is_refused_by_the_field(client, staff, typed):
    cohort = interviewing()
    CommunityFactory(cohort=cohort)
    application, proposal = interviewed(cohort), ProposalFactory(cohort=cohort)

    answer = client.post(desk("proposal", "compose", proposal.pk), {str(application.pk): typed})

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [str(application.pk)]


def test_the_page_warns_of_a_group_out_of_balance(client, staff):
    cohort = interviewing(group_min=1)
    community, proposal = CommunityFactory(cohort=cohort), ProposalFactory(cohort=cohort)
    for _ in range(2):
        application = interviewed(cohort, level="newer", organization_name="Same House")
        PlacementFactory(proposal=proposal, community=community, application=application)

    (group,) = client.get(desk("proposal", "compose", proposal.pk)).context["groups"]

    assert group.warnings == [
        "2 people from Same House",
        "everybody from one region",
        "nobody who is more experienced",
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_compose_page_asks_the_same_number_of_queries(
    client, staff, count, django_assert_num_queries
):
    cohort = interviewing()
    community, proposal = CommunityFactory(cohort=cohort), ProposalFactory(cohort=cohort)
    for _ in range(count):
        PlacementFactory(proposal=proposal, community=community, application=interviewed(cohort))

    with django_assert_num_queries(19):
        client.get(desk("proposal", "compose", proposal.pk))


def test_staff_withdraw_an_offer(client, staff):
    offer = offered()

    do(client, "offer", offer, "withdraw", reason="A mistake")

    offer.refresh_from_db()
    assert (offer.status, offer.changes.get().reason) == (Offer.Status.WITHDRAWN, "A mistake")


def test_a_question_is_refined_with_the_insights_that_moved_it(client, staff):
    first = FocusAreaVersionFactory()
    insight = InsightFactory(
        focus_area=first.focus_area, interview__application__cohort=first.cohort
    )
    typed = {"question_en": "How, then?", "question_fr": "Comment?", "reason": "Transport first."}
    page = desk("insight", "refine", first.pk)

    shown = client.get(page)
    client.post(page, typed | {"insights": [insight.pk]})

    assert shown.context["counts"]["theme"] == [("Transport", 1)]
    version = FocusAreaVersion.objects.get(number=2)
    assert (version.question_en, version.reason, version.written_by) == (
        "How, then?",
        "Transport first.",
        staff,
    )
    assert list(insight.moved.all()) == [version]


@pytest.mark.parametrize("count", [1, 3])
def test_the_questions_say_how_much_was_heard_of_each(
    client, staff, count, django_assert_num_queries
):
    for _ in range(count):
        version = FocusAreaVersionFactory()
        heard = {"focus_area": version.focus_area, "interview__application__cohort": version.cohort}
        InsightFactory.create_batch(2, **heard)
        FocusAreaVersionFactory(cohort=version.cohort, focus_area=version.focus_area, number=2)
    InsightFactory(focus_area=version.focus_area)  # of another call

    with django_assert_num_queries(6):
        answer = client.get(desk("insight", "questions"))

    shown = [(version.number, version.heard) for version in answer.context["questions"]]
    assert shown == [(2, 2)] * count


def test_a_question_without_a_reason_is_not_refined(client, staff):
    first = FocusAreaVersionFactory()

    answer = client.post(desk("insight", "refine", first.pk), {"question_en": "Kept text"})

    assert list(answer.context["form"].errors) == ["reason"]
    assert "Kept text" in answer.content.decode()
    assert FocusAreaVersion.objects.count() == 1


@pytest.mark.parametrize("model", ["slot", "interview", "insight", "proposal", "offer"])
@pytest.mark.parametrize("count", [1, 3])
def test_lists_ask_the_same_number_of_queries(
    client, staff, model, count, django_assert_max_num_queries
):
    cohort = interviewing()
    for _ in range(count):
        InsightFactory(interview=booked(cohort))
        PlacementFactory(proposal=ProposalFactory(cohort=cohort))
        offered()

    with django_assert_max_num_queries(16):
        answer = client.get(desk(model, "changelist"))

    assert answer.status_code == 200


@pytest.mark.parametrize("model", ["slot", "interview", "insight", "proposal", "offer"])
def test_every_record_opens(client, staff, model):
    cohort = interviewing()
    interview = booked(cohort)
    record = {
        "slot": lambda: interview.slot,
        "interview": lambda: interview,
        "insight": lambda: InsightFactory(interview=interview),
        "proposal": lambda: PlacementFactory().proposal,
        "offer": offered,
    }[model]()

    assert client.get(desk(model, "change", record.pk)).status_code == 200
    assert client.get(desk("insight", "questions")).status_code == 200


@pytest.mark.parametrize(
    ("model", "name", "args"),
    [
        ("interview", "book", [1]), ("proposal", "compose", [1]), ("insight", "refine", [1]),
        ("insight", "questions", []), ("offer", "changelist", []), ("slot", "changelist", []),
    ],
)  # fmt: skip
def test_a_practitioner_has_no_business_at_the_desk(client, model, name, args):
    client.force_login(PersonFactory())

    assert client.get(desk(model, name, *args)).status_code in (302, 403, 404)


def test_insights_are_sifted_by_the_part_of_the_province(client, staff):
    north, nowhere = (
        InsightFactory(interview__application__region=RegionFactory(macro=macro))
        for macro in ("north", "")
    )

    page = client.get(desk("insight", "changelist"), {"part": "north"})

    assert list(page.context["cl"].queryset) == [north]
    assert nowhere not in page.context["cl"].queryset
    assert ">Northern Ontario</a>" in page.text
