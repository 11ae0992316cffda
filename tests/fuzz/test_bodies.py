"""Whole requests that no browser sends: other content types, broken parts, far too much."""

import pytest

from tests.fuzz.values import MEGABYTE
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
        for what, (content_type, body) in BODIES.items():
            said = complaint(visitors[kind].send("POST", form.path, body, content_type))
            complaints += unless(not said, kind, "POST", form.path, what, said)

    assert not complaints, "\n".join(complaints)


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
