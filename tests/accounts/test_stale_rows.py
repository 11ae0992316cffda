"""Two people at the rows of one record: each row is compared like a field."""

import pytest

from cops.models import Anchor
from tests.accounts.saving import SEEN, form_of, said, url_of
from tests.factories import (
    AnchorFactory,
)

pytestmark = pytest.mark.django_db


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
