"""The notes screen sent twice: a double click, a page gone back to, a second tab."""

from datetime import timedelta

import pytest

from meetings import services
from meetings.forms.notes import NotesForm
from meetings.forms.part import Part
from meetings.models import ActionItem, Decision, Meeting, Note
from tests.concurrency import at_once
from tests.factories import DecisionFactory, TrialFactory
from tests.meetings.noting import screen

pytestmark = pytest.mark.django_db


def everything(group):
    """One of each thing that the screen can add, and two of what a meeting may have two of."""
    return {
        "agenda_new": "Bus passes\nBreak\nPay dates\nBreak",
        "decision-new-0": "Call on day nine",
        "decision-new-0-shared": "on",
        "action-new-1-who": group.amal.pk,
        "action-new-1-what": "Ask three employers",
        "trial-new-title": "Day-nine call",
        "trial-new-lead": group.bo.pk,
        "group": "We met.",
    }


def left_behind(group):
    return {
        "agenda": list(group.past.agenda.values_list("title", flat=True)),
        "decisions": list(group.past.decisions.values_list("text", flat=True)),
        "actions": list(group.past.actions.values_list("text", flat=True)),
        "trials": list(group.community.trials.values_list("title", flat=True)),
        "notes": list(group.past.notes.values_list("body", flat=True)),
    }


ONCE = {
    "agenda": ["Bus passes", "Break", "Pay dates", "Break"],
    "decisions": ["Call on day nine"],
    "actions": ["Ask three employers"],
    "trials": ["Day-nine call"],
    "notes": ["We met."],
}


def test_a_double_click_adds_everything_once(client, group, notes_url):
    client.force_login(group.facilitator)
    typed = screen(group.past, **everything(group))

    answers = [client.post(notes_url, typed).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert left_behind(group) == ONCE


def test_two_tabs_add_what_each_has_and_nothing_twice(client, group, notes_url):
    client.force_login(group.facilitator)
    one, other = (
        screen(group.past, **everything(group) | own)
        for own in ({"decision-new-1": "Meet in Kenora"}, {"decision-new-1": "Meet in Sudbury"})
    )

    client.post(notes_url, one)
    client.post(notes_url, other)

    decided = ["Call on day nine", "Meet in Kenora", "Meet in Sudbury"]
    assert left_behind(group) == ONCE | {"decisions": decided}


def test_a_page_gone_back_to_adds_what_is_new_on_it(client, group, notes_url):
    client.force_login(group.facilitator)
    typed = screen(group.past, **everything(group))
    client.post(notes_url, typed)

    client.post(notes_url, typed | {"decision-new-1": "Meet in Kenora"})

    assert left_behind(group) == ONCE | {"decisions": ["Call on day nine", "Meet in Kenora"]}


def test_the_same_again_is_added_by_who_saw_that_it_stands_there(client, group, notes_url):
    client.force_login(group.facilitator)
    for _ in range(2):
        client.post(notes_url, screen(group.past, agenda_new="Break"))

    assert left_behind(group)["agenda"] == ["Break", "Break"]


def test_the_same_promise_by_another_day_is_another_one(client, group, notes_url):
    client.force_login(group.facilitator)
    typed = screen(group.past, **everything(group))
    later = group.ahead.event.local_on + timedelta(days=3)
    client.post(notes_url, typed)

    client.post(notes_url, typed | {"action-new-1-by": later.isoformat()})

    days = ActionItem.objects.values_list("deadline__local_on", flat=True)
    assert list(days) == [group.ahead.event.local_on, later]


def test_a_decision_reworded_by_a_double_click_is_there_once(client, group, notes_url):
    client.force_login(group.facilitator)
    kept, gone = DecisionFactory.create_batch(2, meeting=group.past, text="Call")
    names = {f"decision-{kept.pk}": "Call early", f"decision-{gone.pk}": "Write early"}
    typed = screen(group.past, **names)
    gone.delete()

    for _ in range(2):
        client.post(notes_url, typed)

    assert list(Decision.objects.values_list("text", flat=True)) == ["Call early", "Write early"]


def test_a_result_put_below_somebody_elses_by_a_double_click_is_there_once(
    client, group, notes_url
):
    client.force_login(group.facilitator)
    trial = TrialFactory(community=group.community, lead=group.amal, prediction="Fewer leave")
    trial.start(by=group.facilitator)
    typed = screen(group.past, **{f"trial-{trial.pk}-result": "Two came back"})
    type(trial).objects.update(result="Half as many left")

    for _ in range(2):
        client.post(notes_url, typed)

    trial.refresh_from_db()
    assert trial.result == "Half as many left\n\nTwo came back"


def test_notes_are_ready_by_a_double_click_without_a_complaint(client, group, notes_url):
    client.force_login(group.facilitator)
    typed = screen(group.past, everyone="on", **everything(group)) | {"ready": "yes"}

    pages = [client.post(notes_url, typed, follow=True) for _ in range(2)]

    group.past.refresh_from_db()
    assert group.past.status == Meeting.Status.NOTES_READY
    assert left_behind(group) == ONCE
    assert ["The notes are ready." in page.text for page in pages] == [True, True]
    assert ["not finished" in page.text for page in pages] == [False, False]


def both_send(group):
    """Let two threads send the same page at the same time."""
    typed = screen(group.past, **everything(group))

    def send():
        form = NotesForm(typed, meeting=Meeting.objects.with_events().get(pk=group.past.pk))
        assert form.is_valid()
        return form.save(by=group.facilitator)

    return at_once(send, send)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_sends_at_once_one_counts(group):
    assert both_send(group) == [[], []]
    assert left_behind(group) == ONCE


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_look_at_what_came_meanwhile_all_is_there_twice(group, monkeypatch):
    monkeypatch.setattr(Part, "once", lambda self, kind, standing, facts, new: new)

    assert both_send(group) == [[], []]
    assert left_behind(group) == ONCE | {
        "agenda": ONCE["agenda"] * 2,
        "decisions": ONCE["decisions"] * 2,
        "actions": ONCE["actions"] * 2,
        "trials": ONCE["trials"] * 2,
    }


def test_a_page_gone_back_to_after_the_notes_are_final_adds_nothing(client, group, notes_url):
    client.force_login(group.facilitator)
    typed = screen(group.past, everyone="on", **everything(group))
    client.post(notes_url, typed | {"ready": "yes"})
    meeting = Meeting.objects.get(pk=group.past.pk)
    services.circulate(meeting, by=group.facilitator)
    services.make_final(meeting, by=group.facilitator)

    again = client.post(notes_url, typed | {"decision-new-1": "Too late"})

    assert again.status_code == 409
    assert "Too late" in again.text
    assert (left_behind(group), Note.objects.count()) == (ONCE, 1)
