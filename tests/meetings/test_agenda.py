import pytest

from meetings import services
from tests.meetings.conftest import url
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


@pytest.mark.parametrize(
    ("opened", "said"),
    [
        (1, "1 point is open. What is not ticked when the notes are ready goes on to the next"),
        (2, "2 points are open. What is not ticked when the notes are ready goes on to the next"),
    ],
)
def test_the_notes_say_how_much_will_go_on(client, group, notes_url, opened, said):
    client.force_login(group.facilitator)
    for number in range(3):
        group.past.add_to_agenda(f"Point {number}", is_done=number >= opened)

    assert f"{said} meeting: Meeting 2," in " ".join(client.get(notes_url).content.decode().split())

    client.post(notes_url, screen(group.past, everyone="on", group="We met.", ready="yes"))
    assert "goes on to the next" not in client.get(notes_url).content.decode()


@pytest.mark.parametrize(("minutes", "is_said"), [(60, False), (61, True)])
def test_a_facilitator_is_told_of_an_agenda_longer_than_its_meeting(
    client, group, minutes, is_said
):
    for length in (60, minutes):
        group.ahead.add_to_agenda("Bus passes", minutes=length)
    said = "121 minutes are planned in a meeting of 120."

    def pages(person):
        client.force_login(person)
        asked = (group.ahead.get_absolute_url(), url("meeting-notes", group.ahead))
        return [said in client.get(page).content.decode() for page in asked]

    assert pages(group.facilitator) == [is_said, is_said]
    assert pages(group.amal) == [False, False]
