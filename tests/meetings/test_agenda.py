import pytest

from meetings import services
from tests.meetings.noting import screen

pytestmark = pytest.mark.django_db


def test_an_agenda_line_too_long_is_refused_not_cut(client, group, notes_url):
    client.force_login(group.facilitator)

    answer = client.post(notes_url, {"agenda_new": "x" * 201})

    assert list(answer.context["form"].errors) == ["agenda_new"]
    assert not group.past.agenda.exists()


def test_open_items_go_to_the_next_meeting_once(client, group, notes_url):
    client.force_login(group.facilitator)
    for title in ("Welcome", "Bus passes"):
        group.past.add_to_agenda(title)
    group.past.agenda.filter(title="Welcome").update(is_done=True)

    client.post(notes_url, screen(group.past, everyone="on", group="We met.", ready="yes"))
    services.carry_forward(group.past)

    assert [(i.title, i.carried_from.meeting) for i in group.ahead.agenda.all()] == [
        ("Bus passes", group.past)
    ]
