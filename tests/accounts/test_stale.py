"""Two people at one record: the second save waits until its sender has seen the first."""

import re
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Organization, Zone
from accounts.stale import RefusesStaleSaves
from cops.models import Anchor
from tests.concurrency import at_once
from tests.factories import (
    AnchorFactory,
    CohortFactory,
    CriterionFactory,
    OrganizationFactory,
    PersonFactory,
    StaffFactory,
    WebinarFactory,
)

pytestmark = pytest.mark.django_db
SEEN = re.compile(r'name="seen" value="([^"]+)"')


@pytest.fixture
def desk(sign_in):
    """Return a function that signs somebody of First Work in and returns her browser."""

    def open_one(name):
        client = Client()
        client.person = StaffFactory(name=name)
        sign_in(client, client.person)
        return client

    return open_one


def url_of(record):
    info = record._meta.app_label, record._meta.model_name
    return reverse("admin:{}_{}_change".format(*info), args=[record.pk])


def form_of(client, record):
    """Return what a browser would send back from the change page, untouched."""
    page = client.get(url_of(record))
    forms = [page.context["adminform"].form]
    facts = {"seen": SEEN.search(page.text)[1]}
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.initial_forms]
    for form in forms:
        for bound in form:
            facts[bound.html_name] = bound.value() if bound.value() is not None else ""
    return {name: value for name, value in facts.items() if value is not False}


def test_the_first_save_is_saved(desk):
    organization = OrganizationFactory(name_en="Agency")
    colleen = desk("Colleen")

    answer = colleen.post(
        url_of(organization), form_of(colleen, organization) | {"website": "https://a.test"}
    )

    organization.refresh_from_db()
    assert (answer.status_code, organization.website) == (302, "https://a.test")


def test_the_second_save_is_refused_and_shows_both(desk):
    organization = OrganizationFactory(name_en="Agency", website="https://old.test")
    colleen, ines = desk("Colleen"), desk("Ines")
    hers, theirs = form_of(colleen, organization), form_of(ines, organization)
    ines.post(url_of(organization), theirs | {"website": "https://ines.test"})

    answer = colleen.post(
        url_of(organization), hers | {"website": "https://colleen.test", "name_fr": "Agence"}
    )

    organization.refresh_from_db()
    stale = answer.context["stale"]
    assert (answer.status_code, organization.website) == (409, "https://ines.test")
    assert [(each.label, each.theirs, each.mine) for each in stale.differences] == [
        ("Website", "https://ines.test", "https://colleen.test")
    ]
    assert [entry.user for entry in stale.entries] == [ines.person]
    assert answer.context["adminform"].form["name_fr"].value() == "Agence"
    assert LogEntry.objects.filter(user=colleen.person).count() == 0


def test_two_times_are_shown_in_words_on_their_own_clock(desk):
    webinar = WebinarFactory(event__zone=Zone.WINNIPEG)
    colleen, ines = desk("Colleen"), desk("Ines")
    hers, theirs = form_of(colleen, webinar), form_of(ines, webinar)
    ines.post(url_of(webinar), sent(theirs, "2031-01-08T13:00"))

    answer = colleen.post(url_of(webinar), sent(hers, "2031-01-09T09:30"))

    assert [
        (each.label, each.theirs, each.mine) for each in answer.context["stale"].differences
    ] == [
        (
            "Starts",
            "Wednesday 8\N{NO-BREAK SPACE}January 2031, 1:00\N{NO-BREAK SPACE}p.m. Central Time",
            "Thursday 9\N{NO-BREAK SPACE}January 2031, 9:30\N{NO-BREAK SPACE}a.m. Central Time",
        )
    ]


def sent(facts, starts_at, **more):
    return facts | {"starts_at": starts_at} | more


def test_of_the_hour_that_comes_twice_the_one_that_somebody_else_chose_is_kept(desk):
    webinar, twice = WebinarFactory(), "2031-11-02T01:30"
    colleen, ines = desk("Colleen"), desk("Ines")
    ines.post(url_of(webinar), sent(form_of(ines, webinar), twice, starts_at_which="0"))
    hers = sent(form_of(colleen, webinar), twice, starts_at_which="0")
    ines.post(url_of(webinar), sent(form_of(ines, webinar), twice, starts_at_which="1"))

    answer = colleen.post(url_of(webinar), hers | {"title_fr": "Bonjour"}, follow=True)

    webinar = type(webinar).objects.get(pk=webinar.pk)
    assert said(answer)[0] == "Somebody else changed this meanwhile, and it is kept: Starts."
    assert webinar.title_fr == "Bonjour"
    assert webinar.event.starts_at == datetime(2031, 11, 2, 6, 30, tzinfo=UTC)


def test_who_has_seen_it_may_save_all_the_same(desk):
    organization = OrganizationFactory(name_en="Agency")
    colleen, ines = desk("Colleen"), desk("Ines")
    hers, theirs = form_of(colleen, organization), form_of(ines, organization)
    ines.post(url_of(organization), theirs | {"website": "https://ines.test"})
    hers |= {"website": "https://colleen.test"}
    refused = colleen.post(url_of(organization), hers)

    answer = colleen.post(url_of(organization), hers | {"seen": SEEN.search(refused.text)[1]})

    organization.refresh_from_db()
    assert (answer.status_code, organization.website) == (302, "https://colleen.test")


def test_a_third_save_in_between_is_shown_once_more(desk):
    organization = OrganizationFactory(name_en="Agency")
    colleen, ines = desk("Colleen"), desk("Ines")
    hers = form_of(colleen, organization) | {"website": "https://colleen.test"}
    for number in (1, 2):
        theirs = form_of(ines, organization)
        ines.post(url_of(organization), theirs | {"website": f"https://ines{number}.test"})
        refused = colleen.post(url_of(organization), hers)
        hers |= {"seen": SEEN.search(refused.text)[1]}

        [difference] = refused.context["stale"].differences
        assert difference.theirs == f"https://ines{number}.test"


def test_what_she_left_alone_keeps_what_somebody_else_made_of_it_and_she_is_told(desk):
    organization = OrganizationFactory(name_en="Agency", website="https://old.test")
    colleen, ines = desk("Colleen"), desk("Ines")
    hers, theirs = form_of(colleen, organization), form_of(ines, organization)
    ines.post(url_of(organization), theirs | {"website": "https://ines.test"})

    answer = colleen.post(url_of(organization), hers | {"name_fr": "Agence"}, follow=True)

    organization.refresh_from_db()
    assert (organization.website, organization.name_fr) == ("https://ines.test", "Agence")
    assert said(answer)[0] == ("Somebody else changed this meanwhile, and it is kept: Website.")
    assert LogEntry.objects.first().get_change_message() == "Changed Name (French)."


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def test_where_both_changed_one_the_other_field_is_not_in_question(desk):
    organization = OrganizationFactory(name_en="Agency", website="https://old.test")
    colleen, ines = desk("Colleen"), desk("Ines")
    hers, theirs = form_of(colleen, organization), form_of(ines, organization)
    both = {"name_fr": "Chez Ines", "website": "https://ines.test"}
    ines.post(url_of(organization), theirs | both)

    asked = colleen.post(url_of(organization), hers | {"name_fr": "Chez Colleen"})
    stale, form = asked.context["stale"], asked.context["adminform"].form
    shown = {"name_fr": form["name_fr"].value(), "website": form["website"].value()}
    saved = colleen.post(url_of(organization), hers | shown | {"seen": SEEN.search(asked.text)[1]})

    organization.refresh_from_db()
    assert [each.label for each in stale.differences] == ["Name (French)"]
    assert stale.kept == ["Website"]
    assert "they are kept as they are now: Website." in asked.text
    assert shown == {"name_fr": "Chez Colleen", "website": "https://ines.test"}
    assert saved.status_code == 302
    assert (organization.name_fr, organization.website) == ("Chez Colleen", "https://ines.test")


def test_a_page_that_comes_back_with_an_error_shows_what_others_changed(desk):
    organization = OrganizationFactory(name_en="Agency", website="https://old.test")
    colleen, ines = desk("Colleen"), desk("Ines")
    hers, theirs = form_of(colleen, organization), form_of(ines, organization)
    ines.post(url_of(organization), theirs | {"website": "https://ines.test"})

    wrong = colleen.post(url_of(organization), hers | {"name_en": ""})
    right = hers | {"website": "https://colleen.test", "seen": SEEN.search(wrong.text)[1]}
    saved = colleen.post(url_of(organization), right)

    assert wrong.context["adminform"].form["website"].value() == "https://ines.test"
    organization.refresh_from_db()
    assert (saved.status_code, organization.website) == (302, "https://colleen.test")


def test_line_ends_of_a_browser_are_no_change(desk):
    criterion = CriterionFactory(text_en="one\ntwo", number=1)
    colleen, ines = desk("Colleen"), desk("Ines")
    hers, theirs = form_of(colleen, criterion), form_of(ines, criterion)
    ines.post(url_of(criterion), theirs | {"text_en": "three"})

    colleen.post(url_of(criterion), hers | {"text_en": "one\r\ntwo", "number": "7"})

    criterion.refresh_from_db()
    assert (criterion.text_en, criterion.number) == ("three", 7)


def test_boxes_that_are_ticked_are_compared_like_any_other_field(desk):
    cohort = CohortFactory()
    before, after = cohort.convenor, OrganizationFactory()
    cohort.partners.set([before])
    colleen, ines = desk("Colleen"), desk("Ines")
    hers, theirs = form_of(colleen, cohort), form_of(ines, cohort)
    theirs |= {"partners": [after.pk], "is_published": "" if cohort.is_published else "on"}
    assert ines.post(url_of(cohort), theirs).status_code == 302

    alone = colleen.post(url_of(cohort), hers | {"name_en": "Another"})
    both = colleen.post(url_of(cohort), hers | {"partners": [before.pk, after.pk]})

    assert alone.status_code == 302
    assert list(cohort.partners.all()) == [after]
    [difference] = both.context["stale"].differences
    assert (difference.theirs, difference.mine) == (str(after), f"{before}, {after}")


def test_what_she_typed_into_a_field_that_is_closed_by_now_is_shown(desk, monkeypatch):
    organization = OrganizationFactory(name_en="Agency")
    colleen = desk("Colleen")
    hers = form_of(colleen, organization)
    model_admin = admin.site._registry[Organization]
    monkeypatch.setattr(model_admin, "readonly_fields", ["website"], raising=False)

    untouched = colleen.post(url_of(organization), hers | {"name_fr": "Agence"})
    asked = colleen.post(url_of(organization), hers | {"website": "https://colleen.test"})

    assert (untouched.status_code, asked.status_code) == (302, 409)
    [difference] = asked.context["stale"].differences
    assert (difference.label, difference.theirs, difference.mine) == (
        "Website", "This can no longer be changed.", "https://colleen.test",
    )  # fmt: skip


def test_the_same_change_twice_is_no_quarrel(desk):
    organization = OrganizationFactory(name_en="Agency")
    colleen, ines = desk("Colleen"), desk("Ines")
    hers, theirs = form_of(colleen, organization), form_of(ines, organization)
    same = {"website": "https://same.test"}
    ines.post(url_of(organization), theirs | same)

    answer = colleen.post(url_of(organization), hers | same | {"name_fr": "Agence"})

    organization.refresh_from_db()
    assert (answer.status_code, organization.name_fr) == (302, "Agence")


def test_a_change_that_no_person_of_the_desk_made_counts_too(desk):
    person = PersonFactory(name="Mireille", phone="807-555-0199")
    colleen = desk("Colleen")
    hers = form_of(colleen, person)
    type(person).objects.filter(pk=person.pk).update(phone="807-555-0100")

    answer = colleen.post(url_of(person), hers | {"phone": "807-555-0111"})

    stale = answer.context["stale"]
    assert [(each.theirs, each.mine) for each in stale.differences] == [
        ("807-555-0100", "807-555-0111")
    ]
    assert stale.entries == []
    assert "It was not changed on the desk" in answer.text


def test_a_row_of_a_record_counts_as_the_record(desk):
    anchor = AnchorFactory(sentence_en="Somewhat")
    colleen, ines = desk("Colleen"), desk("Ines")
    hers = form_of(colleen, anchor.criterion)
    theirs = form_of(ines, anchor.criterion)
    name = next(key for key in hers if key.endswith("-0-sentence_en"))
    ines.post(url_of(anchor.criterion), theirs | {name: "A little"})

    answer = colleen.post(url_of(anchor.criterion), hers | {name: "Quite"})

    assert Anchor.objects.get().sentence_en == "A little"
    [difference] = answer.context["stale"].differences
    assert (difference.theirs, difference.mine) == ("A little", "Quite")


@pytest.fixture
def anchors():
    """Two rows of one record, the values 1 and 5 of a criterion."""
    low = AnchorFactory(value=1, sentence_en="Little")
    return low, AnchorFactory(criterion=low.criterion, value=5, sentence_en="Much")


def row(facts, anchor, name):
    """Return the name under which the page of ``facts`` has a field of ``anchor``."""
    [key] = [key for key, value in facts.items() if key.endswith("-id") and value == anchor.pk]
    return f"{key.removesuffix('-id')}-{name}"


def new_row(facts, **typed):
    total = int(facts["anchors-TOTAL_FORMS"])
    row = {f"anchors-{total}-{name}": value for name, value in typed.items()}
    return facts | row | {"anchors-TOTAL_FORMS": total + 1, f"anchors-{total}-id": ""}


def sentences():
    return dict(Anchor.objects.values_list("value", "sentence_en"))


def test_two_who_change_different_rows_both_have_their_way(desk, anchors):
    low, high = anchors
    colleen, ines = desk("Colleen"), desk("Ines")
    hers, theirs = form_of(colleen, low.criterion), form_of(ines, low.criterion)
    ines.post(url_of(low.criterion), theirs | {row(theirs, low, "sentence_en"): "Nothing"})

    changed = hers | {row(hers, high, "sentence_en"): "A lot"}
    answer = colleen.post(url_of(low.criterion), changed, follow=True)

    assert answer.redirect_chain
    assert sentences() == {1: "Nothing", 5: "A lot"}
    assert "Meaning (English)" in said(answer)[0]


def test_a_row_that_somebody_else_added_stays_and_stands_on_the_page(desk, anchors):
    low, high = anchors
    colleen, ines = desk("Colleen"), desk("Ines")
    hers, theirs = form_of(colleen, low.criterion), form_of(ines, low.criterion)
    added = {"value": 3, "sentence_en": "Some", "sentence_fr": "", "criterion": low.criterion_id}
    ines.post(url_of(low.criterion), new_row(theirs, **added))

    wrong = hers | {row(hers, high, "sentence_en"): ""}
    shown = colleen.post(url_of(low.criterion), wrong)
    [rows] = shown.context["inline_admin_formsets"]
    colleen.post(url_of(low.criterion), hers | {row(hers, high, "sentence_en"): "A lot"})

    assert [form["value"].value() for form in rows.formset.initial_forms] == ["1", "3", "5"]
    assert sentences() == {1: "Little", 3: "Some", 5: "A lot"}


def test_a_row_that_somebody_else_took_out_does_not_come_back_by_itself(desk, anchors):
    low, high = anchors
    colleen, ines = desk("Colleen"), desk("Ines")
    hers, theirs = form_of(colleen, low.criterion), form_of(ines, low.criterion)
    ines.post(url_of(low.criterion), theirs | {row(theirs, low, "DELETE"): "on"})

    answer = colleen.post(
        url_of(low.criterion), hers | {row(hers, high, "sentence_en"): "A lot"}, follow=True
    )

    assert sentences() == {5: "A lot"}
    assert "Removed" in said(answer)[0]


def test_a_row_that_she_changed_and_somebody_else_took_out_is_asked_and_can_be_put_back(
    desk, anchors
):
    low, _high = anchors
    colleen, ines = desk("Colleen"), desk("Ines")
    hers, theirs = form_of(colleen, low.criterion), form_of(ines, low.criterion)
    ines.post(url_of(low.criterion), theirs | {row(theirs, low, "DELETE"): "on"})

    asked = colleen.post(url_of(low.criterion), hers | {row(hers, low, "sentence_en"): "A bit"})
    [difference] = asked.context["stale"].differences
    before = sentences()
    colleen.post(url_of(low.criterion), sent_by(asked))

    assert (asked.status_code, difference.theirs, difference.mine) == (409, "Removed", "A bit")
    assert before == {5: "Much"}
    assert sentences() == {1: "A bit", 5: "Much"}


def sent_by(page):
    """Return what a browser would send from a page that came back."""
    facts = {"seen": SEEN.search(page.text)[1]}
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        facts |= {bound.html_name: bound.value() for bound in form}
    return {name: value for name, value in facts.items() if value not in (None, False)}


def test_a_row_that_somebody_else_changed_is_not_taken_out_unseen(desk, anchors):
    low, _high = anchors
    colleen, ines = desk("Colleen"), desk("Ines")
    hers, theirs = form_of(colleen, low.criterion), form_of(ines, low.criterion)
    ines.post(url_of(low.criterion), theirs | {row(theirs, low, "sentence_en"): "Nothing"})

    asked = colleen.post(url_of(low.criterion), hers | {row(hers, low, "DELETE"): "on"})
    [difference] = asked.context["stale"].differences
    before = sentences()
    seen = {"seen": SEEN.search(asked.text)[1]}
    colleen.post(url_of(low.criterion), hers | {row(hers, low, "DELETE"): "on"} | seen)

    assert (asked.status_code, difference.theirs, difference.mine) == (409, "Changed", "Removed")
    assert (before, sentences()) == ({1: "Nothing", 5: "Much"}, {5: "Much"})


def test_two_new_rows_of_two_people_are_both_there(desk, anchors):
    low, _high = anchors
    colleen, ines = desk("Colleen"), desk("Ines")
    hers, theirs = form_of(colleen, low.criterion), form_of(ines, low.criterion)
    facts = {"sentence_fr": "", "criterion": low.criterion_id}
    ines.post(url_of(low.criterion), new_row(theirs, value=2, sentence_en="A bit", **facts))

    colleen.post(url_of(low.criterion), new_row(hers, value=4, sentence_en="A lot", **facts))

    assert sentences() == {1: "Little", 2: "A bit", 4: "A lot", 5: "Much"}


@pytest.mark.parametrize("seen", ["", "nonsense", "a:b:c"])
def test_marks_that_are_not_ours_have_seen_nothing(desk, seen):
    organization = OrganizationFactory(name_en="Agency")
    colleen = desk("Colleen")
    hers = form_of(colleen, organization)

    answer = colleen.post(url_of(organization), hers | {"name_en": "Other", "seen": seen})

    organization.refresh_from_db()
    assert (answer.status_code, organization.name_en) == (409, "Agency")


def test_marks_of_one_record_do_not_serve_for_another(desk):
    one, other = OrganizationFactory.create_batch(2, website="https://same.test")
    colleen = desk("Colleen")
    hers = form_of(colleen, other) | {"seen": form_of(colleen, one)["seen"], "name_fr": "Agence"}

    assert colleen.post(url_of(other), hers).status_code == 409


def test_who_may_not_change_the_record_is_not_shown_it(sign_in, desk):
    organization = OrganizationFactory(website="https://secret.test")
    hers = form_of(desk("Colleen"), organization) | {"website": "https://mine.test"}
    stranger = Client()
    sign_in(stranger, PersonFactory())

    answer = stranger.post(url_of(organization), hers | {"seen": "nonsense"})

    assert answer.status_code == 403
    assert "https://mine.test" in answer.text
    assert "secret" not in answer.text


def test_every_change_page_that_saves_carries_its_marks(desk):
    criterion = AnchorFactory().criterion
    colleen = desk("Colleen")

    for record in (criterion, criterion.cohort, criterion.cohort.convenor, colleen.person):
        assert SEEN.search(colleen.get(url_of(record)).text), record
    for model_admin in admin.site._registry.values():
        assert isinstance(model_admin, RefusesStaleSaves), model_admin


@pytest.mark.parametrize("rows", [1, 3])
def test_a_change_page_costs_the_same_for_few_rows_and_many(desk, rows, django_assert_num_queries):
    colleen = desk("Colleen")
    criterion = CriterionFactory()
    for value in range(1, rows + 1):
        AnchorFactory(criterion=criterion, value=value)
    colleen.get(url_of(criterion))

    with django_assert_num_queries(6):
        colleen.get(url_of(criterion))


def both_save(sign_in, organization):
    """Return how two people are answered who save, at the same time, what both have open."""
    people = []
    for name in ("Colleen", "Ines"):
        client = Client()
        sign_in(client, StaffFactory(name=name))
        people.append((client, form_of(client, organization) | {"website": f"https://{name}.test"}))
    calls = [
        lambda client=client, facts=facts: client.post(url_of(organization), facts).status_code
        for client, facts in people
    ]
    return sorted(at_once(*calls), key=str)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_saved_and_one_is_shown(sign_in):
    organization = OrganizationFactory()

    assert both_save(sign_in, organization) == [302, 409]
    assert Organization.objects.get(pk=organization.pk).website in {
        "https://Colleen.test",
        "https://Ines.test",
    }


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_one_of_two_is_lost_in_silence(sign_in, monkeypatch):
    organization = OrganizationFactory()
    compared = Barrier(2)
    compare = RefusesStaleSaves.compare

    def compare_and_wait(self, request, record):
        compare(self, request, record)
        compared.wait(timeout=10)

    monkeypatch.setattr(RefusesStaleSaves, "lock", lambda self, record_id: None)
    monkeypatch.setattr(RefusesStaleSaves, "compare", compare_and_wait)

    assert both_save(sign_in, organization) == [302, 302]


@pytest.mark.postgres
def test_every_record_at_the_desk_can_be_locked_and_none_that_it_points_to_with_it():
    for model_admin in admin.site._registry.values():
        with CaptureQueriesContext(connection) as asked:
            model_admin.lock("0")

        assert [query["sql"].count(" JOIN ") for query in asked] == [0], model_admin
