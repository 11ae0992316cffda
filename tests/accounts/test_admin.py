import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.admin import OrganizationAdmin
from accounts.admin_base import ModelAdmin, ReasonForm, verb
from accounts.lifecycle import InvalidTransition
from accounts.models import Organization, User
from notifications.models import Event
from tests.factories import OrganizationFactory, PersonFactory, StaffFactory

pytestmark = pytest.mark.django_db


def test_staff_may_what_the_desk_offers_and_nobody_else_may_anything():
    def may(person):
        permissions = ["cops.change_cohort", "accounts.view_user", "auth.add_group"]
        return [person.has_perm(name) for name in permissions], person.has_module_perms("meetings")

    assert may(StaffFactory()) == ([True, True, False], True)
    assert may(StaffFactory(is_superuser=True)) == ([True, True, True], True)
    assert may(StaffFactory(is_active=False)) == ([False, False, False], False)
    assert may(PersonFactory()) == ([False, False, False], False)


def test_every_page_of_the_desk_opens(client, staff):
    for model, model_admin in admin.site._registry.items():
        info = model._meta.app_label, model._meta.model_name
        assert client.get(reverse("admin:{}_{}_changelist".format(*info))).status_code == 200
        if model_admin.has_add_permission(fake_request(staff)):
            assert client.get(reverse("admin:{}_{}_add".format(*info))).status_code == 200


def fake_request(person):
    from django.test import RequestFactory

    request = RequestFactory().get("/admin/")
    request.user = person
    return request


def test_nothing_is_deleted_in_bulk(client, staff):
    OrganizationFactory()

    page = client.get("/admin/accounts/organization/")

    assert "delete_selected" not in page.text


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_people_costs_the_same_for_few_and_many(
    client, staff, number, django_assert_num_queries
):
    PersonFactory.create_batch(number)
    client.get("/admin/accounts/user/")

    with django_assert_num_queries(5):
        client.get("/admin/accounts/user/")


def test_staff_add_a_person_who_signs_in_by_code_later(client, staff):
    typed = {"name": "Ada", "email": "Ada@Agency.test", "language": "fr"}

    client.post("/admin/accounts/user/add/", typed)

    person = User.objects.get(email="ada@agency.test")
    assert (person.name, person.language, person.is_verified) == ("Ada", "fr", False)
    assert not person.has_usable_password()


def test_one_address_is_one_person_whatever_its_case(client, staff):
    PersonFactory(email="ada@agency.test")

    response = client.post(
        "/admin/accounts/user/add/", {"name": "Ada", "email": "ADA@agency.test", "language": "en"}
    )

    assert response.status_code == 200
    assert User.objects.filter(email__iexact="ada@agency.test").count() == 1


def test_a_superuser_removes_a_lost_phone(client, sign_in):
    sign_in(client, StaffFactory(is_superuser=True))
    person = StaffFactory()
    factor = TOTP.activate(person, generate_totp_secret()).instance
    page = client.get(f"/admin/accounts/user/{person.pk}/change/")
    form = page.context["adminform"].form
    typed = {name: form[name].value() or "" for name in form.fields}
    typed = {name: value for name, value in typed.items() if value is not False}
    typed |= {
        "authenticator_set-TOTAL_FORMS": 1,
        "authenticator_set-INITIAL_FORMS": 1,
        "authenticator_set-0-id": factor.pk,
        "authenticator_set-0-user": person.pk,
        "authenticator_set-0-DELETE": "on",
    }

    response = client.post(f"/admin/accounts/user/{person.pk}/change/", typed)

    assert response.status_code == 302
    assert not person.authenticator_set.exists()


def test_a_form_that_makes_up_second_factors_is_shown_again(client, sign_in):
    sign_in(client, StaffFactory(is_superuser=True))
    person = PersonFactory()
    rows = {"authenticator_set-TOTAL_FORMS": 3, "authenticator_set-INITIAL_FORMS": 0}

    response = client.post(f"/admin/accounts/user/{person.pk}/change/", {"name": "", **rows})

    assert response.status_code == 200


def test_staff_who_are_not_superusers_cannot_make_themselves_one(client, sign_in):
    clerk = StaffFactory()
    sign_in(client, clerk)
    url = f"/admin/accounts/user/{clerk.pk}/change/"

    client.post(
        url,
        {"name": "Clerk", "language": "en", "time_zone": "America/Toronto"}
        | {
            "is_superuser": "on",
            "is_staff": "on",
            "is_active": "on",
        },
    )

    clerk.refresh_from_db()
    assert (clerk.name, clerk.is_superuser) == ("Clerk", False)


@verb("Rename", done="Renamed.")
def rename(self, request, organization):
    Organization.objects.filter(pk=organization.pk).update(name_en="New name")


@verb("Shorten", when=lambda organization: len(organization.name_en) > 100)
def shorten(self, request, organization):
    raise AssertionError("It is not offered.")


@verb("Sharpen", form=ReasonForm, when=lambda organization: False)
def sharpen(self, request, organization, facts):
    raise AssertionError("It is not offered.")


@verb("Explain", form=ReasonForm)
def explain(self, request, organization, facts):
    Organization.objects.filter(pk=organization.pk).update(name_fr=facts["reason"])


@verb("Refuse")
def refuse(self, request, organization):
    raise InvalidTransition("Too late.")


@verb("Forget", danger=True)
def forget(self, request, organization):
    Organization.objects.filter(pk=organization.pk).update(website="")


@pytest.fixture
def organization(monkeypatch):
    """An organization whose admin has verbs, for one test."""
    verbs = {each.__name__: each for each in (rename, shorten, sharpen, explain, refuse, forget)}
    monkeypatch.setattr(OrganizationAdmin, "verbs", list(verbs))
    for name, method in verbs.items():
        monkeypatch.setattr(OrganizationAdmin, name, method, raising=False)
    return OrganizationFactory(name_en="Old name", website="https://agency.test")


def address(organization, name=""):
    change = f"/admin/accounts/organization/{organization.pk}/"
    return f"{change}do/{name}/" if name else f"{change}change/"


def test_a_record_offers_the_verbs_it_can_follow_now(client, staff, organization):
    page = client.get(address(organization))

    assert [each["label"] for each in page.context["verbs"]] == [
        "Rename",
        "Explain",
        "Refuse",
        "Forget",
    ]


def parted(page):
    """Return the labels of the buttons in sight, of those under "More", and of the primary one."""
    html = page.text.partition('class="verbs"')[2].partition("object-tools")[0]
    in_sight, _more, folded = html.partition("<details")
    buttons = re.compile(r'class="(button[^"]*)"[^>]*>([^<]*)<')
    leads = [label for css, label in buttons.findall(html) if "default" in css]
    return *([label for _css, label in buttons.findall(each)] for each in (in_sight, folded)), leads


def test_what_cannot_be_taken_back_is_folded_away(client, staff, organization):
    page = client.get(address(organization))

    assert parted(page) == (["Rename", "Explain…", "Refuse"], ["Forget…", "Delete…"], [])


def test_what_comes_next_stands_first_and_is_never_folded(client, staff, organization, monkeypatch):
    monkeypatch.setattr(forget, "is_next", lambda organization: True)
    monkeypatch.setattr(refuse, "is_next", lambda organization: True)  # only the first counts

    page = client.get(address(organization))

    assert parted(page)[:2] == (["Refuse", "Rename", "Explain…"], ["Forget…", "Delete…"])


def test_the_next_step_is_the_primary_button_where_nothing_is_typed(
    client, staff, organization, monkeypatch
):
    monkeypatch.setattr(forget, "is_next", lambda organization: True)

    with_form = client.get(address(organization))
    monkeypatch.setattr(OrganizationAdmin, "readonly_fields", ["name_en"])
    monkeypatch.setattr(OrganizationAdmin, "fieldsets", [(None, {"fields": ["name_en"]})])
    without = client.get(address(organization))

    assert (parted(with_form)[2], parted(without)[2]) == ([], ["Forget…"])


def test_a_plain_verb_acts_at_once_and_is_logged(client, staff, organization):
    response = client.post(address(organization, "rename"), follow=True)

    organization.refresh_from_db()
    assert organization.name_en == "New name"
    assert [str(message) for message in response.context["messages"]] == ["Renamed."]
    assert LogEntry.objects.get().get_change_message() == "Changed Rename."


def test_a_verb_never_acts_on_a_visit(client, staff, organization):
    for name in ("rename", "explain", "refuse", "forget"):
        client.get(address(organization, name))

    organization.refresh_from_db()
    assert (organization.name_en, organization.website) == ("Old name", "https://agency.test")
    assert not LogEntry.objects.exists()


def test_a_verb_with_facts_asks_for_them_first(client, staff, organization):
    page = client.get(address(organization, "explain"))
    too_long = client.post(address(organization, "explain"), {"reason": "a" * 2001})
    client.post(address(organization, "explain"), {"reason": "Parce que"})

    assert list(page.context["form"].fields) == ["reason"]
    assert '<input type="submit" value="Explain" class="default">' in page.text
    assert list(too_long.context["form"].errors) == ["reason"]
    organization.refresh_from_db()
    assert organization.name_fr == "Parce que"


def test_a_verb_that_is_hard_to_undo_has_a_page_that_says_so(client, staff, organization):
    page = client.get(address(organization, "forget"))
    client.post(address(organization, "forget"))

    assert "This cannot be taken back." in page.text
    assert 'class="danger"' in page.text
    organization.refresh_from_db()
    assert organization.website == ""


def test_a_verb_that_is_too_late_says_so(client, staff, organization):
    response = client.post(address(organization, "refuse"), follow=True)

    assert [str(message) for message in response.context["messages"]] == ["Too late."]
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    ("name", "method"), [("shorten", "get"), ("shorten", "post"), ("sharpen", "get")]
)
def test_a_verb_that_is_not_offered_is_not_done_either(client, staff, organization, name, method):
    response = getattr(client, method)(address(organization, name), follow=True)

    assert response.redirect_chain == [(address(organization), 302)]
    assert [str(message) for message in response.context["messages"]] == [
        "This can no longer be changed that way."
    ]
    assert not LogEntry.objects.exists()


def test_a_verb_that_is_no_longer_offered_gives_back_what_was_typed(client, staff, organization):
    page = client.post(address(organization, "sharpen"), {"reason": "why"})

    form = page.context["form"]
    assert (page.status_code, form["reason"].value()) == (409, "why")
    assert form.non_field_errors() == ["This can no longer be changed that way."]
    assert not LogEntry.objects.exists()


def test_who_may_not_change_a_record_may_not_follow_its_verbs(
    client, sign_in, organization, monkeypatch
):
    sign_in(client, StaffFactory())
    monkeypatch.setattr(OrganizationAdmin, "has_change_permission", lambda *facts: False)

    assert client.post(address(organization, "rename")).status_code == 403
    assert client.post(address(organization, "delete")).status_code == 404


def test_a_time_is_one_field_that_names_its_clock():
    field = ModelAdmin(Event, admin.site).formfield_for_dbfield(
        Event._meta.get_field("starts_at"), request=None
    )

    assert 'type="datetime-local"' in field.widget.render("starts_at", None)
    assert str(field.help_text).startswith("Eastern Time")
    assert field.clean("2021-03-23T13:00").isoformat() == "2021-03-23T13:00:00-04:00"
    with pytest.raises(ValidationError):
        field.clean("2021-03-14T02:30")
