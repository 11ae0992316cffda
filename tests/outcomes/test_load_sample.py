from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from itertools import pairwise

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import Region, User
from accounts.sample_people import SAMPLE_PEOPLE
from applications import duplicates
from applications.models import CONSENTS, Application, Interview, Offer, Review, Slot, Status
from cops.models import (
    AccessRequest,
    Cohort,
    Community,
    Criterion,
    FocusArea,
    FocusAreaVersion,
    Membership,
    Phase,
    Registration,
    Webinar,
    WebinarAnswer,
)
from meetings import identifiers
from meetings.models import HoursEntry, Meeting, Trial
from notifications import duties, planner
from notifications.models import Consent, Event, Kind, Message, Reminder
from outcomes.models import Outcome
from outcomes.sample.people import wording

PROBLEMS = {
    "youth-job-connection": (
        "how to better engage, support and motivate NEET youth to connect to sustainable "
        "employment and what enhancements to Youth Job Connection can support this goal."
    ),
    "canada-ontario-job-grant": (
        "how to better prepare unemployed people and current workers in need of upskilling for "
        "employer recognized in-demand skills and what enhancements to the Canada Ontario Job "
        "Grant (COJG) can support this goal."
    ),
    "second-career": (
        "how to better support laid off workers and enhance Second Career to support this goal."
    ),
}
QUESTIONS = {
    "youth-job-connection": (
        "How can employment programs for young people most effectively help them advance "
        "towards their career goals?"
    ),
    "canada-ontario-job-grant": (
        "How can COJG (and similar program funding) be leveraged to maximize economic mobility "
        "and career progression for incumbent workers and build talent pipelines for new "
        "entrants?"
    ),
    "second-career": (
        "How can practitioners effectively serve laid off workers and help them choose "
        "retraining programs that lead to sustainable retraining / second career plans?"
    ),
}


def load():
    out = StringIO()
    call_command("load_sample", stdout=out)
    return out.getvalue()


def counts():
    return {
        model._meta.label: model.objects.count()
        for app in ("accounts", "notifications", "cops", "applications", "meetings", "outcomes")
        for model in apps.get_app_config(app).get_models()
    }


@pytest.fixture(scope="module")
def sample(django_db_setup, django_db_blocker):
    """Load once for all tests of this module; each test then rolls back to here."""
    with django_db_blocker.unblock(), transaction.atomic():
        load()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def loaded(sample, db):
    return None


@pytest.fixture
def cohort(loaded):
    return Cohort.objects.get(slug="cops-2021")


def test_it_loads_once_and_says_so_the_second_time(loaded):
    before = counts()

    said = load()

    assert said == "The sample data is there already.\n"
    assert counts() == before


def test_everyone_on_the_door_of_the_demo_is_there_with_a_verified_address(loaded):
    people = User.objects.filter(email__in=SAMPLE_PEOPLE)

    assert {person.email for person in people if person.is_verified} == set(SAMPLE_PEOPLE)
    assert [person.email for person in people if person.is_staff] == ["staff@sample.example"]


def test_the_words_of_the_2021_call_are_first_works_own(cohort):
    first = cohort.focus_versions.filter(number=1).select_related("focus_area")

    assert {each.focus_area.slug: each.focus_area.problem_en for each in first} == PROBLEMS
    assert {each.focus_area.slug: each.question_en for each in first} == QUESTIONS


def test_the_dates_of_the_2021_round_are_those_of_the_call(cohort):
    webinar = cohort.webinars.recruiting().get()

    assert cohort.opens_at == datetime(2021, 1, 11, 14, tzinfo=UTC)
    assert (webinar.event.local_on, webinar.event.local_at.hour) == (date(2021, 1, 27), 13)
    assert webinar.registrations.count() == 85
    assert webinar.answers.answered().count() == 3
    assert cohort.webinars.get(kind="results").event.local_on == date(2021, 9, 29)
    assert cohort.publishing_until == date(2021, 9, 29)
    assert cohort.phase == Phase.CLOSED
    assert {partner.name_en for partner in cohort.partners.all()} == {"Purpose Co."}


def test_applicants_of_2021_come_from_all_catchments_and_in_both_languages(cohort):
    applications = cohort.applications.select_related("region")

    regions = {application.region for application in applications}

    assert len(applications) == 60
    assert regions == set(Region.objects.filter(is_catchment=True))
    assert len(regions) == 15
    assert {application.mail_language for application in applications} == {"en", "fr"}
    assert len({application.motivation for application in applications.sent()}) > 55


def test_each_application_that_was_sent_in_2021_has_two_reviews(cohort):
    reviews = Counter(
        Review.objects.filter(application__cohort=cohort).values_list("application", flat=True)
    )

    assert set(reviews.values()) == {2}
    assert len(reviews) == cohort.applications.sent().count() == 59


def test_thirty_interviews_were_held_in_2021_by_both_partners_and_moved_the_questions(cohort):
    interviews = Interview.objects.filter(application__cohort=cohort, status="held")
    refined = cohort.focus_versions.filter(number=2)

    partners = {
        frozenset(
            panelist.person.organization.name_en for panelist in interview.slot.panelists.all()
        )
        for interview in interviews
    }

    assert len(interviews) == 30
    assert partners == {frozenset({"First Work", "Purpose Co."})}
    assert {1 <= interview.insights.count() <= 3 for interview in interviews} == {True}
    assert [version.insights.count() > 2 for version in refined] == [True] * 3


def test_offers_of_2021_ended_in_groups_of_six_six_and_seven(cohort):
    communities = cohort.communities.all()
    offers = Offer.objects.filter(application__cohort=cohort)

    assert sorted(community.members.count() for community in communities) == [6, 6, 7]
    assert Counter(offers.values_list("status", flat=True)) == {
        "accepted": 19,
        "turned-down": 1,
        "lapsed": 1,
    }
    assert cohort.applications.filter(status=Status.WAITLISTED).count() == 4


def test_each_group_of_2021_met_twelve_times_every_two_weeks_from_23_march(cohort):
    for community in cohort.communities.all():
        meetings = list(community.meetings.order_by("number").select_related("event"))

        days = [meeting.event.local_on for meeting in meetings]

        assert (len(days), days[0]) == (12, date(2021, 3, 23))
        assert {(after - before).days for before, after in pairwise(days)} == {14}
        assert {meeting.status for meeting in meetings} == {Meeting.Status.LOCKED}
        for meeting in meetings:
            assert meeting.agenda.exists()
            assert all(note.body for note in meeting.notes.all())
            assert meeting.notes.count() == 2
            assert meeting.decisions.exists()
            assert meeting.actions.exists()
            assert not meeting.actions.open().exists()
            assert not meeting.event.invitees.filter(attendance="").exists()


def test_facilitators_of_a_community_come_from_two_partners(loaded):
    for community in Community.objects.filter(memberships__isnull=False).distinct():
        partners = [each.organization.name_en for each in community.facilitators]

        assert sorted(partners) == ["First Work", "Purpose Co."], community


def test_trials_of_2021_are_finished_and_some_were_abandoned(cohort):
    trials = Trial.objects.filter(community__cohort=cohort)

    assert {trial.status for trial in trials} == {Trial.Status.FINISHED}
    assert {trial.verdict for trial in trials} == {"adopt", "adapt", "abandon"}
    assert all(trial.prediction and trial.result for trial in trials)


def test_six_outcomes_are_published_in_both_languages_with_their_evidence(cohort):
    outcomes = Outcome.objects.filter(community__cohort=cohort)

    assert len(outcomes) == len(outcomes.published()) == 6
    for outcome in outcomes:
        assert date(2021, 9, 13) <= outcome.published_at.date() <= date(2021, 9, 29)
        assert outcome.untranslated == []
        assert outcome.missing == []
        assert 4 <= outcome.evidence.count() <= 6
        assert all(step.sentence_en and step.sentence_fr for step in outcome.evidence.all())
        assert outcome in Outcome.objects.search(outcome.title_fr)


def test_the_library_finds_an_outcome_by_the_later_name_of_its_programme(loaded):
    found = Outcome.objects.published().search("better jobs ontario")

    assert {outcome.community.focus_area.slug for outcome in found} == {
        "second-career",
        "better-jobs-ontario",
    }


def in_phase(phase):
    (cohort,) = [cohort for cohort in Cohort.objects.all() if cohort.phase == phase]
    return cohort


def test_one_round_is_finished_one_meets_and_one_is_open(loaded):
    phases = [cohort.phase for cohort in Cohort.objects.filter(is_sample=True)]

    assert sorted(phases) == [Phase.CLOSED, Phase.MEETING, Phase.OPEN]
    assert [cohort.phase for cohort in Cohort.objects.open()] == [Phase.OPEN]


def test_three_groups_are_in_the_middle_of_their_meetings(loaded):
    communities = in_phase(Phase.MEETING).communities.all()

    for community in communities:
        meetings = community.meetings.all()
        soonest = meetings.ahead().earliest("event__starts_at").event.starts_at
        latest = meetings.held().latest("event__starts_at").event.starts_at

        assert community.members.count() == 6
        called_off = meetings.exclude(event__cancelled_at=None).count()
        assert meetings.held().count() == 8
        assert meetings.ahead().count() + called_off == 4
        assert timedelta(days=3) < soonest - timezone.now() < timedelta(days=9)
        assert timedelta(days=5) < timezone.now() - latest < timedelta(days=11)
    assert sorted(community.meets_in for community in communities) == ["en", "en", "fr"]


def test_the_sample_people_of_the_group_have_something_to_do(loaded):
    member = User.objects.get(email="member@sample.example")
    community = Community.objects.get(memberships__person=member)
    facilitators = {each.person.email for each in community.facilitators}

    assert facilitators == {"facilitator@sample.example", "cofacilitator@sample.example"}
    assert community.meetings.held().without_notes().count() == 1
    assert HoursEntry.objects.of_person(member).total() > 20
    assert member.actions.open().count() == 2
    assert member.actions.all().overdue().count() == 1
    assert {trial.status for trial in community.trials.all()} == {"running", "finished"}
    assert [outcome.status for outcome in community.outcomes.all()] == ["draft"]


def test_the_open_call_has_its_webinar_in_some_days_and_waits_for_staff(loaded):
    cohort = in_phase(Phase.OPEN)
    webinar = cohort.next_webinar
    statuses = Counter(cohort.applications.values_list("status", flat=True))

    assert timedelta(days=1) < webinar.event.starts_at - timezone.now() < timedelta(days=6)
    assert (webinar.event.local_at.hour, webinar.registrations.count()) == (13, 25)
    assert statuses == {
        "draft": 8, "submitted": 6, "in-review": 7, "interview": 3, "withdrawn": 1,
    }  # fmt: skip
    assert cohort.applications.pending().count() == 1
    assert [(letter.kind, letter.state) for letter in Message.objects.all()] == [
        ("application-interview", Message.State.DRAFT)
    ]
    assert [community.members.count() for community in cohort.communities.all()] == [0, 0]


def test_reviewer_interviewer_and_applicant_of_the_demo_have_something_to_do(loaded):
    reviewer, interviewer, applicant = (
        User.objects.get(email=f"{name}@sample.example")
        for name in ("reviewer", "interviewer", "applicant")
    )
    unbooked = Interview.objects.filter(status="invited")
    booked = Interview.objects.of_interviewer(interviewer).booked()

    assert reviewer.reviews.open().count() >= 2
    assert reviewer.reviews.done().count() >= 1
    assert applicant.applications.get().status == Status.IN_REVIEW
    assert booked.count() == 1
    assert unbooked.count() == 2
    for interview in unbooked:
        assert Slot.objects.offered_to(interview.application).count() >= 5


def test_every_open_duty_has_somebody_who_owes_it_and_no_settled_one_has(loaded):
    held = Event.objects.deadlines().filter(invitees__until=None).values_list("kind", flat=True)

    assert duties.audit() == []
    assert set(held) == duties.kinds() - {Kind.OFFER_DUE}


def test_no_note_holds_what_may_identify_a_client(loaded):
    meetings = Meeting.objects.all()

    assert [meeting for meeting in meetings if identifiers.in_meeting(meeting)] == []
    assert meetings.count() == 6 * 12


def test_the_past_causes_no_mail(cohort):
    planner.plan()

    assert not Message.objects.exclude(state=Message.State.DRAFT).exists()
    assert not Reminder.objects.filter(
        state=Reminder.State.PLANNED, due_at__lte=timezone.now()
    ).exists()
    assert not Message.objects.filter(recipient__applications__cohort=cohort).exists()


def test_every_text_that_visitors_read_speaks_both_languages(loaded):
    models = Cohort, FocusArea, FocusAreaVersion, Criterion, Community, Webinar, WebinarAnswer
    for model in models:
        assert [record for record in model.objects.all() if record.untranslated] == []


def test_every_need_that_was_typed_is_a_request_and_some_wait_for_staff(loaded):
    asked = AccessRequest.objects
    typed = [
        *Registration.objects.exclude(access_needs="").values_list("access_needs", flat=True),
        *Application.objects.sent()
        .confirmed()
        .exclude(access_needs="")
        .values_list("access_needs", flat=True),
    ]

    assert Counter(asked.exclude(source="form").values_list("words", flat=True)) == Counter(typed)
    assert set(asked.values_list("source", flat=True)) == {"webinar", "application", "form"}
    assert (asked.late().count(), asked.open().count() > 1) == (1, True)
    assert {request.deadline for request in asked.open()} == set(
        Event.objects.filter(kind=Kind.ACCESS_DUE, invitees__until=None)
    )
    assert set(asked.filter(status="answered").values_list("person__language", flat=True)) == {
        "en",
        "fr",
    }


def test_people_are_as_awkward_as_people_are(loaded):
    people = User.objects.all()
    applications = Application.objects.all()
    letters = [sum(map(str.isalpha, person.name)) for person in people]

    assert max(letters) >= 60
    assert people.filter(name__contains="’").exists()
    assert applications.sent().filter(phone="").exists()
    assert applications.filter(status=Status.DRAFT, level="").exists()
    assert applications.filter(status=Status.DRAFT).exclude(level="").exists()
    assert [
        (each.status, each.person.is_verified)
        for each in applications.filter(awaits_confirmation=True)
    ] == [("submitted", False)]


def test_of_the_records_that_may_be_of_one_person_one_pair_is_and_one_is_not(loaded):
    pairs = duplicates.likely(User.objects.get(email="staff@sample.example"))

    assert sorted((pair.older.name, pair.newer.name, pair.why) for pair in pairs) == [
        ("Josée Ladouceur", "Josee Ladouceur", "the same name, the same organization"),
        ("Vanessa Thibodeau", "Malcolm Peters", "the same organization, the same phone"),
    ]


def test_one_came_not_to_her_interview_one_left_her_group_and_one_meeting_is_called_off(loaded):
    cohort = in_phase(Phase.MEETING)
    missed = Interview.objects.get(status="missed")
    (left,) = Membership.objects.exclude(left_at=None)
    called_off = Meeting.objects.exclude(event__cancelled_at=None).get()

    assert missed.application.status == Status.DECLINED
    assert not missed.assessments.exists()
    assert left.community.cohort == called_off.community.cohort == cohort
    later = Event.objects.filter(kind=Kind.MEETING, starts_at__gt=left.left_at)
    assert later.filter(invitees__person=left.person).exists()
    assert not later.of_person(left.person).exists()
    assert left.person.standings.get().until == left.left_at
    assert not called_off.notes_due.invitees.current().exists()


def test_outcomes_stand_at_every_stage_and_speak_one_language_or_both(loaded):
    outcomes = Outcome.objects.all()
    published = outcomes.published()

    assert Counter(outcomes.values_list("status", flat=True)) == {
        "published": 8,
        "superseded": 1,
        "draft": 1,
        "member-review": 1,
    }
    assert outcomes.get(status="superseded").superseded_by.status == "published"
    assert sorted(bool(each.summary_fr) for each in published).count(False) == 1
    assert sorted(bool(each.summary_en) for each in published).count(False) == 1
    assert published.due_for_review().count() == 6


def test_french_is_written_by_those_who_write_in_french(loaded):
    french = Application.objects.sent().filter(mail_language="fr")

    assert len(french) > 10
    for application in french:
        assert not {"the", "and", "with"} & set(application.motivation.lower().split())
        assert application.interview_language == "fr"


def test_everybody_agreed_in_her_own_language(loaded):
    said = {
        (purpose, language): wording(purpose, language)
        for purpose in CONSENTS
        for language in ("en", "fr")
    }

    consents = Consent.objects.filter(purpose__in=CONSENTS)
    assert set(consents.values_list("purpose", "language", "wording")) == {
        (purpose, language, words) for (purpose, language), words in said.items()
    }
