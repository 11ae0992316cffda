"""Two people at one record: the second save waits until its sender has seen the first."""

from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry

from accounts.models import Organization, Zone
from cops.models import Anchor
from tests.accounts.saving import SEEN, form_of, said, url_of
from tests.factories import (
    AnchorFactory,
    CohortFactory,
    CriterionFactory,
    OrganizationFactory,
    PersonFactory,
    WebinarFactory,
)

pytestmark = pytest.mark.django_db


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
