"""Every address: as it is meant to be, with nonsense in its place, with nonsense in its query."""

from urllib.parse import quote_from_bytes
from zlib import crc32

import pytest
from django.contrib import admin

from tests.fuzz.values import EVERY, a_few, is_deep, some
from tests.fuzz.visitor import complaint, unless
from tests.fuzz.world import EVERYBODY

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# What each list in the admin reads of its address, besides its own filters.
EVERY_LIST = (
    "o", "p", "q", "all", "e", "_popup", "_to_field", "_facets", "nothing__such",
    "_changelist_filters",
)  # fmt: skip
# A web server passes on addresses of some kilobytes, no more.
LONGEST = 4_000


def in_address(value):
    return quote_from_bytes(value[:LONGEST], safe="")


@pytest.mark.parametrize("kind", EVERYBODY)
def test_every_address_answers_everybody(visitors, every_address, kind):
    complaints = []
    for address in every_address:
        if address.is_admin and kind not in {"guest", "staff"}:
            continue
        for method in ("GET", "POST"):
            said = visitors[kind].known(method, address.path).said
            complaints += unless(not said, kind, method, address.path, said)

    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("kind", ["guest", "staff"])
def test_nonsense_in_the_place_of_a_record_is_no_record(visitors, every_address, kind):
    visitor, complaints, seen, made = visitors[kind], [], set(), set()
    for address in every_address:
        if address.route in seen:
            continue
        seen.add(address.route)
        for name in address.names:
            values = some(EVERY, 4, of=(address.route, name))
            # The desk's pages of one kind read a key alike: all values are tried on one of them.
            page = (address.route.rpartition("_")[2], name) if address.is_admin else address.route
            if visitor.known("GET", address.path).asks_to_sign_in:
                values = values[:1]  # whatever stands there, it is not looked at
            elif page in made:
                values = a_few(values, min(4, len(values)), of=(address.route, name))
            made.add(page)
            for value in values:
                path = address.with_argument(name, in_address(value) or "%20")
                for method in ("GET", "POST"):
                    answer = visitor.send(method, path)
                    said = complaint(answer)
                    complaints += unless(not said, kind, method, address.route, name, value, said)

    assert not complaints, "\n".join(complaints)


def filters_of(address):
    """The names that a list in the admin can be narrowed by; for each what it is made of."""
    for model, desk in admin.site._registry.items():
        if address.route == f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist":
            names = [f for f in desk.list_filter if isinstance(f, str)]
            names += [f[0] for f in desk.list_filter if isinstance(f, tuple)]
            lookups = [f"{name}__{how}" for name in names for how in ("exact", "in", "isnull")]
            own = [f for f in desk.list_filter if hasattr(f, "parameter_name")]
            when = [f"{desk.date_hierarchy}__{part}" for part in ("year", "month", "day", "gte")]
            return {
                **{name: made_of(model, name) for name in lookups},
                **{each.parameter_name: each for each in own},
                **{name: made_of(model, name) for name in when if desk.date_hierarchy},
                **{name: name for name in EVERY_LIST},
            }
    return {}


def made_of(model, lookup):
    """Return the class of the field that ``lookup`` asks about, and how it asks."""
    *path, how = lookup.split("__")
    for name in path:
        field = model._meta.get_field(name)
        model = field.related_model or model
    return type(field), how


@pytest.mark.parametrize("kind", EVERYBODY)
def test_nonsense_in_a_query_is_left_out_or_refused(visitors, every_address, kind):
    visitor, complaints, seen, made = visitors[kind], [], set(), set()
    for address in every_address:
        if address.route in seen or (address.is_admin and kind != "staff"):
            continue
        seen.add(address.route)
        lists = filters_of(address) if kind == "staff" else {}
        # The desk's lists share their ways: a quick run tries each of their filters on some.
        lists = {
            name: what
            for name, what in lists.items()
            if is_deep() or not crc32(f"{address} {name}".encode()) % 4
        }
        for name in sorted({*visitor.known("GET", address.path).read, *lists}):
            values = some(EVERY, 1, of=(kind, address.route, name))
            if lists.get(name) in made:  # all values were tried on another list's filter like it
                values = a_few(values, min(2, len(values)), of=(address.route, name))
            elif name in lists:
                made.add(lists[name])
            for value in values:
                answer = visitor.get(f"{address.path}?{name}={in_address(value)}")
                said = complaint(answer)
                complaints += unless(not said, kind, "GET", address.route, name, value, said)

    assert not complaints, "\n".join(complaints)
