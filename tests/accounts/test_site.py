import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from tests.factories import PersonFactory, StaffFactory

pytestmark = pytest.mark.django_db


def links_of(request):
    template = Template("{% load site %}{% language_links as links %}")
    context = Context({"request": request})
    template.render(context)
    return context["links"]


def nav_of(request):
    context = Context({"request": request})
    Template("{% load site %}{% main_nav as nav %}").render(context)
    return [(url, is_current) for label, url, is_current in context["nav"]]


@pytest.mark.parametrize(
    ("language", "address", "english", "french"),
    [
        ("en", "/privacy/", "/privacy/", "/fr/privacy/"),
        ("fr", "/fr/privacy/?a=1&b=%C3%A9", "/privacy/?a=1&b=%C3%A9", "/fr/privacy/?a=1&b=%C3%A9"),
        ("en", "/go/abc:d/", "/go/abc:d/", "/fr/go/abc:d/"),
        ("en", "/no/such/page/", "/no/such/page/", "/fr/no/such/page/"),
        ("fr", "/fr-ca/privacy/", "/privacy/", "/fr/privacy/"),
    ],
)
def test_the_same_page_is_offered_in_both_languages(rf, language, address, english, french):
    with translation.override(language):
        assert links_of(rf.get(address)) == [
            ("en", "English", english, language == "en"),
            ("fr", "Français", french, language == "fr"),
        ]


def test_the_main_places_grow_with_what_a_person_may_do(rf):
    request = rf.get("/me/")
    assert nav_of(request) == [("/", False), ("/outcomes/", False)]

    request.user = PersonFactory()
    assert nav_of(request)[2:] == [("/me/", True)]

    request.user = StaffFactory()
    assert nav_of(request)[2:] == [("/me/", True), ("/admin/board/", False)]


def test_a_page_without_a_request_has_no_frame_to_fill():
    context = Context()
    Template("{% load site %}{% language_links as links %}{% main_nav as nav %}").render(context)

    assert (context["links"], context["nav"]) == ([], [])


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "2 March 2021 | 1:30 p.m. | 1234.5"), ("fr", "2 mars 2021 | 13 h 30 | 1234,5")],
)
def test_dates_and_figures_are_written_as_canada_writes_them(language, shown):
    from datetime import datetime

    template = Template('{{ at|date:"DATE_FORMAT" }} | {{ at|time:"TIME_FORMAT" }} | {{ number }}')
    with translation.override(language):
        text = template.render(Context({"at": datetime(2021, 3, 2, 13, 30), "number": 1234.5}))

    assert text.replace("\xa0", " ") == shown


def test_the_summary_of_errors_names_the_field_only_where_its_message_does_not():
    class Asking(forms.Form):
        name = forms.CharField(error_messages={"required": "Enter your name."})
        years = forms.IntegerField(label="Years in the program")

    form = Asking({"name": "", "years": "some"})
    text = Template('{% include "_error_summary.html" %}').render(Context({"form": form}))

    assert '<a href="#id_name">Enter your name.</a>' in text
    assert '<a href="#id_years">Years in the program: Enter a whole number' in text
