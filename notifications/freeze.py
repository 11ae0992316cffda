"""What staff release is settled: the words stay, links are put in when it goes, facts are watched.

A one-time link lets whoever has it act for its person, so none is kept. In what is kept, each has
a stand-in, ``/go/link.NAME/``, named by its place in the facts; the link itself is signed anew when
the mail goes. The digest is one of the facts with those stand-ins: another link is no other fact.
"""

import json
import re
from datetime import date, time
from decimal import Decimal
from hashlib import sha256

from django.db.models import Model
from django.utils.functional import Promise

from notifications.models import Event

TOKEN = re.compile(r"(/go/(?:in/|address/)?)([^/\s\"<)]+)")


def masked(text: str) -> str:
    """Return ``text`` without the secrets of its links, to be kept and shown to staff."""
    return TOKEN.sub(r"\1…", text)


def sealed(context: dict) -> tuple[dict, dict[str, str]]:
    """Return ``context`` with a stand-in for every secret of a link, and the secrets by it."""
    tokens: dict[str, str] = {}

    def seal(value, name):
        if isinstance(value, str):
            return TOKEN.sub(lambda link: link[1] + stand_in(link[2], name), value)
        if isinstance(value, dict):
            return {key: seal(one, f"{name}.{key}") for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [seal(one, f"{name}.{place}") for place, one in enumerate(value)]
        return value

    def stand_in(token, name):
        called = name if name not in tokens else f"{name}.{len(tokens)}"
        tokens[called] = token
        return called

    return seal(context, "link"), tokens


def opened(text: str, tokens: dict[str, str]) -> str:
    """Return ``text``, made from sealed facts, with its links in their places again."""
    return TOKEN.sub(lambda link: link[1] + tokens.get(link[2], link[2]), text)


def digest(facts: dict) -> str:
    """Return 64 hex digits that are the same whenever, and wherever, the facts are."""
    return sha256(json.dumps(facts, sort_keys=True, default=_fact).encode()).hexdigest()


def _fact(value):
    """Return a value of JSON for one that JSON does not know. Raises TypeError."""
    if isinstance(value, Event):
        return [value.pk, value.schedule_version, value.title_en, value.title_fr, value.is_live]
    if isinstance(value, Model):
        return [value._meta.label, value.pk, str(value)]
    if isinstance(value, date | time | Decimal | Promise):
        return str(value)
    raise TypeError(f"A mail's facts cannot hold {type(value).__name__}.")
