"""The first applications that a file would make, answer by answer: are its columns read right?"""

from datetime import datetime

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts import clock
from applications.importing.checking import Checked
from applications.importing.mapping import choices_for
from applications.models import Import

SHOWN = 3
LONGEST = 150  # characters of a text


def first_ones(file: Import, checked: Checked) -> list[dict]:
    """Return the first rows that are right: ``row``, and ``answers`` for ``_summary_list.html``.

    The answers stand in the order of the columns; one that a cell leaves open is "".
    """
    labels = {key: label for _title, pairs in choices_for(file.cohort) for key, label in pairs}
    keys = sorted(file.columns, key=file.columns.get)
    return [
        {
            "row": row,
            "answers": [
                {"label": labels[key], "value": _told(row.facts.get(key), checked.choices.get(key))}
                for key in keys
                if key in labels
            ],
        }
        for row in checked.right[:SHOWN]
    ]


def unread(file: Import) -> list[str]:
    """Return the headers of the columns that are left out."""
    read = set(file.columns.values())
    return [head for place, head in enumerate(file.headers) if head and place not in read]


def _told(value, choice) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return clock.spoken(value)
    if choice:
        words = dict(choice.options)
        return ", ".join(words[key] for key in ([value] if isinstance(value, str) else value))
    return Truncator(value).chars(LONGEST)
