"""Counting several lists in one query: the same numbers as one by one."""

import pytest

from accounts.counts import Count, Counted, Stage, counted, lengths
from accounts.models import Organization, User
from tests.factories import OrganizationFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_of_every_kind_are_counted_in_one_query(rows, django_assert_num_queries):
    OrganizationFactory(mail_domain="100%.example")
    for number in range(rows):
        PersonFactory(name=f"50% of {number}")
    lists = [
        User.objects.order_by("name"),
        User.objects.none(),
        User.objects.filter(name__startswith="50%"),
        User.objects.filter(name="50% of 0"),
        User.objects.filter(organization__in=Organization.objects.all()).distinct(),
        Organization.objects.filter(mail_domain__contains="%"),
    ]

    with django_assert_num_queries(1):
        found = lengths(lists)

    assert found == [queryset.count() for queryset in lists]


def test_all_stages_are_counted_in_one_query(django_assert_num_queries):
    PersonFactory()
    people = Stage("People", [("all", User.objects.all(), "/people/")])
    others = Stage(
        "Others",
        [
            ("none", User.objects.none(), "/", "danger"),
            ("groups", Organization.objects.all(), "/groups/"),
        ],
    )

    with django_assert_num_queries(1):
        found = counted(people, others)

    assert found == [
        Counted("People", [Count("all", 1, "/people/")]),
        Counted("Others", [Count("none", 0, "/", "danger"), Count("groups", 1, "/groups/")]),
    ]


def test_what_was_looked_up_already_is_counted_in_its_place():
    PersonFactory()

    found = lengths([["Ada", "Bo"], User.objects.all(), []])

    assert found == [2, 1, 0]
