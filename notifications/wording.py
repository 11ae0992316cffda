"""Which words a mail goes out with: the text of staff's that is nearest, filled with its facts."""

import re
from functools import cached_property

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from notifications.mails import MailKind
from notifications.models import MailTemplate, Series
from notifications.placeholders import Sort
from notifications.plain import plain

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class Wordings:
    """The texts of staff's that hold, read once for many mails, and ``drawn`` what these say.

    Both are of a moment: a batch has its own.
    """

    def __init__(self):
        self.drawn: dict = {}

    @cached_property
    def _holding(self) -> dict[tuple[str, int | None], MailTemplate]:
        rows = MailTemplate.objects.holding().select_related("series").order_by("version")
        return {(row.kind, row.series_id): row for row in rows}

    @cached_property
    def _above(self) -> dict[int, int]:
        return dict(Series.objects.exclude(parent=None).values_list("pk", "parent_id"))

    def nearest(self, kind: str, series: int | None) -> MailTemplate | None:
        """Return the text for ``kind`` in the series of that id, or above it, or everywhere."""
        if not any(name == kind for name, _series in self._holding):
            return None
        while series:
            if found := self._holding.get((kind, series)):
                return found
            series = self._above.get(series)
        return self._holding.get((kind, None))

    def everywhere(self) -> dict[str, list[MailTemplate]]:
        """Return all that hold, by kind."""
        found: dict[str, list[MailTemplate]] = {}
        for (kind, _series), template in self._holding.items():
            found.setdefault(kind, []).append(template)
        return found


def values(kind: MailKind, facts: dict) -> dict[str, SafeString]:
    """Return, by placeholder, the Markdown that stands for it; ``facts`` are ``plain``.

    Raises KeyError where a fact is missing.
    """
    return {name: _value(name, one, facts) for name, one in kind.placeholders.items()}


def _value(name, placeholder, facts) -> SafeString:
    if placeholder.sort == Sort.BLOCK:
        return mark_safe(render_to_string(placeholder.template, facts).strip())
    value = placeholder.get(facts) if placeholder.get else facts[name]
    return mark_safe(as_markdown(value))


def as_markdown(value) -> str:
    """Return ``value`` as Markdown that says just that."""
    return plain(value).__html__() if isinstance(value, str) else str(value)


def fill(text: str, values: dict[str, str]) -> str:
    """Put ``values`` into ``text``. Raises KeyError for a placeholder that has none."""
    return PLACEHOLDER.sub(lambda found: values[found[1]], text)
