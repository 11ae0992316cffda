"""Values put into Markdown stay the text they are, whatever they hold."""

import re

from django.db.models import Model

LINE_BREAK = "\u2028"
BLANKS = re.compile(r"[ \t\r\n\f\v]+")  # but no-break spaces stay
PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


class Plain(str):
    """Text that stays text in Markdown: no value can add a link, a heading or a line."""

    def __html__(self):
        lines = (BLANKS.sub(" ", line).strip(" ") for line in self.strip().splitlines())
        return LINE_BREAK.join(PUNCTUATION.sub(r"\\\1", line) for line in lines)


class _Record:
    """A model instance whose texts are ``Plain``."""

    def __init__(self, record):
        self._record = record

    def __getattr__(self, name):
        return plain(getattr(self._record, name))

    def __str__(self):
        return Plain(self._record)

    def __eq__(self, other):
        return self._record == getattr(other, "_record", other)

    def __hash__(self):
        return hash(self._record)


def plain(value):
    """Return ``value`` with every text in it ``Plain``, those of records too."""
    if isinstance(value, str):
        return Plain(value)
    if isinstance(value, Model):
        return _Record(value)
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value
