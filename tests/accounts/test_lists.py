"""Every list of the desk: what it costs, what it says, and what it never offers."""

import re

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from accounts.columns import kind_of
from accounts.models import Organization, Region, User
from applications.models import (
    AccessCode,
    Application,
    Import,
    Insight,
    Interview,
    Offer,
    Proposal,
    Question,
    Review,
    Slot,
    Status,
    Support,
)
from cops.models import (
    AccessRequest,
    Cohort,
    Community,
    Criterion,
    FocusArea,
    FocusAreaVersion,
    Membership,
    Program,
    Registration,
    Webinar,
)
from meetings.models import ActionItem, Decision, HoursEntry, Meeting, Trial
from notifications.models import (
    Bounce,
    Consent,
    Event,
    Kind,
    MailTemplate,
    Message,
    Reminder,
    Rule,
    Series,
)
from outcomes.models import Feedback, Outcome
from tests import factories as make
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db


def slot():
    found = make.SlotFactory()
    make.PanelistFactory.create_batch(2, slot=found)


def booked():
    make.InterviewFactory(
        slot=make.SlotFactory(),
        event=make.EventFactory(kind=Kind.INTERVIEW),
        status=Interview.Status.BOOKED,
    )


def reviewed():
    review = make.ReviewFactory(status=Review.Status.DONE, application__status=Status.IN_REVIEW)
    make.ScoreFactory.create_batch(2, review=review)


def reminder():
    event = make.EventFactory()
    Reminder.objects.create(
        event=event,
        person=make.PersonFactory(),
        schedule_version=1,
        offset_key="3d",
        mail="meeting-reminder",
        due_at=event.starts_at,
        useful_until=event.starts_at,
    )


def depending():
    before = make.QuestionFactory(kind=Question.Kind.CHOICE, options=["Red"])
    return make.QuestionFactory(cohort=before.cohort, asked_if=before, asked_if_value="red")


# How one row comes about that has all a list asks for, and what the list may ask.
LISTS = {
    Organization: (make.OrganizationFactory, 4),
    Region: (make.RegionFactory, 4),
    User: (lambda: make.PersonFactory(region=make.RegionFactory()), 5),
    Cohort: (make.CohortFactory, 4),
    FocusArea: (make.FocusAreaFactory, 4),
    FocusAreaVersion: (make.FocusAreaVersionFactory, 6),
    Criterion: (make.CriterionFactory, 5),
    Program: (make.ProgramFactory, 4),
    Webinar: (make.WebinarFactory, 5),
    Registration: (make.RegistrationFactory, 7),
    Community: (make.CommunityFactory, 6),
    Membership: (make.MembershipFactory, 6),
    AccessRequest: (make.AccessRequestFactory, 6),
    Question: (depending, 15),
    Support: (lambda: make.SupportFactory(answer="yes"), 6),
    Application: (reviewed, 9),
    AccessCode: (make.AccessCodeFactory, 5),
    Review: (reviewed, 8),
    Interview: (booked, 5),
    Slot: (slot, 7),
    Import: (make.ImportFactory, 5),
    Insight: (make.InsightFactory, 6),
    Proposal: (make.PlacementFactory, 5),
    Offer: (make.OfferFactory, 6),
    Meeting: (make.MeetingFactory, 6),
    Decision: (make.DecisionFactory, 6),
    ActionItem: (make.ActionItemFactory, 6),
    Trial: (make.TrialFactory, 6),
    HoursEntry: (make.HoursEntryFactory, 6),
    Outcome: (make.OutcomeFactory, 5),
    Feedback: (make.FeedbackFactory, 5),
    Message: (make.MessageFactory, 6),
    MailTemplate: (make.MailTemplateFactory, 4),
    Bounce: (make.BounceFactory, 4),
    Reminder: (reminder, 4),
    Rule: (lambda: make.RuleFactory(event=make.EventFactory()), 4),
    Consent: (make.ConsentFactory, 6),
    Event: (make.EventFactory, 4),
    Series: (make.SeriesFactory, 4),
}
ADMINS = sorted(admin.site._registry.items(), key=lambda pair: pair[0]._meta.label)


def by_model(pairs):
    return [pytest.param(*pair, id=pair[0]._meta.label) for pair in pairs]


def list_url(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def test_every_list_has_a_row_above():
    assert set(LISTS) == set(admin.site._registry)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_a_list_costs_the_same_for_few_rows_and_many(
    client, staff, model, rows, django_assert_num_queries
):
    add, queries = LISTS[model]
    for _number in range(rows):
        add()
    client.get(list_url(model))

    with django_assert_num_queries(queries):
        page = client.get(list_url(model))

    assert len(page.context["cl"].result_list) >= rows
    assert page.text.count("<tr>") == len(page.context["cl"].result_list) + 1


@pytest.mark.parametrize(("model", "model_admin"), by_model(ADMINS))
def test_nothing_is_deleted_in_bulk_or_changed_in_a_list(model, model_admin, staff):
    request = RequestFactory().get("/")
    request.user = StaffFactory(is_superuser=True)

    assert "delete_selected" not in model_admin.get_actions(request)
    assert model_admin.list_editable == ()


@pytest.mark.parametrize(("model", "model_admin"), by_model(ADMINS))
def test_a_list_filters_by_its_round_first(model, model_admin):
    names = [each[0] if isinstance(each, tuple) else each for each in model_admin.list_filter]
    rounds = [name for name in names if isinstance(name, str) and name.split("__")[-1] == "cohort"]

    assert rounds[:1] in ([], names[:1]) or model is AccessRequest


@pytest.mark.parametrize(("model", "model_admin"), by_model(ADMINS))
def test_a_search_says_what_it_finds_by(model, model_admin):
    assert bool(model_admin.search_fields) == bool(model_admin.search_help_text)


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_a_list_can_be_searched_and_filtered_by_all_it_offers(client, staff, model):
    LISTS[model][0]()
    page = client.get(list_url(model), {"q": "a"})
    links = re.findall(r'<li><a href="(\?[^"]+)"', page.text)

    for link in links[:40]:
        assert client.get(list_url(model) + link.replace("&amp;", "&")).status_code == 200, link


def test_a_state_is_a_chip_and_a_date_is_said_briefly(client, staff):
    make.ApplicationFactory(status=Status.SUBMITTED)

    page = client.get(list_url(Application)).text

    assert '<span class="chip chip-info">received</span>' in page
    assert re.search(r'<time datetime="[^"]+">\d+ \w+\.? \d{4}, \d+:\d\d.[ap]\.m\.</time>', page)
    assert "All times are Eastern Time." in page


def test_what_people_typed_is_never_markup(client, staff):
    make.OrganizationFactory(name_en="<script>alert(1)</script>", mail_domain="<b>")

    page = client.get(list_url(Organization)).text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;b&gt;" in page


def test_a_long_text_is_cut(client, staff):
    make.DecisionFactory(text="word " * 100)

    cells = re.findall(r"<th scope=\"row\".*?</th>", client.get(list_url(Decision)).text)

    assert [len(re.sub("<[^>]+>", "", cell)) for cell in cells] == [120]


def test_numbers_stand_right_and_every_cell_names_its_column(client, staff):
    make.HoursEntryFactory(hours=2)

    page = client.get(list_url(HoursEntry)).text

    assert re.search(r'<td class="num" data-label="Hours">2', page)


def test_an_empty_list_says_why_and_what_to_do(client, staff):
    empty = client.get(list_url(Community)).text
    make.CommunityFactory()
    nothing = client.get(list_url(Community), {"q": "zzz"}).text

    assert "Nothing here yet" in empty
    assert "Add one for each group that will meet." in empty
    assert reverse("admin:cops_community_add") in empty
    assert "Nothing matches" in nothing
    assert '<a href="?">Show everything</a>' in nothing


def test_a_row_leads_back_to_the_list_as_it_was(client, staff):
    organization = make.OrganizationFactory(name_en="Agency", size="small")

    page = client.get(list_url(Organization), {"size__exact": "small"}).text

    change = reverse("admin:accounts_organization_change", args=[organization.pk])
    assert f'<a class="row-link" href="{change}?_changelist_filters=size__exact%3Dsmall">' in page


def test_a_list_sorts_by_its_headings(client, staff):
    for name in ("B", "A", "C"):
        make.OrganizationFactory(name_en=name)
    hers = staff.organization.name_en
    up = client.get(list_url(Organization), {"o": "0"})
    down = client.get(list_url(Organization), {"o": "-0"})

    assert [each.name_en for each in up.context["cl"].result_list] == ["A", hers, "B", "C"]
    assert [each.name_en for each in down.context["cl"].result_list] == ["C", "B", hers, "A"]
    assert 'aria-sort="ascending"' in up.text
    assert 'aria-sort="descending"' in down.text


@pytest.mark.parametrize("query", ["o=x", "o=99", "p=abc", "p=9999", "q=%00", "nonsense=1", "all="])
def test_nonsense_in_the_address_is_no_error(client, staff, query):
    make.OrganizationFactory()

    answer = client.get(f"{list_url(Organization)}?{query}", follow=True)

    assert answer.status_code in {200, 400}


@pytest.mark.parametrize(
    ("value", "css"),
    [
        ("a@agency.example", ""),
        ("to amal.haddad@employment-services.northern.example", "wraps"),
        (3, "num"),
        (True, ""),
    ],
)
def test_a_cell_with_a_long_word_lets_it_break(value, css):
    assert kind_of(value) == css
