"""An id of somebody else's record in a form or a query is answered like one that does not exist."""

import re
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django import forms
from django.forms.forms import BaseForm
from django.urls import reverse

from accounts.models import User
from tests.factories import FocusAreaFactory, MembershipFactory
from tests.permissions import fields
from tests.permissions.asking import CHANGING, Asker, address_of, send, undone

pytestmark = pytest.mark.django_db

NOBODY = "987654321"
SIGNED = re.compile(r'(name="(?:was|seen)" value=")[^"]+')


@contextmanager
def choices_read():
    """Collect by name what the forms that are read meanwhile offer of the records there are."""
    found, full_clean = {}, BaseForm.full_clean

    def noting(form):
        full_clean(form)
        for name, field in form.fields.items() if form.is_bound else ():
            if isinstance(field, forms.ModelChoiceField):
                found[form.add_prefix(name)] = field.queryset.all()

    BaseForm.full_clean = noting
    try:
        yield found
    finally:
        BaseForm.full_clean = full_clean


def are_answered_alike(asker, client, door, aim, name, theirs, nobody):
    """Send an id of hers and one of nobody's: no answer tells which, and neither is written."""
    said = []
    for key in (theirs, nobody):
        tried = fields.attempt(client, "POST", address_of(door, aim), aim.data | {name: key})
        asker.judge(tried.answer, aim, door.route)
        written = {str(value) for (_, field), values in tried.made.items() for value in values
                   if field == name}  # fmt: skip
        assert key not in written, f"{asker.column} writes it into {name}"
        words = words_of(tried.answer.body, theirs, nobody)
        said.append((tried.answer.status, tried.answer.location, tried.changed, words))
    assert said[0] == said[1], f"{asker.column} sees by {name} whether it exists"


def words_of(body, *keys):
    """The words of a page but for ``keys``, and for what differs between any two pages."""
    for key in keys:
        body = body.replace(key, " ") if len(key) > 8 else re.sub(rf"\b{key}\b", " ", body)
    return re.findall(r"\w+", SIGNED.sub("", CHANGING.sub("", body)))


def goes_through(world, one, column):
    asker = Asker(world, column)
    if not one.row:
        return asker, fields.aim_at_desk(world, column, one.door), asker.client()
    aim = asker.aim(one.door, own=True)
    return asker, aim, asker.browser(one.door, aim, one.row.cells[column])


@pytest.mark.parametrize("key", sorted(fields.doors()))
def test_what_a_form_does_not_offer_is_answered_like_nothing(world, key):
    for one in fields.doors()[key]:
        for column in one.columns:
            with undone():
                asker, aim, client = goes_through(world, one, column)
                with choices_read() as found:
                    fields.attempt(client, "POST", address_of(one.door, aim), aim.data)
                for name, offered in found.items():
                    assert_offers_what_she_may_see(asker, name, offered)
                    others = offered.model._base_manager.exclude(pk__in=offered.values("pk"))
                    if theirs := others.order_by("pk").values_list("pk", flat=True).first():
                        are_answered_alike(asker, client, one.door, aim, name, str(theirs), NOBODY)


def assert_offers_what_she_may_see(asker, name, offered):
    model = offered.model
    # The people of her own group, whose names she reads there.
    if model is User or not hasattr(model.objects, "visible_to"):
        return
    seen = model.objects.visible_to(asker.person).values("pk")
    assert not offered.exclude(pk__in=seen).exists(), f"{asker.column} is offered it: {name}"


def slot_of_another_call(world):
    return str(world.other_free_slot.uuid), str(uuid4())


def slot_that_was_taken(world):
    return str(world.interview.slot.uuid), str(uuid4())


def question_of_another_call(world):
    return str(FocusAreaFactory().pk), NOBODY


def community_of_another_call(world):
    return str(world.ours.community.pk), NOBODY


@pytest.mark.parametrize(
    ("key", "column", "name", "ids"),
    [
        ("applications:interview-book", "Rev", "slot", slot_of_another_call),
        ("applications:interview-book", "App", "slot", slot_that_was_taken),
        ("applications:application-section", "App", "choice_1", question_of_another_call),
        ("admin:applications_proposal_compose", "Stf", "", community_of_another_call),
    ],
)
def test_an_id_that_a_door_reads_by_itself_is_answered_like_nothing(world, key, column, name, ids):
    one = fields.doors()[key][0]
    with undone():
        asker, aim, client = goes_through(world, one, column)
        name = name or next(iter(aim.data))

        are_answered_alike(asker, client, one.door, aim, name, *ids(world))


def send_hours_of_another(world):
    """Who is in two groups chooses one; another's membership is no choice."""
    with undone():
        MembershipFactory(person=world.people["Mem"], community=world.theirs.community)
        one = fields.doors()["meetings:hours"][0]
        asker, aim, client = goes_through(world, one, "Mem")

        theirs = str(world.theirs.facilitator.pk)
        are_answered_alike(asker, client, one.door, aim, "membership", theirs, NOBODY)


def test_hours_go_to_no_membership_of_another(world):
    send_hours_of_another(world)


def test_a_field_that_takes_any_record_is_noticed(world, monkeypatch):
    def any_record(field, value):
        return field.queryset.model._base_manager.filter(pk=value).first()

    monkeypatch.setattr(forms.ModelChoiceField, "to_python", any_record)

    with pytest.raises(AssertionError, match="writes it into membership"):
        send_hours_of_another(world)


@pytest.mark.parametrize(
    ("column", "route", "query"),
    [
        ("Pub", "outcomes:library", "focus={}"),
        ("App", "outcomes:library", "focus={}"),
    ],
)
def test_a_filter_by_what_may_not_be_seen_finds_like_nothing(world, column, route, query):
    asker = Asker(world, column)
    pages = []
    for slug in (world.draft_focus_area.slug, "nothing-at-all"):
        answer = send(asker.client(), "GET", f"{reverse(route)}?{query.format(slug)}")
        asker.judge(answer)
        assert answer.wrote == set()
        pages.append(words_of(answer.body, world.draft_focus_area.slug, "nothing-at-all"))
    assert pages[0] == pages[1]
