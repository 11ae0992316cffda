"""What a verb refuses on the desk comes back with all that was typed."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from accounts.models import ContactNote
from cops import access
from cops.models import AccessRequest, Webinar
from notifications import calendar
from notifications.models import Event, Kind
from tests.factories import (
    AccessRequestFactory,
    ApplicationFactory,
    EventFactory,
    PersonFactory,
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
        "slug": webinar.slug, "title_en": "Another title", "description_en": "A long text",
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
