"""The desk as a whole: what stands where, and where one is."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags
from pytest_django.asserts import assertContains

from accounts import clock
from accounts.admin_site import GROUPS, PLUMBING
from accounts.models import Region
from notifications.models import Event, Series
from tests import factories
from tests.factories import (
    ApplicationFactory,
    CohortFactory,
    FeedbackFactory,
    InterviewFactory,
    OrganizationFactory,
    OutcomeFactory,
    PersonFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db


def groups_of(page):
    return {group["app_label"]: group["models"] for group in page.context["app_list"]}


def test_every_list_says_where_it_lies():
    places = {model: admin.site.place_of(model) for model in admin.site._registry}

    unknown = [model._meta.label for model, (key, _place) in places.items() if key not in GROUPS]
    assert not unknown
    assert {model for model, (key, _place) in places.items() if key == PLUMBING} == {Event, Series}
    assert len(set(places.values())) == len(places), "two lists lie in the same place"


def test_the_desk_shows_staff_the_groups_in_the_order_of_the_work(client, staff):
    page = client.get("/admin/")

    assert list(groups_of(page)) == [key for key in GROUPS if key != PLUMBING]
    assert [model["name"] for model in groups_of(page)["interviews"]] == [
        "Interviews",
        "Interview slots",
        "Insights",
    ]


def test_a_superuser_also_finds_the_plumbing(client, sign_in):
    sign_in(client, StaffFactory(is_superuser=True))

    assert [model["name"] for model in groups_of(client.get("/admin/"))[PLUMBING]] == [
        "Events",
        "Series",
    ]


def test_the_trail_leads_from_the_desk_by_the_group_and_the_list_to_the_record(client, staff):
    organization = OrganizationFactory(name_en="Agency")
    list_url = reverse("admin:accounts_organization_changelist")
    change_url = reverse("admin:accounts_organization_change", args=[organization.pk])
    history_url = reverse("admin:accounts_organization_history", args=[organization.pk])
    above = [("Staff", "/admin/"), ("People", "/admin/#people")]

    def trail(url):
        context = client.get(url).context
        return context["steps"], str(context["here"])

    assert trail(list_url) == (above, "Organizations")
    assert trail(change_url) == ([*above, ("Organizations", list_url)], "Agency")
    assert trail(history_url) == (
        [*above, ("Organizations", list_url), ("Agency", change_url)],
        "Who changed what",
    )


def test_a_group_that_is_called_like_its_list_is_named_once(client, staff):
    page = client.get(reverse("admin:person", args=[PersonFactory().uuid]))

    people = ("People", reverse("admin:accounts_user_changelist"))
    assert page.context["steps"] == [("Staff", "/admin/"), people]


@pytest.mark.parametrize("app", ["accounts", "applications"])
def test_the_page_of_an_app_leads_to_the_desk(client, staff, app):
    answer = client.get(reverse("admin:app_list", args=[app]))

    assert (answer.status_code, answer.url) == (302, "/admin/")


@pytest.mark.parametrize("path", ["", "accounts/"])
def test_the_desk_is_for_staff(client, sign_in, path):
    sign_in(client, PersonFactory())

    assert client.get(f"/admin/{path}").status_code == 403


def test_the_desk_tells_what_its_reader_did_last(client, staff, sign_in):
    organization = OrganizationFactory(name_en="Old name")
    url = reverse("admin:accounts_organization_change", args=[organization.pk])
    client.post(url, {"name_en": "New name"})

    client.get("/admin/")  # it also tells that the change is saved
    mine = client.get("/admin/")
    sign_in(client, StaffFactory())
    others = client.get("/admin/")

    link = f'<a href="{url}">New name</a>'
    assert (mine.text.count(link), others.text.count(link)) == (1, 0)
    organization.refresh_from_db()
    assert organization.name_en == "New name"


def test_the_desk_costs_the_same_whatever_there_is(client, staff, django_assert_num_queries):
    client.get("/admin/")
    for number in (1, 3):
        for organization in OrganizationFactory.create_batch(number):
            url = reverse("admin:accounts_organization_change", args=[organization.pk])
            client.post(url, {"name_en": f"Changed {organization.pk}"})
        with django_assert_num_queries(4):
            client.get("/admin/")


def test_pages_say_what_they_are_in_plain_words(client, staff):
    organization = OrganizationFactory(name_en="Agency")

    def heading(name, *args):
        context = client.get(reverse(f"admin:accounts_organization_{name}", args=args)).context
        return str(context.get("eyebrow") or ""), str(context["title"])

    assert heading("changelist") == ("", "Organizations")
    assert heading("add") == ("organization", "Add")
    assert heading("change", organization.pk) == ("organization", "Agency")
    assert heading("history", organization.pk) == ("", "Who changed what")
    assert heading("delete", organization.pk) == ("organization", "Delete this?")


def test_boxes_to_tick_are_a_group_that_wears_the_name_of_the_field(client, staff):
    outcome = OutcomeFactory()

    page = client.get(reverse("admin:outcomes_outcome_change", args=[outcome.pk])).text

    assert 'role="group" aria-labelledby="id_programs_label"' in page
    assert '<label for="">' not in page


def test_before_it_is_deleted_a_page_says_what_goes_with_it_or_why_it_stays(client, staff):
    alone, needed = OrganizationFactory(), OrganizationFactory()
    CohortFactory(convenor=needed)

    goes, stays = (
        client.get(reverse("admin:accounts_organization_delete", args=[each.pk]))
        for each in (alone, needed)
    )

    assert f"“{alone}” goes for good. Nothing else goes with it." in goes.text
    assert "deleted-objects" not in goes.text
    assert stays.context["title"] == "This cannot be deleted"
    assert "<li>Cohort</li>" in stays.text
    assert "Delete for good" not in stays.text


def test_see_its_page_leads_to_a_page_that_staff_may_open(client, staff):
    """What belongs to one person has a page of hers, and no link to it on the desk."""
    answers = {}

    for model in admin.site._registry:
        if record := _record_of(model):
            info = model._meta.app_label, model._meta.model_name
            page = client.get(reverse("admin:{}_{}_change".format(*info), args=[record.pk]))
            if url := page.context.get("absolute_url"):
                answers[model._meta.label] = client.get(url, follow=True).status_code

    assert len(answers) > 3
    assert set(answers.values()) == {200}, answers


# What the desk shows only in a state that its factory does not make by itself.
STANDS_ONLY_WITH = {"Support": {"answer": "yes"}}


def _record_of(model):
    factory = getattr(factories, f"{model.__name__}Factory", None)
    return factory(**STANDS_ONLY_WITH.get(model.__name__, {})) if factory else None


def test_what_is_only_shown_is_said_in_words(client, staff):
    interview = InterviewFactory()
    url = reverse("admin:applications_interview_change", args=[interview.pk])

    facts = shown_on(client.get(url))

    assert facts["To be booked by"] == clock.brief_day(interview.deadline.local_on)
    assert facts["Booked for"] == "–"
    application = reverse("admin:applications_application_change", args=[interview.application_id])
    assert shown_on(client.get(application))["Address confirmed"] in {"Yes", "No"}
    event = interview.deadline
    facts = shown_on(client.get(reverse("admin:notifications_event_change", args=[event.pk])))
    assert facts["Starts"] == clock.brief(event.starts_at)


def test_staff_read_no_label_that_says_you(client, staff):
    application, feedback = ApplicationFactory(), FeedbackFactory()
    addresses = [
        reverse("admin:applications_application_change", args=[application.pk]),
        reverse("admin:outcomes_feedback_change", args=[feedback.pk]),
    ]

    labels = {label for address in addresses for label in shown_on(client.get(address))}

    assert {"Name", "Role", "Town", "Organization", "What was tried, and what happened"} <= labels
    assert [label for label in labels if re.search(r"\byou", label, re.IGNORECASE)] == []
    assert "Organization" in client.get(reverse("admin:outcomes_feedback_changelist")).text
    assert "Your organization" not in client.get(reverse("admin:outcomes_feedback_changelist")).text


def shown_on(page):
    """Return what the record's page shows without a field to type in, by its label."""
    pairs = re.findall(
        r'<span class="label">(.*?)</span>.*?<div class="readonly">(.*?)</div>',
        page.content.decode(),
        re.DOTALL,
    )
    return {label: strip_tags(value).strip() for label, value in pairs}


def test_a_record_nobody_changed_says_so_and_leads_back(client, staff):
    organization = OrganizationFactory(name_en="Agency")

    page = client.get(reverse("admin:accounts_organization_history", args=[organization.pk]))

    assertContains(page, '<p class="subtitle">Agency</p>', html=True)
    assertContains(page, "Nobody has changed it on the desk.")
    assertContains(page, '<a class="button" href="../change/">Back to the record</a>', html=True)


# What both languages write alike, and what is not ours to name.
ALIKE = {"cause", "source", "version", "Message-ID", "notes", "note", "minutes", "verdict"}


def test_no_column_of_a_list_is_left_in_english():
    english, french = columns_in("en"), columns_in("fr")

    same = {key: label for key, label in english.items() if label == french[key]}
    assert {key: label for key, label in same.items() if label not in ALIKE} == {}


def columns_in(language):
    with translation.override(language):
        return {
            f"{model._meta.label}.{name}": str(label_for_field(name, model, model_admin))
            for model, model_admin in admin.site._registry.items()
            for name in [*model_admin.list_display, *model_admin.readonly_fields]
            if name not in {"action_checkbox", "__str__"}
        }


def test_the_towns_of_a_region_are_typed_one_a_line(client, sign_in):
    sign_in(client, StaffFactory(is_superuser=True))
    region = Region.objects.exclude(macro="").first()
    url = reverse("admin:accounts_region_change", args=[region.pk])
    form = client.get(url).context["adminform"].form
    typed = {name: form[name].value() for name in form.fields}

    assert typed["places"] == "\n".join(region.places)
    client.post(url, {**typed, "places": "Hearst\r\n\r\n Kapuskasing \r\n", "is_catchment": "on"})

    region.refresh_from_db()
    assert region.places == ["Hearst", "Kapuskasing"]


def test_a_list_without_rows_offers_nothing_to_do_with_them(client, staff):
    address = reverse("admin:applications_application_changelist")
    ApplicationFactory(reference="RYTHU7")

    shown = [client.get(address, {"q": words}).text for words in ("RYTHU7", "zzyzx")]

    assert ["With those chosen:" in text for text in shown] == [True, False]
