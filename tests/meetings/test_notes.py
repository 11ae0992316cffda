from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.lifecycle import InvalidTransition
from cops.services import leave
from meetings import services
from meetings.forms.notes import NotesForm, pack
from meetings.models import Decision, HoursEntry, Meeting, Note, Trial
from meetings.models.meeting import NoteQuerySet
from notifications.models import Invitee, Role
from tests.concurrency import at_once
from tests.factories import (
    CommunityFactory,
    DecisionFactory,
    EvidenceFactory,
    PersonFactory,
    TrialFactory,
)
from tests.meetings.conftest import join

Attendance = Invitee.Attendance


def screen(meeting, **typed):
    """What a browser sends when a person opens the notes screen and types ``typed``."""
    form = NotesForm(meeting=meeting)
    sent = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    sent |= {name: f"{day:%Y-%m-%d}" for name, day in sent.items() if hasattr(day, "month")}
    return {name: value for name, value in (sent | typed).items() if value not in (None, False)}


def came(meeting, person):
    return f"came-{meeting.event.invitees.get(person=person).pk}"


def attendance(meeting):
    return dict(meeting.event.invitees.values_list("person__name", "attendance"))


@pytest.fixture
def notes_url(group):
    return reverse("meetings:meeting-notes", args=[group.past.uuid])


def test_attendance_and_one_sentence_are_a_finished_meeting(client, group, notes_url):
    client.force_login(group.facilitator)
    typed = screen(
        group.past,
        **{came(group.past, group.bo): "excused", "everyone": "on", "group": "We met."},
        ready="yes",
    )

    response = client.post(notes_url, typed)

    group.past.refresh_from_db()
    assert response.url == group.past.get_absolute_url()
    assert group.past.status == Meeting.Status.NOTES_READY
    assert attendance(group.past) == {
        "Fatima": Attendance.PRESENT,
        "Amal": Attendance.PRESENT,
        "Bo": Attendance.EXCUSED,
    }
    assert [(e.membership.person, e.hours, e.sort) for e in HoursEntry.objects.all()] == [
        (group.amal, Decimal(2), HoursEntry.Sort.MEETING)
    ]
    assert not group.past.notes_due.invitees.current().exists()


def test_the_screen_is_for_the_groups_facilitators_alone(client, group, notes_url):
    other = join(CommunityFactory(), Role.FACILITATOR)

    for person in (group.amal, other, PersonFactory()):
        client.force_login(person)
        answers = [client.get(notes_url), client.post(notes_url, {"group": "I was here"})]
        assert [answer.status_code for answer in answers] == [404, 404]
    assert not Note.objects.exists()


def test_notes_are_not_ready_before_the_meeting(client, group):
    client.force_login(group.facilitator)
    url = reverse("meetings:meeting-notes", args=[group.ahead.uuid])

    page = client.post(url, {"group": "Draft", "ready": "yes"}, follow=True)

    group.ahead.refresh_from_db()
    assert (group.ahead.status, group.ahead.group_notes) == (Meeting.Status.PLANNED, "Draft")
    assert "has not begun yet" in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "why"),
    [({"group": "We met."}, "Mark who was there."), ({"everyone": "on"}, "at least one sentence")],
)
def test_notes_are_not_ready_without_attendance_and_text(client, group, notes_url, typed, why):
    client.force_login(group.facilitator)

    page = client.post(notes_url, typed | {"ready": "yes"}, follow=True)

    group.past.refresh_from_db()
    assert group.past.status == Meeting.Status.PLANNED
    assert why in page.content.decode()


def test_everything_of_a_meeting_goes_through_one_form(client, group, notes_url):
    client.force_login(group.facilitator)
    old = group.past.add_to_agenda("Welcome")
    decided = DecisionFactory(meeting=group.past, text="Reach people sooner")
    typed = screen(
        group.past,
        **{
            f"item-{old.pk}": "on",
            "agenda_new": "Bus passes\n\n  Pay dates ",
            "decision-new-0": "Call on day nine",
            "decision-new-0-shared": "on",
            "decision-new-2": "Meet in Kenora",
            "action-new-0-who": group.amal.pk,
            "action-new-0-what": "Ask three employers",
            "trial-new-title": "Day-nine call",
            "trial-new-lead": group.bo.pk,
            "trial-new-decision": decided.pk,
            "trial-new-prediction": "Fewer leave",
            "shared": "Three agencies\r\nsee it",
        },
    )

    client.post(notes_url, typed)

    assert list(group.past.agenda.values_list("title", "is_done")) == [
        ("Welcome", True),
        ("Bus passes", False),
        ("Pay dates", False),
    ]
    assert list(group.past.decisions.values_list("text", "may_be_shared")) == [
        ("Reach people sooner", False),
        ("Call on day nine", True),
        ("Meet in Kenora", False),
    ]
    [action] = group.past.actions.all()
    assert (action.owner, action.deadline.local_on) == (group.amal, group.ahead.event.local_on)
    assert list(action.deadline.invitees.values_list("person", flat=True)) == [group.amal.pk]
    [trial] = group.community.trials.all()
    assert (trial.lead, trial.organization, trial.decision) == (
        group.bo,
        group.bo.organization,
        decided,
    )
    assert group.past.shared_notes == "Three agencies\nsee it"


def test_a_trial_is_predicted_started_and_finished_on_the_screen(client, group, notes_url):
    client.force_login(group.facilitator)
    trial = TrialFactory(community=group.community, lead=group.amal, prediction="")
    name = f"trial-{trial.pk}"

    refused = client.post(notes_url, screen(group.past, **{f"{name}-start": "on"}))
    client.post(
        notes_url,
        screen(group.past, **{f"{name}-start": "on", f"{name}-prediction": "Fewer leave"}),
    )
    client.post(
        notes_url,
        screen(group.past, **{f"{name}-verdict": "adapt", f"{name}-result": "Half as many left"}),
    )

    trial.refresh_from_db()
    assert "Write down what you expect" in refused.content.decode()
    assert (trial.status, trial.verdict, trial.prediction, trial.result) == (
        "finished", "adapt", "Fewer leave", "Half as many left",
    )  # fmt: skip


def running(group):
    trial = TrialFactory(community=group.community, lead=group.amal, prediction="Fewer leave")
    trial.start(by=group.facilitator)
    return trial


def test_a_result_typed_while_somebody_else_finishes_the_trial_is_kept(client, group, notes_url):
    client.force_login(group.facilitator)
    trial = running(group)
    typed = screen(group.past, **{f"trial-{trial.pk}-result": "Two came back"})
    trial.finish("adapt", result="Half as many left", by=group.facilitator)

    client.post(notes_url, typed)

    trial.refresh_from_db()
    assert (trial.verdict, trial.result) == ("adapt", "Half as many left\n\nTwo came back")


def test_who_finishes_a_trial_second_hears_how_it_ended_and_loses_no_word(client, group, notes_url):
    client.force_login(group.facilitator)
    trial = running(group)
    name = f"trial-{trial.pk}"
    typed = screen(
        group.past, **{f"{name}-result": "Too dear", f"{name}-verdict": "abandon", "shared": "So"}
    )
    trial.finish("adapt", result="Half as many left", by=group.facilitator)

    refused = client.post(notes_url, typed).context["form"]
    client.post(notes_url, typed | {f"{name}-verdict": ""})

    trial.refresh_from_db()
    assert refused.errors == {
        f"{name}-verdict": ["Somebody else finished this trial in the meantime: adapt."]
    }
    assert refused[f"{name}-result"].value() == "Too dear"
    assert (trial.verdict, trial.result) == ("adapt", "Half as many left\n\nToo dear")


def test_a_prediction_typed_after_somebody_else_started_the_trial_comes_back(
    client, group, notes_url
):
    client.force_login(group.facilitator)
    trial = TrialFactory(community=group.community, lead=group.amal, prediction="Fewer leave")
    name = f"trial-{trial.pk}-prediction"
    typed = screen(group.past, **{name: "More arrive", f"trial-{trial.pk}-start": "on"})
    trial.start(by=group.facilitator)

    refused = client.post(notes_url, typed).context["form"]
    client.post(notes_url, typed | {name: "", "group": "More arrive"})

    trial.refresh_from_db()
    assert list(refused.errors) == [name]
    assert refused[name].value() == "More arrive"
    assert (trial.prediction, group.past.group_notes) == ("Fewer leave", "More arrive")


def test_a_decision_reworded_while_somebody_else_removed_it_is_kept(client, group, notes_url):
    client.force_login(group.facilitator)
    decision = DecisionFactory(meeting=group.past, text="Call")
    typed = screen(group.past, **{f"decision-{decision.pk}": "Call early"})
    decision.delete()

    client.post(notes_url, typed)

    assert list(group.past.decisions.values_list("text", flat=True)) == ["Call early"]


def test_an_agenda_line_too_long_is_refused_not_cut(client, group, notes_url):
    client.force_login(group.facilitator)

    answer = client.post(notes_url, {"agenda_new": "x" * 201})

    assert list(answer.context["form"].errors) == ["agenda_new"]
    assert not group.past.agenda.exists()


def test_a_decision_that_an_outcome_rests_on_is_not_removed(client, group, notes_url):
    client.force_login(group.facilitator)
    decision = DecisionFactory(meeting=group.past)
    EvidenceFactory(outcome__community=group.community, decision=decision, trial=None)
    typed = screen(group.past, group="We met.") | {f"decision-{decision.pk}": ""}

    answer = client.post(notes_url, typed)

    assert answer.status_code == 409
    assert "An outcome rests on a decision" in answer.content.decode()
    assert group.past.decisions.get() == decision
    assert not Note.objects.exists()


def test_what_may_identify_a_client_is_not_added_to_notes_the_group_has(client, group, notes_url):
    client.force_login(group.facilitator)
    client.post(notes_url, screen(group.past, everyone="on", group="We met.", ready="yes"))
    client.post(notes_url, screen(group.past, group="Call 416-555-0142"))
    before_sending = Note.objects.get().body
    client.post(notes_url, screen(group.past, group="We met."))
    services.circulate(Meeting.objects.get(pk=group.past.pk), by=group.facilitator)

    answer = client.post(notes_url, screen(group.past, group="Call 416-555-0142"))

    assert (before_sending, Note.objects.get().body) == ("Call 416-555-0142", "We met.")
    assert answer.status_code == 409
    assert "looks like a phone number" in answer.content.decode()
    assert answer.context["form"]["group"].value() == "Call 416-555-0142"


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


def test_correcting_the_attendance_corrects_the_hours(client, group, notes_url):
    client.force_login(group.facilitator)
    client.post(notes_url, screen(group.past, everyone="on", group="We met.", ready="yes"))

    client.post(
        notes_url,
        screen(group.past, **{came(group.past, group.amal): "absent"}),
    )

    assert [e.membership.person for e in HoursEntry.objects.all()] == [group.bo]


def test_two_people_marking_attendance_do_not_undo_each_other(client, group, notes_url):
    client.force_login(group.facilitator)
    first = screen(group.past, **{came(group.past, group.amal): "late"})
    second = screen(group.past, **{came(group.past, group.bo): "absent", "everyone": "on"})

    client.post(notes_url, first)
    client.post(notes_url, second)

    assert attendance(group.past) == {"Fatima": "present", "Amal": "late", "Bo": "absent"}


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


def test_a_decision_that_both_reworded_stays_in_both_wordings(client, group, notes_url):
    client.force_login(group.facilitator)
    decision = DecisionFactory(meeting=group.past, text="Call")
    first, second = (
        screen(group.past, **{f"decision-{decision.pk}": text})
        for text in ("Call early", "Call late")
    )

    client.post(notes_url, first)
    client.post(notes_url, second)

    assert list(group.past.decisions.values_list("text", flat=True)) == ["Call early", "Call late"]


def test_a_decision_without_words_is_removed(client, group, notes_url):
    client.force_login(group.facilitator)
    decision = DecisionFactory(meeting=group.past)
    typed = screen(group.past) | {f"decision-{decision.pk}": ""}

    client.post(notes_url, typed)

    assert not group.past.decisions.exists()


def test_final_notes_are_edited_by_nobody_and_the_typed_text_is_kept(client, group, notes_url):
    client.force_login(group.facilitator)
    typed = screen(group.past, group="A late thought")
    Meeting.objects.filter(pk=group.past.pk).update(status=Meeting.Status.LOCKED)

    answer = client.post(notes_url, typed)

    assert answer.status_code == 409
    assert "A late thought" in answer.content.decode()
    assert client.get(notes_url).url == group.past.get_absolute_url()
    assert not Note.objects.exists()


@pytest.mark.parametrize(
    ("name", "nonsense"),
    [
        ("group", "a\x00b"),
        ("group", "x" * 1_000_000),
        ("decision-new-0", "x" * 2_000),
        ("action-new-0-by", "2026-02-31"),
        ("action-new-0-who", "999999"),
        ("action-new-0-who", "Bo"),
        ("trial-new-lead", "-1"),
    ],
)
def test_nonsense_is_named_by_its_field_and_what_was_typed_is_kept(
    client, group, notes_url, name, nonsense
):
    client.force_login(group.facilitator)

    answer = client.post(
        notes_url, {"agenda_new": "Keep me", "action-new-0-what": "Ask", name: nonsense}
    )

    assert (answer.status_code, list(answer.context["form"].errors)[:1]) == (200, [name])
    assert "Keep me" in answer.content.decode()
    assert not group.past.actions.exists()


@pytest.mark.parametrize("was", ["", "forged", "a:b:c"])
def test_a_forged_memory_of_the_screen_overwrites_nothing(client, group, notes_url, was):
    client.force_login(group.facilitator)
    Note.objects.write(group.past, "group", "Ours", over=0, by=None)

    answer = client.post(notes_url, {"group": "Mine", "was": was})

    assert (answer.status_code, Note.objects.get().body) == (409, "Ours")


def test_members_of_other_groups_cannot_be_given_an_action(client, group, notes_url):
    client.force_login(group.facilitator)
    stranger = join(CommunityFactory())

    answer = client.post(notes_url, {"action-new-0-who": stranger.pk, "action-new-0-what": "Ask"})

    assert "action-new-0-who" in answer.context["form"].errors


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


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_finish_the_notes_at_once_count_the_hours_once(group):
    for invitee in group.past.event.invitees.all():
        invitee.mark("present")
    Note.objects.write(group.past, "group", "We met.", over=0, by=None)
    calls = [
        lambda: services.finish_notes(Meeting.objects.get(pk=group.past.pk), by=group.facilitator)
    ] * 2

    results = at_once(*calls)

    assert [type(result) for result in results].count(InvalidTransition) == 1
    assert HoursEntry.objects.count() == 2


def test_what_somebody_promised_who_left_is_taken_over(client, group, notes_url):
    client.force_login(group.facilitator)
    action = services.promise(group.past, group.amal, "Ask", timezone.localdate())
    leave(group.amal.memberships.get())
    name = f"action-{action.pk}-heir"

    client.post(notes_url, screen(group.past, **{name: group.bo.pk}))

    action.refresh_from_db()
    assert action.owner == group.bo
    assert [i.person for i in action.deadline.invitees.current()] == [group.bo]
    assert name not in NotesForm(meeting=group.past).fields


def test_a_trial_on_a_decision_that_the_same_save_takes_out_stands_alone(client, group, notes_url):
    decided = DecisionFactory(meeting=group.past, text="Reach people sooner")
    typed = screen(
        group.past,
        **{
            f"decision-{decided.pk}": "",
            "trial-new-title": "Day-nine call",
            "trial-new-lead": group.bo.pk,
            "trial-new-decision": decided.pk,
        },
    )

    client.force_login(group.facilitator)
    client.post(notes_url, typed)

    connection.check_constraints()
    assert not Decision.objects.exists()
    trial = Trial.objects.get()
    assert (trial.title, trial.decision) == ("Day-nine call", None)
