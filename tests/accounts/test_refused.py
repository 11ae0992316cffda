"""What a verb refuses on the desk comes back with all that was typed."""

import re

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import ContactNote
from applications.models import Proposal
from cops import access
from cops.models import AccessRequest, Webinar
from notifications import calendar
from notifications.models import Event, Kind
from tests.factories import (
    AccessRequestFactory,
    ApplicationFactory,
    EventFactory,
    PersonFactory,
    ProposalFactory,
    WebinarFactory,
    wall,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("staff")]


@pytest.fixture(autouse=True)
def english():
    """A page in French leaves its thread speaking French; the next test begins in English."""
    with translation.override("en"):
        yield


def typed_webinar(webinar):
    return {
        "answers-TOTAL_FORMS": 0, "answers-INITIAL_FORMS": 0,
        "kind": webinar.kind, "slug": webinar.slug, "title_en": "Another title",
        "description_en": "A long text",
        "starts_at": wall(9).isoformat(timespec="minutes"), "minutes": 60,
        "zone": "America/Toronto",
    }  # fmt: skip


def test_a_webinar_that_somebody_else_moved_comes_back_as_it_was_typed(client, monkeypatch):
    webinar = WebinarFactory()

    def moved(*args, **facts):
        raise calendar.Moved

    monkeypatch.setattr(calendar, "move", moved)
    address = reverse("admin:cops_webinar_change", args=[webinar.pk])

    answer = client.post(address, typed_webinar(webinar))

    form = answer.context["adminform"].form
    assert answer.status_code == 409
    assert form.non_field_errors() == ["Somebody else has just changed this webinar."]
    assert (form["description_en"].value(), form["starts_at"].value()) == (
        "A long text", wall(9).isoformat(timespec="minutes"),
    )  # fmt: skip
    assert Webinar.objects.get().title_en == webinar.title_en


def test_a_webinar_whose_move_is_refused_once_is_saved_when_it_can_be(client):
    webinar = WebinarFactory()
    address = reverse("admin:cops_webinar_change", args=[webinar.pk])

    answer = client.post(address, typed_webinar(webinar))

    assert answer.status_code == 302
    assert Webinar.objects.get().title_en == "Another title"


def test_a_second_wish_to_be_erased_comes_back_as_it_was_typed(client):
    person = PersonFactory()
    access.ask_own(person, "Please", kind=AccessRequest.Kind.ERASURE)
    typed = {"person": person.pk, "kind": AccessRequest.Kind.ERASURE, "words": "She called again"}

    answer = client.post(reverse("admin:cops_accessrequest_add"), typed)

    form = answer.context["adminform"].form
    assert answer.status_code == 409
    assert form["words"].value() == "She called again"
    assert "You have asked for this already" in form.non_field_errors()[0]
    assert AccessRequest.objects.count() == 1


def test_an_answer_typed_while_a_colleague_answered_comes_back(client, staff):
    asked = AccessRequestFactory()
    address = reverse("admin:cops_accessrequest_verb", args=[asked.pk, "answer_it"])
    access.answer(asked, "Captions are on.", by=staff)

    answer = client.post(address, {"answer": "I have arranged captions, and an interpreter."})

    form = answer.context["form"]
    assert answer.status_code == 409
    assert form["answer"].value() == "I have arranged captions, and an interpreter."
    assert form.non_field_errors() == ["This can no longer be changed that way."]
    asked.refresh_from_db()
    assert asked.answer == "Captions are on."


def test_a_reason_typed_for_what_is_withdrawn_meanwhile_comes_back(client, staff):
    application = ApplicationFactory(status="submitted")
    address = reverse("admin:applications_application_verb", args=[application.pk, "withdraw"])
    application.withdraw(by=staff)

    answer = client.post(address, {"reason": "She wrote to us"})

    assert answer.status_code == 409
    assert answer.context["form"]["reason"].value() == "She wrote to us"


def test_an_event_moved_to_a_time_that_does_not_exist_comes_back(client):
    event = EventFactory(kind=Kind.WEBINAR)
    address = reverse("admin:notifications_event_verb", args=[event.pk, "move"])
    typed = {"when": "2027-03-14T02:30", "minutes": 60, "place": "The library"}

    answer = client.post(address, typed)

    form = answer.context["form"]
    assert (answer.status_code, list(form.errors)) == (200, ["when"])
    assert form["place"].value() == "The library"
    assert Event.objects.get(pk=event.pk).place == ""


def test_a_refused_verb_without_words_may_be_pressed_again_on_the_same_page(client, staff):
    application = ApplicationFactory(status="in-review")
    address = reverse("admin:applications_application_verb", args=[application.pk, "release"])
    page = {"csrfmiddlewaretoken": "a" * 64}
    client.post(address, page)
    application.decide("declined", by=staff)

    client.post(address, page)

    application.refresh_from_db()
    assert application.status == "declined"


LONG = "A long text. " * 1_200


def test_a_call_noted_at_too_great_length_is_refused_and_comes_back_whole(client, staff):
    address = reverse("admin:accounts_user_verb", args=[staff.pk, "log_contact"])

    page = client.post(address, {"what": LONG}).content.decode()

    assert LONG.strip() in page
    assert "Shorten this to 1000 characters; it has 15599." in page
    assert not ContactNote.objects.exists()


def test_the_desk_names_the_field_that_is_empty(client):
    page = client.post(reverse("admin:cops_webinar_add"), {}).content.decode()

    assert "Fill in “Title (English)”." in page


@pytest.mark.parametrize(
    ("language", "typed", "refused"),
    [
        ("en", "x", "Enter a whole number, such as 12."),
        ("fr", "x", "Entrez un nombre entier, par exemple 12."),
        ("en", "99", "Enter 60 or less."),
        ("fr", "99", "Entrez 60 ou moins."),
    ],
)
def test_what_a_field_refuses_comes_with_the_way_out(language, typed, refused):
    with translation.override(language):
        with pytest.raises(ValidationError) as error:
            forms.IntegerField(max_value=60).clean(typed)

        assert error.value.messages == [refused]


def test_no_area_of_text_is_cut_by_the_browser():
    class Words(forms.Form):
        text = forms.CharField(max_length=5, widget=forms.Textarea(attrs={"data-words": 2}))

    assert str(Words(use_required_attribute=False)["text"]) == (
        '<textarea name="text" cols="40" rows="10" data-words="2" id="id_text">\n</textarea>'
    )


def handed_back(answer):
    return [(field.label, field.words) for field in answer.context["fields"]]


def test_what_was_typed_for_a_record_that_is_gone_comes_back(client):
    webinar = WebinarFactory()
    address = reverse("admin:cops_webinar_change", args=[webinar.pk])
    Webinar.objects.all().delete()

    answer = client.post(address, {"title_en": "Another title", "description_en": "A long text"})

    assert (answer.status_code, answer.context["why"]) == (
        409, "This record is not there any more.",
    )  # fmt: skip
    assert handed_back(answer) == [
        ("Title (English)", "Another title"), ("Description (English)", "A long text"),
    ]  # fmt: skip
    assert answer.context["led_to"] == reverse("admin:cops_webinar_changelist")


def test_a_name_typed_for_a_proposal_that_is_accepted_by_now_is_shown_and_not_saved(client):
    proposal = ProposalFactory(name="First", note="")
    address = reverse("admin:applications_proposal_change", args=[proposal.pk])
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(address).text)[1]
    Proposal.objects.update(accepted_at=timezone.now())

    answer = client.post(address, {"name": "Second", "note": "", "seen": seen})

    [difference] = answer.context["stale"].differences
    assert (answer.status_code, Proposal.objects.get().name) == (409, "First")
    assert (difference.label, difference.theirs, difference.mine) == (
        "Name", "This can no longer be changed.", "Second",
    )  # fmt: skip


def test_groups_composed_for_a_proposal_that_is_accepted_by_now_come_back(client):
    proposal = ProposalFactory(accepted_at=timezone.now())

    answer = client.post(
        reverse("admin:applications_proposal_compose", args=[proposal.pk]), {"7": "3"}
    )

    assert (answer.status_code, handed_back(answer)) == (
        409, [("Candidate 1: Group", "As you chose it")],
    )  # fmt: skip


def test_who_is_staff_no_more_gets_back_what_she_typed_and_sees_no_record(client, staff):
    webinar = WebinarFactory(title_en="A secret title")
    type(staff).objects.filter(pk=staff.pk).update(is_staff=False)

    answer = client.post(
        reverse("admin:cops_webinar_change", args=[webinar.pk]), {"description_en": "A long text"}
    )

    assert (answer.status_code, handed_back(answer)) == (
        403, [("Description (English)", "A long text")],
    )  # fmt: skip
    assert "A secret title" not in answer.text
