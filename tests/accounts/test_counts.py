"""Counting several lists in one query: the same numbers as one by one."""

import pytest

from accounts.counts import Count, count_all, lengths
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


def test_a_count_is_made_of_each_row():
    PersonFactory()

    found = count_all(
        ("people", User.objects.all(), "/people/"), ("none", User.objects.none(), "/", "danger")
    )

    assert found == [Count("people", 1, "/people/"), Count("none", 0, "/", "danger")]
