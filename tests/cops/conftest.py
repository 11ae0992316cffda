import pytest

from tests.factories import StaffFactory


@pytest.fixture
def superuser(client, sign_in):
    person = StaffFactory(name="Sasha Sample", is_superuser=True)
    sign_in(client, person)
    return person
