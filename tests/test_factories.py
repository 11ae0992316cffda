"""Every factory makes a row that its model and the database accept."""

import inspect

import pytest
from factory.django import DjangoModelFactory

from tests import factories

FACTORIES = [
    factory
    for _name, factory in inspect.getmembers(factories, inspect.isclass)
    if issubclass(factory, DjangoModelFactory) and factory._meta.model
]


@pytest.mark.django_db
@pytest.mark.parametrize("factory", FACTORIES, ids=lambda factory: factory.__name__)
def test_the_factory_makes_a_valid_row(factory):
    record = factory()

    record.full_clean(exclude=["password"])
    assert type(record).objects.filter(pk=record.pk).count() == 1
