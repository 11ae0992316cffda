import pytest

from tests.factories import StaffFactory


@pytest.fixture
def staff(client, sign_in):
    person = StaffFactory(name="Colleen Sample")
    sign_in(client, person)
    return person


@pytest.fixture
def superuser(client, sign_in):
    person = StaffFactory(name="Sasha Sample", is_superuser=True)
    sign_in(client, person)
    return person
