"""A call is copied to next year: what comes along, what stays behind, what is still to mend."""

from datetime import UTC, date, datetime, time

import pytest
from django.urls import reverse

from accounts.clock import ONTARIO
from accounts.lifecycle import InvalidTransition
from applications.models import Application, Question
from cops import copying, readiness
from cops.models import Cohort, CohortRole, Registration
from notifications.models import MailTemplate, Rule
from tests.concurrency import at_once
from tests.factories import (
    AnchorFactory,
    AnswerFactory,
    CohortFactory,
    CohortRoleFactory,
    FocusAreaVersionFactory,
    MailTemplateFactory,
    OrganizationFactory,
    PersonFactory,
    QuestionFactory,
    RegistrationFactory,
    RuleFactory,
    StaffFactory,
    days,
)

pytestmark = pytest.mark.django_db

OPENS = datetime(2027, 1, 11, 14, tzinfo=UTC)  # a Monday
NEXT = {"slug": "next", "name_en": "Next", "name_fr": "Suivante"}


@pytest.fixture
def call():
    """A call with one of everything, which somebody has applied to."""
    cohort = CohortFactory(
        opens_at=OPENS,
        closes_at=datetime(2027, 2, 13, 4, 59, tzinfo=UTC),
        invitation_en="Join us from January 11, 2027.",
        invitation_fr="Joignez-nous dès le 11 janvier 2027.",
        slug="winter",
        contact_phone="416 555 0123",
    )
    cohort.partners.add(OrganizationFactory(name_en="Purpose Co."))
    AnchorFactory(criterion__cohort=cohort)
    FocusAreaVersionFactory(cohort=cohort, number=1, question_en="First?")
    area = cohort.focus_versions.get().focus_area
    FocusAreaVersionFactory(cohort=cohort, focus_area=area, number=2, question_en="Second?")
    before = QuestionFactory(
        cohort=cohort, kind=Question.Kind.CHOICE, options=["Red", "Blue"], position=1
    )
    QuestionFactory(
        cohort=cohort, key="why", asked_if=before, asked_if_value="red", position=2,
        keep_until=date(2027, 9, 30),
        due_at=datetime(2027, 2, 1, 17, tzinfo=ONTARIO), required_since=days(-1),
    )  # fmt: skip
    AnswerFactory(question=before, application__cohort=cohort)
    RegistrationFactory(
        webinar__cohort=cohort,
        webinar__recording_url="https://video.example/1",
        webinar__event__wall=datetime(2027, 1, 27, 13),
    )
    RuleFactory(series=cohort.series)
    MailTemplateFactory(series=cohort.series, version=4)
    CohortRoleFactory(cohort=cohort)
    return cohort


def copy(call, opens_on=date(2028, 1, 10), with_roles=False, **facts):
    return copying.copy(
        call, opens_on=opens_on, with_roles=with_roles, by=StaffFactory(), **{**NEXT, **facts}
    )


def test_dates_move_by_whole_weeks_and_keep_their_hour(call):
    new = copy(call)

    assert [new.opens_at, new.closes_at] == [
        datetime(2028, 1, 10, 14, tzinfo=UTC),
        datetime(2028, 2, 12, 4, 59, tzinfo=UTC),
    ]
    for name in Cohort.LATER:
        assert (getattr(new, name) - getattr(call, name)).days == 52 * 7
    event = new.webinars.get().event
    assert (event.local_on, event.local_at) == (date(2028, 1, 26), time(13))


def test_what_was_written_comes_along_and_nobody_does(call):
    new = copy(call)

    assert (new.published_at, new.copied_from, new.invitation_en) == (
        None,
        call,
        call.invitation_en,
    )
    assert new.series_id != call.series_id
    assert new.closing_id != call.closing_id
    assert [str(partner) for partner in new.partners.all()] == ["Purpose Co."]
    criterion = new.criteria.get()
    assert [anchor.sentence_en for anchor in criterion.anchors.all()] == ["Somewhat"]
    assert list(new.focus_versions.values_list("number", "question_en")) == [(1, "Second?")]
    webinar = new.webinars.get()
    assert (webinar.recording_url, webinar.event.join_link, webinar.slug) == ("", "", "next")
    assert list(Rule.objects.filter(series=new.series).values_list("kind", flat=True)) == list(
        Rule.objects.filter(series=call.series).values_list("kind", flat=True)
    )
    assert list(MailTemplate.objects.filter(series=new.series).values_list("version")) == [(1,)]
    assert CohortRole.objects.filter(cohort=new).count() == 0
    assert Application.objects.filter(cohort=new).count() == 0
    assert Registration.objects.filter(webinar__cohort=new).count() == 0


def test_the_questions_of_the_form_come_along_with_options_and_conditions(call):
    new = copy(call, opens_on=date(2028, 1, 12))

    first, second = new.questions.order_by("position")
    assert [option.key for option in first.options.all()] == ["red", "blue"]
    assert (second.asked_if, second.asked_if_value) == (first, "red")
    assert second.keep_until == date(2028, 9, 28)
    assert second.due_at == datetime(2028, 1, 31, 17, tzinfo=ONTARIO)
    assert second.required_since is None
    assert first.answers.count() == 0


def test_who_reviews_and_interviews_comes_along_when_that_is_wanted(call):
    new = copy(call, with_roles=True)

    assert list(new.roles.values_list("person", "role")) == list(
        call.roles.values_list("person", "role")
    )


def test_the_new_call_says_what_still_holds_last_years_dates(call):
    new = copy(call)

    said = [lack.sentence for lack in readiness.missing(new)]
    Cohort.objects.filter(pk=new.pk).update(
        invitation_en="Join us from January 10, 2028.", invitation_fr="Dès le 10 janvier 2028."
    )
    mended = [lack.sentence for lack in readiness.missing(Cohort.objects.get(pk=new.pk))]

    wanted = [
        "Next: “Invitation (English)” still says “January 11, 2027”.",
        "Next: “Invitation (French)” still says “11 janvier, 2027”.",
    ]
    assert [sentence for sentence in said if "still says" in sentence] == wanted
    assert [sentence for sentence in mended if "still says" in sentence] == []


@pytest.mark.parametrize("opens_on", [date(2027, 1, 11), date(2026, 1, 12)])
def test_a_copy_opens_later_than_what_it_copies(call, opens_on):
    with pytest.raises(InvalidTransition, match="open after this one"):
        copy(call, opens_on=opens_on)


def test_staff_copy_a_call_and_are_led_to_the_list_of_what_to_mend(client, staff, call):
    url = reverse("admin:cops_cohort_verb", args=[call.pk, "copy"])

    asked = client.get(url)
    taken = client.post(url, {**NEXT, "slug": "winter", "opens_on": "2028-01-10"})
    done = client.post(url, {**NEXT, "opens_on": "2028-01-10"}, follow=True)

    assert asked.context["form"]["opens_on"].value() == date(2028, 1, 10)
    assert "slug" in taken.context["form"].errors
    new = Cohort.objects.get(slug="next")
    assert done.redirect_chain[-1][0] == reverse("admin:cops_cohort_change", args=[new.pk])
    assert "this call opens on Monday 10\xa0January 2028" in done.text
    assert "still says “January 11, 2027”" in done.text


def test_who_is_not_staff_copies_nothing(client, sign_in, call):
    sign_in(client, PersonFactory())

    response = client.post(
        reverse("admin:cops_cohort_verb", args=[call.pk, "copy"]),
        {**NEXT, "opens_on": "2028-01-10"},
    )

    assert (response.status_code, Cohort.objects.count()) == (403, 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_copy_at_once_to_one_address_one_is_told(call):
    results = at_once(lambda: copy(call), lambda: copy(call))

    assert sorted(type(result).__name__ for result in results) == ["Cohort", "InvalidTransition"]
    assert Cohort.objects.filter(slug="next").count() == 1
