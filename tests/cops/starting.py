"""Setting up: its pages, and what staff type into them."""

import re

from tests.factories import OrganizationFactory

START = "/admin/start/"
OFFICE = "/admin/start/office/"
INVITE = "/admin/start/invite/"


def whole_office(**facts):
    return {
        "name": "First Work", "convenor": OrganizationFactory().pk, "phone": "416 555-0100",
        "postal_address": "1 Sample Street\nToronto", "mailbox": "cops@firstwork.test", **facts,
    }  # fmt: skip


def invitation(**facts):
    return {"email": "new@firstwork.test", "name": "New Colleague", "reason": "Hired", **facts}


def path_in(letter):
    return re.search(r"https?://[^/]+(/go/\S+)", letter.body)[1]
