"""What is typed is kept while it is typed, and never against what was kept elsewhere."""

import re
from datetime import timedelta
from unittest.mock import patch

import pytest

from accounts.lifecycle import InvalidTransition
from applications.forms.application import IdeasForm, is_complete
from applications.models import Application, Status
from applications.services import intake
from tests.applications.applying import complete, seen_by, url
from tests.concurrency import at_once
from tests.factories import ApplicationFactory, CohortFactory, days

pytestmark = pytest.mark.django_db
IDEAS = {"choice_1": "", "trial_idea": "", "hours_plan": ""}


def autosave(client, application, section, typed, *, seen=None):
    seen = seen_by(application, section) if seen is None else seen
    return client.post(url(application, section), {"autosave": "1", "seen": seen, **typed})


def test_half_a_page_is_kept_and_the_time_is_told(client, draft):
    answer = autosave(client, draft, "ideas", {**IDEAS, "motivation": "Half a sen"})

    draft.refresh_from_db()
    assert draft.motivation == "Half a sen"
    assert answer.status_code == 200
    assert re.fullmatch(r"Saved at \d+:\d\d\xa0[ap]\.m\.", answer.json()["note"])
    assert answer.json()["seen"] == seen_by(draft, "ideas")


def test_it_goes_on_from_what_it_has_kept(client, draft):
    first = autosave(client, draft, "ideas", {**IDEAS, "motivation": "One"})

    autosave(client, draft, "ideas", {**IDEAS, "motivation": "Two"}, seen=first.json()["seen"])

    draft.refresh_from_db()
    assert draft.motivation == "Two"


def test_what_was_changed_in_another_tab_is_not_written_over(client, draft):
    seen = seen_by(draft, "ideas")
    autosave(client, draft, "ideas", {**IDEAS, "motivation": "In the other tab"}, seen=seen)

    answer = autosave(client, draft, "ideas", {**IDEAS, "motivation": "In this one"}, seen=seen)

    draft.refresh_from_db()
    assert draft.motivation == "In the other tab"
    assert answer.status_code == 409
    assert answer.json()["trouble"].startswith("This part was changed elsewhere.")


@pytest.mark.parametrize(
    "late",
    [
        lambda draft: Application.objects.filter(pk=draft.pk).update(
            status=Status.SUBMITTED, submitted_at=days(0)
        ),
        lambda draft: CohortFactory._meta.model.objects.filter(pk=draft.cohort_id).update(
            opens_at=days(-30), closes_at=days(-1)
        ),
    ],
    ids=["sent", "closed"],
)
def test_it_is_too_late(client, draft, late):
    late(draft)

    answer = autosave(client, draft, "ideas", {**IDEAS, "motivation": "Too late"})

    draft.refresh_from_db()
    assert (answer.status_code, draft.motivation) == (409, "")


def test_a_stranger_cannot(client, sign_in):
    theirs = ApplicationFactory()
    sign_in(client, ApplicationFactory().person)

    answer = autosave(client, theirs, "ideas", {**IDEAS, "motivation": "Mine now"})

    theirs.refresh_from_db()
    assert (answer.status_code, theirs.motivation) == (404, "")


def test_what_makes_it_incomplete_a_moment_before_it_is_sent_keeps_it_from_being_sent(draft):
    read_and_found_complete = complete(draft)
    intake.save(
        Application.objects.get(pk=draft.pk),
        IdeasForm,
        {"motivation": ""},
        seen=seen_by(draft, "ideas"),
    )

    with pytest.raises(InvalidTransition, match="An answer was changed a moment ago"):
        intake.submit(read_and_found_complete)

    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def send_and_empty(draft):
    """Send the application and empty an answer of it at once; returns whether it was sent whole."""
    seen = seen_by(draft, "ideas")
    one, other = (Application.objects.get(pk=draft.pk) for _tab in range(2))
    at_once(
        lambda: intake.submit(one),
        lambda: intake.save(other, IdeasForm, {"motivation": ""}, seen=seen),
    )
    now = Application.objects.get(pk=draft.pk)
    return now.status == Status.DRAFT or is_complete(now)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_it_is_never_sent_with_an_answer_that_was_emptied_at_once(draft):
    complete(draft)

    assert send_and_empty(draft)


def test_without_the_version_it_would_be_sent_so(draft):
    read_and_found_complete = complete(draft)
    intake.save(
        Application.objects.get(pk=draft.pk),
        IdeasForm,
        {"motivation": ""},
        seen=seen_by(draft, "ideas"),
    )
    read_and_found_complete.version += 1

    intake.submit(read_and_found_complete)

    now = Application.objects.get(pk=draft.pk)
    assert now.status == Status.SUBMITTED
    assert not is_complete(now)


@pytest.mark.parametrize(
    ("minutes", "spent"), [([2, 3], 300), ([2, 60], 120), ([14], 840), ([16], 0)]
)
def test_pauses_are_not_counted_as_time_at_the_form(client, draft, minutes, spent):
    moment = draft.touched_at
    for number, each in enumerate(minutes):
        moment += timedelta(minutes=each)
        with patch("applications.services.intake.timezone.now", return_value=moment):
            autosave(client, draft, "ideas", {**IDEAS, "motivation": f"Text {number}"})

    draft.refresh_from_db()
    assert draft.seconds_spent == spent
