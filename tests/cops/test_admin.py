import re
from datetime import date, timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.lifecycle import InvalidTransition
from cops import readiness, services
from cops.models import FocusAreaVersion, Membership, Webinar
from notifications import calendar
from notifications.models import Consent, Event, Kind, Message, Role
from tests.factories import (
    AnchorFactory,
    CohortFactory,
    CohortRoleFactory,
    CommunityFactory,
    ConsentFactory,
    CriterionFactory,
    EventFactory,
    FocusAreaFactory,
    FocusAreaVersionFactory,
    MembershipFactory,
    PersonFactory,
    ProgramFactory,
    QuestionFactory,
    RegistrationFactory,
    StaffFactory,
    WebinarFactory,
    days,
    wall,
)

pytestmark = pytest.mark.django_db


def change_url(record):
    return reverse(f"admin:cops_{record._meta.model_name}_change", args=[record.pk])


def verb_url(record, name):
    return reverse(f"admin:cops_{record._meta.model_name}_verb", args=[record.pk, name])


def page(response):
    return response.content.decode()


def make_call(**facts):
    cohort = CohortFactory(**facts)
    CriterionFactory(cohort=cohort)
    FocusAreaVersionFactory(cohort=cohort)
    return cohort


@pytest.mark.parametrize("model", ["cohort", "community", "webinar", "registration", "membership"])
def test_a_list_asks_as_many_questions_for_three_rows_as_for_one(
    client, staff, model, django_assert_max_num_queries
):
    url = reverse(f"admin:cops_{model}_changelist")
    make_rows()
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    make_rows()
    make_rows()

    with django_assert_max_num_queries(len(one)):
        client.get(url)


def make_rows():
    cohort = make_call()
    MembershipFactory(community__cohort=cohort)
    RegistrationFactory(webinar__cohort=cohort)


@pytest.mark.parametrize("name", ["add", "changelist"])
@pytest.mark.parametrize(
    "model", ["cohort", "criterion", "program", "focusarea", "community", "webinar"]
)
def test_staff_reach_every_list_and_form(client, staff, model, name):
    assert client.get(reverse(f"admin:cops_{model}_{name}")).status_code == 200


def test_staff_reach_every_record(client, staff):
    cohort = make_call()
    CohortRoleFactory(cohort=cohort)
    records = [
        cohort,
        AnchorFactory(criterion__cohort=cohort).criterion,
        ProgramFactory(),
        cohort.focus_versions.get().focus_area,
        cohort.focus_versions.get(),
        MembershipFactory(community__cohort=cohort),
        RegistrationFactory(webinar__cohort=cohort),
    ]
    records += [records[-2].community, records[-1].webinar]

    assert {record: client.get(change_url(record)).status_code for record in records} == (
        dict.fromkeys(records, 200)
    )


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


def test_refining_the_question_writes_the_next_version(client, staff):
    version = FocusAreaVersionFactory(question_en="First?")
    url = verb_url(version.focus_area, "refine")

    asked = client.get(url)
    client.post(
        url, {"cohort": version.cohort.pk, "question_en": "Second?", "question_fr": "Deuxième?"}
    )

    assert "First?" in page(asked)
    assert 'value="Ask or refine the guiding question"' in page(asked)
    assert list(FocusAreaVersion.objects.values_list("number", "question_en", "written_by")) == [
        (1, "First?", None),
        (2, "Second?", staff.pk),
    ]


def test_a_person_is_added_to_a_community_through_the_verb(client, staff):
    community = CommunityFactory()
    person = PersonFactory()
    url = verb_url(community, "add_person")

    unknown = client.post(url, {"person": "nobody@agency.test", "role": "member"})
    client.post(url, {"person": person.email, "role": "facilitator"})

    assert "Nobody is known by this address" in page(unknown)
    assert list(Membership.objects.values_list("person", "role")) == [(person.pk, "facilitator")]


def test_a_membership_is_ended_with_a_reason(client, staff):
    membership = MembershipFactory()

    client.post(verb_url(membership, "end"), {"reason": "A new job"})

    membership.refresh_from_db()
    assert (membership.left_at is not None, membership.left_because) == (True, "A new job")


def webinar_facts(cohort, **facts):
    return {
        "cohort": cohort.pk,
        "kind": "information",
        "slug": "about",
        "title_en": "About",
        "title_fr": "À propos",
        "starts_at": wall(5).strftime("%Y-%m-%dT%H:%M"),
        "minutes": 60,
        "zone": "America/Toronto",
        "join_link": "https://meet.example/about",
        "answers-TOTAL_FORMS": 0,
        "answers-INITIAL_FORMS": 0,
        **facts,
    }


def test_staff_create_and_move_a_webinar_on_one_page(client, staff):
    cohort = CohortFactory()

    client.post(reverse("admin:cops_webinar_add"), webinar_facts(cohort))
    webinar = Webinar.objects.get()
    moved = webinar_facts(cohort, starts_at=wall(6).strftime("%Y-%m-%dT%H:%M"), minutes=90)
    client.post(change_url(webinar), moved)

    event = Event.objects.get(kind="webinar")
    assert (webinar.event, event.series) == (event, cohort.series)
    assert (event.local_on, event.local_at, event.length_minutes, event.schedule_version) == (
        wall(6).date(),
        wall(6).time(),
        90,
        1,
    )


def test_a_webinar_is_not_moved_into_the_past(client, staff):
    webinar = WebinarFactory()
    before = webinar.event.starts_at

    past = webinar_facts(webinar.cohort, starts_at=wall(-1).strftime("%Y-%m-%dT%H:%M"))
    response = client.post(change_url(webinar), past)

    webinar.event.refresh_from_db()
    assert response.context["adminform"].form.errors == {
        "starts_at": ["This time is past. For what was already held, leave the date as it is."]
    }
    assert (webinar.event.starts_at, webinar.event.schedule_version) == (before, 0)


def test_a_webinar_that_was_held_keeps_its_time_and_gets_its_recording(client, staff):
    webinar = WebinarFactory(event__wall=wall(-1))
    facts = webinar_facts(
        webinar.cohort,
        slug=webinar.slug,
        starts_at=webinar.event.local_start.strftime("%Y-%m-%dT%H:%M"),
        recording_url="https://video.example/about",
    )

    response = client.post(change_url(webinar), facts)

    webinar.refresh_from_db()
    assert (response.status_code, webinar.recording_url) == (302, "https://video.example/about")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("starts_at", "2027-03-14T02:30"),
        ("starts_at", "2027-02-30T13:00"),
        ("minutes", "0"),
        ("zone", "Mars/Olympus"),
        ("join_link", "javascript:alert(1)"),
    ],
)
def test_an_impossible_webinar_is_refused_by_its_field(client, staff, field, value):
    response = client.post(
        reverse("admin:cops_webinar_add"), webinar_facts(CohortFactory(), **{field: value})
    )

    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors
    assert not Webinar.objects.exists()


def test_staff_note_who_came(client, staff):
    webinar = WebinarFactory()
    for number in range(2):
        services.register(
            webinar, email=f"{number}@agency.test", name=str(number), consent_wording="Yes."
        )
    came, absent = webinar.event.invitees.order_by("person__name")

    with time_machine.travel(webinar.event.starts_at + timedelta(minutes=70)):
        client.post(verb_url(webinar, "attendance"), {"present": [came.pk]})

    came.refresh_from_db()
    absent.refresh_from_db()
    assert (came.attendance, absent.attendance) == ("present", "absent")


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


def test_cancelling_a_webinar_asks_first(client, staff):
    webinar = WebinarFactory()
    url = verb_url(webinar, "cancel")

    asked = client.get(url)
    webinar.event.refresh_from_db()
    still_on = webinar.event.is_live
    client.post(url, {"reason": ""})

    webinar.event.refresh_from_db()
    assert (asked.status_code, still_on, webinar.event.is_live) == (200, True, False)


def test_the_board_shows_the_latest_living_round_and_its_next_days(client, staff):
    CohortFactory(name_en="Finished", opens_at=timezone.now() - timedelta(days=900))
    cohort = CohortFactory(name_en="Living")
    EventFactory(series=CommunityFactory(cohort=cohort).series, title_en="Third meeting")
    EventFactory(series=cohort.series, title_en="Far away", wall=wall(20))
    EventFactory(series=cohort.series, title_en="Review of ABC", kind=Kind.REVIEW_DUE, minutes=0)
    RegistrationFactory(webinar__cohort=cohort)

    response = client.get(reverse("board"))

    assert response.context["cohort"] == cohort
    assert "Third meeting" in page(response)
    assert "Far away" not in page(response)
    assert "Review of ABC" not in page(response)
    of_cohort = f"webinar__cohort__id__exact={cohort.pk}&amp;webinar__kind__exact=information"
    assert f"{of_cohort}&amp;live=yes" in page(response)


def test_the_board_names_rounds_and_communities_in_its_own_language(client, staff):
    community = CommunityFactory(name_fr="Trajets", cohort__name_fr="Cohorte bleue")
    for series in (community.series, community.cohort.series):
        EventFactory(series=series)

    text = page(client.get("/fr/admin/board/", {"cohort": community.cohort.slug}))

    assert '<span class="meta">Trajets</span>' in text
    assert '<span class="meta">Cohorte bleue</span>' in text


def test_a_day_of_the_board_names_whom_it_concerns_and_leads_to_its_event(client, staff):
    cohort = CohortFactory()
    event = EventFactory(series=cohort.series, kind=Kind.INTERVIEW)
    calendar.owe(event, PersonFactory(name="Odette Late"), Role.APPLICANT)

    text = page(client.get(reverse("board"), {"cohort": cohort.slug}))

    assert f'href="{reverse("admin:notifications_event_change", args=[event.pk])}"' in text
    assert "Odette Late · " in text


def test_a_round_still_being_written_does_not_push_the_open_one_off_the_board(client, staff):
    cohort = make_call()
    CohortFactory(opens_at=timezone.now() + timedelta(days=20), published_at=None)

    assert client.get(reverse("board")).context["cohort"] == cohort


def test_every_count_of_the_board_leads_to_its_list(client, staff):
    cohort = make_call()

    response = client.get(reverse("board"), {"cohort": cohort.slug})

    hrefs = re.findall(r'class="board-count[^>]*>\s*<a [^>]*href="([^"]*)"', page(response))
    assert len(hrefs) >= 10
    for href in hrefs:
        answer = client.get(unescape(href))
        assert (href, answer.status_code) == (href, 200)
        assert "e=1" not in answer.request["QUERY_STRING"]


def test_the_board_without_any_round_leads_to_the_first(client, staff):
    assert reverse("admin:cops_cohort_add") in page(client.get(reverse("board")))


def test_the_board_is_for_staff(client, sign_in):
    assert client.get(reverse("board")).status_code == 302
    sign_in(client, PersonFactory())
    assert client.get(reverse("board")).status_code == 403


def test_the_site_map_lists_public_pages_in_both_languages(client):
    cohort = make_call()
    hidden = make_call(published_at=None)

    text = page(client.get("/sitemap.xml"))

    focus_area = cohort.focus_versions.get().focus_area
    for path in ("/", cohort.get_absolute_url(), focus_area.get_absolute_url()):
        assert f"<loc>http://testserver{path}</loc>" in text
        assert f"<loc>http://testserver/fr{path}</loc>" in text
    assert hidden.get_absolute_url() not in text


def test_a_focus_area_page_is_staffs_until_a_call_asks_about_it(client, staff):
    assert client.get(FocusAreaFactory().get_absolute_url()).status_code == 200


def test_the_first_page_of_the_desk_leads_to_the_board(client, sign_in):
    sign_in(client, StaffFactory())

    assert 'href="/admin/board/"' in client.get("/admin/").text


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
