"""Browsers of several people of First Work."""

import pytest
from django.test import Client

from tests.factories import StaffFactory


@pytest.fixture
def desk(sign_in):
    """Return a function that signs somebody of First Work in and returns her browser."""

    def open_one(name):
        client = Client()
        client.person = StaffFactory(name=name)
        sign_in(client, client.person)
        return client

    return open_one
