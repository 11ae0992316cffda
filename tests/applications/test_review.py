import re
from threading import Barrier

import pytest

from accounts.counts import counted
from accounts.lifecycle import InvalidTransition
from accounts.models import Region
from applications.conflicts import too_near
from applications.forms.criteria import values_given
from applications.models import Application, Review, Score, Status
from applications.models.queryset import ApplicationQuerySet
from applications.services import review as service
from applications.templatetags.applications_parts import intake_board
from notifications import calendar
from notifications.models import Event, Invitee, Kind, Message, Role
from tests.concurrency import at_once
from tests.factories import (
    AnchorFactory,
    ApplicationFactory,
    CohortFactory,
    CohortRoleFactory,
    CriterionFactory,
    OrganizationFactory,
    PersonFactory,
    ReviewFactory,
    ScoreFactory,
    StaffFactory,
    days,
)

pytestmark = pytest.mark.django_db


def sent(cohort, number, **facts):
    """An application of somebody at an employer and a mail domain of her own."""
    person = PersonFactory(email=f"applicant@agency-{number}.test")
    return ApplicationFactory(cohort=cohort, person=person, **{"status": Status.SUBMITTED, **facts})


def reader(cohort, number, **facts):
    person = PersonFactory(email=f"reader@reader-{number}.test")
    return CohortRoleFactory(cohort=cohort, person=person, **facts).person


def pairs(reviews=None):
    found = Review.objects.all() if reviews is None else reviews
    return {(review.application, review.reviewer) for review in found}


# Assigning


def test_every_application_gets_its_readers_and_the_load_is_even():
    cohort = CohortFactory(reviews_each=2)
    applications = [sent(cohort, number) for number in range(6)]
    readers = [reader(cohort, number) for number in range(3)]

    done = service.assign(cohort, by=StaffFactory())

    assert [application.reviews.count() for application in applications] == [2] * 6
    assert [person.reviews.count() for person in readers] == [4, 4, 4]
    assert done.short == []
    assert {a.status for a in Application.objects.all()} == {Status.IN_REVIEW}


def test_a_review_is_owed_until_the_end_of_the_day_that_the_call_names():
    cohort = CohortFactory(reviews_each=1)
    sent(cohort, 1)
    person = reader(cohort, 1)

    service.assign(cohort, by=StaffFactory())

    deadline = Review.objects.get().deadline
    assert (deadline.kind, deadline.local_on, str(deadline.local_at)) == (
        Kind.REVIEW_DUE, cohort.reviews_due_on, "23:59:00",
    )  # fmt: skip
    assert list(Invitee.objects.current().values_list("event", "person")) == [
        (deadline.pk, person.pk)
    ]


def test_each_reader_gets_one_mail_for_the_whole_batch():
    cohort = CohortFactory(reviews_each=1)
    for number in range(3):
        sent(cohort, number)
    person = reader(cohort, 1)

    service.assign(cohort, by=StaffFactory())

    (message,) = Message.objects.filter(kind="reviews-assigned")
    assert message.recipient == person
    assert sorted(message.context["reviews"]) == sorted(Review.objects.values_list("pk", flat=True))


def test_a_second_run_fills_gaps_only():
    cohort = CohortFactory(reviews_each=1)
    sent(cohort, 1)
    first, second = reader(cohort, 1), reader(cohort, 2)
    staff = StaffFactory()
    service.assign(cohort, by=staff)
    (review,) = Review.objects.all()
    service.recuse(review, reason="I know her")

    service.assign(cohort, by=staff)
    service.assign(cohort, by=staff)

    assert {one.reviewer for one in Review.objects.live()} == {first, second} - {review.reviewer}
    assert Review.objects.count() == 2


@pytest.mark.parametrize(
    "near",
    ["same organization", "same employer's name", "same mail domain", "herself", "language"],
)
def test_nobody_reads_where_something_stands_between(near):
    cohort = CohortFactory(reviews_each=1)
    application = sent(cohort, 1)
    role = CohortRoleFactory(cohort=cohort, person=PersonFactory(email="r@elsewhere.test"))
    if near == "same organization":
        role.organization = application.organization
    elif near == "same employer's name":
        application.organization = application.person.organization = None
        application.person.save()
        application.organization_name = role.organization.name_fr.upper()
    elif near == "same mail domain":
        role.person.email = "other@agency-1.test"
    elif near == "herself":
        role.person = application.person
    else:
        application.mail_language = "fr"
    role.person.save()
    role.save()
    application.save()

    done = service.assign(cohort, by=StaffFactory())

    assert done.reviews == []
    assert done.short == [application]
    application.refresh_from_db()
    assert application.status == Status.SUBMITTED


def test_a_public_mail_provider_is_no_employer():
    cohort = CohortFactory(reviews_each=1)
    ApplicationFactory(
        cohort=cohort, status=Status.SUBMITTED, person=PersonFactory(email="a@gmail.com")
    )
    CohortRoleFactory(cohort=cohort, person=PersonFactory(email="b@gmail.com"))

    assert len(service.assign(cohort, by=StaffFactory()).reviews) == 1


def test_an_application_whose_address_is_not_confirmed_waits():
    cohort = CohortFactory(reviews_each=1)
    sent(cohort, 1, awaits_confirmation=True)
    reader(cohort, 1)

    assert service.assign(cohort, by=StaffFactory()).reviews == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_assign_at_once_give_each_application_its_number_of_readers():
    cohort = CohortFactory(reviews_each=1)
    for number in range(4):
        sent(cohort, number)
        reader(cohort, number)
    staff = StaffFactory()

    at_once(*[lambda: service.assign(cohort, by=staff)] * 2)

    assert [a.reviews.count() for a in Application.objects.all()] == [1] * 4


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_who_assign_at_once_give_too_many(monkeypatch):
    cohort = CohortFactory(reviews_each=1)
    sent(cohort, 1, status=Status.IN_REVIEW)
    readers = [reader(cohort, number) for number in range(2)]
    staff = StaffFactory()
    monkeypatch.setattr(type(cohort).objects, "select_for_update", type(cohort).objects.all)
    monkeypatch.setattr(ApplicationQuerySet, "select_for_update", lambda self, **_options: self)
    both_have_read, give, places = Barrier(2), service._give, iter(readers)

    def give_once_both_have_read(application, person):
        both_have_read.wait(timeout=5)
        return give(application, next(places))

    monkeypatch.setattr(service, "_give", give_once_both_have_read)

    at_once(*[lambda: service.assign(cohort, by=staff)] * 2)

    assert Review.objects.count() == 2


# The queue and the page


@pytest.fixture
def own(client, sign_in):
    """A review of a well described application, its reviewer signed in."""
    region = Region.objects.get(key="northwest")
    application = ApplicationFactory(
        status=Status.IN_REVIEW,
        person=PersonFactory(name="Amara Okafor", email="amara@kenora-jobs.test"),
        name="Amara Okafor",
        organization=OrganizationFactory(name_en="Kenora Job Place"),
        organization_name="Kenora Job Place",
        town="Kenora",
        phone="807 555 0100",
        region=region,
        access_needs="Captions, please",
        motivation="Young people leave in week two.",
        trial_idea="A text message.",
        hours_plan="Fridays are free.",
        availability=["fri-am"],
        level="newer",
        authority="decide",
    )
    review = ReviewFactory(application=application)
    AnchorFactory(criterion=CriterionFactory(cohort=application.cohort, number=1), value=3)
    sign_in(client, review.reviewer)
    return review


def first_field(review):
    return f"criterion_{review.application.cohort.criteria.get().number}"


def test_a_reader_finds_nothing_that_tells_who_applied(client, own):
    """Every page she can reach from her queue, each step of the way."""
    secrets = [
        "Amara", "Okafor", "amara@", "kenora-jobs", "Kenora", "Job Place", "807 555", "Captions",
        "Northwest", str(own.application.uuid),
    ]  # fmt: skip
    pages = ["/review/", own.get_absolute_url(), f"{own.get_absolute_url()}recuse/", "/me/"]

    def leaks():
        texts = {page: client.get(page).content.decode() for page in pages}
        return [(page, word) for page, text in texts.items() for word in secrets if word in text]

    assert leaks() == []
    client.post(own.get_absolute_url(), {first_field(own): 4, "finish": "1"})
    pages.remove(f"{own.get_absolute_url()}recuse/")
    assert leaks() == []
    page = client.get(own.get_absolute_url()).content.decode()
    assert "Young people leave in week two." in page
    assert "Northern Ontario" in page


def test_saving_keeps_a_part_and_finishing_settles_the_deadline(client, own):
    calendar.owe(own.deadline, own.reviewer, Role.REVIEWER)

    client.post(own.get_absolute_url(), {first_field(own): "4", "remark": "Strong"})
    own.refresh_from_db()
    assert (own.status, own.remark, [s.value for s in own.scores.all()]) == (
        "assigned", "Strong", [4],
    )  # fmt: skip
    assert Invitee.objects.current().count() == 1

    client.post(own.get_absolute_url(), {first_field(own): "5", "remark": "Better", "finish": "1"})
    own.refresh_from_db()
    assert (own.status, own.remark, [s.value for s in own.scores.all()]) == (
        "done", "Better", [5],
    )  # fmt: skip
    assert Invitee.objects.current().count() == 0
    assert own.changes.get().by == own.reviewer


def test_finishing_says_which_review_is_in_and_what_comes_next(client, own):
    following = ReviewFactory(reviewer=own.reviewer)
    CriterionFactory(cohort=following.application.cohort)
    mine, other = own.application.reference, following.application.reference

    page = client.post(own.get_absolute_url(), {first_field(own): 4, "finish": 1}, follow=True)

    assert page.redirect_chain == [(following.get_absolute_url(), 302)]
    said = f"Your review of {mine} is in. This is the next one: {other}."
    assert [str(message) for message in page.context["messages"]] == [said]

    field = first_field(following)
    page = client.post(following.get_absolute_url(), {field: 4, "finish": 1}, follow=True)

    assert page.redirect_chain == [("/review/", 302)]
    said = f"Your review of {other} is in. None is left to read. Thank you."
    assert [str(message) for message in page.context["messages"]] == [said]


def test_finishing_without_a_value_says_so_and_keeps_the_remark(client, own):
    page = client.post(own.get_absolute_url(), {"remark": "Not sure", "finish": "1"})

    own.refresh_from_db()
    assert (own.status, own.remark) == ("assigned", "Not sure")
    assert "Give at least one value" in page.content.decode()


@pytest.mark.parametrize("value", ["0", "6", "x", "\x00", "9" * 400])
def test_a_value_that_is_none_is_refused_by_its_field(client, own, value):
    page = client.post(own.get_absolute_url(), {first_field(own): value, "finish": "1"})

    assert page.status_code == 200
    assert page.context["form"].errors
    assert Score.objects.count() == 0


def test_a_review_that_is_in_is_not_changed_any_more(client, own):
    service.finish(own, scores={}, remark="In")

    client.post(own.get_absolute_url(), {first_field(own): "1", "remark": "Later"})

    own.refresh_from_db()
    assert (own.remark, own.scores.count()) == ("In", 0)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_finishing_twice_at_once_finishes_once():
    review = ReviewFactory()
    copies = [Review.objects.get(pk=review.pk) for _ in range(2)]

    at_once(*[lambda r=r: service.finish(r, scores={}, remark="") for r in copies])

    assert review.changes.count() == 1


def test_what_is_saved_after_the_review_is_in_changes_nothing():
    review = ReviewFactory()
    criterion = ScoreFactory(review=review, value=4).criterion
    service.finish(review, scores={criterion: 4}, remark="Good.")

    with pytest.raises(InvalidTransition):
        service.keep(review, scores={criterion: 1}, remark="Late.")

    review.refresh_from_db()
    assert (review.remark, review.scores.get().value) == ("Good.", 4)


def test_other_readers_values_show_only_once_mine_are_in(client, own):
    other = ReviewFactory(application=own.application, status="done", done_at=days(-1))
    ScoreFactory(review=other, criterion=own.application.cohort.criteria.get(), value=2)

    assert "The other readers" not in client.get(own.get_absolute_url()).content.decode()
    client.post(own.get_absolute_url(), {first_field(own): 4, "finish": "1"})
    page = client.get(own.get_absolute_url())

    others = page.context["others"]
    assert (others.count, others.mean, others.spread) == (1, 2.0, 0.0)


def test_stepping_back_closes_the_application_at_once(client, own):
    answer = client.post(f"{own.get_absolute_url()}recuse/", {"reason": "I know her"})

    assert answer.status_code == 302
    own.refresh_from_db()
    assert own.status == "recused"
    assert own.changes.get().reason == "I know her"
    assert client.get(own.get_absolute_url()).status_code == 404
    assert client.get(f"{own.get_absolute_url()}recuse/").status_code == 404
    assert own.application.reference not in client.get("/review/").content.decode()


def test_stepping_back_asks_why(client, own):
    page = client.post(f"{own.get_absolute_url()}recuse/", {"reason": " "})

    own.refresh_from_db()
    assert own.status == "assigned"
    assert page.context["form"].errors


def test_a_strangers_review_does_not_exist(client, sign_in):
    review = ReviewFactory()
    sign_in(client, PersonFactory())

    for way in ("", "recuse/"):
        assert client.get(review.get_absolute_url() + way).status_code == 404
        assert client.post(review.get_absolute_url() + way, {"reason": "x"}).status_code == 404
    review.refresh_from_db()
    assert review.status == "assigned"


def test_nobody_reviews_her_own_application(client, sign_in):
    application = ApplicationFactory(status=Status.IN_REVIEW)
    review = ReviewFactory(application=application, reviewer=application.person)
    sign_in(client, application.person)

    assert client.get(review.get_absolute_url()).status_code == 404


def test_a_value_given_is_shown_with_the_sentence_it_stands_for(client, sign_in):
    review = ReviewFactory(application__status=Status.IN_REVIEW)
    rated, left_out = CriterionFactory.create_batch(2, cohort=review.application.cohort)
    AnchorFactory(criterion=rated, value=4, sentence_en="Names what would be tried.")
    service.finish(review, scores={rated: 4}, remark="Clear.")

    rows = values_given([rated, left_out], review.scores.all())
    sign_in(client, review.reviewer)
    page = client.get(review.get_absolute_url()).content.decode()

    assert [(row["value"], row["anchor"]) for row in rows] == [
        (4, "Names what would be tried."), (None, ""),
    ]  # fmt: skip
    assert "Names what would be tried." in page
    assert "Clear." in page


def test_the_queue_costs_the_same_for_one_and_for_three(
    client, sign_in, django_assert_max_num_queries
):
    person = PersonFactory()
    sign_in(client, person)
    ReviewFactory(reviewer=person)
    client.get("/review/")
    with django_assert_max_num_queries(8) as one:
        client.get("/review/")
    ReviewFactory.create_batch(2, reviewer=person)
    with django_assert_max_num_queries(8) as three:
        page = client.get("/review/")

    assert len(three.captured_queries) == len(one.captured_queries)
    assert len(re.findall(r"/review/[0-9a-f-]{36}/", page.content.decode())) >= 3


def test_deadlines_that_are_owed_and_those_that_are_not_agree():
    cohort = CohortFactory(reviews_each=2)
    for number in range(3):
        sent(cohort, number)
        reader(cohort, number)
    service.assign(cohort, by=StaffFactory())
    first, second = Review.objects.all()[:2]
    service.finish(first, scores={}, remark="")
    service.recuse(second, reason="x")
    service.reopen(first, by=StaffFactory())

    owed = set(Event.objects.filter(invitees__until=None, invitees__isnull=False))

    assert owed == {review.deadline for review in Review.objects.open()}


def test_a_review_that_arrives_empty_is_kept_empty(client, sign_in):
    review = ReviewFactory()
    sign_in(client, review.reviewer)

    answer = client.post(review.get_absolute_url())

    assert answer.url == review.get_absolute_url()
    assert review.scores.count() == 0


def test_a_reader_who_shares_the_employer_by_now_is_told_to_staff(client, sign_in):
    sign_in(client, StaffFactory())
    near, far = ReviewFactory(), ReviewFactory()
    before = too_near(Review.objects.to_do())

    applicant = near.application.person
    applicant.organization = near.reviewer.organization
    applicant.save()

    listed = client.get("/admin/applications/review/?is_near=yes").context["cl"].result_list
    (stage,) = counted(intake_board(near.application.cohort, StaffFactory()))
    rows = {row.label: row.number for row in stage.counts}
    assert (before, too_near(Review.objects.to_do())) == ([], [near.pk])
    assert [review.pk for review in listed] == [near.pk]
    assert rows["Readers who share an employer with the applicant by now"] == 1
    assert far.pk not in too_near(Review.objects.all())


@pytest.mark.parametrize("rows", [1, 3])
def test_who_came_too_near_costs_two_questions(rows, django_assert_num_queries):
    ReviewFactory.create_batch(rows)

    with django_assert_num_queries(2):
        too_near(Review.objects.to_do())
