"""Behind each door only those fields are written that fields.toml names, whatever is sent."""

import logging

import pytest

from tests.permissions import fields
from tests.permissions.asking import Asker, address_of, undone

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", sorted(fields.doors()))
def test_only_what_its_line_names_is_written(world, key, caplog):
    caplog.set_level(logging.WARNING, "security")
    written, asked = set(), set()
    for one in fields.doors()[key]:
        for column in one.columns:
            with undone():
                usual, tried = through(world, one, column, caplog)
            written |= usual.changed | tried.changed
            asked |= fields.asked_facts(usual)
    names = {name.rpartition(".")[2] for name in written}

    line = fields.as_line(written | (asked - names))
    assert fields.as_line(fields.lines().get(key, ())) == line, f"{key} = {line!r}"


def through(world, one, column, caplog):
    """Send the form as it is meant to be, then with all that it does not ask for."""
    asker = Asker(world, column)
    door = one.door
    if one.row:
        aim = asker.aim(door, own=True)
        client = asker.browser(door, aim, one.row.cells[column])
    else:
        aim, client = fields.aim_at_desk(world, column, door), asker.client()
    address = address_of(door, aim)

    usual = fields.attempt(client, door.method, address, aim.data)
    assert (column, counted(caplog)) == (column, []), "what a browser sends is no attack"
    if one.row:
        assert usual.answer.status in (door.answers or (302,)), column
    extra = fields.unasked(usual, aim.data)
    tried = fields.attempt(client, door.method, address, aim.data | extra)

    assert (column, tried.answer.status) == (column, usual.answer.status)
    assert (column, fields.got_in(usual, tried, extra)) == (column, [])
    assert not any(
        word in text for text in caplog.messages for word in (fields.HOSTILE, fields.DAY)
    )
    caplog.clear()
    return usual, tried


def counted(caplog):
    return [record.getMessage() for record in caplog.records if record.name == "security"]
