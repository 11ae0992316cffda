"""Every field of every form: bad values are refused beside the field, and stay in it."""

from functools import cache
from zlib import crc32

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Max

from accounts.models import User
from tests.fuzz.forms import OUR_MARKS, texts_to_copy, values_shown
from tests.fuzz.values import AWAY, EVERY, EXTRA, MEGABYTE, a_few, is_deep, some
from tests.fuzz.visitor import complaint, encoded, unless
from tests.fuzz.world import EVERYBODY

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TEXTS = {"text", "textarea", "email", "url", "search", "tel"}


@pytest.mark.parametrize("kind", EVERYBODY)
def test_a_bad_value_in_one_field_is_answered_and_stays_there(visitors, sent_forms, kind):
    visitor, complaints = visitors[kind], []
    for form in sent_forms[kind]:
        usual = as_it_is_meant(visitor, form)
        complaints += unless(
            not usual.said, kind, "POST", form.path, "as it is meant to be", usual.said
        )
        for name in sorted({*form.names, *usual.read} - OUR_MARKS):
            # The desk has more fields than a quick run has time: every other one of them.
            if kind == "staff" and crc32(f"{form.route} {name}".encode()) % 2 and not is_deep():
                continue
            values = some(EVERY, 1 if kind == "staff" else 2, of=(form.route, name))
            if kind == "staff" and is_deep():  # all of them come at once, see below
                values = a_few(EVERY, 8, of=(form.route, name))
            for value in values:
                answer = visitor.post(form.path, form.changed(name, value))
                said = complaint(answer) or lost(answer, name, value, form.kinds.get(name))
                complaints += unless(not said, kind, "POST", form.path, name, value, said)

    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("number", range(len(EVERY) if is_deep() else 1))
def test_bad_values_in_all_fields_of_the_desk_at_once(visitors, sent_forms, number):
    """In a deep run every field gets every value, another in each request."""
    visitor, complaints = visitors["staff"], []
    for form in sent_forms["staff"]:
        typed = {
            name: EVERY[(number + place) % len(EVERY)]
            for place, name in enumerate(form.names)
            if form.kinds.get(name) not in {"hidden", "button", None}
        }
        kept = [pair for pair in form.pairs if pair[0] not in typed]
        answer = visitor.post(form.path, [*kept, *typed.items()])
        said = complaint(answer)
        complaints += unless(not said, "staff", "POST", form.path, number, said)
        for name, value in typed.items():
            said = lost(answer, name, value, form.kinds[name])
            complaints += unless(not said, "staff", "POST", form.path, number, name, value, said)

    assert not complaints, "\n".join(complaints)


def lost(answer, name, value, kind):
    """Return what is wrong when text that was refused is not in its field any more."""
    if kind not in TEXTS or not value.strip() or "__prefix__" in name:
        return ""
    if answer.status_code not in {200, 400, 409, 422} or answer.streaming:  # a file: it was taken
        return ""
    typed = one_line_end(value.decode(errors="replace"))
    if any(typed == one_line_end(kept) for kept in values_shown(answer.text, name)):
        return ""
    if answer.status_code == 409 and typed in map(one_line_end, texts_to_copy(answer.text)):
        return ""
    return f"{answer.status_code}, but the field holds {values_shown(answer.text, name)!r:.60}"


def one_line_end(text):
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


@pytest.mark.parametrize("kind", EVERYBODY)
def test_a_form_that_is_bent_out_of_shape_is_answered(visitors, sent_forms, kind):
    """Names left out, sent twice, or added; what no field asks for changes nothing."""
    visitor, complaints = visitors[kind], []
    newest()  # before anything is made
    for form in sent_forms[kind]:
        hidden = {name for name, what in form.kinds.items() if what == "hidden"} - OUR_MARKS
        usual = visitor.post(form.path, form.pairs, look=guarded_facts)  # now: time goes by
        bent = {
            "without what is hidden": [pair for pair in form.pairs if pair[0] not in hidden],
            "everything twice": [*form.pairs, *form.pairs],
            "nothing but names": [(name, "") for name, _value in form.pairs],
            "lists for scalars": [(f"{name}[]", value) for name, value in form.pairs],
        }
        for what, sent in bent.items():
            said = complaint(visitor.post(form.path, sent))
            complaints += unless(not said, kind, "POST", form.path, what, said)
        extra = [pair for pair in EXTRA.items() if pair[0] not in {*form.names, *usual.read}]
        added = visitor.post(form.path, [*form.pairs, *extra], look=guarded_facts)
        said = complaint(added)
        complaints += unless(not said, kind, "POST", form.path, "extra fields", said)
        is_same = left_the_same(usual.seen, added.seen)
        complaints += unless(is_same, kind, "POST", form.path, "changed what nobody asked for")

    assert not complaints, "\n".join(complaints)


def as_it_is_meant(visitor, form):
    return visitor.known("POST", form.path, form.pairs, look=guarded_facts)


def guarded_facts(tables):
    """Return, by table, what no form of another matter may change: whose, where, in which state."""
    found = {}
    for model in apps.get_models():
        fields = [field for field in model._meta.concrete_fields if is_guarded(field)]
        names = [field.attname for field in fields]
        table = model._meta.db_table
        if names and model._meta.app_label in settings.OUR_APPS and table in tables:
            rows = model._base_manager.values_list(*names)
            found[table] = sorted(repr([*map(known, fields, row)]) for row in rows)
    return found


def left_the_same(one, other):
    """Whether two requests left the same; what only one of them wrote is held against the world."""
    tables = {*one, *other}
    at_rest = guarded_facts(tables - ({*one} & {*other}))
    return {**at_rest, **one} == {**at_rest, **other}


def known(field, fact):
    """Return ``fact``, or that it is the key of a new row: its number differs in each run."""
    is_new = isinstance(fact, int) and fact > newest().get(field.related_model or User, 0)
    return "new" if is_new else fact


@cache
def newest() -> dict:
    """Return the key of the newest row of every model of ours, as the world stands at rest."""
    ours = [model for model in apps.get_models() if model._meta.app_label in settings.OUR_APPS]
    keys = {model: model._base_manager.aggregate(last=Max("pk"))["last"] for model in ours}
    return {model: key for model, key in keys.items() if isinstance(key, int)}


def is_guarded(field):
    return field.name in EXTRA and not field.primary_key and field.name not in {"uuid", "version"}


@pytest.mark.parametrize("kind", EVERYBODY)
def test_a_megabyte_of_text_is_refused_by_its_field_and_stays(visitors, sent_forms, kind):
    visitor, complaints = visitors[kind], []
    for form in sent_forms[kind]:
        writable = [name for name in form.names if form.kinds.get(name) in TEXTS]
        for name in some(writable, 1, of=form.route) if writable else []:
            value = b"word " * (MEGABYTE // 5)
            answer = visitor.post(form.path, form.changed(name, value))
            said = complaint(answer) or lost(answer, name, value, form.kinds[name])
            complaints += unless(not said, kind, "POST", form.path, name, "1 MB", said)

    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("kind", EVERYBODY)
def test_no_browser_cuts_what_is_pasted(sent_forms, kind):
    assert {form.route: form.cut for form in sent_forms[kind] if form.cut} == {}


@pytest.mark.parametrize("kind", ["guest", "facilitator", "staff"])
def test_the_way_back_stays_on_this_site(visitors, every_address, kind):
    visitor, complaints, seen = visitors[kind], [], set()
    for address in every_address:
        is_known = address.route in seen or (address.is_admin and kind != "staff")
        if is_known or "next" not in visitor.known("POST", address.path).read:
            continue
        seen.add(address.route)
        for value in AWAY:
            query = encoded([("next", value)]).decode()
            for answer in (
                visitor.get(f"{address.path}?{query}"),
                visitor.post(f"{address.path}?{query}", [("next", value)]),
            ):
                said = complaint(answer)
                complaints += unless(not said, kind, address.path, "next", value, said)

    assert not complaints, "\n".join(complaints)
