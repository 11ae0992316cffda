"""One world for all cells of a file; what a cell does in it is undone."""

import pytest
from django.db import transaction


@pytest.fixture(scope="module")
def built_world(django_db_setup, django_db_blocker):
    # One transaction for the file; pytest-django makes each test a savepoint in it.
    from tests.permissions.world import World

    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.fixture
def world(built_world, db):
    return built_world
