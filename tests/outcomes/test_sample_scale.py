"""More of everything: what must hold at any scale, seen at a small one."""

from collections import Counter
from itertools import pairwise

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import Count, F, Max, Q
from django.utils import timezone

from accounts.models import User
from accounts.sample_people import SAMPLE_PEOPLE
from applications.models import Application, Offer, Panelist
from cops.models import Cohort, Membership, Phase
from meetings import identifiers
from meetings.models import ActionItem, HoursEntry, Meeting, Trial
from notifications import duties, planner
from notifications.models import Message, Reminder, Role
from outcomes.models import Evidence, Outcome
from tests.outcomes.loading import facts, load

SCALE = 3
# Grow with the number of people; the others by rounds, or not at all.
GROWS = (
    "applications.Application",
    "applications.Review",
    "applications.Score",
    "applications.Interview",
    "applications.AssessmentScore",
    "applications.Offer",
    "cops.Registration",
    "cops.Membership",
    "meetings.Meeting",
    "meetings.Note",
    "meetings.ActionItem",
    "meetings.HoursEntry",
    "notifications.Event",
    "notifications.Invitee",
    "outcomes.Outcome",
    "outcomes.Evidence",
)


def counts():
    return {label: apps.get_model(label)._base_manager.count() for label in GROWS}


@pytest.fixture(scope="module")
def sample(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        with transaction.atomic():
            load(1)
            single = counts(), facts()
            transaction.set_rollback(True)
        said = load(SCALE)
        yield {"single": single, "said": said}
        transaction.set_rollback(True)


@pytest.fixture
def loaded(sample, db):
    return sample


def test_there_is_about_so_many_times_as_much_of_everything(loaded):
    single, _facts = loaded["single"]

    grown = {label: number / single[label] for label, number in counts().items()}

    assert {label: ratio for label, ratio in grown.items() if not 2.5 < ratio < 4} == {}


def test_the_command_says_how_many_rows_of_each_model_there_are(loaded):
    lines = loaded["said"].splitlines()

    assert f"{Application.objects.count():>9,}  applications.Application" in lines
    assert f"{HoursEntry.objects.count():>9,}  meetings.HoursEntry" in lines


def test_everything_of_scale_one_is_there_as_it_was(loaded):
    _counts, single = loaded["single"]

    now = facts()

    assert {name: Counter(single[name]) - Counter(now[name]) for name in single} == {
        name: Counter() for name in single
    }


def test_the_rounds_of_earlier_years_are_finished_and_two_live(loaded):
    phases = Counter(cohort.phase for cohort in Cohort.objects.all())

    assert phases == {Phase.CLOSED: 4, Phase.MEETING: 1, Phase.OPEN: 1}
    assert Cohort.objects.filter(is_sample=False).count() == 0


def test_groups_have_five_to_seven_members_and_two_facilitators_of_two_partners(loaded):
    memberships = Membership.objects.current().order_by()
    members = memberships.filter(role=Role.MEMBER).values("community").annotate(Count("pk"))
    facilitators = memberships.filter(
        role=Role.FACILITATOR, community__in=[each["community"] for each in members]
    )
    partners = facilitators.values("community").annotate(
        people=Count("pk"), partners=Count("organization", distinct=True)
    )

    sizes = {each["pk__count"] for each in members}
    assert sizes <= {5, 6, 7}
    assert len(sizes) > 1
    assert {(each["people"], each["partners"]) for each in partners} == {(2, 2)}
    assert len(members) == len(partners) == 6 * SCALE


def test_nobody_applies_twice_in_a_round_or_has_two_open_offers(loaded):
    per_person = Application.objects.values("cohort", "person").annotate(rows=Count("pk"))

    assert per_person.aggregate(most=Max("rows"))["most"] == 1
    assert Application.objects.values("reference").distinct().count() == Application.objects.count()
    assert not Offer.objects.open().exists()


def test_no_interviewer_sits_in_two_interviews_at_once(loaded):
    seats = Panelist.objects.order_by("person", "starts_at").values_list(
        "person", "starts_at", "ends_at"
    )

    overlaps = [
        (one, other) for one, other in pairwise(seats) if one[0] == other[0] and one[2] > other[1]
    ]

    assert overlaps == []


def test_every_open_duty_has_somebody_who_owes_it_and_no_settled_one_has(loaded):
    assert duties.audit() == []


def test_a_finished_round_leaves_nothing_open(loaded):
    over = [cohort.pk for cohort in Cohort.objects.all() if cohort.phase == Phase.CLOSED]

    assert not ActionItem.objects.open().filter(meeting__community__cohort__in=over).exists()
    assert not Trial.objects.unfinished().filter(community__cohort__in=over).exists()
    assert not Meeting.objects.live().filter(community__cohort__in=over, status="planned").exists()


def test_what_is_kept_lies_between_its_beginning_and_its_end(loaded):
    before = Q(joined_at__lt=timezone.now())

    assert not Membership.objects.exclude(before).exists()
    assert not Application.objects.filter(submitted_at__gt=timezone.now()).exists()
    assert not HoursEntry.objects.filter(worked_on__gt=timezone.localdate()).exists()
    assert (
        not Meeting.objects.exclude(status="planned")
        .filter(event__ends_at__gt=timezone.now())
        .exists()
    )


def test_published_outcomes_rest_on_records_of_their_own_community(loaded):
    strangers = Evidence.objects.exclude(
        Q(insight__isnull=False)
        | Q(question__isnull=False)
        | Q(decision__meeting__community=F("outcome__community"))
        | Q(trial__community=F("outcome__community"))
        | Q(meeting__community=F("outcome__community"))
    )

    assert not strangers.exists()
    both = Outcome.objects.published().exclude(summary_en="").exclude(summary_fr="")
    assert len(both) == Outcome.objects.published().count() - 2
    assert [outcome for outcome in both if outcome.untranslated] == []


def test_neighbours_differ(loaded):
    published = Outcome.objects.published()

    assert published.values("title_en").distinct().count() >= published.count() * 0.9
    assert published.values("tried_fr").distinct().count() == published.count()
    assert User.objects.values("name").distinct().count() > User.objects.count() * 0.9


def test_no_note_holds_what_may_identify_a_client(loaded):
    meetings = Meeting.objects.prefetch_related("notes", "decisions", "actions")

    assert [meeting for meeting in meetings if identifiers.in_meeting(meeting)] == []


def test_nothing_of_it_is_to_be_mailed_but_the_letters_that_wait_for_staff(loaded):
    planner.plan()

    # Staff are reminded of what people need for the webinar ahead.
    mails = Message.objects.exclude(kind="access-request-due")
    states = Counter(mails.values_list("state", flat=True))

    assert set(states) == {Message.State.DRAFT, Message.State.SENT}
    assert states[Message.State.DRAFT] == SCALE
    assert not Reminder.objects.filter(
        state=Reminder.State.PLANNED, due_at__lte=timezone.now()
    ).exists()


def test_the_sample_people_do_not_multiply(loaded):
    assert User.objects.filter(email__in=SAMPLE_PEOPLE).count() == len(SAMPLE_PEOPLE)
    assert [person.email for person in User.objects.filter(is_staff=True)] == [
        "staff@sample.example"
    ]


def test_nobody_writes_in_two_languages(loaded):
    french = Application.objects.sent().filter(mail_language="fr")

    mixed = [
        application.reference
        for application in french
        for answer in (application.motivation, application.trial_idea, application.hours_plan)
        if {"the", "and", "with", "who"} & set(answer.lower().split())
    ]

    assert len(french) > 40
    assert mixed == []


def test_an_outcome_tells_of_a_trial_that_was_not_given_up(loaded):
    first = Outcome.objects.published().filter(community__slug__contains="-group-")

    assert first.exists()
    for outcome in first:
        trial = outcome.evidence.get(trial__isnull=False).trial
        assert trial.verdict in ("adopt", "adapt")
