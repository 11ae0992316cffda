"""The page of a call at the desk: what it lacks, opening it, its dates and roles."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.lifecycle import InvalidTransition
from cops import readiness
from notifications.models import Consent, Message
from tests.cops.desk import change_url, make_call, page, verb_url
from tests.factories import (
    AnchorFactory,
    CohortFactory,
    CohortRoleFactory,
    ConsentFactory,
    CriterionFactory,
    PersonFactory,
    QuestionFactory,
    WebinarFactory,
    days,
)

pytestmark = pytest.mark.django_db


def test_the_checklist_names_what_is_missing(client, staff):
    cohort = CohortFactory(published_at=None, headline_fr="")

    lacks = readiness.missing(cohort)
    sentences = [lack.sentence for lack in lacks]
    text = page(client.get(change_url(cohort)))

    for sentence in (
        "There are no criteria.",
        "There is no webinar.",
        "No focus area has a guiding question for this cohort.",
    ):
        assert sentence in sentences
        assert sentence in text
    assert any("Headline (English)" in sentence for sentence in sentences)
    assert [lack.blocks for lack in lacks] == [True, True] + [False] * (len(lacks) - 2)


def test_each_line_of_the_checklist_leads_to_where_it_is_mended(client, staff):
    cohort = CohortFactory(published_at=None, headline_en="", headline_fr="", invitation_fr="Oui")
    criterion = AnchorFactory(criterion__cohort=cohort).criterion
    CriterionFactory(cohort=cohort, text_fr="")
    WebinarFactory(cohort=cohort, event__join_link="")
    question = QuestionFactory(cohort=cohort, text_fr="")

    lacks = {lack.sentence: lack.url for lack in readiness.missing(cohort)}

    page_of = change_url(cohort)
    assert lacks["The call has no headline."] == f"{page_of}#id_headline_en"
    assert lacks["A webinar has no link to join."] == change_url(cohort.webinars.get())
    said = f"Criterion {criterion.number}: 4 values have no sentence that says what they mean."
    assert lacks[said] == change_url(criterion)
    said = f"The question “{question.text_en}” is written in one language only."
    assert lacks[said] == reverse("admin:applications_question_change", args=[question.pk])
    assert {client.get(url).status_code for url in lacks.values()} == {200}


def test_the_checklist_tells_of_weekends_and_holidays():
    cohort = CohortFactory(published_at=None)
    cohort.interviews_from, cohort.groups_on = date(2027, 2, 15), date(2027, 3, 6)

    sentences = [lack.sentence for lack in readiness.missing(cohort)]

    assert "“Interviews from” is Monday 15\xa0February 2027: Family Day." in sentences
    assert "“Groups are known on” is Saturday 6\xa0March 2027: a weekend." in sentences


@pytest.mark.parametrize(("after_opening", "is_said"), [(1, False), (-1, True)])
def test_interviews_may_begin_before_applications_close_but_not_before_they_open(
    after_opening, is_said
):
    cohort = CohortFactory()
    cohort.interviews_from = (cohort.opens_at + timedelta(days=after_opening)).date()

    sentences = [lack.sentence for lack in readiness.missing(cohort)]

    assert ("Interviews begin before applications open." in sentences) is is_said
    assert not any("before applications close" in sentence for sentence in sentences)


def test_opening_the_call_makes_it_public_once(client, staff):
    cohort = make_call(published_at=None)

    client.post(verb_url(cohort, "open_call"))
    cohort.refresh_from_db()
    first = cohort.published_at
    again = client.post(verb_url(cohort, "open_call"), follow=True)

    cohort.refresh_from_db()
    assert cohort.is_open
    assert cohort.published_at == first
    assert "This can no longer be changed that way." in page(again)
    with pytest.raises(InvalidTransition, match="already published"):
        cohort.publish(by=staff)


def test_a_call_without_question_or_criteria_is_not_opened(client, staff):
    cohort = CohortFactory(published_at=None)

    response = client.post(verb_url(cohort, "open_call"), follow=True)

    cohort.refresh_from_db()
    assert cohort.published_at is None
    assert "there is nothing to apply to" in page(response)


def test_a_call_that_would_be_closed_already_is_not_opened(client, staff):
    cohort = make_call(published_at=None, opens_at=days(-9), closes_at=days(-1))
    ConsentFactory(purpose=Consent.Purpose.NEWS)

    [needed] = [lack for lack in readiness.missing(cohort) if lack.blocks]
    response = client.post(verb_url(cohort, "open_call"), follow=True)

    cohort.refresh_from_db()
    assert needed.sentence.startswith("Applications would be closed already: they close on ")
    assert needed.url == f"{change_url(cohort)}#id_closes_at"
    assert "Applications would be closed already. Choose a later day" in page(response)
    assert cohort.published_at is None
    assert not Message.objects.exists()


def test_who_is_not_staff_opens_nothing(client, sign_in):
    cohort = make_call(published_at=None)
    sign_in(client, PersonFactory())

    response = client.post(verb_url(cohort, "open_call"))

    cohort.refresh_from_db()
    assert response.status_code in {302, 403, 404}
    assert cohort.published_at is None


def test_the_address_of_a_published_call_stays(client, staff):
    cohort = make_call()

    assert 'name="slug"' not in page(client.get(change_url(cohort)))


def test_a_call_whose_dates_or_bounds_are_out_of_order_says_so_beside_each(client, staff):
    cohort = make_call(published_at=None)
    form = client.get(change_url(cohort)).context["adminform"].form
    facts = {name: form[name].value() for name in form.fields if form[name].value() is not None}

    answer = client.post(
        change_url(cohort),
        facts
        | {
            "closes_at": facts["opens_at"],
            "interviews_until": facts["interviews_from"],
            "reviews_due_on": facts["groups_on"],
            "meetings_until": facts["meetings_from"],
            "publishing_until": facts["groups_on"],
            "group_min": 9,
            "hours_max": 1,
        },
    )

    assert answer.context["adminform"].form.errors == {
        "closes_at": ["This must come after “Applications open”."],
        "interviews_until": ["This cannot come before “Reviews due”."],
        "meetings_until": ["This must come after “Meetings from”."],
        "publishing_until": ["This cannot come before “Meetings until”."],
        "group_max": ["This cannot be less than “Smallest group”."],
        "hours_max": ["This cannot be less than “Hours a month, at least”."],
    }


def test_a_public_call_does_not_open_after_it_closes(client, staff):
    cohort = make_call()
    form = client.get(change_url(cohort)).context["adminform"].form
    facts = {name: form[name].value() for name in form.fields if form[name].value() is not None}

    late = cohort.closes_at.strftime("%Y-%m-%dT%H:%M")
    answer = client.post(change_url(cohort), {**facts, "opens_at": late})

    assert answer.context["adminform"].form.errors["opens_at"] == [
        "This must come before applications close."
    ]


def test_an_address_of_a_page_that_is_none_says_which_letters_it_takes(client, staff):
    answer = client.post(reverse("admin:cops_cohort_add"), {"slug": "Fall 2027!"})

    assert answer.context["adminform"].form.errors["slug"] == [
        "Use letters without accents, digits and hyphens only, and no spaces."
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_a_call_costs_the_same_however_many_have_a_role(
    client, staff, number, django_assert_num_queries
):
    cohort = CohortFactory()
    CohortRoleFactory.create_batch(number, cohort=cohort)
    client.get(change_url(cohort))  # the years' holidays are named once

    with django_assert_num_queries(28):
        shown = client.get(change_url(cohort))

    assert len(shown.context["inline_admin_formsets"][2].formset.initial_forms) == number


def test_a_role_shows_whom_it_names_without_asking_for_her_again(client, staff):
    role = CohortRoleFactory(person__name="Imani Osei")

    shown = client.get(change_url(role.cohort)).text

    assert f'<option value="{role.person_id}" selected>Imani Osei</option>' in shown


@pytest.mark.parametrize(
    ("opens", "closes", "is_public", "begins_with"),
    [
        (5, 30, False, "before_opening"),
        (-5, 30, True, "while_open"),
        (-30, -5, True, "stands"),
    ],
)
def test_what_is_lacking_is_told_until_applications_close(
    client, staff, opens, closes, is_public, begins_with
):
    facts = {} if is_public else {"published_at": None}
    cohort = CohortFactory(opens_at=days(opens), closes_at=days(closes), **facts)

    shown = client.get(change_url(cohort))

    assert next(iter(shown.context["adminform"])).fields[0] == begins_with


def test_a_call_being_written_is_seen_as_on_the_day_it_opens(client, staff):
    cohort = make_call(opens_at=timezone.now() + timedelta(days=30), published_at=None)
    now = page(client.get(cohort.get_absolute_url()))
    day = cohort.opens_at + timedelta(days=1)

    seen = client.post(
        reverse("accounts:as-of"),
        {"day": day.date().isoformat(), "next": cohort.get_absolute_url()},
        follow=True,
    )

    button = f'href="{reverse("applications:apply-to", args=[cohort.slug])}"'
    assert ("See it as on the day it opens" in now, button in now) == (True, False)
    assert ("You can apply until" in page(seen), button in page(seen)) == (True, True)
    assert "Not published." in page(seen)
    assert client.get(reverse("applications:apply-to", args=[cohort.slug])).status_code == 200
