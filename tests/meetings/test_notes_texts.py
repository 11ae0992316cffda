import pytest

from meetings.forms.notes import NotesForm, pack
from meetings.models import Note
from meetings.models.meeting import NoteQuerySet
from tests.concurrency import at_once
from tests.meetings.noting import attendance, screen

pytestmark = pytest.mark.django_db


def test_the_second_of_two_texts_comes_back_with_both(client, group, notes_url):
    client.force_login(group.facilitator)
    first, second = (
        screen(group.past, group=f"{word} text", **{"decision-new-0": word})
        for word in ("First", "Second")
    )

    client.post(notes_url, first)
    answer = client.post(notes_url, second)

    assert answer.status_code == 409
    assert [text in answer.content.decode() for text in ("First text", "Second text")] == [True] * 2
    assert list(group.past.decisions.values_list("text", flat=True)) == ["First", "Second"]
    assert Note.objects.get().body == "First text"

    form = answer.context["form"]
    client.post(notes_url, {"was": form.initial["was"], "group": "First text. Second text"})
    assert Note.objects.get().body == "First text. Second text"


def test_who_did_not_touch_the_text_is_not_asked_to_merge(client, group, notes_url):
    client.force_login(group.facilitator)
    Note.objects.write(group.past, "group", "Start", over=0, by=None)
    only_marks = screen(group.past, everyone="on")

    Note.objects.write(group.past, "group", "Start, and more", over=1, by=None)
    answer = client.post(notes_url, only_marks)

    assert answer.status_code == 302
    assert (Note.objects.get().body, attendance(group.past)["Bo"]) == ("Start, and more", "present")


@pytest.mark.parametrize("was", ["", "forged", "a:b:c"])
def test_a_forged_memory_of_the_screen_overwrites_nothing(client, group, notes_url, was):
    client.force_login(group.facilitator)
    Note.objects.write(group.past, "group", "Ours", over=0, by=None)

    answer = client.post(notes_url, {"group": "Mine", "was": was})

    assert (answer.status_code, Note.objects.get().body) == (409, "Ours")


def save(meeting, text, by):
    """Save one text the way the screen does, with what it showed before anybody saved."""
    form = NotesForm({"group": text, "was": pack({"group": [0, ""]})}, meeting=meeting)
    assert form.is_valid()
    return form.save(by=by)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_once_lose_no_word(group):
    conflicts = at_once(
        lambda: save(group.past, "First", group.facilitator),
        lambda: save(group.past, "Second", group.facilitator),
    )

    [conflict] = [one for some in conflicts for one in some]
    assert {Note.objects.get().body, conflict.typed} == {"First", "Second"}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_version_one_of_two_texts_is_lost(group, monkeypatch):
    monkeypatch.setattr(NoteQuerySet, "still", lambda self, note, version: self.filter(pk=note.pk))

    conflicts = at_once(
        lambda: save(group.past, "First", group.facilitator),
        lambda: save(group.past, "Second", group.facilitator),
    )

    assert conflicts == [[], []]
    assert Note.objects.get().body in {"First", "Second"}
