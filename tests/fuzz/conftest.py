from importlib.util import find_spec

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import translation

from tests.fuzz.addresses import addresses
from tests.fuzz.forms import who_sends_what
from tests.fuzz.visitor import Visitor
from tests.fuzz.world import EVERYBODY, PEOPLE, build, links_of

collect_ignore = [] if find_spec("hypothesis") else ["test_generated.py"]


@pytest.fixture(scope="package")
def world(django_db_setup, django_db_blocker):
    """One world for all that is tried here; nothing of it stays."""
    with django_db_blocker.unblock(), translation.override("en"), transaction.atomic():
        if connection.vendor == "postgresql":  # it may wait long for values to be made up
            connection.cursor().execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(scope="package")
def every_address(world):
    return addresses(world)


@pytest.fixture(scope="package")
def visitors(world, sign_in):
    """Everybody by kind: the seven who sign in, a guest, and who came by the links in her mail."""
    clients = {kind: Client() for kind in EVERYBODY}
    for kind in PEOPLE:
        sign_in(clients[kind], world.people[kind])
    for link in links_of(world):
        clients["by link"].get(link)
    return {kind: Visitor(kind, client.cookies) for kind, client in clients.items()}


@pytest.fixture(scope="package")
def sent_forms(visitors, every_address):
    """Every form of the site, by who is the first to have it."""
    return who_sends_what(visitors, every_address)


@pytest.fixture(autouse=True)
def english():
    """A page in French leaves its thread speaking French; the next test begins in English."""
    with translation.override("en"):
        yield
