"""Whole requests that no browser sends: other content types, broken parts, far too much."""

from collections import defaultdict
from functools import cache

import pytest
from django.test import RequestFactory

from tests.fuzz.values import MEGABYTE, some
from tests.fuzz.visitor import complaint, encoded, unless
from tests.fuzz.world import EVERYBODY

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PARTS = "multipart/form-data; boundary=x"
BODIES = {
    "JSON": ("application/json", b'{"name": "\\ud800\\u0000", "a": [[[]]]}'),
    "broken JSON": ("application/json", b'{"name": \xed\xa0\x80'),
    "XML": ("text/xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    "no type": ("", b"name=x"),
    "an unknown alphabet": ("application/x-www-form-urlencoded; charset=utf-7", b"name=+AGE-"),
    "no alphabet": ("application/x-www-form-urlencoded; charset=nothing", b"name=x"),
    "parts without a boundary": ("multipart/form-data", b"--x\r\n"),
    "a bad boundary": ("multipart/form-data; boundary=\xff\xfe", b"--x\r\n"),
    "half a part": (PARTS, b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nAda'),
    "a part that is no text": (
        PARTS,
        b'--x\r\nContent-Disposition: form-data; name="name"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n%%%\r\n--x--\r\n",
    ),
    "an empty file": (
        PARTS,
        b'--x\r\nContent-Disposition: form-data; name="name"; filename=""\r\n\r\n\r\n--x--\r\n',
    ),
    "a file for a text": (
        PARTS,
        b'--x\r\nContent-Disposition: form-data; name="name"; filename="../../a.html"\r\n'
        b"Content-Type: text/html\r\n\r\n<script>alert(1)</script>\r\n--x--\r\n",
    ),
    "fields without names": ("application/x-www-form-urlencoded", b"=&=&&==%00&%ff=%ed%a0%80"),
}


@pytest.mark.parametrize("kind", EVERYBODY)
def test_a_body_that_is_no_form_is_refused_or_taken_for_an_empty_one(visitors, sent_forms, kind):
    complaints = []
    for form in one_of_each_route(sent_forms[kind]):
        for alike in alike_to_a_view():
            for what in some(alike, 1, of=form.route):
                content_type, body = BODIES[what]
                answer = visitors[kind].send("POST", form.path, body, content_type)
                said = complaint(answer) or read_by_itself(answer)
                complaints += unless(not said, kind, "POST", form.path, what, said)

    assert not complaints, "\n".join(complaints)


@cache
def alike_to_a_view():
    """Return the names of BODIES, those together that a view reads as the same form."""
    found = defaultdict(list)
    for what, (content_type, body) in BODIES.items():
        request = RequestFactory().generic("POST", "/", body, content_type)
        try:
            read = repr(request.POST), repr(request.FILES)
        except Exception as error:  # it would be raised in the view
            read = type(error)
        found[read].append(what)
    return list(found.values())


def read_by_itself(answer):
    """Say so when a view has read a body that is no form: such bodies are not alike to it."""
    request = answer.wsgi_request
    is_form = request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}
    return "" if is_form or not request._read_started else "read the body: try each by itself"


@pytest.mark.parametrize("kind", ["guest", "applicant", "facilitator", "staff"])
def test_more_than_the_site_reads_at_once_is_said_to_be_too_much(visitors, sent_forms, kind):
    complaints = []
    for form in one_of_each_route(sent_forms[kind])[:5]:
        for what, body in (
            ("9 MB", encoded([("name", "x" * 9 * MEGABYTE)])),
            ("1,001 fields", encoded([(f"name{number}", "x") for number in range(1_001)])),
        ):
            answer = visitors[kind].send("POST", form.path, body)
            read = "name" in answer.read or answer.status_code == 413
            right = not read or "This is too much at once" in answer.text
            said = complaint(answer) or answer.status_code
            complaints += unless(right, kind, "POST", form.path, what, said)

    assert not complaints, "\n".join(complaints)


def one_of_each_route(forms):
    return list({form.route: form for form in forms}.values())
