"""A page that hands text back calls each field what the form called it."""

import re
from uuid import UUID

import pytest
from django.conf import settings
from django.urls import resolve
from django.utils import translation

from accounts.typed import BUTTONS, typed

UUID_ = UUID(int=1)
NBSP = "\N{NO-BREAK SPACE}"
BUTTON = re.compile(r"<button[^>]* name=\"(\w+)\"")
# Chosen among several on the page, each by a button of its own.
CHOSEN = {"slot", "email"}


def handed_back(rf, address, sent, language="en"):
    """Return the label and the words of each field, as the page shows them."""
    request = rf.post(address, sent)
    with translation.override(language):
        request.resolver_match = resolve(address)
        found = typed(request)
        return [(field.label, field.words) for field in found["fields"]], found["marks"]


def test_an_answer_is_called_what_its_section_calls_it(rf):
    address = f"/applications/{UUID_}/edit/times/"
    sent = {
        "availability": ["mon-am", "tue-pm"], "interview_language": "fr",
        "access_needs": "Captions", "seen": "abc", "later": "1",
    }  # fmt: skip

    fields, marks = handed_back(rf, address, sent)

    assert fields == [
        ("When could you usually meet?", "Monday morning and Tuesday afternoon"),
        ("In which language would you like to be interviewed?", "French"),
        ("What should we arrange so that you can take part?", "Captions"),
    ]
    assert marks == [("seen", "abc"), ("later", "1")]


def test_it_is_said_in_her_language(rf):
    sent = {"availability": "mon-am", "access_needs": "Sous-titres"}

    fields, _marks = handed_back(rf, f"/fr/applications/{UUID_}/edit/times/", sent, "fr")

    assert fields == [
        ("Quand seriez-vous habituellement disponible\N{NO-BREAK SPACE}?", "Lundi matin"),
        (
            "Que devons-nous prévoir pour que vous puissiez participer\N{NO-BREAK SPACE}?",
            "Sous-titres",
        ),
    ]


def test_rows_are_numbered_as_they_stand_on_the_screen(rf):
    sent = {
        "came-4": "present", "came-9": "excused", "decision-12": "We call first",
        "decision-12-shared": "on", "decision-new-0": "We write", "decision-new-1": "",
        "action-new-0-what": "Ask", "action-new-0-who": "7", "trial-3-result": "Two came back",
        "trial-new-title": "A list", "agenda_new": "Buses", "group": "Much", "was": "x",
        "ready": "yes",
    }  # fmt: skip

    fields, marks = handed_back(rf, f"/meetings/{UUID_}/notes/", sent)

    assert fields == [
        ("Person 1: Attendance", "present"),
        ("Person 2: Attendance", "sent regrets"),
        ("Decision 1: Text", "We call first"),
        ("Decision 1: May be shared", "Yes"),
        ("Decision 2: Text", "We write"),
        ("Action 1: What", "Ask"),
        ("Action 1: Who", "As you chose it"),
        ("Trial 1: What happened", "Two came back"),
        ("Trial 2: Idea", "A list"),
        ("Add to the agenda", "Buses"),
        ("Notes for the group", "Much"),
    ]
    assert marks == [("decision-new-1", ""), ("was", "x"), ("ready", "yes")]


def test_a_record_of_the_desk_and_its_rows_are_called_what_they_are(rf):
    sent = {
        "cohort": "1", "text_en": "Experience", "anchors-TOTAL_FORMS": "1", "anchors-0-id": "4",
        "anchors-0-criterion": "3", "anchors-0-value": "2", "anchors-0-sentence_en": "Some",
        "_save": "Save",
    }  # fmt: skip

    fields, marks = handed_back(rf, "/admin/cops/criterion/3/change/", sent)

    assert fields == [
        ("Cohort", "As you chose it"),
        ("Criterion (English)", "Experience"),
        ("Anchor 1: Value", "2"),
        ("Anchor 1: Meaning (English)", "Some"),
    ]
    assert [name for name, _value in marks] == [
        "anchors-TOTAL_FORMS", "anchors-0-id", "anchors-0-criterion", "_save",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "sent", "label"),
    [
        ("/admin/accounts/user/3/do/log_contact/", {"what": "No answer"}, "What was said"),
        ("/admin/cops/accessrequest/3/do/answer_it/", {"answer": "yes"}, "What you arranged"),
        ("/admin/start/invite/", {"reason": "Hired"}, "Why"),
        (f"/applications/{UUID_}/withdraw/", {"reason": "Moved"}, "Would you tell us why?"),
        (f"/review/{UUID_}/recuse/", {"reason": "A friend"}, "Why do you step back?"),
        (f"/review/{UUID_}/", {"criterion_2": "4"}, "Criterion 1: Value"),
        ("/me/data/correction/", {"words": "Ada"}, "What is wrong, and how should it be?"),
        ("/me/data/erasure/", {"words": "Ada"}, "Is there anything we should know?"),
        ("/access/", {"words": "Captions"}, "What do you need?"),
        ("/me/hours/", {"membership": "3"}, "Community"),
        ("/outcomes/a/feedback/", {"text": "We tried"}, "What you tried, and what happened"),
        ("/accounts/login/", {"login": "ada@agency.test"}, "Email address"),
        ("/me/hours/", {"asked_by_nobody": "x"}, "Field 1"),
    ],
)
def test_a_field_is_called_what_the_form_behind_its_address_calls_it(rf, address, sent, label):
    fields, _marks = handed_back(rf, address, sent)

    assert [called for called, _words in fields] == [label]


def test_a_button_is_no_answer_and_a_hidden_field_neither(rf):
    pressed = [
        (f"/offers/{UUID_}/answer/", {"answer": "turn-down"}),
        (f"/interviews/{UUID_}/book/", {"slot": str(UUID_)}),
        (f"/meetings/{UUID_}/answer/", {"answer": "no"}),
    ]

    for address, sent in pressed:
        assert handed_back(rf, address, sent) == ([], list(sent.items()))


def test_every_button_with_a_name_is_known_as_one():
    found = {
        name
        for template in (settings.BASE_DIR / "templates").rglob("*.html")
        for name in BUTTON.findall(template.read_text())
    }

    assert {name for name in found - CHOSEN if not BUTTONS.fullmatch(name)} == set()
    assert "finish" in found
