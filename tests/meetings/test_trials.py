import pytest
from django.db import connection

from meetings.models import Decision, Trial
from tests.factories import DecisionFactory, TrialFactory
from tests.meetings.noting import screen

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("part", ["result", "prediction"])
def test_the_first_paragraph_can_be_taken_out(client, group, notes_url, part):
    client.force_login(group.facilitator)
    trial = running(group) if part == "result" else TrialFactory(community=group.community)
    Trial.objects.update(**{part: "Wrong names here\n\nTwo came back"})
    typed = screen(group.past, **{f"trial-{trial.pk}-{part}": "Two came back"})

    answers = [client.post(notes_url, typed).status_code for _ in range(2)]

    trial.refresh_from_db()
    assert (answers, getattr(trial, part)) == ([302, 302], "Two came back")


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
