"""The history of a record at the desk: in words, and as cheap when it is long."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from applications.models import Interview, Offer, Review, Status
from cops.models import AccessRequest
from tests.factories import (
    AccessRequestFactory,
    ApplicationFactory,
    InterviewFactory,
    MembershipFactory,
    OfferFactory,
    PersonFactory,
    ReviewFactory,
)

pytestmark = pytest.mark.django_db

OPEN = AccessRequest.Status.OPEN
RECORDS = [
    pytest.param(ApplicationFactory, Status.SUBMITTED, "received", "withdrawn", id="application"),
    pytest.param(ReviewFactory, Review.Status.ASSIGNED, "to do", "done", id="review"),
    pytest.param(InterviewFactory, Interview.Status.BOOKED, "booked", "held", id="interview"),
    pytest.param(OfferFactory, Offer.Status.OPEN, "waiting for an answer", "accepted", id="offer"),
    pytest.param(AccessRequestFactory, OPEN, "waiting for an answer", "answered", id="wish"),
]


def page_of(record):
    kind = f"{record._meta.app_label}_{record._meta.model_name}"
    return reverse(f"admin:{kind}_change", args=[record.pk])


@pytest.mark.parametrize(("factory", "status", "before", "after"), RECORDS)
def test_the_history_of_a_record_is_told_in_words(client, staff, factory, status, before, after):
    record = factory()
    [new] = [value for value, label in type(status).choices if label == after]
    record.changes.create(old=status, new=new, by=PersonFactory(name="Robin Leduc"))

    page = client.get(page_of(record)).content.decode()

    cells = re.findall(r'class="field-(?:before|after|by)"[^>]*>(.*?)</td>', page, re.DOTALL)
    assert [strip_tags(cell).strip() for cell in cells] == [before, after, "Robin Leduc"]


def test_a_long_history_costs_as_much_as_a_short_one(client, staff):
    record = InterviewFactory()
    moves = {"old": "invited", "new": "booked"}
    record.changes.create(**moves, by=PersonFactory())
    client.get(page_of(record))

    with CaptureQueriesContext(connection) as short:
        client.get(page_of(record))
    for _ in range(2):
        record.changes.create(**moves, by=PersonFactory())
    with CaptureQueriesContext(connection) as long:
        client.get(page_of(record))

    assert len(long) == len(short)


def test_what_is_only_shown_offers_nothing_to_save(client, staff):
    shown, typed = MembershipFactory(), PersonFactory()

    pages = [client.get(page_of(record)).content.decode() for record in (shown, typed)]

    assert ['name="_save"' in page for page in pages] == [False, True]
    assert ['name="_continue"' in page for page in pages] == [False, True]
